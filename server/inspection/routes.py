"""Inspections over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from marshmallow import Schema

from schemas.fields import Choice, Day, Text, UuidText
from schemas.inspections import InspectionListOut, InspectionSchema
from schemas.planning import QuotaListOut
from schemas.records import RecordOut
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn
from server.inspection import queries, service
from server.inspection.quotas import quotas_on

routes = Blueprint("inspections", __name__, url_prefix="/api/v1", description="检查 / Inspections")


class QuotaIn(Schema):
    on = Day(load_default=None, metadata={"description": "Without it, today in kitchen time"})


class InspectionPageIn(PageIn):
    status = Choice(("draft", "finished"), load_default=None)
    checklist_code = Text(load_default=None, longest=32)
    unit_id = UuidText(load_default=None)


@routes.route("/inspections", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("inspections")
@routes.arguments(InspectionPageIn, location="query")
@routes.response(200, InspectionListOut)
def list_inspections(query: dict[str, Any]) -> dict[str, Any]:
    """Inspections of the reader's sites, the newest first."""
    page = queries.page_of_inspections(current_session(), current_actor(), **query)
    return {"inspections": page.rows, "next_cursor": page.next_cursor}


@routes.route("/inspection-quotas", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(QuotaIn, location="query")
@routes.response(200, QuotaListOut)
def list_inspection_quotas(query: dict[str, Any]) -> dict[str, Any]:
    """Visits wanted, made and short, unit by unit, in the weeks and months that hold a day.

    For who plans: what is to come may be a surprise.
    """
    session, now = current_session(), current_time()
    today = now.astimezone(KITCHEN_TIME).date()
    on = today if query["on"] is None else date.fromisoformat(query["on"])
    found = quotas_on(session, current_actor().organisation_id, on, now)
    return {"on": on.isoformat(), "quotas": [quota.to_dict() for quota in found]}


@routes.route("/inspections/<inspection_id>", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("inspections")
@routes.response(200, RecordOut)
def get_inspection(inspection_id: str) -> Response:
    """One inspection, with its result."""
    id_ = record_id(inspection_id)
    found = queries.the_inspection(current_session(), current_actor(), id_)
    return record_response(found.version, found.text)


@routes.route("/inspections/<inspection_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(InspectionSchema)
@routes.response(200, RecordOut)
def put_inspection(document: dict[str, Any], inspection_id: str) -> Response:
    """Begin an inspection, change a draft with If-Match, or finish it with ``finished_at``."""
    require_same_id(document, inspection_id)
    head = service.save_inspection(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)
