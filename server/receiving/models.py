"""The index over goods receipts: what lists, searches and constraints need.

The receipt's content is its document in the change log. These rows are written with it, in the same
transaction and by the same service, and hold what a database can enforce.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from schemas.receiving import AMENDMENT_KINDS, DECISIONS
from server.db.base import Base, OrganisationScoped, SiteScoped
from server.db.types import Quantity, UuidText


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def begins_with(name: str, organisation: str, column: str) -> Index:
    """An index that also answers what begins with a text, however the database sorts texts."""
    return Index(name, organisation, column, postgresql_ops={column: "varchar_pattern_ops"})


class GoodsReceipt(SiteScoped, Base):
    __tablename__ = "goods_receipts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "supplier_id"], ["suppliers.organisation_id", "suppliers.id"]
        ),
        Index(None, "organisation_id", "number", unique=True),
        Index(None, "organisation_id", "site_id", "delivered_on", "id"),
        Index(None, "organisation_id", "delivered_on", "id"),
        Index(None, "organisation_id", "supplier_id", "delivered_on", "id"),
        Index(None, "organisation_id", "decision", "delivered_on", "id"),
        Index(
            "ix_goods_receipts_drafts",
            *("organisation_id", "delivered_on", "id"),
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        begins_with("ix_goods_receipts_number_begins", "organisation_id", "number"),
        begins_with(
            "ix_goods_receipts_provisional_number_begins", "organisation_id", "provisional_number"
        ),
        CheckConstraint(_one_of("status", ("draft", "signed")), name="status"),
        CheckConstraint(_one_of("decision", DECISIONS), name="decision"),
        CheckConstraint(
            "status = 'draft' OR (number IS NOT NULL AND decision IS NOT NULL)", name="signed"
        ),
        CheckConstraint("acceptor_id IS NULL OR acceptor_id <> witness_id", name="two_people"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    provisional_number: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(40))
    supplier_id: Mapped[str] = mapped_column(UuidText)
    delivered_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8))
    decision: Mapped[str | None] = mapped_column(String(24))
    acceptor_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    witness_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class GoodsReceiptLine(SiteScoped, Base):
    """One line with its quantities as they are now, after all amendments."""

    __tablename__ = "goods_receipt_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "product_id"], ["products.organisation_id", "products.id"]
        ),
        CheckConstraint(
            "delivered_quantity = accepted_quantity + rejected_quantity + pending_quantity",
            name="quantities",
        ),
        CheckConstraint(
            "accepted_quantity >= 0 AND rejected_quantity >= 0 AND pending_quantity >= 0",
            name="not_negative",
        ),
        Index(None, "organisation_id", "product_id", "supplier_batch_number"),
        begins_with(
            "ix_goods_receipt_lines_batch_begins", "organisation_id", "supplier_batch_number"
        ),
    )

    goods_receipt_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("goods_receipts.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    position: Mapped[int]
    product_id: Mapped[str] = mapped_column(UuidText)
    supplier_batch_number: Mapped[str] = mapped_column(String(100))
    produced_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    delivered_quantity: Mapped[Decimal] = mapped_column(Quantity)
    accepted_quantity: Mapped[Decimal] = mapped_column(Quantity)
    rejected_quantity: Mapped[Decimal] = mapped_column(Quantity)
    pending_quantity: Mapped[Decimal] = mapped_column(Quantity)


class GoodsReceiptAttachment(SiteScoped, Base):
    """A photo or paper that a receipt's content names."""

    __tablename__ = "goods_receipt_attachments"

    goods_receipt_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("goods_receipts.id"), primary_key=True
    )
    attachment_id: Mapped[str] = mapped_column(UuidText, primary_key=True)


class GoodsReceiptAmendment(SiteScoped, Base):
    __tablename__ = "goods_receipt_amendments"
    __table_args__ = (
        Index(None, "goods_receipt_id", "ordinal", unique=True),
        CheckConstraint(_one_of("kind", AMENDMENT_KINDS), name="kind"),
        CheckConstraint(_one_of("decision", DECISIONS), name="decision"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    goods_receipt_id: Mapped[str] = mapped_column(UuidText, ForeignKey("goods_receipts.id"))
    ordinal: Mapped[int]
    number: Mapped[str] = mapped_column(String(48))
    kind: Mapped[str] = mapped_column(String(16))
    decision: Mapped[str] = mapped_column(String(24))
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    received_at: Mapped[datetime]


class DocumentCounter(OrganisationScoped, Base):
    """The last number given to a kind of document at a site in a year."""

    __tablename__ = "document_counters"

    site_id: Mapped[str] = mapped_column(UuidText, ForeignKey("sites.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
