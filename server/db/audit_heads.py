"""The heads of the chains, as they were noted day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, PrimaryKeyConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

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


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A head as one line of text: for paper, a message, a notary."""

    organisation_id: str
    noted_on: date
    number: int
    entry_hash: str

    def __str__(self) -> str:
        parts = (self.organisation_id, self.noted_on.isoformat(), self.number, self.entry_hash)
        return " ".join(("yanshou-audit-head", *map(str, parts)))


def first_head_since(session: Session, organisation_id: str, number: int) -> HeadLine | None:
    """The first daily head that stands on entry *number*: the same for ever, once it is noted."""
    row = session.scalar(
        select(AuditHead)
        .where(AuditHead.organisation_id == organisation_id, AuditHead.number >= number)
        .order_by(AuditHead.noted_on)
        .limit(1)
    )
    if row is None:
        return None
    return HeadLine(row.organisation_id, row.noted_on, row.number, row.entry_hash)
