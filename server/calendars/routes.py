"""Work calendars and meal times over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.calendars import (
    MealTimesSchema,
    SchoolTermListOut,
    SchoolTermSchema,
    WorkCalendarListOut,
    WorkCalendarSchema,
)
from schemas.records import RecordOut
from server.access import Permission
from server.calendars import service
from server.db.base import current_session
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import requires

routes = Blueprint(
    "calendars", __name__, url_prefix="/api/v1", description="工作日与餐次 / Working days and meals"
)


@routes.route("/work-calendars", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, WorkCalendarListOut)
def list_work_calendars() -> dict[str, Any]:
    """The public holidays on record, year by year."""
    records = service.all_work_calendars(current_session(), current_actor())
    return {"work_calendars": [{"version": r.version, "document": r.document} for r in records]}


@routes.route("/work-calendars/<calendar_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(WorkCalendarSchema)
@routes.response(200, RecordOut)
def put_work_calendar(document: dict[str, Any], calendar_id: str) -> Response:
    """Set the holidays of a year, with If-Match when there are some; the id follows from it."""
    require_same_id(document, calendar_id)
    head = service.save_work_calendar(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/school-terms", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, SchoolTermListOut)
def list_school_terms() -> dict[str, Any]:
    """The terms on record."""
    records = service.school_terms(current_session(), current_actor())
    return {"school_terms": [{"version": r.version, "document": r.document} for r in records]}


@routes.route("/school-terms/<term_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(SchoolTermSchema)
@routes.response(200, RecordOut)
def put_school_term(document: dict[str, Any], term_id: str) -> Response:
    """Set a term, with If-Match when there is one."""
    require_same_id(document, term_id)
    head = service.save_school_term(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/sites/<site_id>/meal-times", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, RecordOut)
def get_meal_times(site_id: str) -> Response:
    """The meals of a site."""
    actor, id_ = current_actor(), record_id(site_id)
    actor.require(Permission.READ_MASTER_DATA, id_)
    stored = service.meal_times(current_session(), actor, id_)
    if stored is None:
        raise Problem(RECORD_NOT_FOUND)
    return record_response(stored.version, stored.text)


@routes.route("/sites/<site_id>/meal-times", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(MealTimesSchema)
@routes.response(200, RecordOut)
def put_meal_times(document: dict[str, Any], site_id: str) -> Response:
    """Set the meals of a site, with If-Match when there are some."""
    require_same_id(document, site_id)
    head = service.save_meal_times(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)
