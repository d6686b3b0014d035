"""What support sees of a device: how it last synced, and its last sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


class DeviceSync(OrganisationScoped, Base):
    """A device's last sync. What it reports of itself is its own word."""

    __tablename__ = "device_syncs"

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText)
    last_sync_at: Mapped[datetime]
    last_push_at: Mapped[datetime | None]
    last_pull_at: Mapped[datetime | None]
    unpushed_count: Mapped[int | None]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    app_version: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None] = mapped_column(String(64))
    last_error_at: Mapped[datetime | None]
    reported_error: Mapped[str | None] = mapped_column(String(300))
    sessions: Mapped[int] = mapped_column(default=0)


class SyncSession(OrganisationScoped, Base):
    """A run of requests of one person on one device, without a long pause between them."""

    __tablename__ = "sync_sessions"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "device_id", "number"),)

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    device_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    user_id: Mapped[str] = mapped_column(UuidText)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    pulls: Mapped[int] = mapped_column(default=0)
    pushes: Mapped[int] = mapped_column(default=0)
    changes_sent: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    merged: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    conflict: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unpushed_count: Mapped[int | None]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    app_version: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None] = mapped_column(String(64))
    reported_error: Mapped[str | None] = mapped_column(String(300))
