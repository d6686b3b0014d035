"""The index over staff and their health certificates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, SiteScoped
from server.db.types import UuidText


class StaffMember(SiteScoped, Base):
    __tablename__ = "staff_members"
    __table_args__ = (Index(None, "site_id", "is_active", "name"),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    is_active: Mapped[bool]
    updated_at: Mapped[datetime]


class HealthCertificate(SiteScoped, Base):
    """One certificate on file, for finding those about to expire."""

    __tablename__ = "health_certificates"
    __table_args__ = (Index(None, "organisation_id", "valid_until"),)

    staff_member_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("staff_members.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    number: Mapped[str] = mapped_column(String(100))
    issued_on: Mapped[date | None]
    valid_until: Mapped[date]
