"""Schedules, shifts, tasks and draws over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response

from schemas.fields import Choice, FlagArgument, UuidText
from schemas.planning import (
    TASK_STATUSES,
    DrawListOut,
    InspectionScheduleSchema,
    ScheduleListOut,
    ShiftSchema,
    TaskListOut,
)
from schemas.records import RecordOut
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import requires
from server.http.paging import PageIn
from server.planning import queries, service

routes = Blueprint(
    "planning", __name__, url_prefix="/api/v1", description="检查计划 / Inspection planning"
)


class TaskPageIn(PageIn):
    status = Choice(TASK_STATUSES, load_default=None)
    unit_id = UuidText(load_default=None)
    assignee_user_id = UuidText(load_default=None)
    is_missed = FlagArgument(load_default=None)


def new_seed() -> str:
    """A seed nobody can guess."""
    return secrets.token_hex(16)


@routes.route("/inspection-schedules", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(PageIn, location="query")
@routes.response(200, ScheduleListOut)
def list_inspection_schedules(query: dict[str, Any]) -> dict[str, Any]:
    """The schedules of the reader's sites, by name."""
    page = queries.page_of_schedules(current_session(), current_actor(), **query)
    records = [{"version": r.version, "document": r.document} for r in page.rows]
    return {"inspection_schedules": records, "next_cursor": page.next_cursor}


@routes.route("/inspection-schedules/<schedule_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(InspectionScheduleSchema)
@routes.response(200, RecordOut)
def put_inspection_schedule(document: dict[str, Any], schedule_id: str) -> Response:
    """Set a schedule, with If-Match when there is one; its tasks for a week ahead are made."""
    require_same_id(document, schedule_id)
    head = service.save_schedule(
        current_session(), current_actor(), document, current_time(), new_seed, expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/inspection-schedules/<schedule_id>/draws", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.response(200, DrawListOut)
def list_draws(schedule_id: str) -> dict[str, Any]:
    """The draws by lot of a schedule; seeds and results once the period is over."""
    id_ = record_id(schedule_id)
    draws = queries.draws_of(current_session(), current_actor(), id_, current_time())
    return {"draws": draws}


@routes.route("/shifts/<shift_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(ShiftSchema)
@routes.response(200, RecordOut)
def put_shift(document: dict[str, Any], shift_id: str) -> Response:
    """Set who is on duty when, with If-Match when there is such a shift."""
    require_same_id(document, shift_id)
    head = service.save_shift(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/inspection-tasks", methods=["GET"])
@requires(Permission.READ_RECORDS)
@routes.arguments(TaskPageIn, location="query")
@routes.response(200, TaskListOut)
def list_inspection_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """Inspections to be made, the next due first."""
    page = queries.page_of_tasks(current_session(), **query, now=current_time())
    return {"inspection_tasks": page.rows, "next_cursor": page.next_cursor}
