"""Looking at published checklists."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from marshmallow import Schema

from schemas.checklists import (
    ChecklistListOut,
    ChecklistRecordOut,
    ChecklistVersionListOut,
    DefaultChecklistIn,
    DefaultChecklistListOut,
)
from schemas.fields import Day, time_text
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.checklists import queries, service
from server.db.base import current_session
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.conditional import record_response
from server.http.context import current_actor, current_time
from server.http.guard import requires

routes = Blueprint("checklists", __name__, url_prefix="/api/v1", description="检查表 / Checklists")


class InForceIn(Schema):
    on = Day(load_default=None, metadata={"description": "In force on this day; else today."})


@routes.route("/checklists", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(InForceIn, location="query")
@routes.response(200, ChecklistListOut)
def list_checklists(query: dict[str, Any]) -> dict[str, Any]:
    """Of every checklist in use the version in force today, or on another day."""
    today = current_time().astimezone(KITCHEN_TIME).date()
    on = date.fromisoformat(query["on"]) if query["on"] else today
    records = queries.checklists_in_force(current_session(), current_actor(), on)
    return {"checklists": [{"version": r.version, "document": r.document} for r in records]}


@routes.route("/default-checklists", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.response(200, DefaultChecklistListOut)
def list_default_checklists() -> dict[str, Any]:
    """The product's checklists that the organisation never had."""
    missing = service.missing_default_checklists(current_session(), current_actor())
    names = ("code", "kind", "zh", "en")
    return {
        "default_checklists": [
            {**{name: one[name] for name in names}, "item_count": len(one["items"])}
            for one in missing
        ]
    }


@routes.route("/default-checklists", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(DefaultChecklistIn)
@routes.response(201, ChecklistRecordOut)
def post_default_checklist(given: dict[str, Any]) -> Response:
    """Take over one of the product's checklists as its first version."""
    session, actor, now = current_session(), current_actor(), current_time()
    head = service.publish_default_checklist(session, actor, given["code"], now)
    return record_response(head.version, head.document, 201)


@routes.route("/checklists/<checklist_id>/versions", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, ChecklistVersionListOut)
def list_versions(checklist_id: str) -> dict[str, Any]:
    """Every published version of the checklist that this version belongs to, newest first."""
    session, actor = current_session(), current_actor()
    document = queries.required_checklist(session, actor, record_id(checklist_id))
    found = queries.versions_of(session, document["code"])
    return {
        "versions": [
            {
                "id": one.id,
                "version": one.version,
                "valid_from": None if one.valid_from is None else one.valid_from.isoformat(),
                "published_at": time_text(one.published_at),
                "published_by": one.published_by,
            }
            for one in found
        ]
    }


@routes.route("/checklists/<checklist_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, ChecklistRecordOut)
def get_checklist(checklist_id: str) -> Response:
    """One published version of a checklist. It never changes."""
    id_ = record_id(checklist_id)
    record = queries.checklist_record(current_session(), current_actor(), id_)
    if record is None:
        raise Problem(RECORD_NOT_FOUND)
    return record_response(record.version, record.text)
