"""Notices and their steps over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from marshmallow import Schema

from schemas.corrective_actions import (
    ACTION_STATUSES,
    LANES,
    BoardOut,
    CorrectiveActionListOut,
    CorrectiveActionOut,
    CorrectiveActionSchema,
    CorrectiveActionStatisticsOut,
    CorrectiveActionStepSchema,
)
from schemas.fields import Choice, FlagArgument, UtcTime, UuidText, parse_time
from schemas.records import RecordOut
from server.access import Permission
from server.corrective_actions import board, issuing, queries, steps
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn

routes = Blueprint(
    "corrective_actions", __name__, url_prefix="/api/v1", description="整改 / Corrective actions"
)
STATISTICS_DAYS = 90


class WhoseIn(Schema):
    site_id = UuidText(load_default=None)
    unit_id = UuidText(load_default=None)
    supplier_id = UuidText(load_default=None)
    assignee_user_id = UuidText(load_default=None)


class ActionPageIn(PageIn, WhoseIn):
    lane = Choice(LANES, load_default=None)
    status = Choice(ACTION_STATUSES, load_default=None)
    is_overdue = FlagArgument(load_default=None)
    has_open_extension = FlagArgument(load_default=None)
    due_before = UtcTime(load_default=None)
    order = Choice(
        ("next_due", "last_due"),
        load_default="next_due",
        metadata={"description": "What is due next first, or what was due last"},
    )


class StatisticsIn(Schema):
    site_id = UuidText(load_default=None)
    since = UtcTime(load_default=None)
    until = UtcTime(load_default=None)


@routes.route("/corrective-actions", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("corrective_actions")
@routes.arguments(ActionPageIn, location="query")
@routes.response(200, CorrectiveActionListOut)
def list_corrective_actions(query: dict[str, Any]) -> dict[str, Any]:
    """Notices of the reader's sites, the next due first unless asked otherwise."""
    limit, cursor, before = query.pop("limit"), query.pop("cursor"), query.pop("due_before")
    filters = queries.Filters(**query, due_before=None if before is None else parse_time(before))
    now = current_time()
    page = queries.page_of_actions(current_session(), current_actor(), limit, cursor, filters, now)
    return {"corrective_actions": page.rows, "next_cursor": page.next_cursor}


@routes.route("/corrective-actions/board", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("corrective_actions")
@routes.arguments(WhoseIn, location="query")
@routes.response(200, BoardOut)
def get_board(query: dict[str, Any]) -> dict[str, Any]:
    """How many notices stand in each lane of the board, and who has how many, the latest first."""
    return board.board(current_session(), board.Whose(**query), current_time())


@routes.route("/corrective-actions/statistics", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("corrective_actions")
@routes.arguments(StatisticsIn, location="query")
@routes.response(200, CorrectiveActionStatisticsOut)
def get_statistics(query: dict[str, Any]) -> dict[str, Any]:
    """How notices issued in a time went, by unit and supplier; without one, of 90 days."""
    until = current_time() if query["until"] is None else parse_time(query["until"])
    since = query["since"]
    begins = until - timedelta(days=STATISTICS_DAYS) if since is None else parse_time(since)
    return {"rows": queries.statistics(current_session(), begins, until, query["site_id"])}


@routes.route("/corrective-actions/<action_id>", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("corrective_actions")
@routes.response(200, CorrectiveActionOut)
def get_corrective_action(action_id: str) -> dict[str, Any]:
    """One notice with its findings and every step."""
    id_ = record_id(action_id)
    return queries.action_detail(current_session(), current_actor(), id_, current_time())


@routes.route("/corrective-actions/<action_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(CorrectiveActionSchema)
@routes.response(201, RecordOut)
def put_corrective_action(document: dict[str, Any], action_id: str) -> Response:
    """Issue a notice over findings. Once issued it stands; what follows are steps."""
    require_same_id(document, action_id)
    head = issuing.issue_corrective_action(
        current_session(), current_actor(), document, current_time()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/corrective-action-steps/<step_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(CorrectiveActionStepSchema)
@routes.response(201, RecordOut)
def put_corrective_action_step(document: dict[str, Any], step_id: str) -> Response:
    """Take a step on a notice: submit, verify, return, extend …"""
    require_same_id(document, step_id)
    head = steps.record_step(current_session(), current_actor(), document, current_time())
    return record_response(head.version, head.document, 201)
