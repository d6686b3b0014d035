"""The tables of the change log: what devices pull, and what became of what they pushed.

One row a record in ``sync_records``: its newest document and the place (``sequence``) of its newest
change in the organisation's log. Superseded versions move to ``sync_record_versions``, where a
merge finds the state a device had worked from. Nothing here is scoped by the session: only
``server.db.change_store`` reads these tables, and it applies the scope itself.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    false,
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


class ChangeLogMark(Base):
    """Where the log stood at a time: what compaction goes by, since sequences carry no time."""

    __tablename__ = "change_log_marks"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "marked_at"),)

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    marked_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(BigInteger)


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
    counts its versions anew, and ``version`` means none of those. ``is_final`` says that a person
    discarded it: it is not judged again. ``captured_at`` is the device's word, ``received_at`` the
    server's, and ``clock_offset_ms`` how far the device's clock was ahead when it pushed.
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
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    is_final: Mapped[bool] = mapped_column(default=False, server_default=false())


class SyncConflict(Base):
    """The losing side of a conflict, and how a person decided."""

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
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(UuidText)
    resolution: Mapped[str | None] = mapped_column(String(16))
    resolved_version: Mapped[int | None]


class QuarantinedMutation(Base):
    """A mutation that was refused, kept whole with the reason.

    ``payload`` is what arrived and never changes; a correction stands beside it in ``repaired``.
    Settling an entry deletes nothing.
    """

    __tablename__ = "quarantined_mutations"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "mutation_id", "content_hash"),
        Index("uq_quarantined_mutations_id", "id", unique=True),
        Index(None, "organisation_id", "settled_at"),
        Index(None, "organisation_id", "device_id"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    id: Mapped[str] = mapped_column(UuidText, default=lambda: str(uuid4()))
    mutation_id: Mapped[str] = mapped_column(UuidText)
    collection: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[str | None] = mapped_column(UuidText)
    payload: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    last_received_at: Mapped[datetime]
    repaired: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(UuidText)
    outcome: Mapped[str | None] = mapped_column(String(16))


class SyncReviewStep(Base):
    """What a person did about a quarantined mutation or a conflict: who, when, why, and with what.

    Steps are added and never changed.
    """

    __tablename__ = "sync_review_steps"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "subject_id", "number"),)

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    subject_id: Mapped[str] = mapped_column(UuidText)
    number: Mapped[int]
    action: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(16))
    problem: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None]
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime]
