"""What ends soon, over HTTP."""

from __future__ import annotations

from typing import Any

from schemas.expiry import ExpiringPapersIn, ExpiringPapersOut
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.base import current_session
from server.expiry.papers import papers_ending
from server.http.blueprint import Blueprint
from server.http.context import current_time
from server.http.guard import requires

routes = Blueprint("expiry", __name__, url_prefix="/api/v1", description="证照到期 / Expiry")


@routes.route("/expiring-papers", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(ExpiringPapersIn, location="query")
@routes.response(200, ExpiringPapersOut)
def list_expiring_papers(query: dict[str, Any]) -> dict[str, Any]:
    """Licences and health certificates that end within some days or have ended, the first to end
    first; what was renewed is left out. ``days_left`` is negative once a paper is over."""
    today = current_time().astimezone(KITCHEN_TIME).date()
    papers = papers_ending(current_session(), today, query["within_days"])
    kind = query["kind"]
    wanted = [paper for paper in papers if kind is None or paper.kind == kind]
    return {"on": today.isoformat(), "papers": [paper.to_dict(today) for paper in wanted]}
