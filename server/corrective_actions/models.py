"""The index over notices and their steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from schemas.corrective_actions import ACTION_KINDS, ACTION_STATUSES, STEP_KINDS
from server.db.base import Base, SiteScoped
from server.db.types import UuidText


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class CorrectiveAction(SiteScoped, Base):
    __tablename__ = "corrective_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "supplier_id"], ["suppliers.organisation_id", "suppliers.id"]
        ),
        Index(None, "organisation_id", "number", unique=True),
        Index(None, "organisation_id", "site_id", "status", "due_at", "id"),
        Index(None, "organisation_id", "status", "due_at"),
        Index(None, "organisation_id", "due_at", "id"),
        Index(None, "organisation_id", "supplier_id", "issued_at"),
        CheckConstraint(_one_of("kind", ACTION_KINDS), name="kind"),
        CheckConstraint(_one_of("status", ACTION_STATUSES), name="status"),
        CheckConstraint("(unit_id IS NULL) <> (supplier_id IS NULL)", name="one_responsible"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    nonconformity_class: Mapped[str] = mapped_column(String(1))
    is_repeat: Mapped[bool]
    unit_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("units.id"), index=True)
    supplier_id: Mapped[str | None] = mapped_column(UuidText)
    assignee_user_id: Mapped[str | None] = mapped_column(
        UuidText, ForeignKey("users.id"), index=True
    )
    issuer_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    issued_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    times_returned: Mapped[int]
    times_extended: Mapped[int]
    escalation_level: Mapped[int]
    has_open_extension: Mapped[bool]
    updated_at: Mapped[datetime]


class CorrectiveActionStep(SiteScoped, Base):
    __tablename__ = "corrective_action_steps"
    __table_args__ = (
        Index(None, "corrective_action_id", "ordinal", unique=True),
        CheckConstraint(_one_of("kind", STEP_KINDS), name="kind"),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    corrective_action_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("corrective_actions.id", name="fk_corrective_action_steps_action")
    )
    ordinal: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]


class AnswerLink(SiteScoped, Base):
    """A link by which somebody without an account answers one notice. Only the SHA-256 of its
    token is kept: who reads the database cannot use it."""

    __tablename__ = "answer_links"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    corrective_action_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("corrective_actions.id"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    given_to: Mapped[str] = mapped_column(String(100))
    is_printed: Mapped[bool]
    made_by: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[int] = mapped_column(default=0, server_default="0")
