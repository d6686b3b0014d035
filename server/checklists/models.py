"""Standards and checklists of an organisation. The documents are in the log; rows are their index.

Published versions are only ever added. Drafts are nobody's record yet: they live here alone and
never reach a phone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from schemas.checklists import CHECKLIST_KINDS
from schemas.standards import CONFIRMABLE_PARTS
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(
        "{} IN ({})".format(column, ", ".join(f"'{word}'" for word in words)), name=column
    )


class Standard(OrganisationScoped, Base):
    """A law, rule or standard that checklists go back to."""

    __tablename__ = "standards"
    __table_args__ = (Index(None, "organisation_id", "code", unique=True),)

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime]


class ChecklistVersion(OrganisationScoped, Base):
    """One published version. ``valid_from`` None: in force since ever."""

    __tablename__ = "checklist_versions"
    __table_args__ = (
        Index(None, "organisation_id", "code", "version", unique=True),
        CheckConstraint("version >= 1", name="version"),
        _one_of("kind", CHECKLIST_KINDS),
    )

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date | None]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(UuidText)


class ChecklistRetirement(OrganisationScoped, Base):
    """A checklist that is no longer begun. Records made with it keep it."""

    __tablename__ = "checklist_retirements"

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    reason: Mapped[str] = mapped_column(String(500))
    retired_at: Mapped[datetime]
    retired_by: Mapped[str] = mapped_column(UuidText)


class ChecklistDraft(OrganisationScoped, Base):
    """A version being written; ``revision`` counts its savings."""

    __tablename__ = "checklist_drafts"
    __table_args__ = (Index(None, "organisation_id", "code"),)

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    based_on: Mapped[str | None] = mapped_column(UuidText)
    content: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(UuidText)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(UuidText)


class ChecklistConfirmation(OrganisationScoped, Base):
    """Somebody checked one figure of one version against its source (待核对 no more)."""

    __tablename__ = "checklist_confirmations"
    __table_args__ = (
        Index(
            "ix_checklist_confirmations_what",
            "organisation_id",
            "checklist_id",
            "part",
            "item_id",
            unique=True,
        ),
        _one_of("part", CONFIRMABLE_PARTS),
    )

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    checklist_id: Mapped[str] = mapped_column(UuidText)
    part: Mapped[str] = mapped_column(String(16))
    item_id: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(UuidText)
