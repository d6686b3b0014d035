"""Saving schedules and shifts; making the tasks that follow from them; telling phones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.checklists import checklist_record_id
from schemas.fields import parse_time
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    CHECKLIST_UNKNOWN,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.conditional import ExpectedVersion
from server.identity.queries import works_at
from server.planning.models import InspectionSchedule, Shift
from server.planning.people import members_of
from server.planning.tasks import cancel_ahead, plan_schedule
from server.premises.service import place_at, unit_at

SCHEDULES = "inspection_schedules"
SHIFTS = "shifts"
Document = Mapping[str, Any]
NewSeed = Callable[[], str]


def save_schedule(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    new_seed: NewSeed,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a schedule; *document* is a loaded ``InspectionScheduleSchema``.

    What has opened stays as it was planned. Tasks that lie ahead follow the new schedule at once; a
    draw that was made stands until its week or month is over.

    Raises
    ------
    Problem
        ``validation-failed`` naming each unit, place or person that does not fit,
        ``checklist-unknown``, and what *expected* says about versions.
    """
    actor.require(Permission.WRITE_MASTER_DATA, document["site_id"])
    head = _head(session, actor, SCHEDULES, document, expected)
    if head is not None and document_of(head) == document:
        return head
    _check(session, actor, document)
    row = session.get(InspectionSchedule, document["id"])
    if row is None:
        row = InspectionSchedule(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=document["site_id"],
        )
        session.add(row)
    row.name, row.is_active, row.updated_at = document["name"], document["is_active"], now
    session.flush()
    published = publish(
        session, actor, SCHEDULES, document["id"], document["site_id"], document, now
    )
    cancel_ahead(session, actor, document["id"], now)
    row.planned_until = _day_before(document, now) if head is None else _yesterday(now)
    plan_schedule(session, actor, row, document, now, new_seed)
    return published


def _yesterday(now: datetime) -> date:
    return now.astimezone(KITCHEN_TIME).date() - timedelta(days=1)


def _day_before(document: Document, now: datetime) -> date:
    """A new schedule makes nothing for days before it was entered."""
    begins = date.fromisoformat(document["starts_on"]) - timedelta(days=1)
    return max(begins, _yesterday(now))


def _head(
    session: Session,
    actor: Actor,
    collection: str,
    document: Document,
    expected: ExpectedVersion | None,
) -> RecordHead | None:
    key = (collection, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None and head.site_id != document["site_id"]:
        raise Problem(RECORD_NOT_FOUND)
    if expected is not None:
        expected.require(None if head is None else head.version)
    return head


def _check(session: Session, actor: Actor, document: Document) -> None:
    code = document["checklist_code"]
    first = checklist_record_id(actor.organisation_id, code, 1)
    if first not in read_documents(session, actor.organisation_id, "checklists", [first]):
        assert CHECKLIST_UNKNOWN.detail is not None
        error = FieldError("/checklist_code", CHECKLIST_UNKNOWN.detail, {"code": code})
        raise Problem(CHECKLIST_UNKNOWN, [error], code=code)
    errors = list(_errors(session, document))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _errors(session: Session, document: Document) -> Iterator[FieldError]:
    site_id, assignment = document["site_id"], document["assignment"]
    for position, unit_id in enumerate(document["unit_ids"]):
        if unit_at(session, unit_id, site_id) is None:
            text = Text("本站点没有这个单位", "The site has no such unit.")
            yield FieldError(f"/unit_ids/{position}", text)
        elif _inspects_own(session, document, unit_id):
            text = Text(
                "指定的检查人属于这个单位，不能检查自己",
                "The person it is given to belongs to this unit.",
            )
            yield FieldError(f"/unit_ids/{position}", text)
    for position, place_id in enumerate(document["place_ids"]):
        if place_at(session, place_id, site_id) is None:
            text = Text("本站点没有这个场所", "The site has no such place.")
            yield FieldError(f"/place_ids/{position}", text)
    if assignment["kind"] == "person" and not works_at(session, assignment["user_id"], site_id):
        text = Text("此人不在本站点工作", "This person does not work at the site.")
        yield FieldError("/assignment/user_id", text)


def _inspects_own(session: Session, document: Document, unit_id: str) -> bool:
    assignment = document["assignment"]
    if assignment["kind"] != "person" or not document["is_cross_unit"]:
        return False
    return assignment["user_id"] in members_of(session, unit_id)


def save_shift(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Set who is on duty when; *document* is a loaded ``ShiftSchema``. Tasks that were given out
    already stay with whom they were given to."""
    actor.require(Permission.WRITE_MASTER_DATA, document["site_id"])
    head = _head(session, actor, SHIFTS, document, expected)
    if head is not None and document_of(head) == document:
        return head
    if not works_at(session, document["user_id"], document["site_id"]):
        text = Text("此人不在本站点工作", "This person does not work at the site.")
        raise Problem(VALIDATION_FAILED, [FieldError("/user_id", text)])
    row = session.get(Shift, document["id"])
    if row is None:
        row = Shift(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=document["site_id"],
        )
        session.add(row)
    row.user_id, row.is_cancelled = document["user_id"], document["is_cancelled"]
    row.starts_at = parse_time(document["starts_at"])
    row.ends_at = parse_time(document["ends_at"])
    session.flush()
    return publish(session, actor, SHIFTS, document["id"], document["site_id"], document, now)


def schedules_of(session: Session) -> list[InspectionSchedule]:
    """Every active schedule, for the job that plans."""
    statement = select(InspectionSchedule).where(InspectionSchedule.is_active)
    return list(session.scalars(statement.order_by(InspectionSchedule.id)))
