"""Holds: while one is open, nothing that it covers is deleted, by whatever way.

They stand this low because every deletion passes ``publish``, and that is where they are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText

HOLD_KINDS = ("record", "supplier", "site")


class RetentionHold(OrganisationScoped, Base):
    """Somebody said that nothing may go: a complaint, an accident, an authority's request.

    ``site_id`` is the held site, or that of the held record; a supplier's hold has none and covers
    every site. ``record_id`` is the record's or the supplier's.
    """

    __tablename__ = "retention_holds"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "id"),
        CheckConstraint("kind IN ('record', 'supplier', 'site')", name="kind"),
        CheckConstraint("(kind = 'record') = (collection IS NOT NULL)", name="collection"),
        CheckConstraint("(kind = 'site') = (record_id IS NULL)", name="record_id"),
        CheckConstraint("(kind <> 'site') OR (site_id IS NOT NULL)", name="site_id"),
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released"),
        Index(
            "ix_retention_holds_open",
            "organisation_id",
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(UuidText)
    kind: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("sites.id"))
    collection: Mapped[str | None] = mapped_column(String(64))
    record_id: Mapped[str | None] = mapped_column(UuidText)
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    placed_at: Mapped[datetime]
    release_reason: Mapped[str | None] = mapped_column(Text)
    released_by: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    released_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class OpenHolds:
    """What is held in one organisation at this moment."""

    sites: frozenset[str] = frozenset()
    suppliers: frozenset[str] = frozenset()
    records: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sites or self.suppliers or self.records)

    def cover(
        self,
        site_id: str | None,
        records: Iterable[tuple[str, str]],
        suppliers: Iterable[str | None],
    ) -> bool:
        """Whether something at *site_id*, being or belonging to *records*, is held."""
        return (
            site_id in self.sites
            or not self.suppliers.isdisjoint(suppliers)
            or not self.records.isdisjoint(records)
        )


def open_holds(session: Session, organisation_id: str) -> OpenHolds:
    table: Table = RetentionHold.__table__  # type: ignore[assignment]
    rows = session.execute(
        select(table.c.kind, table.c.site_id, table.c.collection, table.c.record_id).where(
            table.c.organisation_id == organisation_id, table.c.released_at.is_(None)
        )
    ).all()
    return OpenHolds(
        frozenset(row.site_id for row in rows if row.kind == "site"),
        frozenset(row.record_id for row in rows if row.kind == "supplier"),
        frozenset((row.collection, row.record_id) for row in rows if row.kind == "record"),
    )


PARENTS: Mapping[str, tuple[str, str]] = {
    "goods_receipt_amendments": ("goods_receipts", "goods_receipt_id"),
    "register_entry_events": ("register_entries", "register_entry_id"),
    "corrective_action_steps": ("corrective_actions", "corrective_action_id"),
}
"""Records that are parts of another one: its collection, and the field that names it."""


def parent_of(collection: str, document: Mapping[str, Any]) -> tuple[str, str] | None:
    """The record that *document* is a part of, or that a photo belongs to."""
    if collection == "attachments":
        owner = (document.get("owner_collection"), document.get("owner_id"))
        return None if owner[0] is None or owner[1] is None else (owner[0], owner[1])
    if collection not in PARENTS:
        return None
    parent, field = PARENTS[collection]
    return (parent, document[field])
