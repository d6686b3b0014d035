"""Staff and their health certificates over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.fields import FlagArgument, UuidText
from schemas.records import RecordOut
from schemas.staff import StaffMemberListOut, StaffMemberSchema
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn
from server.staff import queries, service

routes = Blueprint("staff", __name__, url_prefix="/api/v1", description="从业人员 / Staff")


class StaffPageIn(PageIn):
    site_id = UuidText(load_default=None)
    is_active = FlagArgument(load_default=None)


@routes.route("/staff-members", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("staff")
@routes.arguments(StaffPageIn, location="query")
@routes.response(200, StaffMemberListOut)
def list_staff_members(query: dict[str, Any]) -> dict[str, Any]:
    """Who works at the reader's sites, with their health certificates, by name."""
    page = queries.page_of_staff(current_session(), current_actor(), **query)
    records = [{"version": r.version, "document": r.document} for r in page.rows]
    return {"staff_members": records, "next_cursor": page.next_cursor}


@routes.route("/staff-members/<staff_member_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("staff")
@routes.response(200, RecordOut)
def get_staff_member(staff_member_id: str) -> Response:
    """One person."""
    id_ = record_id(staff_member_id)
    found = queries.the_staff_member(current_session(), current_actor(), id_)
    return record_response(found.version, found.text)


@routes.route("/staff-members/<staff_member_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(StaffMemberSchema)
@routes.response(200, RecordOut)
def put_staff_member(document: dict[str, Any], staff_member_id: str) -> Response:
    """Enter somebody, or change them with If-Match."""
    require_same_id(document, staff_member_id)
    head = service.save_staff_member(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)
