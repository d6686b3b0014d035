"""Push and pull over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from schemas.fields import time_text
from schemas.sync import PoliciesOut, PullOut, PullQuery, PushIn, PushOut
from server.access import Permission
from server.db.base import current_session
from server.db.json_text import as_written
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import admits_refused, own_transaction, requires
from server.http.json import raw_json
from server.http.language import language
from server.sync_api import back_pressure, policies, service
from server.sync_api.door import delivery_of
from server.sync_api.rendering import page_json, result_document

routes = Blueprint("sync", __name__, url_prefix="/api/v1/sync", description="离线同步 / Sync")


@routes.route("/pull", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(PullQuery, location="query")
@routes.response(200, PullOut)
def pull(query: dict[str, Any]) -> Response:
    """What changed since the cursor, in the order of the server's log."""
    wanted = [name for name in (query.get("collections") or "").split(",") if name]
    page = service.pull_changes(
        current_session(),
        current_actor(),
        query.get("cursor"),
        query["limit"],
        wanted or None,
        current_settings().secret_key,
    )
    answer = raw_json(page_json(page, current_time()))
    return back_pressure.hint(answer, has_more=page.has_more, changes=len(page.changes))


@routes.route("/push", methods=["POST"])
@requires(Permission.READ_OWN_ACCOUNT)
@own_transaction
@admits_refused
@routes.arguments(PushIn)
@routes.response(200, PushOut)
def push(body: dict[str, Any]) -> Response:
    """Send what the device captured. Each mutation is answered by itself, exactly once."""
    actor, limit = current_actor(), current_settings().push_mutations_max
    service.check_device(actor, body["device_id"])
    service.check_size(len(body["mutations"]), limit)
    back_pressure.take(len(body["mutations"]))
    entries = [service.read_mutation(raw) for raw in body["mutations"]]
    results = service.push_mutations(
        current_session(), actor, entries, current_time(), delivery=delivery_of(len(entries))
    )
    answer = {
        "results": [result_document(result, language()) for result in results],
        "server_time": time_text(current_time()),
    }
    return raw_json(orjson.dumps(answer, default=as_written))


@routes.route("/policies", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.response(200, PoliciesOut)
def get_policies() -> Response:
    """How each collection's documents merge, for a device to merge by the same rules offline."""
    body, digest = policies.told()
    is_known = request.if_none_match.contains_weak(digest)
    response = Response(status=304) if is_known else raw_json(body)
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
