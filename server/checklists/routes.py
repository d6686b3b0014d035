"""Looking at published checklists."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.checklists import ChecklistListOut, ChecklistRecordOut
from schemas.fields import uuid_text
from server.access import Permission
from server.checklists import queries
from server.db.base import current_session
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.blueprint import Blueprint
from server.http.conditional import record_response
from server.http.context import current_actor
from server.http.guard import requires

routes = Blueprint("checklists", __name__, url_prefix="/api/v1", description="检查表 / Checklists")


@routes.route("/checklists", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, ChecklistListOut)
def list_checklists() -> dict[str, Any]:
    """The newest version of every checklist."""
    records = queries.newest_checklists(current_session(), current_actor())
    return {"checklists": [{"version": r.version, "document": r.document} for r in records]}


@routes.route("/checklists/<checklist_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, ChecklistRecordOut)
def get_checklist(checklist_id: str) -> Response:
    """One published version of a checklist. It never changes."""
    known = uuid_text(checklist_id)
    record = queries.checklist_record(current_session(), current_actor(), known) if known else None
    if record is None:
        raise Problem(RECORD_NOT_FOUND)
    return record_response(record.version, record.text)
