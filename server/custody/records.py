"""Whether each stored version of each record is the one that its audit entry speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, select
from sqlalchemy.orm import Session

from server.custody.findings import Break, Tally
from server.db.audit_log import ADOPTED, DELETED, WRITTEN, canonical_time, entries, sha256_of
from server.db.change_log import ChangeLogHead, SyncRecord, SyncRecordVersion

AT_ONCE = 500
OF_RECORDS = (WRITTEN, DELETED, ADOPTED)

_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]

Entries = dict[tuple[str, int], Row[Any]]
"""The newest entry by record id and version."""


def collections_of(session: Session, organisation_id: str) -> list[str]:
    """Every collection that the log or the records speak of."""
    in_log = select(entries.c.collection).where(
        entries.c.organisation_id == organisation_id, entries.c.action.in_(OF_RECORDS)
    )
    stored = select(_records.c.collection).where(_records.c.organisation_id == organisation_id)
    return sorted(set(session.scalars(in_log.union(stored))))


def check_records(
    session: Session, organisation_id: str, collection: str, tally: Tally
) -> Iterator[Break]:
    """Heads and kept versions against their entries, and entries against the heads there are."""
    for heads in record_pages(session, organisation_id, collection):
        found = _entries_of(session, organisation_id, collection, [head.id for head in heads])
        newest = {record_id: entry for (record_id, _), entry in sorted(found.items(), key=_number)}
        for head in heads:
            tally.count("records")
            yield from _differences(head, newest.get(head.id), with_site=True)
    yield from _check_versions(session, organisation_id, collection, tally)
    yield from _check_none_is_gone(session, organisation_id, collection)


def _number(item: tuple[tuple[str, int], Row[Any]]) -> int:
    number: int = item[1].number
    return number


def record_pages(
    session: Session, organisation_id: str, collection: str
) -> Iterator[Sequence[Row[Any]]]:
    """The heads of one collection, some hundreds at a time."""
    of_it = (_records.c.organisation_id == organisation_id, _records.c.collection == collection)
    last: list[ColumnElement[bool]] = []
    while True:
        statement = select(_records).where(*of_it, *last).order_by(_records.c.id).limit(AT_ONCE)
        part = session.execute(statement).all()
        if part:
            yield part
        if len(part) < AT_ONCE:
            return
        last = [_records.c.id > part[-1].id]


def _entries_of(
    session: Session, organisation_id: str, collection: str, record_ids: list[str]
) -> Entries:
    rows = session.execute(
        select(entries)
        .where(
            entries.c.organisation_id == organisation_id,
            entries.c.collection == collection,
            entries.c.record_id.in_(record_ids),
            entries.c.action.in_(OF_RECORDS),
        )
        .order_by(entries.c.number)
    )
    return {(row.record_id, row.version): row for row in rows}


def _differences(row: Row[Any], entry: Row[Any] | None, *, with_site: bool) -> Iterator[Break]:
    where = f"{row.collection} {row.id} v{row.version}"
    if entry is None:
        yield Break("no_entry", where, "1", "0")
        return
    said = {"version": entry.version, "document": entry.content_sha256}
    stored = {"version": row.version, "document": sha256_of(row.document)}
    if with_site:
        said["site_id"], stored["site_id"] = entry.site_id, row.site_id
    if entry.action != ADOPTED:
        said |= _facts(entry, entry.at, entry.action == DELETED)
        stored |= _facts(row, row.written_at, row.deleted)
    for name, expected in said.items():
        if stored[name] != expected:
            yield Break("field", f"{where} {name} (#{entry.number})", expected, stored[name])
            return


def _facts(row: Row[Any], moment: Any, deleted: bool) -> dict[str, Any]:
    return {
        "deleted": deleted,
        "user_id": row.user_id,
        "device_id": row.device_id,
        "written_at": canonical_time(moment),
    }


def _check_versions(
    session: Session, organisation_id: str, collection: str, tally: Tally
) -> Iterator[Break]:
    of_it = (_versions.c.organisation_id == organisation_id, _versions.c.collection == collection)
    last: tuple[str, int] | None = None
    while True:
        statement = select(_versions).where(*of_it)
        if last is not None:
            record_id, version = last
            here = _versions.c.id
            later = (here == record_id) & (_versions.c.version > version)
            statement = statement.where((here > record_id) | later)
        ordered = statement.order_by(_versions.c.id, _versions.c.version).limit(AT_ONCE)
        part = session.execute(ordered).all()
        ids = sorted({row.id for row in part})
        found = _entries_of(session, organisation_id, collection, ids)
        for row in part:
            tally.count("versions")
            yield from _differences(row, found.get((row.id, row.version)), with_site=False)
        if len(part) < AT_ONCE:
            return
        last = (part[-1].id, part[-1].version)


def _check_none_is_gone(session: Session, organisation_id: str, collection: str) -> Iterator[Break]:
    """Only a deleted record may be there no more: compaction drops those."""
    last = ""
    while True:
        part = session.execute(
            select(entries.c.record_id, func.max(entries.c.number).label("number"))
            .where(
                entries.c.organisation_id == organisation_id,
                entries.c.collection == collection,
                entries.c.action.in_(OF_RECORDS),
                entries.c.record_id > last,
            )
            .group_by(entries.c.record_id)
            .order_by(entries.c.record_id)
            .limit(AT_ONCE)
        ).all()
        newest = {row.record_id: row.number for row in part}
        there = set(
            session.scalars(
                select(_records.c.id).where(
                    _records.c.organisation_id == organisation_id,
                    _records.c.collection == collection,
                    _records.c.id.in_(list(newest)),
                )
            )
        )
        missing = [number for record_id, number in newest.items() if record_id not in there]
        yield from _gone(session, organisation_id, missing)
        if len(part) < AT_ONCE:
            return
        last = part[-1].record_id


def _gone(session: Session, organisation_id: str, numbers: list[int]) -> Iterator[Break]:
    rows = session.execute(
        select(entries)
        .where(
            entries.c.organisation_id == organisation_id,
            entries.c.number.in_(numbers),
            entries.c.action == WRITTEN,
        )
        .order_by(entries.c.number)
    )
    for row in rows:
        where = f"{row.collection} {row.record_id} (#{row.number})"
        yield Break("gone", where, f"v{row.version}", "—")


def check_sequences(session: Session, organisation_id: str) -> Iterator[Break]:
    """Every record's place lies within the change log, and the log begins before it ends."""
    head = session.execute(
        select(_heads.c.sequence, _heads.c.oldest_sequence).where(
            _heads.c.organisation_id == organisation_id
        )
    ).one()
    lowest, highest = session.execute(
        select(func.min(_records.c.sequence), func.max(_records.c.sequence)).where(
            _records.c.organisation_id == organisation_id
        )
    ).one()
    where = f"change_log_heads {organisation_id}"
    if (highest or 0) > head.sequence:
        yield Break("sequence", where, f"≥ {highest}", head.sequence)
    if lowest is not None and lowest < 1:
        yield Break("sequence", f"sync_records {organisation_id}", "≥ 1", lowest)
    if not 0 <= head.oldest_sequence <= head.sequence:
        yield Break("sequence", where, f"0 … {head.sequence}", head.oldest_sequence)


def count_not_kept(session: Session, organisation_id: str, kept: int) -> int:
    """How many entries speak of a version whose document is no longer kept."""
    total = session.scalar(
        select(func.count())
        .select_from(entries)
        .where(entries.c.organisation_id == organisation_id, entries.c.action.in_(OF_RECORDS))
    )
    return max(0, (total or 0) - kept)
