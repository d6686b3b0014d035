"""Saving work calendars and meal times, and reading them as one site's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from schemas.calendars import FIRST_YEAR, LAST_YEAR, WorkCalendarSchema
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar, Meal
from server.data_files import read_yaml
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import StoredDocument, all_documents, read_documents
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text
from server.http.conditional import ExpectedVersion

WORK_CALENDARS = "work_calendars"
MEAL_TIMES = "meal_times"
SCHOOL_TERMS = "school_terms"
_DEFAULTS = Path(__file__).with_name("holidays.yaml")


def work_calendar_id(organisation_id: str, year: int) -> str:
    """There is one calendar a year, so its id follows from the year."""
    return str(uuid5(UUID(organisation_id), f"work-calendar:{year}"))


def save_work_calendar(
    session: Session,
    actor: Actor,
    document: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Set the holidays of a year; *document* is a loaded ``WorkCalendarSchema``.

    What is due already keeps its time: deadlines are written down when a notice is issued.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    year = document["year"]
    if document["id"] != work_calendar_id(actor.organisation_id, year):
        text = Text("{year} 年的日历编号不对", "This is not the id of the calendar of {year}.")
        raise Problem(VALIDATION_FAILED, [FieldError("/id", text, {"year": year})])
    return _save(session, actor, WORK_CALENDARS, document, None, now, expected)


def save_meal_times(
    session: Session,
    actor: Actor,
    document: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Set the meals of a site; *document* is a loaded ``MealTimesSchema``."""
    actor.require(Permission.WRITE_MASTER_DATA, document["id"])
    return _save(session, actor, MEAL_TIMES, document, document["id"], now, expected)


def save_school_term(
    session: Session,
    actor: Actor,
    document: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Set a term; *document* is a loaded ``SchoolTermSchema``."""
    actor.require(Permission.WRITE_MASTER_DATA)
    return _save(session, actor, SCHOOL_TERMS, document, None, now, expected)


def school_terms(session: Session, actor: Actor) -> list[StoredDocument]:
    return all_documents(session, actor.organisation_id, SCHOOL_TERMS)


def _save(
    session: Session,
    actor: Actor,
    collection: str,
    document: Mapping[str, Any],
    site_id: str | None,
    now: datetime,
    expected: ExpectedVersion | None,
) -> RecordHead:
    key = (collection, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None and document_of(head) == document:
        return head
    if expected is not None:
        expected.require(None if head is None else head.version)
    return publish(session, actor, collection, document["id"], site_id, document, now)


def publish_default_calendars(session: Session, actor: Actor, now: datetime) -> int:
    """Give the organisation the years it does not have yet. Returns how many were added."""
    years = {year["year"]: year for year in _default_calendars(actor.organisation_id)}
    ids = [year["id"] for year in years.values()]
    known = read_documents(session, actor.organisation_id, WORK_CALENDARS, ids)
    missing = [year for year in years.values() if year["id"] not in known]
    for year in missing:
        publish(session, actor, WORK_CALENDARS, year["id"], None, year, now)
    return len(missing)


def _default_calendars(organisation_id: str) -> Iterable[dict[str, Any]]:
    schema = WorkCalendarSchema()
    for entry in read_yaml(_DEFAULTS):
        plain = {**entry, "id": work_calendar_id(organisation_id, entry["year"])}
        plain["working_days"] = [day.isoformat() for day in entry["working_days"]]
        plain["days_off"] = [
            {name: str(value) for name, value in days.items()} for days in entry["days_off"]
        ]
        yield schema.load(plain)


def work_calendars(session: Session, actor: Actor, years: Iterable[int]) -> list[StoredDocument]:
    ids = [work_calendar_id(actor.organisation_id, year) for year in years]
    found = read_documents(session, actor.organisation_id, WORK_CALENDARS, ids)
    return [found[id_] for id_ in ids if id_ in found]


def all_work_calendars(session: Session, actor: Actor) -> list[StoredDocument]:
    return work_calendars(session, actor, range(FIRST_YEAR, LAST_YEAR + 1))


def meal_times(session: Session, actor: Actor, site_id: str) -> StoredDocument | None:
    return read_documents(session, actor.organisation_id, MEAL_TIMES, [site_id]).get(site_id)


def kitchen_calendar(
    session: Session, actor: Actor, site_id: str, around: datetime
) -> KitchenCalendar:
    """The calendar of *site_id* for this year and the next; without entries, the defaults."""
    year = around.astimezone(KITCHEN_TIME).year
    years = [record.document for record in work_calendars(session, actor, (year, year + 1))]
    stored = meal_times(session, actor, site_id)
    hours = {} if stored is None else _hours(stored.document)
    return KitchenCalendar(
        days_off=frozenset(day for y in years for days in y["days_off"] for day in _days(days)),
        days_on=frozenset(date.fromisoformat(day) for y in years for day in y["working_days"]),
        known_years=frozenset(y["year"] for y in years),
        **hours,
    )


def _hours(document: Mapping[str, Any]) -> dict[str, Any]:
    meals = tuple(
        Meal(meal["code"], time.fromisoformat(meal["starts_at"])) for meal in document["meals"]
    )
    return {"meals": meals, "closes_at": time.fromisoformat(document["closes_at"])}


def _days(days_off: Mapping[str, str]) -> Iterable[date]:
    first = date.fromisoformat(days_off["first_day"])
    last = date.fromisoformat(days_off["last_day"])
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)
