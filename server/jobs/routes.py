"""Regular work over HTTP: for administrators to see that it goes on."""

from __future__ import annotations

from typing import Any

from schemas.jobs import JobsOut
from server.access import Permission
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_time
from server.http.guard import requires
from server.jobs.overview import jobs_overview

routes = Blueprint("jobs", __name__, url_prefix="/api/v1", description="定时任务 / Jobs")


@routes.route("/jobs", methods=["GET"])
@requires(Permission.READ_JOBS)
@routes.response(200, JobsOut)
def list_jobs() -> dict[str, Any]:
    """Each regular job: last run, next run, how it went; and whether a process runs them."""
    return jobs_overview(current_session(), current_time())
