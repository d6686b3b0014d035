"""Daily heads: printed or sent away today, they prove tomorrow that nothing before was changed."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import uuid_text
from server.db.audit_heads import AuditHead, HeadLine
from server.db.audit_log import last_entry
from server.db.change_log import ChangeLogHead
from server.db.scope import unscoped

_LINE = re.compile(
    r"yanshou-audit-head +(?P<organisation>[0-9a-fA-F-]{36}) +(?P<on>\d{4}-\d\d-\d\d)"
    r" +(?P<number>[1-9]\d{0,17}) +(?P<hash>[0-9a-f]{64})"
)


def read_head_lines(text: str) -> list[HeadLine]:
    """Every head in *text*, whatever stands around them.

    Raises
    ------
    ValueError
        if there is none.
    """
    found = [
        HeadLine(
            uuid_text(match["organisation"]) or match["organisation"],
            date.fromisoformat(match["on"]),
            int(match["number"]),
            match["hash"],
        )
        for match in _LINE.finditer(text)
    ]
    if not found:
        raise ValueError(text)
    return found


def note_heads(session: Session, now: datetime) -> int:
    """Note the head of each chain for today, unless that has been done. Returns how many."""
    noted = 0
    with unscoped(session):
        for organisation_id in sorted(session.scalars(select(ChangeLogHead.organisation_id))):
            number, entry_hash = last_entry(session, organisation_id)
            known = session.get(AuditHead, (organisation_id, now.date()))
            if number == 0 or known is not None:
                continue
            session.add(
                AuditHead(
                    organisation_id=organisation_id,
                    noted_on=now.date(),
                    number=number,
                    entry_hash=entry_hash,
                    noted_at=now,
                )
            )
            noted += 1
    return noted


def newest_heads(session: Session, now: datetime) -> list[HeadLine]:
    """The heads as they are at this moment, of every organisation that has a chain."""
    lines = []
    for organisation_id in sorted(session.scalars(select(ChangeLogHead.organisation_id))):
        number, entry_hash = last_entry(session, organisation_id)
        if number:
            lines.append(HeadLine(organisation_id, now.date(), number, entry_hash))
    return lines


def noted_heads(session: Session, organisation_id: str) -> list[HeadLine]:
    with unscoped(session):
        rows = session.scalars(
            select(AuditHead)
            .where(AuditHead.organisation_id == organisation_id)
            .order_by(AuditHead.noted_on)
        )
        return [HeadLine(r.organisation_id, r.noted_on, r.number, r.entry_hash) for r in rows]
