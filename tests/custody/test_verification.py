"""Whatever is changed behind the program's back is found and named."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from server.access import Role
from server.attachments.storage import current_storage
from server.cli import init_cli
from server.db.audit_heads import HeadLine
from server.db.audit_log import BEGINNING, entry_hash_of
from server.db.base import current_session, db
from server.db.transaction import transaction
from server.demo.seed import seed_if_empty
from server.http.context import current_settings
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.api.sync_client import deletion, entry, mutation, push
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import stored_photo
from tests.receiving_world import Canteen
from tests.rectification_world import Inspected
from tests.services.test_audit_log import chain
from tests.world import World

[HEADS_JOB] = [job for job in JOBS if job.name == "note_audit_heads"]
[COMPACT_JOB] = [job for job in JOBS if job.name == "compact_change_log"]


def verify(world: World, *options: str) -> Result:
    return run_command(world.app, "verify-evidence", *options)


def run_command(app: Flask, *arguments: str) -> Result:
    if "verify-evidence" not in app.cli.commands:
        init_cli(app)
    return app.test_cli_runner().invoke(args=arguments)


def assert_broken(world: World, *words: str, options: tuple[str, ...] = ()) -> None:
    answer = verify(world, *options)
    assert answer.exit_code == 1, answer.output
    assert "第一处断裂 / the first break:" in answer.output
    for word in words:
        assert word in answer.output, answer.output


def tamper(world: World, *statements: str, **values: Any) -> None:
    """As somebody with the database in their hands, who also takes the triggers away."""
    with world.app.app_context(), db.engine.connect() as connection:
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
        for name in names.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            done = connection.execute(text(statement), values)
            assert done.rowcount >= 1, statement
        connection.commit()


@pytest.fixture
def file() -> PhotoFile:
    return photo(1)


@pytest.fixture
def kept(sqlite_world: World, file: PhotoFile) -> World:
    """A signed receipt, edited and deleted work log entries, and a photo."""
    canteen = Canteen(sqlite_world)
    answer = canteen.put(canteen.signed("meat", "vegetables"))
    assert answer.status_code in {200, 201}, answer.text
    li, first, second = canteen.li, entry(), entry()
    push(li, mutation(first), mutation(second))
    push(li, mutation({**first, "title": "改过"}, base_version=1), deletion(second["id"], 1))
    stored_photo(li, file)
    return sqlite_world


def test_evidence_in_use_is_intact_on_both_databases(world: World, file: PhotoFile) -> None:
    canteen = Canteen(world)
    answer = canteen.put(canteen.signed("meat", "vegetables"))
    assert answer.status_code in {200, 201}, answer.text
    first = entry()
    push(canteen.li, mutation(first))
    push(canteen.li, mutation({**first, "title": "改过"}, base_version=1))
    stored_photo(canteen.li, file)
    assert run_job(world.app, HEADS_JOB) == 2
    answer = verify(world)
    assert answer.exit_code == 0, answer.output
    assert "完好 intact" in answer.output
    assert "\r" not in answer.output
    lines = [line.strip().split("  ", 1) for line in answer.output.splitlines()]
    counted = {line[1]: line[0] for line in lines if len(line) == 2}
    assert counted["照片 photos"] == "1"
    assert int(counted["审计条目 audit entries"].replace(",", "")) >= len(chain(world))


def test_the_demo_organisation_is_intact(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        assert seed_if_empty(current_settings())
        db.session.remove()
    answer = run_command(sqlite_app, "verify-evidence")
    assert answer.exit_code == 0, answer.output


def test_a_notice_that_came_to_the_head_of_its_unit_is_intact(sqlite_world: World) -> None:
    house = Inspected(sqlite_world)
    house.issued()
    answer = verify(sqlite_world)
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "number + 100"),
        ("at", "datetime(at, '+1 second')"),
        ("action", "'other'"),
        ("user_id", "'00000000000000000000000000000001'"),
        ("device_id", "'other'"),
        ("site_id", "'00000000000000000000000000000001'"),
        ("collection", "'other'"),
        ("record_id", "'other'"),
        ("version", "99"),
        ("content_sha256", "'00'"),
        ("details", "'{}'"),
        ("previous_hash", "'00'"),
        ("entry_hash", "'00'"),
    ],
)
def test_each_column_of_an_entry_is_held_by_the_chain(kept: World, column: str, value: str) -> None:
    number = chain(kept)[-3]["number"]
    tamper(
        kept,
        f"UPDATE audit_entries SET {column} = {value} "
        f"WHERE number = :number AND organisation_id = :organisation",
        number=number,
        organisation=kept.organisation_id.replace("-", ""),
    )
    assert_broken(kept, f"{kept.organisation_id} #{number}")


def test_an_entry_taken_out_or_two_swapped_are_found(kept: World) -> None:
    organisation = kept.organisation_id.replace("-", "")
    where = "organisation_id = :organisation AND number"
    tamper(
        kept,
        f"UPDATE audit_entries SET number = 100000 WHERE {where} = 3",
        f"UPDATE audit_entries SET number = 3 WHERE {where} = 4",
        f"UPDATE audit_entries SET number = 4 WHERE {where} = 100000",
        organisation=organisation,
    )
    assert_broken(kept, f"{kept.organisation_id} #3")
    tamper(kept, f"DELETE FROM audit_entries WHERE {where} = 3", organisation=organisation)
    assert_broken(kept, f"{kept.organisation_id} #3", "缺号")


def test_a_log_cut_off_is_found_by_the_noted_head(kept: World) -> None:
    assert run_job(kept.app, HEADS_JOB)
    last = chain(kept)[-1]["number"]
    tamper(
        kept,
        "DELETE FROM audit_entries WHERE number = :last AND organisation_id = :organisation",
        last=last,
        organisation=kept.organisation_id.replace("-", ""),
    )
    assert_broken(kept, "链头", f"#{last}")


def heads_printed(world: World) -> str:
    answer = run_command(world.app, "audit-head")
    assert answer.exit_code == 0, answer.output
    return answer.output


def forge_everything(world: World, record_id: str) -> None:
    """Change a record, and write the whole chain anew so that it fits."""
    packed = record_id.replace("-", "")
    with world.app.app_context(), transaction(current_session(), write=False):
        found = current_session().execute(
            text("SELECT document FROM sync_records WHERE id = :id"), {"id": packed}
        )
        forged = found.scalar_one().replace("改过", "伪造")
    rows = chain(world)
    newest = [row for row in rows if row["record_id"] == record_id][-1]
    newest["content_sha256"] = hashlib.sha256(forged.encode()).hexdigest()
    previous = BEGINNING
    tamper(
        world,
        "UPDATE sync_records SET document = :document WHERE id = :id",
        document=forged,
        id=packed,
    )
    with world.app.app_context(), db.engine.connect() as connection:
        for row in rows:
            row["previous_hash"] = previous
            previous = row["entry_hash"] = entry_hash_of(row)
            connection.execute(
                text(
                    "UPDATE audit_entries SET content_sha256 = :sha256, previous_hash = :before,"
                    " entry_hash = :hash WHERE organisation_id = :organisation AND number = :number"
                ),
                {
                    "sha256": row["content_sha256"],
                    "before": row["previous_hash"],
                    "hash": row["entry_hash"],
                    "organisation": world.organisation_id.replace("-", ""),
                    "number": row["number"],
                },
            )
        connection.commit()


def test_a_chain_forged_from_end_to_end_is_found_by_a_head_sent_away(
    kept: World, tmp_path: Any
) -> None:
    sent_away = tmp_path / "head.txt"
    sent_away.write_text(f"今日链头：\n{heads_printed(kept)}", encoding="utf-8")
    with kept.app.app_context(), transaction(current_session(), write=False):
        record_id = current_session().execute(
            text("SELECT id FROM sync_records WHERE document LIKE '%改过%'")
        )
        packed = record_id.scalar_one()
    forge_everything(kept, str(UUID(packed)))
    assert verify(kept).exit_code == 0, "the forgery is consistent in itself"
    assert_broken(kept, "链头", options=("--against", str(sent_away)))


def test_a_head_sent_away_fits_the_log_as_it_goes_on(kept: World) -> None:
    heads = heads_printed(kept)
    push(kept.person("li"), mutation(entry()))
    assert verify(kept, "--against", heads).exit_code == 0
    assert verify(kept, "--against", "nonsense").exit_code == 1


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("sync_records", "document = replace(document, '改过', '改了')"),
        ("sync_records", "user_id = '00000000000000000000000000000001'"),
        ("sync_records", "device_id = 'other'"),
        ("sync_records", "written_at = datetime(written_at, '-1 day')"),
        ("sync_records", "version = version + 1"),
        ("sync_records", "deleted = 1"),
        ("sync_record_versions", "document = document || ' '"),
        ("sync_record_versions", "user_id = NULL"),
    ],
)
def test_a_changed_field_of_a_record_or_version_is_found(
    kept: World, table: str, change: str
) -> None:
    of_it = "id IN (SELECT id FROM sync_records WHERE document LIKE '%改过%')"
    tamper(kept, f"UPDATE {table} SET {change} WHERE {of_it}")
    assert_broken(kept, "work_log_entries", "审计条目不符")


def test_a_record_taken_away_is_found(kept: World) -> None:
    tamper(kept, "DELETE FROM sync_records WHERE document LIKE '%改过%'")
    assert_broken(kept, "记录不见了", "work_log_entries")


def test_a_record_put_in_behind_the_log_is_found(kept: World) -> None:
    tamper(
        kept,
        "INSERT INTO sync_records SELECT organisation_id, collection,"
        " '00000000000000000000000000000009', site_id, version, deleted, 1000000, document,"
        " user_id, device_id, written_at FROM sync_records WHERE document LIKE '%改过%'",
    )
    assert_broken(kept, "没有审计条目", "00000000-0000-0000-0000-000000000009")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("goods_receipts", "decision = 'rejected'"),
        ("goods_receipts", "delivered_on = '2020-01-01'"),
        ("goods_receipts", "number = 'X'"),
        ("goods_receipts", "witness_id = acceptor_id, acceptor_id = witness_id"),
        ("goods_receipt_lines", "expires_on = '2030-01-01'"),
        ("goods_receipt_lines", "accepted_quantity = 0, pending_quantity = delivered_quantity"),
        ("suppliers", "name = 'X'"),
        ("supplier_licences", "valid_until = '2099-01-01'"),
        ("products", "storage_class = 'ambient', name = 'X'"),
        ("attachments", "captured_at = '2020-01-01 00:00:00.000000'"),
    ],
)
def test_a_changed_index_row_is_found(kept: World, table: str, change: str) -> None:
    tamper(kept, f"UPDATE {table} SET {change}")
    assert_broken(kept, "索引与记录文件不符", table)


def test_a_byte_of_a_photo_is_found_and_a_quick_look_finds_its_size(
    kept: World, file: PhotoFile
) -> None:
    with kept.app.app_context():
        store = current_storage().blobs
        [path] = list(store._root.rglob(file.sha256))
    path.chmod(0o600)
    path.write_bytes(bytes([file.content[0] ^ 1]) + file.content[1:])
    assert_broken(kept, "照片文件被改动", file.sha256)
    assert verify(kept, "--quick").exit_code == 0
    path.write_bytes(file.content[:-1])
    assert_broken(kept, f"{file.size} B", f"{file.size - 1} B", options=("--quick",))
    path.unlink()
    assert_broken(kept, "照片文件不见了")


def test_a_photo_without_its_entry_or_its_row_is_found(kept: World, file: PhotoFile) -> None:
    tamper(kept, "UPDATE audit_entries SET record_id = 'x' WHERE action = 'photo_stored'")
    assert_broken(kept, f"photo {file.sha256}", "没有审计条目")


def test_what_compaction_dropped_is_counted_and_no_break(kept: World, clock: Any) -> None:
    run_job(kept.app, COMPACT_JOB)
    clock.advance(days=200)
    assert (run_job(kept.app, COMPACT_JOB) or 0) > 0
    answer = verify(kept)
    assert answer.exit_code == 0, answer.output
    assert "不再保留的版本 versions no longer kept" in answer.output


def test_only_the_organisation_asked_for_is_read(kept: World) -> None:
    tamper(
        kept,
        "UPDATE audit_entries SET action = 'x' WHERE organisation_id = :organisation",
        organisation=kept.organisation_id.replace("-", ""),
    )
    assert verify(kept, "--organisation", kept.other_organisation_id).exit_code == 0
    assert_broken(kept, options=("--organisation", kept.organisation_id))


def test_an_unknown_organisation_is_refused(kept: World) -> None:
    """A slip of the pen must not look like a clean verification."""
    answer = verify(kept, "--organisation", "00000000-0000-0000-0000-000000000001")
    assert answer.exit_code == 1
    assert "intact" not in answer.output


def test_the_head_is_noted_once_a_day(world: World, clock: Any) -> None:
    world.person("li", Role.INSPECTOR)
    assert run_job(world.app, HEADS_JOB) == 2
    assert run_job(world.app, HEADS_JOB) == 0
    clock.advance(days=1)
    assert run_job(world.app, HEADS_JOB) == 2
    line = heads_printed(world).splitlines()[0]
    assert line.split()[0] == "yanshou-audit-head"
    newest = chain(world)[-1]
    assert str(
        HeadLine(world.organisation_id, clock.now.date(), newest["number"], newest["entry_hash"])
    ) in heads_printed(world)
