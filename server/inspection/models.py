"""The index over inspections."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, SiteScoped
from server.db.types import UuidText


class Inspection(SiteScoped, Base):
    __tablename__ = "inspections"
    __table_args__ = (
        Index(None, "organisation_id", "site_id", "captured_at", "id"),
        Index(None, "organisation_id", "captured_at", "id"),
        Index(None, "site_id", "checklist_code", "captured_at"),
        CheckConstraint("(status = 'finished') = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("status IN ('draft', 'finished')", name="status"),
        CheckConstraint("grade IN ('pass', 'basic', 'failed', 'undecided')", name="grade"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    checklist_id: Mapped[str] = mapped_column(UuidText)
    checklist_code: Mapped[str] = mapped_column(String(32))
    checklist_version: Mapped[int]
    status: Mapped[str] = mapped_column(String(8))
    grade: Mapped[str | None] = mapped_column(String(12))
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    place_id: Mapped[str | None] = mapped_column(UuidText, index=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    captured_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
