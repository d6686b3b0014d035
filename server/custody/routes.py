"""The audit log, for those who answer for a site."""

from __future__ import annotations

from typing import Any

from schemas.audit import AuditFilterIn, AuditPageOut
from server.access import Permission
from server.custody import queries
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_actor
from server.http.guard import requires
from server.http.paging import PageIn

routes = Blueprint(
    "audit", __name__, url_prefix="/api/v1/audit-entries", description="审计日志 / Audit log"
)


class AuditQuery(PageIn, AuditFilterIn):
    """A page, and which entries."""


@routes.route("", methods=["GET"])
@requires(Permission.READ_AUDIT_LOG)
@routes.arguments(AuditQuery, location="query")
@routes.response(200, AuditPageOut)
def list_audit_entries(query: dict[str, Any]) -> dict[str, Any]:
    """What happened, the newest first: by record, person, device, action or time."""
    page = queries.page_of_entries(
        current_session(), current_actor(), query, query["limit"], query["cursor"]
    )
    return {"entries": page.rows, "next_cursor": page.next_cursor}
