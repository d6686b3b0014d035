"""Keeping the change log small, and telling devices that it begins anew."""

from __future__ import annotations

from collections import defaultdict
from uuid import uuid4

from sqlalchemy import Table, delete, update
from sqlalchemy.orm import Session

from server.db.change_log import (
    ChangeLogHead,
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
    _purge_tombstones(session, organisation_id, up_to)
    session.execute(
        delete(_departures).where(
            _departures.c.organisation_id == organisation_id, _departures.c.sequence <= up_to
        )
    )
    session.execute(
        delete(_versions).where(
            _versions.c.organisation_id == organisation_id,
            _versions.c.superseded_sequence <= up_to,
        )
    )
    session.execute(
        update(_heads)
        .where(_heads.c.organisation_id == organisation_id, _heads.c.oldest_sequence < up_to)
        .values(oldest_sequence=up_to)
    )


def _purge_tombstones(session: Session, organisation_id: str, up_to: int) -> None:
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


def new_epoch(session: Session, organisation_id: str) -> None:
    """Make every cursor expire: for a database restored from a copy, whose sequence numbers will
    be given a second time."""
    session.execute(
        update(_heads).where(_heads.c.organisation_id == organisation_id).values(epoch=str(uuid4()))
    )
