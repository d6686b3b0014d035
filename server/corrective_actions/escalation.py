"""The ladder: at the deadline whoever puts it right is told, a day later their head, after three
days the managers. The steps are custom, not law: 待核对."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.corrective_actions.issuing import COLLECTION, action_head
from server.corrective_actions.models import CorrectiveAction
from server.corrective_actions.telling import tell_overdue, verifiers
from server.db.change_store import document_of, publish
from server.identity.setup import system_actor
from server.premises.service import unit_documents

LADDER = (timedelta(0), timedelta(days=1), timedelta(days=3))
"""How long after the deadline each level begins."""


def level_at(due_at: datetime, now: datetime) -> int:
    """0 before the deadline, then 1, 2, 3."""
    return sum(now > due_at + after for after in LADDER)


def escalate_overdue(session: Session, now: datetime) -> int:
    """Take every overdue notice to the level it belongs to, and tell who has to know. Levels slept
    through are told once, together. Returns how many notices climbed."""
    rows = session.scalars(
        select(CorrectiveAction)
        .where(
            CorrectiveAction.status.in_(("open", "returned")),
            CorrectiveAction.due_at < now,
            CorrectiveAction.escalation_level < len(LADDER),
        )
        .order_by(CorrectiveAction.due_at, CorrectiveAction.id)
    ).all()
    return sum(_climb(session, row, now) for row in rows)


def _climb(session: Session, row: CorrectiveAction, now: datetime) -> bool:
    level, before = level_at(row.due_at, now), row.escalation_level
    if level <= before:
        return False
    actor = system_actor(row.organisation_id)
    head = action_head(session, actor, row.id)
    assert head is not None
    action = {**document_of(head), "escalation_level": level}
    row.escalation_level = level
    session.flush()
    publish(session, actor, COLLECTION, row.id, row.site_id, action, now)
    for step in range(before + 1, level + 1):
        tell_overdue(session, actor, action, step, _who(session, actor, action, step), now)
    return True


def _who(session: Session, actor: Actor, action: dict[str, Any], level: int) -> list[str]:
    if level == 1:
        return [action["assignee"]["user_id"]] if action["assignee"] else []
    if level == 2 and action["unit_id"] is not None:
        head = unit_documents(session, actor, [action["unit_id"]])[action["unit_id"]]
        return [head["head_user_id"]] if head["head_user_id"] else []
    return verifiers(session, action["site_id"])
