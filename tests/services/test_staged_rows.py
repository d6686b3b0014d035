"""Rows that wait are never missed, and pushes without savepoints undo what they must."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server.db.base import current_session
from server.db.change_log import SyncConflict
from server.db.scope import unscoped
from server.db.staging import stage_rows
from server.db.sync_store import SavepointsNeeded, SqlStore, push_transaction
from server.master_data.models import Supplier
from server.receiving.models import GoodsReceipt, GoodsReceiptLine
from sync.errors import Rejected, problem
from sync.records import Publication, RecordKey
from tests.receipts import Document
from tests.receiving_world import Canteen
from tests.world import World

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
REFUSED = Rejected(problem("record-not-found"))


@pytest.fixture
def canteen(world: World) -> Canteen:
    return Canteen(world)


@contextmanager
def light_push(world: World) -> Iterator[tuple[Session, SqlStore]]:
    person = world.person("li")
    with world.app.app_context():
        session = current_session()
        actor = _actor(world, session, person)
        with (
            unscoped(session),
            push_transaction(session, actor, NOW, {}, is_careful=False) as store,
        ):
            yield session, store


def _actor(world: World, session: Session, person: Any) -> Any:
    actor = world.actor(person)
    session.rollback()
    return actor


def conflict_row(world: World) -> dict[str, Any]:
    return {
        "organisation_id": world.organisation_id,
        "mutation_id": str(uuid4()),
        "collection": "notes",
        "record_id": str(uuid4()),
        "fields": "[]",
        "reason": "both-changed",
        "payload": "{}",
        "content_hash": "0" * 64,
        "user_id": str(uuid4()),
        "received_at": NOW,
    }


def refuse_after(work: Callable[[], object], store: SqlStore) -> None:
    with store.savepoint():
        work()
        raise REFUSED


def write_and_refuse(world: World) -> None:
    with light_push(world) as (session, store):
        stage_rows(session, SyncConflict, [conflict_row(world)])
        refuse_after(lambda: counted(session), store)


def counted(session: Session) -> int:
    return session.execute(select(func.count()).select_from(SyncConflict)).scalar_one()


def test_a_query_finds_what_was_staged(world: World) -> None:
    with light_push(world) as (session, _):
        stage_rows(session, SyncConflict, [conflict_row(world), conflict_row(world)])
        assert counted(session) == 2


def test_plain_sql_finds_what_was_staged(world: World) -> None:
    with light_push(world) as (session, _):
        stage_rows(session, SyncConflict, [conflict_row(world)])
        assert session.execute(text("SELECT count(*) FROM sync_conflicts")).scalar_one() == 1


def test_what_was_staged_is_written_at_the_end(world: World) -> None:
    with light_push(world) as (session, _):
        stage_rows(session, SyncConflict, [conflict_row(world)])
    with light_push(world) as (session, _):
        assert counted(session) == 1


def test_a_refusal_before_anything_was_written_is_undone_in_memory(world: World) -> None:
    with light_push(world) as (session, store):
        with store.savepoint():
            stage_rows(session, SyncConflict, [conflict_row(world)])
            store.publish(Publication("notes", str(uuid4()), {"title": "stands"}))
        refused = RecordKey("notes", str(uuid4()))

        def stage_and_publish() -> None:
            stage_rows(session, SyncConflict, [conflict_row(world)])
            store.publish(Publication(*refused, {"title": "goes"}))

        with pytest.raises(Rejected):
            refuse_after(stage_and_publish, store)
        assert store.head(refused) is None
        assert counted(session) == 1


def test_a_refusal_after_something_was_written_asks_for_savepoints(world: World) -> None:
    with pytest.raises(SavepointsNeeded):
        write_and_refuse(world)
    with light_push(world) as (session, _):
        assert counted(session) == 0


def test_a_refused_receipt_leaves_no_rows_and_its_neighbours_keep_theirs(canteen: Canteen) -> None:
    documents = [canteen.draft().document for _ in range(3)]
    documents[1]["answers"][0]["item_id"] = "no-such-item"
    assert statuses(canteen, documents) == ["applied", "rejected", "applied"]
    assert indexed(canteen) == {documents[0]["id"], documents[2]["id"]}


def test_a_constraint_that_breaks_at_the_end_is_told_to_its_own_mutation(canteen: Canteen) -> None:
    documents = [canteen.draft().document for _ in range(3)]
    # Beyond every rule of the service: the row is there, though no record is.
    with canteen.world.app.app_context():
        session = current_session()
        foreign = {
            **_index_row(canteen, documents[1]),
            "organisation_id": canteen.world.other_organisation_id,
            "site_id": canteen.world.abroad,
            "supplier_id": _foreign_supplier(canteen, session),
        }
        session.execute(GoodsReceipt.__table__.insert(), [foreign])
        session.commit()
    assert statuses(canteen, documents) == ["applied", "rejected", "applied"]
    assert indexed(canteen) == {documents[0]["id"], documents[2]["id"]}


def _index_row(canteen: Canteen, document: Document) -> dict[str, Any]:
    return {
        "id": document["id"],
        "provisional_number": "P-1",
        "delivered_on": NOW.date(),
        "status": "draft",
        "received_at": NOW,
        "updated_at": NOW,
    }


def _foreign_supplier(canteen: Canteen, session: Session) -> str:
    supplier = Supplier(
        organisation_id=canteen.world.other_organisation_id,
        id=str(uuid4()),
        code="X",
        name="别家",
        is_suspended=False,
        updated_at=NOW,
    )
    session.add(supplier)
    session.flush()
    return supplier.id


def statuses(canteen: Canteen, documents: list[Document]) -> list[str]:
    mutations = [
        {
            "mutation_id": str(uuid4()),
            "collection": "goods_receipts",
            "id": document["id"],
            "operation": "upsert",
            "base_version": None,
            "document": document,
        }
        for document in documents
    ]
    body = {"device_id": canteen.li.device_id, "mutations": mutations}
    answer = canteen.li.post("/api/v1/sync/push", json=body)
    assert answer.status_code == 200, answer.text
    return [result["status"] for result in answer.json["results"]]


def indexed(canteen: Canteen) -> set[str]:
    with canteen.world.app.app_context():
        session = current_session()
        with unscoped(session):
            mine = GoodsReceiptLine.organisation_id == canteen.world.organisation_id
            return set(session.scalars(select(GoodsReceiptLine.goods_receipt_id).where(mine)))
