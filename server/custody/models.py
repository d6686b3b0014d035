"""The heads of the chains, as they were noted day by day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, OrganisationScoped


class AuditHead(OrganisationScoped, Base):
    """Number and hash of an organisation's newest audit entry on one day.

    Kept here it finds a log that was cut off; printed or sent away it also finds one that somebody
    with the whole database wrote anew.
    """

    __tablename__ = "audit_heads"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "noted_on"),)

    noted_on: Mapped[date]
    number: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[str] = mapped_column(String(64))
    noted_at: Mapped[datetime]
