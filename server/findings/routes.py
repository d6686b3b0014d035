"""Findings over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.fields import Choice, FlagArgument, UuidText
from schemas.findings import FINDING_KINDS, FindingListOut, FindingSchema
from schemas.records import RecordOut
from server.access import Permission
from server.db.base import current_session
from server.findings import queries, service
from server.http.addresses import require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn

routes = Blueprint("findings", __name__, url_prefix="/api/v1", description="检查发现 / Findings")


class FindingPageIn(PageIn):
    kind = Choice(FINDING_KINDS, load_default=None)
    unit_id = UuidText(load_default=None)
    source_id = UuidText(
        load_default=None, metadata={"description": "The inspection or receipt it comes from"}
    )
    is_open = FlagArgument(load_default=None)
    is_repeat = FlagArgument(load_default=None)


@routes.route("/findings", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("findings")
@routes.arguments(FindingPageIn, location="query")
@routes.response(200, FindingListOut)
def list_findings(query: dict[str, Any]) -> dict[str, Any]:
    """Findings of the reader's sites, the newest first."""
    page = queries.page_of_findings(current_session(), current_actor(), **query)
    return {"findings": page.rows, "next_cursor": page.next_cursor}


@routes.route("/findings/<finding_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(FindingSchema)
@routes.response(200, RecordOut)
def put_finding(document: dict[str, Any], finding_id: str) -> Response:
    """Record a finding, or change it with If-Match while no notice names it."""
    require_same_id(document, finding_id)
    head = service.save_finding(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)
