"""Switching states, the lots and the approvals they are folded from.

The lots' results are written once and never again; what a late lot can change is the severity a
lot was due, its mark, and the standing after it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sampling.vocabulary import INSPECTION_SEVERITIES, NONCONFORMITY_CLASSES
from schemas.switching import ACTION_KINDS, SEVERITIES
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText
from server.master_data.models import one_of


class SwitchingStateRow(OrganisationScoped, Base):
    """One supplier, product and nonconformity class in one organisation."""

    __tablename__ = "switching_states"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "supplier_id"], ["suppliers.organisation_id", "suppliers.id"]
        ),
        ForeignKeyConstraint(
            ["organisation_id", "product_id"], ["products.organisation_id", "products.id"]
        ),
        UniqueConstraint(
            "organisation_id",
            "supplier_id",
            "product_id",
            "nonconformity_class",
            name="uq_switching_states_subject",  # PostgreSQL would cut the long name
        ),
        Index(None, "organisation_id", "updated_at", "id"),
        one_of("nonconformity_class", NONCONFORMITY_CLASSES),
        one_of("severity", SEVERITIES),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    supplier_id: Mapped[str] = mapped_column(UuidText)
    product_id: Mapped[str] = mapped_column(UuidText)
    nonconformity_class: Mapped[str] = mapped_column(String(1))
    severity: Mapped[str] = mapped_column(String(16))
    standing: Mapped[str] = mapped_column(Text)
    last_event_at: Mapped[datetime]
    """Time of its latest lot or action; from then on ``severity`` is the one in force."""
    updated_at: Mapped[datetime]


class SwitchingLot(OrganisationScoped, Base):
    """One decided lot. Of any site: the history is the organisation's."""

    __tablename__ = "switching_lots"
    __table_args__ = (
        UniqueConstraint("switching_state_id", "number"),
        Index(None, "switching_state_id", "inspected_at", "number"),
        one_of("decision", ("accepted", "not_accepted")),
        one_of("inspected_under", INSPECTION_SEVERITIES),
        one_of("due_severity", SEVERITIES),
        CheckConstraint("score_gain IN (0, 2, 3)", name="score_gain"),
        CheckConstraint("(due_severity = inspected_under) = (mark_zh IS NULL)", name="mark"),
    )

    switching_state_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("switching_states.id"), primary_key=True
    )
    goods_receipt_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("goods_receipts.id"), primary_key=True
    )
    line_id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    site_id: Mapped[str] = mapped_column(UuidText, ForeignKey("sites.id"))
    number: Mapped[int]
    inspected_at: Mapped[datetime]
    received_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(16))
    score_gain: Mapped[int]
    inspected_under: Mapped[str] = mapped_column(String(16))
    is_resubmitted: Mapped[bool]
    due_severity: Mapped[str] = mapped_column(String(16))
    mark_zh: Mapped[str | None] = mapped_column(String(400))
    mark_en: Mapped[str | None] = mapped_column(String(400))
    marked_at: Mapped[datetime | None]
    standing: Mapped[str] = mapped_column(Text)


class SwitchingAction(OrganisationScoped, Base):
    """What quality staff or a manager declared or approved, with the reason they gave."""

    __tablename__ = "switching_actions"
    __table_args__ = (
        UniqueConstraint("switching_state_id", "number"),
        one_of("kind", ACTION_KINDS),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    switching_state_id: Mapped[str] = mapped_column(UuidText, ForeignKey("switching_states.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(500))
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
