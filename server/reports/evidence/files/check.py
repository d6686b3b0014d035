"""核对证据包 / Check this evidence pack: python3 check.py (only Python itself is needed)."""
import hashlib, json, pathlib, sys
here, wrong = pathlib.Path(__file__).resolve().parent, []
digest = lambda content: hashlib.sha256(content).hexdigest()
sha256 = lambda name: digest((here / name).read_bytes()) if (here / name).is_file() else None
text = lambda name: (here / name).read_text(encoding="utf-8")
require = lambda fine, zh, en, what: fine or wrong.append(f"{zh} / {en}: {what}")
try:  # every file listed is here and is what the list says, and nothing was added
    sums = {line[66:]: line[:64] for line in text("SHA256SUMS").splitlines()}
    for name, expected in sums.items():
        require(sha256(name), "缺少文件", "missing file", name)
        require(sha256(name) in (None, expected), "文件已被改动", "file has changed", name)
    for name in (path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()):
        require(name in sums or name == "SHA256SUMS", "多出的文件", "file was added", name)
    record = (manifest := json.loads(text("manifest.json")))["record"]  # the list itself may be forged:
    require(sha256(record["file"]) == record["sha256"], "记录与清单不符", "record differs from manifest", record["file"])
    for photo in manifest["files"]:  # the records name their photos by hash, too
        same = sha256(photo["file"]) == photo["sha256"] == json.loads(text(photo["document"]))["sha256"]
        require(same, "照片与其登记不符", "photo differs from its record", photo["file"])
    head = text("audit-head.txt").split() if "audit-head.txt" in sums else [""] * 5  # a day's: it can be compared outside
    for said in json.loads(text("audit.json")):  # and the audit log names every version by hash, sealed
        sealed, number = said.pop("entry_hash"), said["number"]
        found = digest(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
        require(sealed == found and (str(number) != head[3] or sealed == head[4]), "审计条目被改动", "audit entry has changed", number)
        name = f"documents/{said['collection']}/{said['record_id']}/v{said['version'] or 0:04d}.json"
        require(name not in sums or said["content_sha256"] == sha256(name), "记录与审计条目不符", "record differs from its audit entry", name)
    print(*(f"未到的照片 / photo not there: {photo['title']} {photo['sha256']}\n" for photo in manifest["missing"]), sep="", end="")
except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
    wrong.append(f"清单无法读取 / manifest cannot be read: {error}")
sys.exit(print("\n".join(wrong) or f"全部一致 / all of it is as recorded: {len(sums)}") or bool(wrong))
