"""Schedules, the tasks that follow from them, draws and shifts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.planning import TASK_STATUSES
from server.db.base import Base, SiteScoped
from server.db.types import UuidText

_STATUSES = ", ".join(repr(status) for status in TASK_STATUSES)


class InspectionSchedule(SiteScoped, Base):
    __tablename__ = "inspection_schedules"
    __table_args__ = (Index(None, "organisation_id", "is_active"),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool]
    planned_until: Mapped[date | None]
    """The last day for which tasks were made; planning goes on after it."""
    updated_at: Mapped[datetime]


class InspectionTask(SiteScoped, Base):
    """One inspection to be made. Its id follows from schedule, occurrence and unit: planning the
    same days twice makes nothing twice."""

    __tablename__ = "inspection_tasks"
    __table_args__ = (
        Index(None, "organisation_id", "site_id", "status", "due_at", "id"),
        Index(None, "organisation_id", "is_revealed", "opens_at"),
        Index(None, "schedule_id", "opens_at"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name="done_at"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    schedule_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("inspection_schedules.id"))
    corrective_action_id: Mapped[str | None] = mapped_column(
        UuidText, ForeignKey("corrective_actions.id"), index=True
    )
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    assignee_user_id: Mapped[str | None] = mapped_column(
        UuidText, ForeignKey("users.id"), index=True
    )
    status: Mapped[str] = mapped_column(String(12))
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    is_revealed: Mapped[bool]
    """Whether phones have been told. What is unannounced is told when it opens."""
    document: Mapped[str] = mapped_column(Text)
    """What phones will be told."""
    updated_at: Mapped[datetime]


class InspectionDraw(SiteScoped, Base):
    """One draw by lot: the seed, what was in the pool, and what came out."""

    __tablename__ = "inspection_draws"

    subject_id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    """The schedule, or the corrective action whose re-check was drawn."""
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    seed: Mapped[str] = mapped_column(String(64))
    pool: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    reveals_on: Mapped[date]
    """The day after the last one that could be drawn."""
    drawn_at: Mapped[datetime]


class Shift(SiteScoped, Base):
    __tablename__ = "shifts"
    __table_args__ = (Index(None, "site_id", "starts_at"),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_cancelled: Mapped[bool]
