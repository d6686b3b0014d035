"""Suppliers and products as rows: what is searched and what others refer to.

The whole record is its published document; a row never says anything the document does not.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from schemas.checklists import STORAGE_CLASSES
from schemas.master_data import CATEGORIES, LICENCE_KINDS, UNITS
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    quoted = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({quoted})", name=column)


class Supplier(OrganisationScoped, Base):
    __tablename__ = "suppliers"
    __table_args__ = (Index(None, "organisation_id", "code", unique=True),)

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    is_suspended: Mapped[bool]
    updated_at: Mapped[datetime]


class SupplierLicence(OrganisationScoped, Base):
    """One paper on file, for finding those about to expire."""

    __tablename__ = "supplier_licences"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "supplier_id"], ["suppliers.organisation_id", "suppliers.id"]
        ),
        Index(None, "organisation_id", "valid_until"),
        one_of("kind", LICENCE_KINDS),
    )

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    supplier_id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class Product(OrganisationScoped, Base):
    __tablename__ = "products"
    __table_args__ = (
        Index(None, "organisation_id", "code", unique=True),
        Index(None, "organisation_id", "category", "code"),
        one_of("category", CATEGORIES),
        one_of("unit", UNITS),
        one_of("storage_class", STORAGE_CLASSES),
    )

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(32))
    unit: Mapped[str] = mapped_column(String(16))
    storage_class: Mapped[str] = mapped_column(String(16))
    checklist_code: Mapped[str] = mapped_column(String(32))
    is_active: Mapped[bool]
    updated_at: Mapped[datetime]
