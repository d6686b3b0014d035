"""Reading records as they stand, without locks, for those who only look."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from server.db.change_log import SyncRecord, SyncRecordVersion
from server.db.change_store import RecordHead

_AT_ONCE = 500
_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]


def read_heads(
    session: Session, organisation_id: str, collection: str, ids: Collection[str]
) -> list[RecordHead]:
    """The newest versions of *ids*. Whoever asks sees to it that they may be seen."""
    heads: list[RecordHead] = []
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        rows = session.execute(
            select(*(_records.c[name] for name in RecordHead.__dataclass_fields__)).where(
                _records.c.organisation_id == organisation_id,
                _records.c.collection == collection,
                _records.c.id.in_(ordered[start : start + _AT_ONCE]),
            )
        )
        heads += [RecordHead(*row) for row in rows]
    return heads


def versions_at(
    session: Session, organisation_id: str, collection: str, ids: Collection[str], position: int
) -> Mapping[str, int]:
    """Which version of each of *ids* stood at *position* of the log, as far as it is superseded
    since: the first that was replaced after it."""
    found: dict[str, int] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        rows = session.execute(
            select(_versions.c.id, func.min(_versions.c.version))
            .where(
                _versions.c.organisation_id == organisation_id,
                _versions.c.collection == collection,
                _versions.c.id.in_(ordered[start : start + _AT_ONCE]),
                _versions.c.superseded_sequence > position,
            )
            .group_by(_versions.c.id)
        )
        found.update((row[0], row[1]) for row in rows)
    return found
