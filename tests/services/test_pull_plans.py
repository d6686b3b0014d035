"""A page of the log costs what it serves, whatever the other sites have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import event, insert, text, update
from sqlalchemy.engine import Engine

from server.access import Role
from server.db.base import current_session
from server.db.change_log import ChangeLogHead, SyncRecord
from server.db.transaction import transaction
from tests.api.sync_client import entry, mutation, pull, push
from tests.world import Person, World

INDEX = "ix_sync_records_organisation_id_site_id_sequence"


def statements_of_a_pull(world: World, person: Person) -> list[tuple[str, Any]]:
    """What a pull sends about the records themselves."""
    sent: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "sync_records.document" in statement:
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        assert person.get("/api/v1/sync/pull?limit=10").status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
    return sent


def plan_of(world: World, statement: str, parameters: Any) -> str:
    with world.app.app_context():
        connection = current_session().connection()
        is_sqlite = connection.dialect.name == "sqlite"
        word = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(word + statement, _given(parameters)).all()
        current_session().rollback()
    return "\n".join(str(row[-1]) for row in rows)


def _given(parameters: Any) -> Any:
    return tuple(parameters) if isinstance(parameters, list) else parameters


def let_another_site_write(world: World, records: int) -> None:
    row = {
        "organisation_id": world.organisation_id,
        "collection": "work_log_entries",
        "site_id": world.south,
        "version": 1,
        "deleted": False,
        "document": "{}",
        "written_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    rows = [{**row, "id": str(uuid4()), "sequence": 1000 + n} for n in range(records)]
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        session.execute(insert(SyncRecord.__table__), rows)
        session.execute(update(ChangeLogHead.__table__).values(sequence=1000 + records))
    with world.app.app_context():
        current_session().execute(text("ANALYZE"))
        current_session().commit()


def test_a_page_walks_through_nothing_that_other_sites_wrote(world: World) -> None:
    person = world.person("li")
    let_another_site_write(world, 3000)
    # The site, the person's own place, and the whole organisation's: each by itself.
    statements = statements_of_a_pull(world, person)
    assert statements
    for statement, parameters in statements:
        plan = plan_of(world, statement, parameters)
        assert plan.count(INDEX) == 3, plan
        assert "TEMP B-TREE" not in plan
        assert "SCAN sync_records" not in plan
        assert "Seq Scan" not in plan


def test_pages_of_several_places_stand_in_the_order_of_the_log(world: World) -> None:
    both = world.person("both", Role.QUALITY, [world.north, world.south])
    sites = [world.north, world.south, world.south, world.north] * 3
    made = [entry(site_id=site) for site in sites]
    push(both, *(mutation(document) for document in made))
    found: list[str] = []
    cursor, has_more = None, True
    while has_more:
        page = pull(both, cursor, limit=5, collections="work_log_entries")
        found += [change["id"] for change in page["changes"]]
        cursor, has_more = page["cursor"], page["has_more"]
    assert found == [document["id"] for document in made]
