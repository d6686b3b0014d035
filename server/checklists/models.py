"""The published checklists of an organisation: one row a version; the document is in the log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from schemas.checklists import CHECKLIST_KINDS
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


class ChecklistVersion(OrganisationScoped, Base):
    """One published version. Rows are only ever added."""

    __tablename__ = "checklist_versions"
    __table_args__ = (
        Index(None, "organisation_id", "code", "version", unique=True),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in CHECKLIST_KINDS)), name="kind"
        ),
    )

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(UuidText)
