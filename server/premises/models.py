"""The index over units and places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, SiteScoped
from server.db.types import UuidText


class Unit(SiteScoped, Base):
    __tablename__ = "units"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "contractor_supplier_id"],
            ["suppliers.organisation_id", "suppliers.id"],
        ),
        Index(None, "site_id", "code", unique=True),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    head_user_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    contractor_supplier_id: Mapped[str | None] = mapped_column(UuidText)
    is_active: Mapped[bool]
    updated_at: Mapped[datetime]


class UnitMember(SiteScoped, Base):
    """Who belongs to a unit, its head included: for the rule that nobody inspects their own."""

    __tablename__ = "unit_members"

    unit_id: Mapped[str] = mapped_column(UuidText, ForeignKey("units.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("users.id"), primary_key=True, index=True
    )


class Place(SiteScoped, Base):
    __tablename__ = "places"
    __table_args__ = (Index(None, "site_id", "code", unique=True),)

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    unit_id: Mapped[str] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    is_active: Mapped[bool]
    updated_at: Mapped[datetime]
