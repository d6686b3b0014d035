"""The index over register entries, their events, and menus."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from schemas.registers import ENTRY_STATUSES, EVENT_KINDS, REGISTERS
from server.db.base import Base, SiteScoped
from server.db.types import UuidText


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    quoted = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({quoted})", name=column)


class RegisterEntry(SiteScoped, Base):
    __tablename__ = "register_entries"
    __table_args__ = (
        Index(None, "organisation_id", "captured_at", "id"),
        Index(None, "site_id", "register", "business_on", "captured_at", "id"),
        _one_of("register", REGISTERS),
        _one_of("status", ENTRY_STATUSES),
        # What is retained may be discarded from some time on; nothing else is ever discarded.
        CheckConstraint(
            "(register = 'sample_retention') = (discard_from IS NOT NULL)", name="discard_from"
        ),
        CheckConstraint("(status = 'discarded') <= (discarded_at IS NOT NULL)", name="discarded"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    register: Mapped[str] = mapped_column(String(20))
    checklist_id: Mapped[str] = mapped_column(UuidText)
    checklist_code: Mapped[str] = mapped_column(String(32))
    business_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(12))
    is_ok: Mapped[bool]
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    place_id: Mapped[str | None] = mapped_column(UuidText, index=True)
    meal: Mapped[str | None] = mapped_column(String(32))
    staff_member_id: Mapped[str | None] = mapped_column(
        UuidText, ForeignKey("staff_members.id"), index=True
    )
    dish: Mapped[str | None] = mapped_column(String(500))
    discard_from: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RegisterEntryEvent(SiteScoped, Base):
    """One thing that happened to an entry after it was recorded. Only ever added."""

    __tablename__ = "register_entry_events"
    __table_args__ = (_one_of("kind", EVENT_KINDS),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    register_entry_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("register_entries.id"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]


class Menu(SiteScoped, Base):
    __tablename__ = "menus"
    __table_args__ = (Index(None, "site_id", "served_on", "meal", unique=True),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    served_on: Mapped[date]
    meal: Mapped[str] = mapped_column(String(32))
    updated_at: Mapped[datetime]
