"""Who is told of which step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.access import ROLE_PERMISSIONS, Actor, Permission, Role
from server.identity.queries import people_holding
from server.notifications.service import News, shown_time, tell

ACTIONS = "corrective_actions"
Document = Mapping[str, Any]

_EVENTS = {
    "submitted": "corrective_action_submitted",
    "returned": "corrective_action_returned",
    "verified": "corrective_action_verified",
    "extension_asked": "extension_asked",
    "extension_granted": "extension_answered",
    "extension_refused": "extension_answered",
    "reassigned": "corrective_action_issued",
    "reopened": "corrective_action_returned",
}


def tell_of_issue(session: Session, actor: Actor, action: Document, now: datetime) -> None:
    """Whoever has to put it right."""
    news = _news("corrective_action_issued", f"{action['id']}/issued", actor, action)
    tell(session, actor, news, [_assignee(action)], now)


def tell_of_step(
    session: Session, actor: Actor, action: Document, step: Document, now: datetime
) -> None:
    """*action* is the notice after the step. Judges are told of what waits for them, those who put
    it right of what was judged; remarks and the rest are seen when one looks."""
    event = _EVENTS.get(step["kind"])
    if event is None:
        return
    news = _news(event, step["id"], actor, action)
    if step["kind"] in {"submitted", "extension_asked"}:
        judges = verifiers(session, action["site_id"])
        tell(session, actor, news, [*judges, action["issued_by"]["user_id"]], now)
        return
    submission = action["submission"]
    tell(session, actor, news, [_assignee(action), submission and submission["user_id"]], now)


def tell_overdue(
    session: Session, actor: Actor, action: Document, level: int, people: list[str], now: datetime
) -> None:
    key = f"{action['id']}/overdue/{action['due_at']}/{level}"
    tell(session, actor, _news("corrective_action_overdue", key, actor, action), people, now)


def verifiers(session: Session, site_id: str) -> list[str]:
    """Everybody at the site who may verify."""
    roles = [role for role in Role if Permission.VERIFY_CORRECTIVE_ACTION in ROLE_PERMISSIONS[role]]
    return people_holding(session, site_id, roles)


def _assignee(action: Document) -> str | None:
    assignee = action["assignee"]
    return None if assignee is None else str(assignee["user_id"])


def _news(event: str, key: str, actor: Actor, action: Document) -> News:
    extension = action["extension"]
    due = extension["due_at"] if event == "extension_asked" and extension else action["due_at"]
    return News(
        event,
        key,
        action["site_id"],
        ACTIONS,
        action["id"],
        {
            "number": action["number"],
            "title": action["title"],
            "name": actor.display_name,
            "due": shown_time(due),
        },
    )
