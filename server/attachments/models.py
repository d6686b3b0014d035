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
)
from sqlalchemy.orm import Mapped, mapped_column

from schemas.attachments import STATUSES
from server.db.base import Base, OrganisationScoped, SiteScoped
from server.db.types import UuidText

STATUS_CHECK = "status IN ({})".format(", ".join(f"'{status}'" for status in STATUSES))


class Blob(Base):
    """The bytes with this SHA-256 are in the store. Facts are the file's own, EXIF among them.

    Shared by all organisations and therefore no proof of anything: who may use it is told by
    :class:`BlobPossession` and by stored attachments.
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
    created_at: Mapped[datetime]


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
    width: Mapped[int | None]
    height: Mapped[int | None]
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    device_id: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
