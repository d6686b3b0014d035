"""The index over findings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, SiteScoped
from server.db.types import UuidText


class Finding(SiteScoped, Base):
    __tablename__ = "findings"
    __table_args__ = (
        Index(None, "organisation_id", "site_id", "captured_at", "id"),
        Index(None, "organisation_id", "captured_at", "id"),
        Index(None, "site_id", "recurrence_key", "captured_at"),
        CheckConstraint("kind IN ('nonconformity', 'good_practice')", name="kind"),
        CheckConstraint(
            "(kind = 'nonconformity') = (effective_class IS NOT NULL)", name="effective_class"
        ),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    effective_class: Mapped[str | None] = mapped_column(String(1))
    recurrence_key: Mapped[str | None] = mapped_column(String(200))
    """Checklist item and place; findings with the same one are the same trouble again."""
    is_repeat: Mapped[bool]
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    supplier_id: Mapped[str | None] = mapped_column(UuidText, index=True)
    source_id: Mapped[str | None] = mapped_column(UuidText, index=True)
    corrective_action_id: Mapped[str | None] = mapped_column(UuidText, index=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
