"""The tables of the change log: what devices pull, and what became of what they pushed.

One row a record in ``sync_records``: its newest document and the place (``sequence``) of its newest
change in the organisation's log. Superseded versions move to ``sync_record_versions``, where a
merge finds the state a device had worked from. Nothing here is scoped by the session: only
``server.db.change_store`` reads these tables, and it applies the scope itself.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import UuidText


class ChangeLogHead(Base):
    """The end of one organisation's change log.

    Every writing transaction updates this row as its last step before it commits and so holds the
    row until it has committed: sequences become visible in the order they are given, and a reader
    that has seen number 7 will never find a 6 later. ``epoch`` changes when a database is restored.
    """

    __tablename__ = "change_log_heads"

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    epoch: Mapped[str] = mapped_column(UuidText)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    oldest_sequence: Mapped[int] = mapped_column(BigInteger, default=0)


class SyncRecord(Base):
    __tablename__ = "sync_records"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "collection", "id"),
        Index("uq_sync_records_sequence", "organisation_id", "sequence", unique=True),
        Index(None, "organisation_id", "site_id", "sequence"),
        CheckConstraint("version >= 1", name="version"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    collection: Mapped[str] = mapped_column(String(64))
    id: Mapped[str] = mapped_column(UuidText)
    site_id: Mapped[str | None] = mapped_column(UuidText)
    version: Mapped[int]
    deleted: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str | None] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    written_at: Mapped[datetime]


class SyncRecordVersion(Base):
    """A superseded version, as it was. ``superseded_sequence`` is the place in the log of the write
    that replaced it: compaction forgets a version once every device that counts is past that place.
    """

    __tablename__ = "sync_record_versions"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "collection", "id", "version"),)

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    collection: Mapped[str] = mapped_column(String(64))
    id: Mapped[str] = mapped_column(UuidText)
    version: Mapped[int]
    deleted: Mapped[bool] = mapped_column(default=False)
    superseded_sequence: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str | None] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    written_at: Mapped[datetime]


class SyncDeparture(Base):
    """A record that moved away from a place: those who see only that place must forget it.

    ``place`` is a site's id, or empty for "the whole organisation".
    """

    __tablename__ = "sync_departures"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "place", "collection", "id"),
        Index(None, "organisation_id", "sequence"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    place: Mapped[str] = mapped_column(String(36))
    collection: Mapped[str] = mapped_column(String(64))
    id: Mapped[str] = mapped_column(UuidText)
    version: Mapped[int]
    sequence: Mapped[int] = mapped_column(BigInteger)


class SyncMutation(Base):
    """What became of one mutation; the answer is repeated when it arrives again.

    ``is_purged`` says that its record was compacted away since: a later record of the same id
    counts its versions anew, and ``version`` means none of those.
    """

    __tablename__ = "sync_mutations"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "mutation_id"),)

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    mutation_id: Mapped[str] = mapped_column(UuidText)
    collection: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(UuidText)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int | None]
    is_purged: Mapped[bool] = mapped_column(default=False)
    fields: Mapped[str] = mapped_column(Text, default="[]")
    problem: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    captured_at: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime]


class SyncConflict(Base):
    """Both sides of a conflict, until a person decides."""

    __tablename__ = "sync_conflicts"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "mutation_id"),
        Index(None, "organisation_id", "resolved_at"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    mutation_id: Mapped[str] = mapped_column(UuidText)
    collection: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(UuidText)
    site_id: Mapped[str | None] = mapped_column(UuidText)
    current_version: Mapped[int | None]
    fields: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(UuidText)


class QuarantinedMutation(Base):
    """A mutation that was refused, kept whole with the reason."""

    __tablename__ = "quarantined_mutations"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "mutation_id", "content_hash"),
        Index(None, "organisation_id", "settled_at"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    mutation_id: Mapped[str] = mapped_column(UuidText)
    collection: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[str | None] = mapped_column(UuidText)
    payload: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
