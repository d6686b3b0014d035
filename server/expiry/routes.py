"""What ends soon, over HTTP."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from schemas.expiry import PAPER_KINDS, ExpiringPapersOut
from schemas.fields import Choice, UuidText, WholeNumberArgument
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.base import current_session
from server.expiry.papers import papers_ending
from server.expiry.stages import days_left
from server.http.blueprint import Blueprint
from server.http.context import current_time
from server.http.guard import requires
from server.http.paging import PageIn, page_of

routes = Blueprint("expiry", __name__, url_prefix="/api/v1", description="证照到期 / Expiry")


class ExpiringPapersIn(PageIn):
    within_days = WholeNumberArgument(lowest=0, highest=3650, load_default=60)
    kind = Choice(PAPER_KINDS, load_default=None)
    site_id = UuidText(
        load_default=None, metadata={"description": "With those that concern every site."}
    )


@routes.route("/expiring-papers", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(ExpiringPapersIn, location="query")
@routes.response(200, ExpiringPapersOut)
def list_expiring_papers(query: dict[str, Any]) -> dict[str, Any]:
    """Licences and health certificates that end within some days or have ended, the first to end
    first; what was renewed is left out. ``days_left`` is negative once a paper is over."""
    today = current_time().astimezone(KITCHEN_TIME).date()
    kind, site_id = query["kind"], query["site_id"]
    wanted = [
        paper
        for paper in papers_ending(current_session(), today, query["within_days"])
        if kind in (None, paper.kind) and (site_id is None or paper.site_id in (None, site_id))
    ]
    page = page_of(wanted, attrgetter("place"), limit=query["limit"], cursor=query["cursor"])
    return {
        "on": today.isoformat(),
        "count": len(wanted),
        "ended_count": sum(days_left(paper.valid_until, today) < 0 for paper in wanted),
        "papers": [paper.to_dict(today) for paper in page.rows],
        "next_cursor": page.next_cursor,
    }
