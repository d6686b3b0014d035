"""Blobs (bytes, once per content), who brought them, and the attachments that need them."""

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
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from schemas.attachments import STATUSES
from server.db.base import Base, OrganisationScoped, SiteScoped
from server.db.types import UuidText

STATUS_CHECK = "status IN ({})".format(", ".join(f"'{status}'" for status in STATUSES))


class Blob(Base):
    """The bytes with this SHA-256 are in the store. Facts are the file's own, EXIF among them.

    Shared by all organisations and therefore no proof of anything: who may use it is told by
    :class:`BlobPossession` and by stored attachments. ``examined_at`` says that the picture was
    decoded (``is_readable``: and could be), ``lost_at`` that the store has it no more, and
    ``removed_at`` that it was let go when its time was over.
    """

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(32))
    width: Mapped[int]
    height: Mapped[int]
    captured_at: Mapped[datetime | None]
    captured_offset: Mapped[str | None] = mapped_column(String(6))
    is_offset_assumed: Mapped[bool] = mapped_column(default=False)
    latitude: Mapped[str | None] = mapped_column(String(24))
    longitude: Mapped[str | None] = mapped_column(String(24))
    camera: Mapped[str | None] = mapped_column(String(120))
    software: Mapped[str | None] = mapped_column(String(120))
    edited_with: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime]
    examined_at: Mapped[datetime | None]
    is_readable: Mapped[bool] = mapped_column(default=True, server_default=true())
    lost_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class BlobPossession(OrganisationScoped, Base):
    """This person really uploaded these bytes. Knowing a hash alone opens nothing."""

    __tablename__ = "blob_possessions"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "sha256", "user_id"),)

    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("blobs.sha256"))
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    uploaded_at: Mapped[datetime]


class Attachment(SiteScoped, Base):
    """One photo of one record. The owner has no foreign key: it may arrive later."""

    __tablename__ = "attachments"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "id"),
        CheckConstraint(STATUS_CHECK, name="status"),
        CheckConstraint("(status = 'stored') = (stored_at IS NOT NULL)", name="stored_at"),
        Index(None, "organisation_id", "sha256"),
        Index(None, "organisation_id", "owner_collection", "owner_id"),
        Index(None, "organisation_id", "device_id", "status"),
        Index(
            "ix_attachments_flagged",
            *("organisation_id", "site_id", "received_at", "id"),
            sqlite_where=text("open_flags > 0"),
            postgresql_where=text("open_flags > 0"),
        ),
        Index(
            "ix_attachments_needs_examination",
            "received_at",
            sqlite_where=text("needs_examination"),
            postgresql_where=text("needs_examination"),
        ),
    )

    id: Mapped[str] = mapped_column(UuidText)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(32))
    owner_collection: Mapped[str | None] = mapped_column(String(64))
    owner_id: Mapped[str | None] = mapped_column(UuidText)
    role: Mapped[str] = mapped_column(String(64))
    caption: Mapped[str] = mapped_column(String(500))
    captured_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16))
    stored_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    device_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    open_flags: Mapped[int] = mapped_column(default=0, server_default="0")
    needs_examination: Mapped[bool] = mapped_column(default=True, server_default=true())
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)


class PhotoLikeness(OrganisationScoped, Base):
    """The perceptual hash of a photo that the organisation has, and its four quarters.

    Of two hashes that differ in at most ten of 64 bits, one quarter at least differs in at most
    two: looking for the 137 such values of each quarter finds every near-duplicate by index.
    """

    __tablename__ = "photo_likenesses"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "sha256"),
        Index(None, "organisation_id", "quarter_0"),
        Index(None, "organisation_id", "quarter_1"),
        Index(None, "organisation_id", "quarter_2"),
        Index(None, "organisation_id", "quarter_3"),
    )

    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("blobs.sha256"))
    quarter_0: Mapped[int]
    quarter_1: Mapped[int]
    quarter_2: Mapped[int]
    quarter_3: Mapped[int]


class FlagAcceptance(SiteScoped, Base):
    """Somebody looked at a flag and accepted it, for what it said then (``params``, JSON).

    Acceptances are added and never changed.
    """

    __tablename__ = "attachment_flag_acceptances"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "id"),
        Index(None, "organisation_id", "attachment_id"),
    )

    id: Mapped[str] = mapped_column(UuidText)
    attachment_id: Mapped[str] = mapped_column(UuidText)
    code: Mapped[str] = mapped_column(String(40))
    params: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(String(100))
    device_id: Mapped[str | None] = mapped_column(String(64))
    accepted_at: Mapped[datetime]
