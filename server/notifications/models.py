"""The inbox, the outbox, and how people want to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.notifications import CHANNEL_KINDS
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText

DELIVERY_STATUSES = ("waiting", "sending", "sent", "failed", "uncertain")
_STATUSES = ", ".join(repr(status) for status in DELIVERY_STATUSES)
_KINDS = ", ".join(repr(kind) for kind in CHANNEL_KINDS)


class Notification(OrganisationScoped, Base):
    """One thing told to one person, once: ``dedupe_key`` says what "the same thing" is."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(None, "user_id", "dedupe_key", unique=True),
        Index(None, "user_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    dedupe_key: Mapped[str] = mapped_column(String(120))
    event: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NotificationSettings(OrganisationScoped, Base):
    __tablename__ = "notification_settings"

    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"), primary_key=True)
    rules: Mapped[str] = mapped_column(Text)
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    digest_at: Mapped[str] = mapped_column(String(5))
    language: Mapped[str] = mapped_column(String(8))
    updated_at: Mapped[datetime]


class NotificationChannel(OrganisationScoped, Base):
    """A way to reach somebody. ``target`` holds what a robot's address needs: never shown again."""

    __tablename__ = "notification_channels"
    __table_args__ = (CheckConstraint(f"kind IN ({_KINDS})", name="kind"),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(600))


class NotificationDelivery(OrganisationScoped, Base):
    """One message to one channel, on its way. Written with what it tells of, sent afterwards."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        Index(None, "status", "next_attempt_at"),
        Index(None, "notification_id", "channel_id", unique=True),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    notification_id: Mapped[str] = mapped_column(UuidText, ForeignKey("notifications.id"))
    channel_id: Mapped[str] = mapped_column(UuidText, ForeignKey("notification_channels.id"))
    is_digest: Mapped[bool]
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))
