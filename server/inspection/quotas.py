"""Counting visits against quotas, and asking for those that are short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar
from server.calendars.service import kitchen_calendar
from server.db.documents import read_documents
from server.inspection.models import Inspection
from server.planning.models import InspectionSchedule, InspectionTask
from server.planning.quotas import Tally, days_to_make_up
from server.planning.rhythm import Occurrence, on_day, period_of
from server.planning.service import SCHEDULES
from server.planning.tasks import Planned, make_task, task_id_of

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """One unit's quota in the week or month that holds a day."""

    schedule: Document
    unit_id: str
    key: str
    first: date
    last: date
    tally: Tally

    def to_dict(self) -> dict[str, Any]:
        return {
            "schedule_id": self.schedule["id"],
            "name": self.schedule["name"],
            "site_id": self.schedule["site_id"],
            "checklist_code": self.schedule["checklist_code"],
            "unit_id": self.unit_id,
            "period": self.key,
            "first_day": self.first.isoformat(),
            "last_day": self.last.isoformat(),
            "wanted": self.tally.wanted,
            "made": self.tally.made,
            "coming": self.tally.coming,
            "short": self.tally.short,
        }


def quotas_on(session: Session, organisation_id: str, on: date, now: datetime) -> list[Quota]:
    """The quotas of the weeks and months that hold the day *on*, the shortest first."""
    rows = session.scalars(
        select(InspectionSchedule)
        .where(
            InspectionSchedule.organisation_id == organisation_id,
            InspectionSchedule.is_active,
        )
        .order_by(InspectionSchedule.name, InspectionSchedule.id)
    ).all()
    stored = read_documents(session, organisation_id, SCHEDULES, [row.id for row in rows])
    schedules = [stored[row.id].document for row in rows]
    found = [quota for schedule in schedules for quota in _of(session, schedule, on, now)]
    return sorted(found, key=lambda quota: -quota.tally.short)


def _of(session: Session, schedule: Document, on: date, now: datetime) -> Iterator[Quota]:
    rhythm = schedule["rhythm"]
    if rhythm["kind"] != "quota":
        return
    key, first, last = period_of(rhythm["period"], on)
    # The first whole period counts, and the last.
    ends = schedule["ends_on"]
    if schedule["starts_on"] > first.isoformat() or (ends and ends < last.isoformat()):
        return
    for unit_id in schedule["unit_ids"]:
        made = _made(session, schedule, unit_id, first, last)
        coming = _coming(session, schedule, unit_id, last, now)
        yield Quota(schedule, unit_id, key, first, last, Tally(rhythm["count"], made, coming))


def _made(session: Session, schedule: Document, unit_id: str, first: date, last: date) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(Inspection)
        .where(
            Inspection.site_id == schedule["site_id"],
            Inspection.unit_id == unit_id,
            Inspection.checklist_code == schedule["checklist_code"],
            Inspection.status == "finished",
            Inspection.captured_at >= _midnight(first),
            Inspection.captured_at < _midnight(last + timedelta(days=1)),
        )
    )
    return found or 0


def _coming(session: Session, schedule: Document, unit_id: str, last: date, now: datetime) -> int:
    """Tasks over this checklist that lie ahead in the period, of whichever schedule."""
    documents = session.scalars(
        select(InspectionTask.document).where(
            InspectionTask.unit_id == unit_id,
            InspectionTask.status == "open",
            InspectionTask.due_at >= now,
            InspectionTask.opens_at < _midnight(last + timedelta(days=1)),
        )
    )
    wanted = f'"checklist_code":"{schedule["checklist_code"]}"'
    return sum(wanted in document for document in documents)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=KITCHEN_TIME)


# -- making them up --------------------------------------------------------------------------------


def make_up_quotas(session: Session, actor: Actor, now: datetime) -> int:
    """Make tasks for what is short and can only just be done. Returns how many."""
    today = now.astimezone(KITCHEN_TIME).date()
    quotas = quotas_on(session, actor.organisation_id, today, now)
    return sum(_make_up(session, actor, quota, now) for quota in quotas)


def _make_up(session: Session, actor: Actor, quota: Quota, now: datetime) -> int:
    calendar = kitchen_calendar(session, actor, quota.schedule["site_id"], now)
    days = days_to_make_up(quota.tally, _days_left(quota, calendar, now))
    free = _free_keys(session, quota)
    for day, key in zip(days, free, strict=False):
        hours = on_day(quota.schedule["rhythm"], day)
        occurrence = Occurrence(key, hours.opens_at, hours.due_at)
        make_task(session, actor, quota.schedule, Planned(occurrence, quota.unit_id), now)
    return len(days)


def _days_left(quota: Quota, calendar: KitchenCalendar, now: datetime) -> list[date]:
    """The working days on which there is still time."""
    today = now.astimezone(KITCHEN_TIME).date()
    days = [today + timedelta(days=ahead) for ahead in range((quota.last - today).days + 1)]
    rhythm = quota.schedule["rhythm"]
    return [
        day for day in days if calendar.is_working_day(day) and on_day(rhythm, day).due_at > now
    ]


def _free_keys(session: Session, quota: Quota) -> Iterator[str]:
    """Names of tasks that were never made, or were cancelled: one that was missed stays missed."""
    number = 0
    while True:
        number += 1
        key = f"{quota.key}/quota/{number}"
        row = session.get(InspectionTask, task_id_of(quota.schedule["id"], key, quota.unit_id))
        if row is None or row.status == "cancelled":
            yield key
