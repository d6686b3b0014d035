"""The audit log: one chain of entries for each organisation, each sealed with the one before it.

An entry's hash is SHA-256 over its canonical form: one JSON object in UTF-8 of all columns but
``entry_hash``, keys in alphabetical order, no white space, ids as lower-case UUID text, the time as
``YYYY-MM-DDThh:mm:ss.ffffffZ``. ``previous_hash`` is the hash of entry *number* - 1, or 64 zeros.
This form is permanent: whoever has the rows can compute the chain again with any JSON library.

Entries are written at a transaction's tail, while the organisation's log head is held: its lock
gives them their order. Triggers in the database refuse to change or delete them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.db.base import Base
from server.db.prepared import Prepared, prepared_insert
from server.db.types import UuidText

BEGINNING = "0" * 64
"""What the first entry of a chain names as the one before it."""

WRITTEN, DELETED, ADOPTED = "record_written", "record_deleted", "record_adopted"
"""A published version, a published deletion, and a version older than the log itself."""


class AuditEntry(Base):
    """One thing that happened. Never changed, never deleted."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        Index("ix_audit_entries_record", "organisation_id", "collection", "record_id", "number"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str | None] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    site_id: Mapped[str | None] = mapped_column(UuidText)
    collection: Mapped[str | None] = mapped_column(String(64))
    record_id: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int | None]
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))


entries: Table = AuditEntry.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What an entry says, before it has its place in the chain. ``details`` is JSON text."""

    at: datetime
    action: str
    user_id: str | None
    device_id: str | None
    site_id: str | None = None
    collection: str | None = None
    record_id: str | None = None
    version: int | None = None
    content_sha256: str | None = None
    details: str | None = None


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_time(moment: datetime) -> str:
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"


def entry_hash_of(row: Mapping[str, Any]) -> str:
    """The hash that an entry with the columns of *row* must bear."""
    canonical = {name: row[name] for name in _HASHED}
    canonical["at"] = canonical_time(row["at"])
    return hashlib.sha256(orjson.dumps(canonical)).hexdigest()


_HASHED = tuple(sorted(column.name for column in entries.c if column.name != "entry_hash"))


def append_entries(session: Session, organisation_id: str, events: Iterable[AuditEvent]) -> None:
    """Continue the chain. The caller holds the organisation's log head."""
    number, previous = last_entry(session, organisation_id)
    _INSERT.run_each(session, _chained(organisation_id, number, previous, events))


_INSERT = prepared_insert(entries)
_LAST = Prepared(
    select(entries.c.number, entries.c.entry_hash)
    .where(entries.c.organisation_id == bindparam("organisation_id"))
    .order_by(entries.c.number.desc())
    .limit(1)
)


def last_entry(session: Session, organisation_id: str) -> tuple[int, str]:
    """Number and hash of the newest entry; (0, zeros) of a chain that has not begun."""
    rows = _LAST.all(session, {"organisation_id": organisation_id})
    return rows[0] if rows else (0, BEGINNING)


def _chained(
    organisation_id: str, number: int, previous: str, events: Iterable[AuditEvent]
) -> Iterator[dict[str, Any]]:
    for event in events:
        number += 1
        row: dict[str, Any] = {name: getattr(event, name) for name in AuditEvent.__slots__}
        row |= {"organisation_id": organisation_id, "number": number, "previous_hash": previous}
        previous = row["entry_hash"] = entry_hash_of(row)
        yield row
