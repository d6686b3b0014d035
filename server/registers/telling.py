"""Who is told of an entry that is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.access import Actor
from server.corrective_actions.telling import verifiers
from server.notifications.service import News, tell
from server.premises.service import unit_at
from server.staff.service import staff_member_at

COLLECTION = "register_entries"
Document = Mapping[str, Any]


def tell_of_entry(session: Session, actor: Actor, entry: Document, now: datetime) -> None:
    """Managers, quality staff and the head of the unit are told of what failed; of a person who
    may not work, with the reason."""
    if entry["is_ok"]:
        return
    news = _of_duty(session, actor, entry) or _of_failure(entry)
    unit = unit_at(session, entry["unit_id"], entry["site_id"]) if entry["unit_id"] else None
    people = [*verifiers(session, entry["site_id"]), None if unit is None else unit.head_user_id]
    tell(session, actor, news, people, now)


def _of_duty(session: Session, actor: Actor, entry: Document) -> News | None:
    duty = entry["duty"]
    if duty is None or duty["is_cleared"]:
        return None
    member = staff_member_at(session, actor, entry["staff_member_id"], entry["site_id"])
    params = {"name": "" if member is None else member.document["name"]}
    event = "on_duty_in_spite" if duty["was_on_duty_anyway"] else "duty_blocked"
    return News(event, f"{entry['id']}/duty", entry["site_id"], COLLECTION, entry["id"], params)


def _of_failure(entry: Document) -> News:
    checklist = entry["checklist"]
    params = {"zh": checklist["zh"], "en": checklist["en"], "name": entry["created_by"]["name"]}
    key = f"{entry['id']}/failed"
    return News("register_failed", key, entry["site_id"], COLLECTION, entry["id"], params)
