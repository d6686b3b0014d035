"""Every change and every photo has its entry, in a chain that anybody can compute again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.access import Role
from server.db.audit import record_audit
from server.db.audit_log import BEGINNING, entry_hash_of
from server.db.audit_log import entries as entries_table
from server.db.base import current_session, db
from server.db.change_log import SyncRecord, SyncRecordVersion
from server.db.change_store import publish, savepoint
from server.db.schema_check import MIGRATIONS
from server.db.transaction import transaction
from server.identity.setup import system_actor
from tests.api.sync_client import entry, mutation, push
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import upload
from tests.world import World

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RECORD = "01890000-0000-7000-8000-000000000001"


def chain(world: World) -> list[dict[str, Any]]:
    with world.app.app_context(), transaction(current_session(), write=False):
        rows = current_session().execute(
            select(entries_table)
            .where(entries_table.c.organisation_id == world.organisation_id)
            .order_by(entries_table.c.number)
        )
        return [dict(row._mapping) for row in rows]


def recomputed(row: dict[str, Any]) -> str:
    """The hash as the documentation has it, with nothing of the program."""
    canonical = {name: value for name, value in row.items() if name != "entry_hash"}
    canonical["at"] = row["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def assert_is_chained(rows: list[dict[str, Any]]) -> None:
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    before = BEGINNING
    for row in rows:
        assert row["previous_hash"] == before
        assert row["entry_hash"] == recomputed(row)
        before = row["entry_hash"]


def in_session(world: World, work: Callable[[Session], None]) -> None:
    with world.app.app_context(), transaction(current_session(), write=True):
        work(current_session())


def write(world: World, session: Session, title: str, **options: Any) -> None:
    actor = system_actor(world.organisation_id)
    document = {"id": RECORD, "title": title}
    publish(session, actor, "work_log_entries", RECORD, world.north, document, NOW, **options)


def test_each_version_has_an_entry_with_the_hash_of_its_text(world: World) -> None:
    li = world.person("li")
    before = len(chain(world))
    first = entry()
    push(li, mutation(first))
    push(li, mutation({**first, "title": "再写一次"}, base_version=1))
    rows = chain(world)
    assert_is_chained(rows)
    written = rows[before:]
    assert [(row["action"], row["record_id"], row["version"]) for row in written] == [
        ("record_written", first["id"], 1),
        ("record_written", first["id"], 2),
    ]
    assert {(row["user_id"], row["device_id"]) for row in written} == {(li.user_id, li.device_id)}
    with world.app.app_context(), transaction(current_session(), write=False):
        for model, version in ((SyncRecordVersion, 1), (SyncRecord, 2)):
            stored = current_session().scalar(select(model.document).where(model.id == first["id"]))
            assert stored is not None
            sha256 = hashlib.sha256(stored.encode()).hexdigest()
            assert written[version - 1]["content_sha256"] == sha256


def test_versions_made_and_superseded_in_one_transaction_each_have_an_entry(world: World) -> None:
    def work(session: Session) -> None:
        write(world, session, "a")
        write(world, session, "b")
        write(world, session, "b", deleted=True)

    in_session(world, work)
    rows = [row for row in chain(world) if row["record_id"] == RECORD]
    assert [(row["action"], row["version"]) for row in rows] == [
        ("record_written", 1),
        ("record_written", 2),
        ("record_deleted", 3),
    ]
    assert_is_chained(chain(world))


def test_an_event_without_a_record_is_chained_and_one_taken_back_leaves_nothing(
    world: World,
) -> None:
    actor = system_actor(world.organisation_id)

    def work(session: Session) -> None:
        record_audit(session, actor, "settings_changed", NOW, details={"原因": "试运行", "b": 1})
        with pytest.raises(ZeroDivisionError), savepoint(session):  # noqa: PT012
            record_audit(session, actor, "taken_back", NOW)
            write(world, session, "taken back")
            _ = 1 / 0

    in_session(world, work)
    rows = chain(world)
    assert_is_chained(rows)
    assert rows[-1]["action"] == "settings_changed"
    assert json.loads(rows[-1]["details"]) == {"原因": "试运行", "b": 1}
    assert "taken_back" not in {row["action"] for row in rows}


def test_a_transaction_that_fails_leaves_no_entry(world: World) -> None:
    before = chain(world)

    def work(session: Session) -> None:
        record_audit(session, system_actor(world.organisation_id), "undone", NOW)
        write(world, session, "undone")
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_session(world, work)
    assert chain(world) == before


def test_organisations_have_chains_of_their_own(world: World) -> None:
    world.person("li")
    world.person("wu", sites=[world.abroad])
    assert_is_chained(chain(world))
    own = {row["user_id"] for row in chain(world) if row["action"] == "signed_in"}
    assert own == {world.person("li").user_id}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'other'",
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET number = number + 1000",
    ],
)
def test_the_database_refuses_to_change_or_delete_entries(world: World, statement: str) -> None:
    before = chain(world)
    with pytest.raises(DBAPIError, match="never changed"):
        in_session(world, lambda session: session.execute(text(statement)) and None)
    assert chain(world) == before


def test_the_database_refuses_to_replace_or_truncate_entries(world: World) -> None:
    before = chain(world)
    with world.app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    statement = (
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries"
        if is_sqlite
        else "TRUNCATE audit_entries"
    )
    with pytest.raises(DBAPIError, match="never changed"):
        in_session(world, lambda session: session.execute(text(statement)) and None)
    assert chain(world) == before


def test_sign_in_revocation_and_reinstatement_of_a_device_are_on_record(world: World) -> None:
    li, manager = world.person("li"), world.person("ma", Role.MANAGER)
    for _ in range(2):
        assert manager.post(f"/api/v1/devices/{li.device_id}/revoke").status_code == 200
    assert manager.post(f"/api/v1/devices/{li.device_id}/reinstate").status_code == 200
    rows = chain(world)[-2:]
    assert [row["action"] for row in rows] == ["device_revoked", "device_reinstated"]
    assert [json.loads(row["details"]) for row in rows] == [{"device_id": li.device_id}] * 2
    assert {row["user_id"] for row in rows} == {manager.user_id}
    assert [row["user_id"] for row in chain(world) if row["action"] == "signed_in"] == [
        li.user_id,
        manager.user_id,
    ]


def test_what_was_there_before_the_log_is_adopted_by_it(world: World) -> None:
    li = world.person("li")
    first = entry()
    push(li, mutation(first))
    push(li, mutation({**first, "title": "第二版"}, base_version=1))
    written = {
        (row["record_id"], row["version"]): row["content_sha256"]
        for row in chain(world)
        if row["action"] == "record_written"
    }
    with world.app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="0007")
        upgrade(directory=str(MIGRATIONS))
        db.session.remove()
    rows = chain(world)
    assert_is_chained(rows)
    assert rows[0]["action"] == "chain_begun"
    adopted = {
        (row["record_id"], row["version"]): row["content_sha256"]
        for row in rows
        if row["action"] == "record_adopted"
    }
    assert adopted == written
    counts = json.loads(rows[0]["details"])
    assert counts["records"] + counts["versions"] + counts["photos"] == len(rows) - 1


def test_the_documented_form_is_the_one_that_is_hashed() -> None:
    """Any JSON library will do, whatever stands in the text."""

    @given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 2**53))
    def agree(words: str, number: int) -> None:
        row = {column.name: None for column in entries_table.c}
        row |= {"details": words, "number": number, "at": NOW}
        assert entry_hash_of(row) == recomputed(row)

    agree()


def test_a_photo_has_an_entry_once(world: World) -> None:
    file = photo(1)
    li, wang = world.person("li"), world.person("wang")
    for person in (li, wang):
        upload(person, file)
    sha256 = file.sha256
    rows = [row for row in chain(world) if row["action"] == "photo_stored"]
    assert [(row["record_id"], row["content_sha256"]) for row in rows] == [(sha256, sha256)]
    assert json.loads(rows[0]["details"])["size"] == len(file.content)
