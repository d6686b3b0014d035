"""Making tasks from schedules, exactly once; telling phones of them; marking them done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor
from server.calendars.deadlines import KITCHEN_TIME
from server.calendars.service import kitchen_calendar, school_terms
from server.corrective_actions.issuing import named
from server.db.change_store import publish
from server.notifications.service import News, shown_time, tell
from server.planning.lots import draw_person, draw_visits
from server.planning.models import InspectionDraw, InspectionSchedule, InspectionTask
from server.planning.people import candidates
from server.planning.rhythm import Occurrence, Period, Term, occurrences, on_day, periods

COLLECTION = "inspection_tasks"
AHEAD_DAYS = 7
"""How far ahead tasks are made: a phone that was offline for a week still has its tasks."""
CATCH_UP_DAYS = 31
"""How far back days are caught up that passed while the server was down."""

Document = Mapping[str, Any]
NewSeed = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A task that follows from a schedule or a draw."""

    occurrence: Occurrence
    unit_id: str | None
    seed: str | None = None
    """Of the draw, where the task was drawn."""


def plan_schedule(
    session: Session,
    actor: Actor,
    row: InspectionSchedule,
    schedule: Document,
    now: datetime,
    new_seed: NewSeed,
) -> int:
    """Make the tasks of the days not yet planned, up to a week ahead. Returns how many.

    Days that passed while the server was down are planned too, so that what was missed is seen.
    """
    today = now.astimezone(KITCHEN_TIME).date()
    until = today + timedelta(days=AHEAD_DAYS)
    begins = date.fromisoformat(schedule["starts_on"])
    if row.planned_until is not None:
        begins = max(begins, row.planned_until + timedelta(days=1))
    begins = max(begins, today - timedelta(days=CATCH_UP_DAYS))
    if schedule["ends_on"] is not None:
        until = min(until, date.fromisoformat(schedule["ends_on"]))
    made = 0
    if schedule["is_active"] and begins <= until:
        planned = _planned(session, actor, schedule, begins, until, now, new_seed)
        made = sum(make_task(session, actor, schedule, one, now) for one in planned)
        row.planned_until = until
    session.flush()
    return made


def _planned(
    session: Session,
    actor: Actor,
    schedule: Document,
    first: date,
    last: date,
    now: datetime,
    new_seed: NewSeed,
) -> Iterator[Planned]:
    calendar = kitchen_calendar(session, actor, schedule["site_id"], now)
    rhythm = schedule["rhythm"]
    if rhythm["kind"] == "quota":
        return  # what is short is known from the visits that were made: see server.inspection
    if rhythm["kind"] == "random":
        for period in periods(rhythm["period"], first, last, calendar):
            yield from _drawn(session, actor, schedule, period, first, last, now, new_seed)
        return
    found = occurrences(rhythm, first, last, calendar, _terms(session, actor))
    for occurrence in found:
        for unit_id in schedule["unit_ids"] or [None]:
            yield Planned(occurrence, unit_id)


def _terms(session: Session, actor: Actor) -> list[Term]:
    documents = [record.document for record in school_terms(session, actor)]
    return [
        Term(date.fromisoformat(d["first_day"]), date.fromisoformat(d["last_day"]))
        for d in documents
    ]


def _drawn(
    session: Session,
    actor: Actor,
    schedule: Document,
    period: Period,
    first: date,
    last: date,
    now: datetime,
    new_seed: NewSeed,
) -> Iterator[Planned]:
    """What the period's draw says about the days from *first* to *last*."""
    draw = session.get(InspectionDraw, (schedule["id"], period.key))
    if draw is None:
        days = _drawable(schedule, period, now)
        if not days:
            return
        draw = _draw(session, actor, schedule, Period(period.key, days), now, new_seed())
    for number, visit in enumerate(orjson.loads(draw.result), start=1):
        day = date.fromisoformat(visit["day"])
        if first <= day <= last:
            occurrence = on_day(schedule["rhythm"], day)
            keyed = Occurrence(f"{period.key}/{number}", occurrence.opens_at, occurrence.due_at)
            yield Planned(keyed, visit["unit_id"], f"{draw.seed}/{number}")


def _drawable(schedule: Document, period: Period, now: datetime) -> tuple[date, ...]:
    """Days of the period that lie ahead and within the schedule: what is past is not drawn."""
    today = now.astimezone(KITCHEN_TIME).date()
    ends = schedule["ends_on"]
    return tuple(
        day
        for day in period.days
        if day > today
        and day.isoformat() >= schedule["starts_on"]
        and (ends is None or day.isoformat() <= ends)
    )


def _draw(
    session: Session,
    actor: Actor,
    schedule: Document,
    period: Period,
    now: datetime,
    seed: str,
) -> InspectionDraw:
    units, count = list(schedule["unit_ids"]), schedule["rhythm"]["count"]
    visits = draw_visits(units, period.days, count, seed)
    pool = {"unit_ids": units, "days": [day.isoformat() for day in period.days], "count": count}
    result = [{"unit_id": visit.unit_id, "day": visit.day.isoformat()} for visit in visits]
    draw = InspectionDraw(
        subject_id=schedule["id"],
        period=period.key,
        organisation_id=actor.organisation_id,
        site_id=schedule["site_id"],
        seed=seed,
        pool=orjson.dumps(pool).decode(),
        result=orjson.dumps(result).decode(),
        reveals_on=period.days[-1] + timedelta(days=1),
        drawn_at=now,
    )
    session.add(draw)
    session.flush()
    return draw


# -- tasks -----------------------------------------------------------------------------------------


def task_id_of(subject_id: str, key: str, unit_id: str | None) -> str:
    return str(uuid5(UUID(subject_id), f"{key}/{unit_id or ''}"))


def make_task(
    session: Session, actor: Actor, schedule: Document, planned: Planned, now: datetime
) -> bool:
    """Make the task, or take a cancelled one up again. Returns whether anything was done."""
    task_id = task_id_of(schedule["id"], planned.occurrence.key, planned.unit_id)
    row = session.get(InspectionTask, task_id)
    if row is not None and row.status != "cancelled":
        return False
    occurrence = planned.occurrence
    document = {
        "id": task_id,
        "site_id": schedule["site_id"],
        "schedule_id": schedule["id"],
        "corrective_action_id": None,
        "title": schedule["name"],
        "checklist_code": schedule["checklist_code"],
        "unit_id": planned.unit_id,
        "place_ids": schedule["place_ids"],
        "occurrence": occurrence.key,
        "opens_at": time_text(occurrence.opens_at),
        "due_at": time_text(occurrence.due_at),
        "assignee": _assignee(session, actor, schedule, planned),
        "role": schedule["assignment"]["role"],
        "is_unannounced": schedule["is_unannounced"],
        "is_cross_unit": schedule["is_cross_unit"],
        "status": "open",
        "inspection_id": None,
        "done_at": None,
    }
    put_task(session, actor, document, now)
    return True


def _assignee(
    session: Session, actor: Actor, schedule: Document, planned: Planned
) -> dict[str, str] | None:
    """Whom the task is given to; None: whoever of the role takes it."""
    found = candidates(
        session,
        schedule,
        planned.unit_id,
        planned.occurrence.opens_at,
    )
    kind = schedule["assignment"]["kind"]
    if kind == "role":
        return None
    if kind == "draw":
        seed = planned.seed or f"{schedule['id']}/{planned.occurrence.key}/{planned.unit_id}"
        return named(session, draw_person(found, seed))
    return named(session, found[0] if found else None)


def put_task(session: Session, actor: Actor, document: dict[str, Any], now: datetime) -> None:
    """Write a task, and tell phones of it unless it is to be a surprise."""
    row = session.get(InspectionTask, document["id"])
    if row is None:
        row = InspectionTask(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=document["site_id"],
            is_revealed=False,
        )
        session.add(row)
    opens_at = datetime.fromisoformat(document["opens_at"])
    row.schedule_id = document["schedule_id"]
    row.corrective_action_id = document["corrective_action_id"]
    row.unit_id = document["unit_id"]
    assignee = document["assignee"]
    row.assignee_user_id = None if assignee is None else assignee["user_id"]
    row.opens_at, row.due_at = opens_at, datetime.fromisoformat(document["due_at"])
    _set(row, document, now)
    if row.is_revealed or not document["is_unannounced"] or opens_at <= now:
        _tell(session, actor, row, document, now)
    session.flush()


def _set(row: InspectionTask, document: Document, now: datetime) -> None:
    done_at = document["done_at"]
    row.status, row.updated_at = document["status"], now
    row.done_at = None if done_at is None else datetime.fromisoformat(done_at)
    row.document = orjson.dumps(document).decode()


def _tell(
    session: Session, actor: Actor, row: InspectionTask, document: Document, now: datetime
) -> None:
    is_news = not row.is_revealed
    row.is_revealed = True
    publish(session, actor, COLLECTION, row.id, row.site_id, document, now)
    if is_news and row.due_at > now:
        params = {"title": document["title"], "due": shown_time(document["due_at"])}
        news = News("inspection_task_given", row.id, row.site_id, COLLECTION, row.id, params)
        tell(session, actor, news, [row.assignee_user_id], now)


def reveal_tasks(session: Session, actor: Actor, now: datetime) -> int:
    """Tell phones of surprises whose time has come. Returns how many."""
    rows = session.scalars(
        select(InspectionTask)
        .where(
            InspectionTask.organisation_id == actor.organisation_id,
            InspectionTask.is_revealed.is_(False),
            InspectionTask.opens_at <= now,
            InspectionTask.status == "open",
        )
        .order_by(InspectionTask.opens_at, InspectionTask.id)
    ).all()
    for row in rows:
        _tell(session, actor, row, orjson.loads(row.document), now)
    session.flush()
    return len(rows)


def cancel_ahead(session: Session, actor: Actor, schedule_id: str, now: datetime) -> None:
    """Cancel the schedule's open tasks that have not opened yet; draws that were made stand."""
    rows = session.scalars(
        select(InspectionTask).where(
            InspectionTask.schedule_id == schedule_id,
            InspectionTask.opens_at > now,
            InspectionTask.status == "open",
        )
    ).all()
    _change(session, actor, rows, {"status": "cancelled"}, now)


def task_at(session: Session, task_id: str, site_id: str) -> dict[str, Any] | None:
    """The task as phones were told of it, if it is one of the site's."""
    row = session.scalar(
        select(InspectionTask).where(
            InspectionTask.id == task_id, InspectionTask.site_id == site_id
        )
    )
    task: dict[str, Any] | None = None if row is None else orjson.loads(row.document)
    return task


def complete_task(
    session: Session, actor: Actor, task_id: str, inspection_id: str, done_at: str, now: datetime
) -> bool:
    """The inspection that a task asked for was made. Returns False if another one counted first,
    or if there is no such task at the actor's sites."""
    row = session.scalar(
        select(InspectionTask).where(InspectionTask.id == task_id).with_for_update()
    )
    if row is None or row.site_id not in actor.roles:
        return False
    if row.status == "done":
        return bool(orjson.loads(row.document)["inspection_id"] == inspection_id)
    done = {"status": "done", "inspection_id": inspection_id, "done_at": done_at}
    _change(session, actor, [row], done, now)
    return True


def _change(
    session: Session,
    actor: Actor,
    rows: Iterable[InspectionTask],
    changes: Document,
    now: datetime,
) -> None:
    for row in rows:
        document = {**orjson.loads(row.document), **changes}
        _set(row, document, now)
        if row.is_revealed:
            publish(session, actor, COLLECTION, row.id, row.site_id, document, now)
    session.flush()
