"""The overview over HTTP."""

from __future__ import annotations

from typing import Any

from schemas.overview import OverviewIn, OverviewOut
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_time
from server.http.guard import readable, requires
from server.overview.acceptance import Wanted, acceptance, deliveries_of

routes = Blueprint("overview", __name__, url_prefix="/api/v1", description="总览 / Overview")


@routes.route("/overview", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("figures")
@routes.arguments(OverviewIn, location="query")
@routes.response(200, OverviewOut)
def get_overview(query: dict[str, Any]) -> dict[str, Any]:
    """Today's deliveries by decision, and how lines of the last weeks were decided, of the reader's
    sites: by week, by supplier and by category."""
    today = current_time().astimezone(KITCHEN_TIME).date()
    wanted = Wanted(today, **query)
    return {
        "on": today.isoformat(),
        "first_on": wanted.first_on.isoformat(),
        "deliveries": deliveries_of(current_session(), today, wanted.site_id),
        **acceptance(current_session(), wanted),
    }
