"""Whether the rows that lists and searches look at say what the documents say.

A column of an index row is held against the document's field of the same name. Where a document has
its fact elsewhere, :data:`DERIVED` says where; a column that no document knows is the server's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from sqlalchemy import Column, Row, Table, select
from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.custody.findings import Break, Tally
from server.custody.records import record_pages
from server.db.base import Base
from server.db.types import Quantity, UtcDateTime

AT_ONCE = 500
Document = Mapping[str, Any]


def _signer(role: str) -> Callable[[Document], Any]:
    def of(receipt: Document) -> Any:
        return next((s["user_id"] for s in receipt["signatures"] if s["role"] == role), None)

    return of


def _of_sample(name: str) -> Callable[[Document], Any]:
    return lambda entry: None if entry["sample"] is None else entry["sample"][name]


def _assignee(action: Document) -> Any:
    """Whoever it has come to: the document's own field is the issuer's wish."""
    return None if action["assignee"] is None else action["assignee"]["user_id"]


DERIVED: Mapping[str, Mapping[str, Callable[[Document], Any]]] = {
    "corrective_actions": {"assignee_user_id": _assignee},
    "register_entries": {
        "checklist_code": lambda entry: entry["checklist"]["code"],
        "dish": _of_sample("dish"),
        "discard_from": _of_sample("discard_from"),
        "discarded_at": _of_sample("discarded_at"),
    },
    "goods_receipts": {"acceptor_id": _signer("acceptor"), "witness_id": _signer("witness")},
}
PARTS = {
    "goods_receipts": ("goods_receipt_lines", "goods_receipt_id", "lines"),
    "suppliers": ("supplier_licences", "supplier_id", "licences"),
    "staff_members": ("health_certificates", "staff_member_id", "health_certificates"),
}
"""The rows of a document's parts: their table, its column for the document's id, and the field."""

NOT_THE_DOCUMENTS = {
    # The document is the phone's: a task is written long before it is revealed and published.
    "inspection_tasks": frozenset({"updated_at"}),
}


def check_projections(
    session: Session, organisation_id: str, collection: str, tally: Tally
) -> Iterator[Break]:
    """The index rows of one collection, if it has any, against its documents."""
    table = Base.metadata.tables.get(collection)
    if table is None or not {"id", "organisation_id"} <= set(table.c.keys()):
        return
    for heads in record_pages(session, organisation_id, collection):
        documents = {head.id: orjson.loads(head.document) for head in heads if not head.deleted}
        rows = _rows(session, table, table.c.id, organisation_id, documents)
        for record_id, document in documents.items():
            tally.count("index_rows")
            where = f"{collection} {record_id}"
            if record_id not in rows:
                yield Break("index", where, "1", "0")
            else:
                derived = DERIVED.get(collection, {})
                own = NOT_THE_DOCUMENTS.get(collection, frozenset())
                yield from _row_breaks(where, table, rows[record_id][0], document, derived, own)
        if collection in PARTS:
            yield from _part_breaks(session, organisation_id, collection, documents, tally)


def _rows(
    session: Session,
    table: Table,
    key: Column[Any],
    organisation_id: str,
    documents: Mapping[str, Document],
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    statement = select(table).where(
        table.c.organisation_id == organisation_id, key.in_(list(documents))
    )
    for row in session.execute(statement):
        found.setdefault(row._mapping[key.name], []).append(row)
    return found


def _with_derived(table_name: str, document: Document, part: Document) -> Document:
    if table_name != "goods_receipt_lines":
        return part
    return {**part, "expires_on": document["basis"]["lines"][part["id"]]["expires_on"]}


def _part_breaks(
    session: Session,
    organisation_id: str,
    collection: str,
    documents: Mapping[str, Document],
    tally: Tally,
) -> Iterator[Break]:
    name, owner, field = PARTS[collection]
    table = Base.metadata.tables[name]
    rows = _rows(session, table, table.c[owner], organisation_id, documents)
    for record_id, document in documents.items():
        parts = {part["id"]: _with_derived(name, document, part) for part in document[field]}
        there = {row.id: row for row in rows.get(record_id, [])}
        tally.count("index_rows", len(parts))
        where = f"{name} {record_id}"
        if parts.keys() != there.keys():
            yield Break("index", where, sorted(parts), sorted(there))
            continue
        for part_id, part in parts.items():
            here = f"{where}/{part_id}"
            yield from _row_breaks(here, table, there[part_id], part, {}, frozenset())


def _row_breaks(
    where: str,
    table: Table,
    row: Row[Any],
    document: Document,
    derived: Mapping[str, Callable[[Document], Any]],
    own: frozenset[str],
) -> Iterator[Break]:
    for column in _compared(table, document, derived, own):
        said = derived[column.name](document) if column.name in derived else document[column.name]
        stored = row._mapping[column.name]
        if _as_stored(column, said) != stored:
            yield Break("index", f"{where} {column.name}", said, stored)


def _compared(
    table: Table, document: Document, derived: Mapping[str, Any], own: frozenset[str]
) -> Sequence[Column[Any]]:
    return [
        column
        for column in table.c
        if column.name not in own and (column.name in derived or column.name in document)
    ]


def _as_stored(column: Column[Any], said: Any) -> Any:
    """*said* in a document's JSON, as the column gives it back."""
    if said is None:
        return None
    try:
        if isinstance(column.type, UtcDateTime):
            return parse_time(said)
        kind = column.type.python_type
        if kind is date:
            return date.fromisoformat(said)
        if isinstance(column.type, Quantity):
            return Decimal(said)
    except (ValueError, TypeError, InvalidOperation, NotImplementedError):
        return said
    return said
