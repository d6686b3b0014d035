"""RxDB's pull and push over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from schemas.sync_doors import RxdbPullOut, RxdbPullQuery, RxdbPushOut, RxdbRowIn
from server.access import Permission
from server.db.base import current_session
from server.errors import UNKNOWN_COLLECTION, Problem
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import admits_refused, own_transaction, requires
from server.http.json import raw_json
from server.http.language import language
from server.sync_api import back_pressure, rxdb, service
from server.sync_api.door import delivery_of
from server.sync_api.registry import COLLECTIONS

routes = Blueprint(
    "sync_rxdb", __name__, url_prefix="/api/v1/sync/rxdb", description="RxDB 同步 / RxDB"
)


@routes.route("/<collection>/pull", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(RxdbPullQuery, location="query")
@routes.response(200, RxdbPullOut)
def pull(query: dict[str, Any], collection: str) -> Response:
    """What changed in the collection since the checkpoint, for RxDB's pull handler."""
    page = rxdb.pull_documents(
        current_session(),
        current_actor(),
        collection,
        query.get("checkpoint"),
        query["limit"],
        current_settings().secret_key,
    )
    return back_pressure.hint(
        raw_json(rxdb.page_json(page)), has_more=page.has_more, changes=len(page.changes)
    )


@routes.route("/<collection>/push", methods=["POST"])
@requires(Permission.READ_OWN_ACCOUNT)
@own_transaction
@admits_refused
@routes.arguments(RxdbRowIn(many=True))
@routes.response(200, RxdbPushOut)
def push(rows: list[dict[str, Any]], collection: str) -> Response:
    """Rows of RxDB's push handler. ``conflicts`` holds what does not stand as it was sent."""
    if collection not in COLLECTIONS:
        raise Problem(UNKNOWN_COLLECTION, collection=collection)
    service.check_device(current_actor(), request.headers.get("X-Device-Id"))
    service.check_size(len(rows), current_settings().push_mutations_max)
    back_pressure.take(len(rows))
    actor, delivery = current_actor(), delivery_of(len(rows))
    answer = rxdb.push_rows(
        current_session(), actor, collection, rows, current_time(), language(), delivery
    )
    return raw_json(answer)
