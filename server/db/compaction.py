"""Keeping the change log small, and telling devices that it begins anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import CursorResult, Table, delete, func, select, update
from sqlalchemy.orm import Session

from server.db.change_log import (
    ChangeLogHead,
    ChangeLogMark,
    SyncDeparture,
    SyncMutation,
    SyncRecord,
    SyncRecordVersion,
)

_AT_ONCE = 500

_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]
_departures: Table = SyncDeparture.__table__  # type: ignore[assignment]
_mutations: Table = SyncMutation.__table__  # type: ignore[assignment]


def compact(session: Session, organisation_id: str, up_to: int) -> None:
    """Forget tombstones, departures and superseded versions whose place in the log is ≤ *up_to*.

    Devices whose cursor stands below *up_to* start over. Runs in a writing transaction; the log's
    head is touched last, as every writer does, so that nobody waits in a circle.
    """
    forget_deletions(session, organisation_id, up_to)
    forget_versions(session, organisation_id, up_to)
    raise_oldest(session, organisation_id, up_to)


def forget_deletions(session: Session, organisation_id: str, up_to: int) -> int:
    """Drop tombstones and departures; :func:`raise_oldest` must follow. Returns how many."""
    purged = _purge_tombstones(session, organisation_id, up_to)
    departures = session.execute(
        delete(_departures).where(
            _departures.c.organisation_id == organisation_id, _departures.c.sequence <= up_to
        )
    )
    assert isinstance(departures, CursorResult)
    return purged + departures.rowcount


def forget_versions(
    session: Session, organisation_id: str, up_to: int, besides: Collection[str] = ()
) -> int:
    """Drop versions superseded at *up_to* or before, but for collections *besides*; a merge that
    needs one finds a conflict instead. Returns how many."""
    versions = session.execute(
        delete(_versions).where(
            _versions.c.organisation_id == organisation_id,
            _versions.c.superseded_sequence <= up_to,
            _versions.c.collection.not_in(sorted(besides)),
        )
    )
    assert isinstance(versions, CursorResult)
    return versions.rowcount


def raise_oldest(session: Session, organisation_id: str, up_to: int) -> None:
    """Let cursors below *up_to* expire. Takes the log's head: nothing may be locked after it."""
    session.execute(
        update(_heads)
        .where(_heads.c.organisation_id == organisation_id, _heads.c.oldest_sequence < up_to)
        .values(oldest_sequence=up_to)
    )


# -- by age --------------------------------------------------------------------------------------


def mark_position(session: Session, organisation_id: str, now: datetime) -> None:
    """Note where the log stands now, if it has moved since the last mark."""
    position = session.scalar(
        select(_heads.c.sequence).where(_heads.c.organisation_id == organisation_id)
    )
    last = position_at(session, organisation_id, now)
    if position and position != last:
        session.merge(
            ChangeLogMark(organisation_id=organisation_id, marked_at=now, sequence=position)
        )


def position_at(session: Session, organisation_id: str, moment: datetime) -> int:
    """A place in the log that had been reached by *moment*; 0 if none is known."""
    reached = session.scalar(
        select(func.max(ChangeLogMark.sequence)).where(
            ChangeLogMark.organisation_id == organisation_id, ChangeLogMark.marked_at <= moment
        )
    )
    return int(reached or 0)


def forget_marks(session: Session, organisation_id: str, before: datetime) -> None:
    """Drop marks that the newest of those up to *before* has overtaken."""
    marks = ChangeLogMark
    newest = (
        select(func.max(marks.marked_at))
        .where(marks.organisation_id == organisation_id, marks.marked_at <= before)
        .scalar_subquery()
    )
    session.execute(
        delete(marks).where(marks.organisation_id == organisation_id, marks.marked_at < newest),
        execution_options={"synchronize_session": False},
    )


def _purge_tombstones(session: Session, organisation_id: str, up_to: int) -> int:
    """Drop deleted records, and mark the answers that name one of their versions.

    First the rows, then the answers: whoever makes a record of the same id anew waits for the row
    to be gone, so the answer to that later mutation is not among those marked.
    """
    gone = session.execute(
        delete(_records)
        .where(
            _records.c.organisation_id == organisation_id,
            _records.c.deleted.is_(True),
            _records.c.sequence <= up_to,
        )
        .returning(_records.c.collection, _records.c.id)
    ).all()
    by_collection: defaultdict[str, list[str]] = defaultdict(list)
    for collection, record_id in gone:
        by_collection[collection].append(record_id)
    for collection, ids in by_collection.items():
        for start in range(0, len(ids), _AT_ONCE):
            session.execute(
                update(_mutations)
                .where(
                    _mutations.c.organisation_id == organisation_id,
                    _mutations.c.collection == collection,
                    _mutations.c.record_id.in_(ids[start : start + _AT_ONCE]),
                )
                .values(is_purged=True)
            )
    return len(gone)


def new_epoch(session: Session, organisation_id: str) -> None:
    """Make every cursor expire: for a database restored from a copy, whose sequence numbers will
    be given a second time."""
    session.execute(
        update(_heads).where(_heads.c.organisation_id == organisation_id).values(epoch=str(uuid4()))
    )
