"""核对证据包 / Check this evidence pack: python3 check.py (only Python itself is needed)."""
import hashlib, json, pathlib, sys

here, wrong = pathlib.Path(__file__).resolve().parent, []
digest = lambda content: hashlib.sha256(content).hexdigest()
sha256 = lambda name: digest((here / name).read_bytes())
read = lambda name: json.loads((here / name).read_text(encoding="utf-8"))
say = lambda zh, en, what: wrong.append(f"{zh} / {en}: {what}")
lines = (here / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
sums = {line[66:]: line[:64] for line in lines}
for name, expected in sums.items():  # every file listed is here and is what the list says
    if not (here / name).is_file():
        say("缺少文件", "missing file", name)
    elif sha256(name) != expected:
        say("文件已被改动", "file has changed", name)
for path in here.rglob("*"):  # and nothing was added
    name = path.relative_to(here).as_posix()
    if path.is_file() and name not in sums and name != "SHA256SUMS":
        say("多出的文件", "file was added", name)
try:  # the list itself may be forged: the records name their photos by hash, too
    manifest = read("manifest.json")
    if sha256(manifest["record"]["file"]) != manifest["record"]["sha256"]:
        say("记录与清单不符", "record differs from manifest", manifest["record"]["file"])
    for photo in manifest["files"]:
        if not sha256(photo["file"]) == photo["sha256"] == read(photo["document"])["sha256"]:
            say("照片与其登记不符", "photo differs from its record", photo["file"])
    for entry in read("audit.json"):  # and the audit log names every version by hash, sealed
        said = {key: value for key, value in entry.items() if key != "entry_hash"}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if digest(text.encode()) != entry["entry_hash"]:
            say("审计条目被改动", "audit entry has changed", entry["number"])
        name = f"documents/{entry['collection']}/{entry['record_id']}/v{entry['version'] or 0:04d}.json"
        if name in sums and entry["content_sha256"] != sha256(name):
            say("记录与审计条目不符", "record differs from its audit entry", name)
    for photo in manifest["missing"]:
        print(f"未到的照片 / photo not there: {photo['title']} {photo['sha256']}")
except (OSError, ValueError, KeyError, TypeError) as error:
    say("清单无法读取", "manifest cannot be read", error)
print("\n".join(wrong) or f"全部一致 / all of it is as recorded: {len(sums)}")
sys.exit(1 if wrong else 0)
