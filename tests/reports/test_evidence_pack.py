"""The evidence pack, unpacked and checked as whoever receives it would."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.access import Role
from server.db.audit_log import entries as entries_table
from server.db.base import current_session
from server.db.transaction import transaction
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from server.reports.evidence.names import file_name
from server.reports.evidence.pack import Versions
from server.reports.evidence.zip_stream import Part, part_of, stream_zip
from server.reports.wording import breakable, printable
from tests.infrastructure.photos import photo
from tests.receipts import Draft
from tests.receiving_world import Canteen
from tests.reports.conftest import Scene
from tests.reports.test_receipt_document import amend
from tests.reports_world import WIDE, accepted_receipt, rejected_receipt
from tests.services.test_audit_log import chain
from tests.world import World

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def fetch(canteen: Canteen, draft: Draft, lang: str = "zh-CN") -> TestResponse:
    path = f"/api/v1/goods-receipts/{draft.document['id']}/evidence-pack.zip?lang={lang}"
    return canteen.quality.get(path)


def unpack(pack: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


def sha256sum(root: Path) -> subprocess.CompletedProcess[str]:
    command = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-X", "utf8", "check.py"]
    return subprocess.run(command, cwd=root, capture_output=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def packed(scene: Scene) -> bytes:
    answer = fetch(scene.canteen, scene.accepted)
    assert answer.status_code == 200, answer.text
    return answer.data


@pytest.fixture
def pack(packed: bytes, tmp_path: Path) -> Path:
    """A pack of an accepted receipt, unpacked."""
    return unpack(packed, tmp_path / "pack")


def write_sums_anew(root: Path) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root).as_posix()}\n"
        for path in files
    ]
    (root / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


# -- what is in it ---------------------------------------------------------------------------------


def test_pack_holds_everything_about_the_receipt(world: World, tmp_path: Path) -> None:
    canteen = Canteen(world)
    draft = rejected_receipt(canteen, without=1)
    amend(canteen, draft, position=1)
    answer = fetch(canteen, draft)
    assert answer.status_code == 200, answer.text
    root = unpack(answer.data, tmp_path / "pack")
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert {"README.txt", "document.pdf", "sampling.json", "sampling.txt", "check.py"} <= names
    assert root.name.startswith("YS-N1-2026-")
    kinds = {kind: [n for n in names if n.startswith(f"{kind}/")] for kind in ("photos", "papers")}
    assert any("表面温度" in name for name in kinds["photos"])
    assert any("送货单" in name for name in kinds["papers"])
    assert any("送货人 刘师傅" in name for name in names if name.startswith("signatures/"))
    receipt_id = draft.document["id"]
    assert f"documents/goods_receipts/{receipt_id}/v0001.json" in names
    assert any(name.startswith("documents/goods_receipt_amendments/") for name in names)
    manifest = json.loads((root / "manifest.json").read_bytes())
    assert [entry["reason"] for entry in manifest["missing"]] == ["not_arrived"]
    first = next(entry for entry in manifest["files"] if entry["file"].startswith("photos/"))
    original = (root / first["file"]).read_bytes()
    assert hashlib.sha256(original).hexdigest() == first["sha256"]
    assert original in {photo(at, size=WIDE).content for at in range(20)}
    assert "零接收" in (root / "sampling.txt").read_text(encoding="utf-8-sig")
    checked = check(root)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "未到的照片" in checked.stdout
    assert sha256sum(root).returncode == 0


def test_document_hash_is_that_of_its_file(pack: Path) -> None:
    record = json.loads((pack / "manifest.json").read_bytes())["record"]
    stored = (pack / record["file"]).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == record["sha256"]
    assert json.loads(stored)["number"] == pack.name


def test_every_kept_version_is_there(sqlite_world: World, tmp_path: Path) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    draft.document["note"] = "第二版"
    assert canteen.put(draft, version=1).status_code == 200
    root = unpack(fetch(canteen, draft).data, tmp_path / "pack")
    folder = root / "documents" / "goods_receipts" / draft.document["id"]
    notes = [json.loads(path.read_bytes())["note"] for path in sorted(folder.iterdir())]
    assert notes == ["", "第二版"]


def test_same_record_gives_the_same_pack(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    draft = accepted_receipt(canteen, "dry_goods")
    first, second = fetch(canteen, draft), fetch(canteen, draft)
    assert first.data == second.data
    unchanged = canteen.quality.get(
        f"/api/v1/goods-receipts/{draft.document['id']}/evidence-pack.zip?lang=zh-CN",
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert unchanged.status_code == 304
    amend(canteen, draft)
    assert fetch(canteen, draft).headers["ETag"] != first.headers["ETag"]


def test_only_who_may_hand_evidence_out_gets_it(world: World) -> None:
    canteen = Canteen(world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    path = f"/api/v1/goods-receipts/{draft.document['id']}/evidence-pack.zip"
    manager = world.person("sun", Role.MANAGER)
    strangers = [
        world.person("zhao", Role.MANAGER, [world.south]),
        world.person("qian", Role.QUALITY, [world.abroad]),
    ]
    assert manager.get(path).status_code == 200
    assert canteen.li.get(path).status_code == 403
    assert [person.get(path).status_code for person in strangers] == [404, 404]


# -- checking it without the server ----------------------------------------------------------------


def test_an_untouched_pack_checks_out(pack: Path) -> None:
    assert sha256sum(pack).returncode == 0
    checked = check(pack)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "全部一致" in checked.stdout


@pytest.mark.parametrize("pattern", ["photos/*", "papers/*", "document.pdf", "documents/*/*/*"])
def test_a_changed_byte_is_found_by_both(pack: Path, pattern: str) -> None:
    changed = sorted(pack.glob(pattern))[0]
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    assert sha256sum(pack).returncode != 0
    checked = check(pack)
    assert checked.returncode == 1
    assert (
        f"文件已被改动 / file has changed: {changed.relative_to(pack).as_posix()}" in checked.stdout
    )


def test_a_missing_and_an_added_file_are_found(pack: Path) -> None:
    sorted(pack.glob("papers/*"))[0].unlink()
    (pack / "photos" / "另一张.jpg").write_bytes(b"x")
    out = check(pack)
    assert out.returncode == 1
    assert "缺少文件" in out.stdout
    assert "多出的文件 / file was added: photos/另一张.jpg" in out.stdout


def test_a_forged_list_of_sums_does_not_hide_another_photo(pack: Path) -> None:
    changed = sorted(pack.glob("photos/*"))[0]
    changed.write_bytes(photo(99).content)
    write_sums_anew(pack)
    assert sha256sum(pack).returncode == 0
    out = check(pack)
    assert out.returncode == 1
    assert "照片与其登记不符" in out.stdout


def test_a_forged_record_is_found_by_its_manifest(pack: Path) -> None:
    record = json.loads((pack / "manifest.json").read_bytes())["record"]
    path = pack / record["file"]
    path.write_bytes(path.read_bytes().replace("鲁E12345".encode(), "鲁E99999".encode()))
    write_sums_anew(pack)
    out = check(pack)
    assert out.returncode == 1
    assert "记录与清单不符" in out.stdout


def test_a_record_exchanged_with_manifest_and_sums_is_found_by_its_audit_entry(pack: Path) -> None:
    manifest = json.loads((pack / "manifest.json").read_bytes())
    path = pack / manifest["record"]["file"]
    path.write_bytes(path.read_bytes().replace("鲁E12345".encode(), "鲁E99999".encode()))
    manifest["record"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (pack / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_sums_anew(pack)
    assert sha256sum(pack).returncode == 0
    out = check(pack)
    assert out.returncode == 1
    assert "记录与审计条目不符" in out.stdout


@pytest.mark.parametrize("name", ["user_id", "at", "content_sha256", "number", "previous_hash"])
def test_a_forged_audit_entry_is_found(pack: Path, name: str) -> None:
    entries = json.loads((pack / "audit.json").read_bytes())
    entries[0][name] = 99 if name == "number" else "forged"
    (pack / "audit.json").write_text(json.dumps(entries), encoding="utf-8")
    write_sums_anew(pack)
    out = check(pack)
    assert out.returncode == 1
    assert "审计条目被改动" in out.stdout


def test_pack_has_an_entry_for_every_version_and_every_photo(pack: Path) -> None:
    entries = json.loads((pack / "audit.json").read_bytes())
    told = {(entry["collection"], entry["record_id"], entry["version"]) for entry in entries}
    for path in pack.glob("documents/*/*/*.json"):
        collection, record_id, version = path.relative_to(pack / "documents").parts
        assert (collection, record_id, int(version[1:5])) in told
    photos = {entry["record_id"] for entry in entries if entry["collection"] == "photos"}
    manifest = json.loads((pack / "manifest.json").read_bytes())
    assert {file["sha256"] for file in manifest["files"]} <= photos


def test_taking_a_pack_is_on_record(world: World) -> None:
    canteen = Canteen(world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    assert fetch(canteen, draft).status_code == 200
    with world.app.app_context(), transaction(current_session(), write=False):
        rows = current_session().execute(
            select(entries_table).where(entries_table.c.action == "evidence_exported")
        )
        (entry,) = rows.all()
    assert entry.user_id == canteen.quality.user_id
    assert (entry.collection, entry.record_id) == ("goods_receipts", draft.document["id"])


def test_a_photo_the_store_has_changed_is_told_and_not_covered_up(
    sqlite_world: World, tmp_path: Path
) -> None:
    canteen = Canteen(sqlite_world)
    draft = accepted_receipt(canteen, "dry_goods")
    sha256 = photo(0, size=WIDE).sha256
    blobs = sqlite_world.app.extensions["yanshou.storage"].blobs
    path = blobs._path(sha256)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    root = unpack(fetch(canteen, draft).data, tmp_path / "pack")
    assert sha256sum(root).returncode != 0
    assert "照片与其登记不符" in check(root).stdout


def test_a_photo_the_store_has_lost_is_listed_as_missing(
    sqlite_world: World, tmp_path: Path
) -> None:
    canteen = Canteen(sqlite_world)
    draft = accepted_receipt(canteen, "dry_goods")
    sqlite_world.app.extensions["yanshou.storage"].blobs.delete(photo(0, size=WIDE).sha256)
    root = unpack(fetch(canteen, draft).data, tmp_path / "pack")
    manifest = json.loads((root / "manifest.json").read_bytes())
    assert [entry["reason"] for entry in manifest["missing"]] == ["lost"]
    assert check(root).returncode == 0


# -- the archive -----------------------------------------------------------------------------------


def test_a_large_pack_is_sent_in_bounded_memory() -> None:
    piece = b"\x5a" * (256 * 1024)
    large = [
        Part(f"photos/{at}.bin", 200 * len(piece), lambda: (piece for _ in range(200)))
        for at in range(2)
    ]
    tracemalloc.start()
    sent = sum(len(part) for part in stream_zip("P", large, NOON))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 100 * 1024 * 1024
    assert peak < 2 * 1024 * 1024


def test_entries_above_the_limit_are_written_as_zip64() -> None:
    small = b"".join(stream_zip("P", [part_of("a", b"1" * 2000)], NOON))
    large = b"".join(stream_zip("P", [part_of("a", b"1" * 2000)], NOON, zip64_from=1000))
    assert len(large) > len(small)
    with zipfile.ZipFile(io.BytesIO(large)) as archive:
        assert archive.read("P/a") == b"1" * 2000
        assert archive.getinfo("P/a").date_time == (2026, 3, 2, 12, 0, 0)


def test_a_store_that_fails_midway_breaks_the_answer_off() -> None:
    def failing() -> Iterator[bytes]:
        yield b"first"
        raise OSError("the store is away")

    with pytest.raises(OSError, match="away"):
        b"".join(stream_zip("P", [Part("a", 10, failing)], NOON))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("猪肉 / 检疫证", "猪肉 _ 检疫证"),
        ('a<b>:"|?*\\c', "a_b_c"),
        ("..", "file"),
        ("CON", "file"),
        ("nul.txt", "file"),
        ("  空 格. ", "空 格"),
        ("\u202etxt.exe", "_txt.exe"),
        ("字" * 200, "字" * 40),
    ],
)
def test_file_names_are_ones_every_system_keeps(text: str, name: str) -> None:
    assert file_name(text) == name


def test_text_that_prints_loses_nothing() -> None:
    characters = frozenset(map(ord, "abc验收\u0301"))
    assert printable("验\t收\u202e龘", characters) == "验 收〔U+202E〕〔U+9F98〕"
    assert printable("a\u200db\ufe0f", characters) == "a\u200db\ufe0f"
    broken = breakable("a" * 50 + "验收" * 20, 12)
    assert broken.replace("\u200b", "") == "a" * 50 + "验收" * 20
    assert max(map(len, broken.split("\u200b"))) < 50
    assert breakable("e\u0301" * 20, 12).replace("\u200b", "") == "e\u0301" * 20
    assert "\u200b\u0301" not in breakable("e\u0301" * 20, 12)


def test_a_pack_that_is_never_sent_leaves_no_file_open() -> None:
    versions = Versions()
    file = versions.file
    del versions
    gc.collect()
    assert file.closed


def test_a_pack_has_the_daily_head_that_stands_on_its_entries_once_it_is_noted(
    sqlite_world: World, tmp_path: Path
) -> None:
    canteen = Canteen(sqlite_world)
    draft = accepted_receipt(canteen)
    before = unpack(fetch(canteen, draft).data, tmp_path / "before")
    assert not (before / "audit-head.txt").exists()
    [job] = [job for job in JOBS if job.name == "note_audit_heads"]
    run_job(sqlite_world.app, job)
    root = unpack(fetch(canteen, draft).data, tmp_path / "after")
    mark, organisation, _, number, entry_hash = (root / "audit-head.txt").read_text().split()
    assert (mark, organisation) == ("yanshou-audit-head", sqlite_world.organisation_id)
    entries = json.loads((root / "audit.json").read_text("utf-8"))
    assert int(number) >= max(entry["number"] for entry in entries)
    assert {row["number"]: row["entry_hash"] for row in chain(sqlite_world)}[int(number)] == (
        entry_hash
    )
    assert check(root).returncode == 0
    last = entries[-1]
    forged = f"{mark} {organisation} 2026-03-02 {last['number']} {'0' * 64}\n"
    (root / "audit-head.txt").write_text(forged)
    write_sums_anew(root)
    assert "审计条目被改动" in check(root).stdout


def test_the_checking_program_is_short_enough_to_be_read() -> None:
    program = Path("server/reports/evidence/files/check.py").read_text("utf-8")
    assert len(program.splitlines()) <= 30
