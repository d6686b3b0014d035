"""A closed notice is looked at once more, on a day nobody knows (PDCA: C)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor
from server.calendars.deadlines import KITCHEN_TIME
from server.calendars.service import kitchen_calendar
from server.corrective_actions.issuing import COLLECTION as ACTIONS
from server.corrective_actions.models import CorrectiveAction
from server.db.documents import read_documents
from server.findings.service import COLLECTION as FINDINGS
from server.planning.lots import draw_visits
from server.planning.models import InspectionDraw, InspectionTask
from server.planning.rhythm import on_day
from server.planning.tasks import put_task, task_id_of

FIRST_AFTER_DAYS, LAST_AFTER_DAYS = 7, 30
"""Between these days after closing the re-check falls. Custom, not law: 待核对."""
HOURS = {"opens_at": "08:00", "closes_at": "18:00"}


def plan_rechecks(
    session: Session, actor: Actor, now: datetime, new_seed: Callable[[], str]
) -> int:
    """Draw a day for every notice closed since the last run. Returns how many."""
    has_one = exists().where(
        InspectionTask.corrective_action_id == CorrectiveAction.id,
        InspectionTask.status != "cancelled",
        InspectionTask.opens_at > CorrectiveAction.closed_at,
    )
    rows = session.scalars(
        select(CorrectiveAction)
        .where(
            CorrectiveAction.organisation_id == actor.organisation_id,
            CorrectiveAction.status == "closed",
            ~has_one,
        )
        .order_by(CorrectiveAction.id)
    ).all()
    return sum(_plan(session, actor, row, now, new_seed) for row in rows)


def _plan(
    session: Session,
    actor: Actor,
    row: CorrectiveAction,
    now: datetime,
    new_seed: Callable[[], str],
) -> bool:
    assert row.closed_at is not None
    closed_on = max(row.closed_at, now).astimezone(KITCHEN_TIME).date()
    calendar = kitchen_calendar(session, actor, row.site_id, now)
    days = [
        day
        for day in (
            closed_on + timedelta(days=ahead)
            for ahead in range(FIRST_AFTER_DAYS, LAST_AFTER_DAYS + 1)
        )
        if calendar.is_working_day(day)
    ]
    period = f"{row.closed_at:%Y%m%dT%H%M%S}"
    draw = session.get(InspectionDraw, (row.id, period))
    if draw is not None:
        return False
    # Where a supplier answers for it, the supplier stands in the unit's place: the day is drawn.
    subject_id, seed = row.unit_id or row.supplier_id, new_seed()
    assert subject_id is not None
    [visit] = draw_visits([subject_id], days, 1, seed)
    pool = {"unit_ids": [subject_id], "days": [day.isoformat() for day in days], "count": 1}
    result = [{"unit_id": subject_id, "day": visit.day.isoformat()}]
    session.add(
        InspectionDraw(
            subject_id=row.id,
            period=period,
            organisation_id=row.organisation_id,
            site_id=row.site_id,
            seed=seed,
            pool=orjson.dumps(pool).decode(),
            result=orjson.dumps(result).decode(),
            reveals_on=days[-1] + timedelta(days=1),
            drawn_at=now,
        )
    )
    opens = on_day(HOURS, visit.day)
    put_task(
        session,
        actor,
        {
            "id": task_id_of(row.id, period, row.unit_id),
            "site_id": row.site_id,
            "schedule_id": None,
            "corrective_action_id": row.id,
            "title": f"复查 {row.number} {row.title}",
            "checklist_code": _checklist_of(session, actor, row.id),
            "unit_id": row.unit_id,
            "place_ids": [],
            "occurrence": period,
            "opens_at": time_text(opens.opens_at),
            "due_at": time_text(opens.due_at),
            "assignee": None,
            "role": "inspector",
            "is_unannounced": True,
            "is_cross_unit": row.unit_id is not None,
            "status": "open",
            "inspection_id": None,
            "done_at": None,
        },
        now,
    )
    return True


def _checklist_of(session: Session, actor: Actor, action_id: str) -> str | None:
    """The checklist of the first finding that came from one."""
    action = read_documents(session, actor.organisation_id, ACTIONS, [action_id])[action_id]
    ids = action.document["finding_ids"]
    findings = read_documents(session, actor.organisation_id, FINDINGS, ids)
    codes = (findings[id_].document["checklist_code"] for id_ in ids if id_ in findings)
    return next((code for code in codes if code is not None), None)
