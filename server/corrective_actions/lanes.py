"""The lanes of the board: which notices are due today, late, waiting for a judgement …

A lane is a condition on the index, said once: the lists and the numbers above them follow it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_

from server.calendars.deadlines import KITCHEN_TIME
from server.corrective_actions.models import CorrectiveAction

WORKING = ("open", "returned")
LIVE = (*WORKING, "submitted")


def lane_condition(lane: str, now: datetime) -> ColumnElement[bool]:
    """What a notice in the *lane* (of ``schemas.corrective_actions.LANES``) fulfils at *now*."""
    working = CorrectiveAction.status.in_(WORKING)
    if lane == "overdue":
        return and_(working, CorrectiveAction.due_at < now)
    if lane == "due_today":
        due = CorrectiveAction.due_at
        return and_(working, due >= now, due < end_of_day(now))
    if lane == "extension":
        return and_(working, CorrectiveAction.has_open_extension.is_(True))
    if lane == "repeats":
        return and_(CorrectiveAction.status.in_(LIVE), CorrectiveAction.is_repeat.is_(True))
    if lane == "to_do":
        return working
    return CorrectiveAction.status == lane


def end_of_day(now: datetime) -> datetime:
    """When the kitchen's day ends."""
    tomorrow = now.astimezone(KITCHEN_TIME).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), KITCHEN_TIME)
