"""Reading many records: as many statements as for one, and an index for each of them."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest

from server.access import Role
from server.db.base import current_session, db
from server.db.transaction import transaction
from tests.filling import copy_records
from tests.many_rows import pretend_many_rows
from tests.reading import Reading, read_every_route
from tests.receipts import reject_line
from tests.receiving_world import Canteen
from tests.registers_world import Kitchen

FEW, MANY = 1, 15
# What grows without end as the canteens work.
BIG = (
    "goods_receipts",
    "goods_receipt_lines",
    "goods_receipt_attachments",
    "goods_receipt_amendments",
    "attachments",
    "findings",
    "corrective_actions",
    "corrective_action_steps",
    "register_entries",
    "register_entry_events",
    "inspections",
    "switching_lots",
    "notifications",
    "sync_records",
    "sync_record_versions",
    "audit_entries",
)
_QUERY = {
    "from": "2026-01-01",
    "to": "2026-12-31",
    "on": "2026-03-02",
    "date": "2026-03-02",
    "since": "2026-01-01T00:00:00Z",
    "until": "2027-01-01T00:00:00Z",
    "lot_size": "1000",
    "aql": "1.0",
    "supplier_batch_number": "20260228A",
}


def _one_of_each(world, clock):
    """A canteen with a record of every kind, as the service writes them."""
    canteen, kitchen = Canteen(world), Kitchen(world, clock)
    inspected = kitchen.inspected
    draft = canteen.draft("dry_goods")
    reject_line(draft.line(), "破损")
    assert canteen.put(canteen.finish(draft, "rejected")).status_code == 201
    receipt = draft.document
    amendment = {
        "id": str(uuid4()),
        "goods_receipt_id": receipt["id"],
        "kind": "correction",
        "reason": "称重复核",
        "decision": "rejected",
    }
    path = f"/api/v1/goods-receipt-amendments/{amendment['id']}"
    assert canteen.li.put(path, json=amendment).status_code == 201
    source = {"source_collection": "goods_receipts", "source_id": receipt["id"]}
    finding = inspected.found(**source)
    action = inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)
    inspected.put("corrective-action-steps", inspected.submission(action), inspected.chen)
    assert inspected.put("register-entries", kitchen.sample(), kitchen.zhao).status_code == 201
    kitchen.staff()
    photo = next(iter(draft.photos))
    announced = {
        "id": photo,
        "sha256": "0" * 64,
        "size": 1000,
        "media_type": "image/jpeg",
        "owner_collection": "goods_receipts",
        "owner_id": receipt["id"],
        "role": "goods",
    }
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "attachments",
        "id": photo,
        "operation": "upsert",
        "base_version": None,
        "document": announced,
    }
    push = {"device_id": canteen.li.device_id, "mutations": [mutation]}
    answer = canteen.li.post("/api/v1/sync/push", json=push)
    assert [one["status"] for one in answer.json["results"]] == ["applied"], answer.text
    return {"attachment_id": photo, "collection": "goods_receipts"}


def _fill(world, times):
    with world.app.app_context(), transaction(current_session(), write=True):
        copy_records(current_session(), times)
        if current_session().get_bind().dialect.name == "sqlite":
            pretend_many_rows(current_session().connection())
    with world.app.app_context():
        db.engine.dispose()  # statistics are read when a connection is opened


@pytest.fixture
def readers(world):
    everywhere = [world.north, world.south]
    return [
        world.person("boss", Role.MANAGER, everywhere),
        world.person("keeper", Role.ADMIN, [world.north]),
    ]


def test_many_records_take_as_many_statements_as_one_and_each_finds_its_rows_by_an_index(
    world, clock, readers
):
    ids = _one_of_each(world, clock)
    _fill(world, FEW)
    few = _read(world, readers, ids)
    _fill(world, MANY)
    many = _read(world, readers, ids)
    assert _statuses(few) == _statuses(many)
    grown = {
        rule: (len(reading.statements), len(many[rule].statements))
        for rule, reading in few.items()
        if len(many[rule].statements) > len(reading.statements)
    }
    assert grown == {}
    unanswered = sorted(rule for rule, one in many.items() if one.status != 200)
    assert len(many) - len(unanswered) >= 60, unanswered
    _every_statement_has_its_index(world, many)


def _read(world, readers, ids):
    """Each route as the first reader who may read it sees it."""
    found = {}
    for reader in readers:
        open_ones = read_every_route(world.app, reader, _QUERY, ids, apart=_answered(found))
        found = {**open_ones, **{rule: found[rule] for rule in _answered(found)}}
    return found


def _answered(found):
    return {rule for rule, reading in found.items() if reading.status == 200}


def _statuses(readings: dict[str, Reading]) -> dict[str, int]:
    return {rule: reading.status for rule, reading in readings.items()}


def _every_statement_has_its_index(world, readings):
    scans = {}
    with world.app.app_context():
        connection = current_session().connection()
        explain = _sqlite_scans if connection.dialect.name == "sqlite" else _postgresql_scans
        sent = {
            statement: (rule, parameters)
            for rule, reading in readings.items()
            for statement, parameters in reading.statements
        }
        for statement, (rule, parameters) in sent.items():
            found = explain(connection, statement, parameters)
            if found:
                scans.setdefault(rule, []).append((found, statement))
        current_session().rollback()
    assert len(sent) > 100
    assert scans == {}


def _sqlite_scans(connection, statement, parameters):
    """Big tables that are read from end to end, also by an index that holds all of them."""
    if "WHERE 0 = 1" in statement:
        return []
    rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, _given(parameters)).all()
    steps = [row[-1] for row in rows]
    read = [re.match(r"SCAN (?:TABLE )?(\w+)", step) for step in steps]
    scans = [match[0] for match in read if match and match[1] in BIG]
    # A page in the order of its index is soon full. Sorted or counted, all that it holds is read.
    is_page = "LIMIT" in statement and "USE TEMP B-TREE FOR ORDER BY" not in steps
    return scans + [step for step in steps if not is_page and _is_whole_organisation(step)]


# Few photos are flagged, and what is due for removal is asked for once in a while; an index in the
# order of arrival would be taken for the photos of each receipt, and all photos be read. The board
# says how many notices are in each lane, the closed ones too: twenty thousand in 15 ms.
_SEEN_WHOLE = (
    "SEARCH corrective_actions USING INDEX "
    "ix_corrective_actions_organisation_id_status_due_at (organisation_id=?)",
    "SEARCH attachments USING INDEX ix_attachments_flagged",
    "SEARCH attachments USING INDEX sqlite_autoindex_attachments_1 (organisation_id=?)",
)


def _is_whole_organisation(step):
    match = re.match(r"SEARCH (\w+) USING .*\(((?:organisation_id|site_id)=\?(?: AND )?)+\)$", step)
    return match is not None and match[1] in BIG and not step.startswith(_SEEN_WHOLE)


def _postgresql_scans(connection, statement, parameters):
    """Big tables for which the planner knows no condition that an index could answer."""
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(
        "EXPLAIN (FORMAT JSON) " + statement, _given(parameters)
    ).scalar()
    plan = json.loads(rows) if isinstance(rows, str) else rows
    return [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if _is_scan(node)]


def _is_scan(node):
    if node.get("Relation Name") not in BIG:
        return False
    by_index = node["Node Type"] in ("Index Scan", "Index Only Scan")
    return node["Node Type"] == "Seq Scan" or (by_index and "Index Cond" not in node)


def _nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _given(parameters):
    return tuple(parameters) if isinstance(parameters, list) else parameters
