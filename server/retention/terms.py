"""Keeping the terms of records: each changed record is read once more, by its place in the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.orm import Session

from server.config import Settings
from server.db.change_log import ChangeLogHead, SyncRecord
from server.db.holds import parent_of
from server.retention.models import RetentionProgress, RetentionTerm, RetentionUse
from server.retention.rules import NO_RECORD, fingerprint, rules

AT_ONCE = 500
_NAMING = frozenset({"attachment_ids", "fixed_attachment_ids", "attachment_id"})

_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_terms: Table = RetentionTerm.__table__  # type: ignore[assignment]
_uses: Table = RetentionUse.__table__  # type: ignore[assignment]


def catch_up(session: Session, organisation_id: str, settings: Settings) -> bool:
    """Bring the terms of some hundred changed records up to date. True if there may be more.

    Each call is a short piece of work: the caller ends its transaction and calls again.
    """
    progress = _progress(session, organisation_id, settings)
    part = session.execute(
        select(_records)
        .where(_records.c.organisation_id == organisation_id)
        .where(_records.c.sequence > progress.sequence)
        .order_by(_records.c.sequence)
        .limit(AT_ONCE)
    ).all()
    if part:
        _write(session, organisation_id, part, settings)
        progress.sequence = part[-1].sequence
        session.flush()
    return len(part) == AT_ONCE


def _progress(session: Session, organisation_id: str, settings: Settings) -> RetentionProgress:
    """Where the terms stand: at the beginning where the rules, or the log itself, are others."""
    epoch = session.execute(
        select(_heads.c.epoch).where(_heads.c.organisation_id == organisation_id)
    ).scalar_one()
    by = fingerprint(settings.retention_months_least)
    progress = session.get(RetentionProgress, organisation_id, populate_existing=True)
    if progress is None:
        progress = RetentionProgress(
            organisation_id=organisation_id, epoch=epoch, sequence=0, fingerprint=by
        )
        session.add(progress)
    elif (progress.epoch, progress.fingerprint) != (epoch, by):
        progress.epoch, progress.fingerprint, progress.sequence = epoch, by, 0
        for table in (_terms, _uses):
            session.execute(delete(table).where(table.c.organisation_id == organisation_id))
    return progress


def _write(
    session: Session, organisation_id: str, part: Sequence[Row[Any]], settings: Settings
) -> None:
    ruled = [row for row in part if row.collection in rules() and row.collection != NO_RECORD]
    for collection in {row.collection for row in ruled}:
        ids = [row.id for row in ruled if row.collection == collection]
        for table in (_terms, _uses):
            session.execute(
                delete(table).where(
                    table.c.organisation_id == organisation_id,
                    table.c.collection == collection,
                    table.c.record_id.in_(ids),
                )
            )
    living = [(row, orjson.loads(row.document)) for row in ruled if not row.deleted]
    terms = [_term(row, document, settings) for row, document in living]
    uses = [use for row, document in living for use in _uses_of(row, document)]
    if terms:
        session.execute(insert(_terms), terms)
    if uses:
        session.execute(insert(_uses), uses)


def _term(row: Row[Any], document: dict[str, Any], settings: Settings) -> dict[str, Any]:
    rule = rules()[row.collection]
    parent = parent_of(row.collection, document) or (None, None)
    is_supplier = row.collection == "suppliers"
    return {
        "organisation_id": row.organisation_id,
        "collection": row.collection,
        "record_id": row.id,
        "supplier_id": row.id if is_supplier else document.get("supplier_id"),
        "parent_collection": parent[0],
        "parent_id": parent[1],
        "keep_until": rule.keep_until(document, row.written_at, settings.retention_months_least),
        "rule": rule.name,
    }


def _uses_of(row: Row[Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for attachment_id in dict.fromkeys(named_photos(document)):
        yield {
            "organisation_id": row.organisation_id,
            "collection": row.collection,
            "record_id": row.id,
            "attachment_id": attachment_id,
        }


def named_photos(part: Any) -> Iterator[str]:
    """The ids of all attachments that a document names, wherever in it."""
    if isinstance(part, list):
        for item in part:
            yield from named_photos(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in _NAMING:
                yield from (value if isinstance(value, list) else [value] if value else [])
            else:
                yield from named_photos(value)
