"""WatermelonDB's pull and push over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.sync_doors import (
    WatermelonPullOut,
    WatermelonPullQuery,
    WatermelonPushIn,
    WatermelonPushOut,
    WatermelonPushQuery,
)
from server.access import Permission
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import admits_refused, own_transaction, requires
from server.http.json import raw_json
from server.sync_api import back_pressure, service, watermelondb
from server.sync_api.door import delivery_of

routes = Blueprint(
    "sync_watermelondb",
    __name__,
    url_prefix="/api/v1/sync/watermelondb",
    description="WatermelonDB 同步 / WatermelonDB",
)

TIMES_LARGER = 10
"""The library sends all that waits in one push: a limit of ours would block its queue for good."""


@routes.route("", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(WatermelonPullQuery, location="query")
@routes.response(200, WatermelonPullOut)
def pull(query: dict[str, Any]) -> Response:
    """Everything that changed since ``last_pulled_at``, for WatermelonDB's ``pullChanges``."""
    position = watermelondb.position_in(query.get("last_pulled_at"))
    answer, changes = watermelondb.pull_json(
        current_session(), current_actor(), position, current_time()
    )
    return back_pressure.hint(raw_json(answer), has_more=False, changes=changes)


@routes.route("", methods=["POST"])
@requires(Permission.READ_OWN_ACCOUNT)
@own_transaction
@admits_refused
@routes.arguments(WatermelonPushQuery, location="query")
@routes.arguments(WatermelonPushIn)
@routes.response(200, WatermelonPushOut)
def push(query: dict[str, Any], body: dict[str, Any]) -> dict[str, int]:
    """All of WatermelonDB's ``pushChanges``, or nothing and 409 naming what cannot stand."""
    sent = watermelondb.changes_in(body["changes"])
    service.check_size(len(sent), TIMES_LARGER * current_settings().push_mutations_max)
    back_pressure.take(len(sent))
    position = watermelondb.position_in(query.get("last_pulled_at"))
    actor, delivery = current_actor(), delivery_of(len(sent))
    applied = watermelondb.push_changes(
        current_session(), actor, sent, position, current_time(), delivery
    )
    return {"applied": applied}
