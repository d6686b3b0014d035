"""Retention over HTTP: what is due, holds, and what was removed."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from schemas.fields import time_text
from schemas.retention import (
    DueFilterIn,
    DueListOut,
    HoldFilterIn,
    HoldIn,
    HoldListOut,
    HoldOut,
    HoldReleaseIn,
    RemovalListOut,
    RetentionRulesOut,
)
from server.access import Permission
from server.db.base import current_session
from server.db.holds import RetentionHold
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import requires
from server.http.paging import PageIn
from server.retention import holds, queries
from server.retention.due import standing
from server.retention.removal import told_as
from server.retention.rules import rules

routes = Blueprint(
    "retention", __name__, url_prefix="/api/v1/retention", description="保存期限 / Retention"
)


class DueQuery(PageIn, DueFilterIn):
    """A page, and of which site."""


class HoldQuery(PageIn, HoldFilterIn):
    """A page, and whether open ones or released ones."""


@routes.route("/rules", methods=["GET"])
@requires(Permission.MANAGE_RETENTION)
@routes.response(200, RetentionRulesOut)
def list_rules() -> dict[str, Any]:
    """How long the photos of each kind of record are kept, and what that rests on."""
    told = [
        {
            "collection": rule.collection,
            "rule": rule.name,
            "months": rule.months,
            "shelf_life_months": rule.shelf_life_months,
            "basis": rule.basis,
            "is_confirmed": rule.is_confirmed,
        }
        for rule in rules().values()
    ]
    return {"months_least": current_settings().retention_months_least, "rules": told}


@routes.route("/due", methods=["GET"])
@requires(Permission.MANAGE_RETENTION)
@routes.arguments(DueQuery, location="query")
@routes.response(200, DueListOut)
def list_due(query: dict[str, Any]) -> dict[str, Any]:
    """Photos whose time is over, as the last daily run found their records, the oldest first."""
    session, actor, settings = current_session(), current_actor(), current_settings()
    stands = standing(session, actor.organisation_id, settings, current_time())
    page = queries.page_of_due(
        session, actor, stands, query["site_id"], query["limit"], query["cursor"]
    )
    return {
        "is_deleting": settings.retention_deletes,
        "photos": page.rows,
        "next_cursor": page.next_cursor,
    }


@routes.route("/removals", methods=["GET"])
@requires(Permission.MANAGE_RETENTION)
@routes.arguments(PageIn, location="query")
@routes.response(200, RemovalListOut)
def list_removals(query: dict[str, Any]) -> dict[str, Any]:
    """What has been removed, when, and by which rule, the newest first."""
    page = queries.page_of_removals(current_session(), current_actor(), **query)
    return {"removals": [told_as(row) for row in page.rows], "next_cursor": page.next_cursor}


@routes.route("/holds", methods=["GET"])
@requires(Permission.MANAGE_RETENTION)
@routes.arguments(HoldQuery, location="query")
@routes.response(200, HoldListOut)
def list_holds(query: dict[str, Any]) -> dict[str, Any]:
    """Holds at the reader's sites and on suppliers, the newest first."""
    page = queries.page_of_holds(current_session(), current_actor(), **query)
    return {"holds": [_told(row) for row in page.rows], "next_cursor": page.next_cursor}


@routes.route("/holds/<hold_id>", methods=["PUT"])
@requires(Permission.MANAGE_RETENTION)
@routes.arguments(HoldIn)
@routes.response(201, HoldOut)
def place_hold(hold: dict[str, Any], hold_id: str) -> Response:
    """Hold a record, a supplier or a site: nothing of it is deleted until it is released."""
    require_same_id(hold, hold_id)
    row = holds.place_hold(current_session(), current_actor(), hold, current_time())
    response = jsonify(_told(row))
    response.status_code = 201
    return response


@routes.route("/holds/<hold_id>/release", methods=["POST"])
@requires(Permission.MANAGE_RETENTION)
@routes.arguments(HoldReleaseIn)
@routes.response(200, HoldOut)
def release_hold(release: dict[str, Any], hold_id: str) -> dict[str, Any]:
    """Release a hold, with a reason. It stays on record."""
    session, id_ = current_session(), record_id(hold_id)
    row = holds.release_hold(session, current_actor(), id_, release["reason"], current_time())
    return _told(row)


def _told(row: RetentionHold) -> dict[str, Any]:
    times = {"placed_at": row.placed_at, "released_at": row.released_at}
    texts = {name: None if at is None else time_text(at) for name, at in times.items()}
    names = ("id", "kind", "site_id", "collection", "record_id", "reason", "placed_by")
    more = ("release_reason", "released_by")
    return {**{name: getattr(row, name) for name in (*names, *more)}, **texts}
