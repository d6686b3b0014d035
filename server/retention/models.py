"""Until when records need their photos, which photos they name, and what has been removed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, PrimaryKeyConstraint, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


class RetentionTerm(OrganisationScoped, Base):
    """``keep_until`` of one record; null while it is in use. Made from its newest document."""

    __tablename__ = "retention_terms"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "collection", "record_id"),)

    collection: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(UuidText)
    supplier_id: Mapped[str | None] = mapped_column(UuidText)
    parent_collection: Mapped[str | None] = mapped_column(String(64))
    parent_id: Mapped[str | None] = mapped_column(UuidText)
    keep_until: Mapped[date | None]
    rule: Mapped[str] = mapped_column(String(40))


class RetentionUse(OrganisationScoped, Base):
    """A photo that a record names. What a photo's own description says it belongs to is not here:
    the attachment's row has it."""

    __tablename__ = "retention_uses"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "collection", "record_id", "attachment_id"),
        Index(None, "organisation_id", "attachment_id"),
    )

    collection: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(UuidText)
    attachment_id: Mapped[str] = mapped_column(UuidText)


class RetentionProgress(OrganisationScoped, Base):
    """How far in the change log the terms above have come, and by which rules."""

    __tablename__ = "retention_progress"
    __table_args__ = (PrimaryKeyConstraint("organisation_id"),)

    epoch: Mapped[str] = mapped_column(UuidText)
    sequence: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str] = mapped_column(String(64))


class PhotoRemoval(OrganisationScoped, Base):
    """The tombstone of a photo's content: what, when, why, by which rule. Never deleted.

    It is committed before the content goes; ``content_deleted_at`` says that it is gone, and
    ``came_back_at`` that the same photo was brought anew before it went.
    """

    __tablename__ = "photo_removals"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "id"),
        Index(None, "organisation_id", "sha256"),
        Index(
            "ix_photo_removals_pending",
            "sha256",
            sqlite_where=text("content_deleted_at IS NULL AND came_back_at IS NULL"),
            postgresql_where=text("content_deleted_at IS NULL AND came_back_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(UuidText)
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("blobs.sha256"))
    size: Mapped[int] = mapped_column(BigInteger)
    rule: Mapped[str] = mapped_column(String(40))
    keep_until: Mapped[date]
    attachments: Mapped[str] = mapped_column(Text)
    """JSON: id, site and record of each attachment that had it."""
    removed_at: Mapped[datetime]
    content_deleted_at: Mapped[datetime | None]
    came_back_at: Mapped[datetime | None]
