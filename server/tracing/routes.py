"""Tracing a batch over HTTP."""

from __future__ import annotations

from typing import Any

from schemas.tracing import BatchIn, BatchTraceOut
from server.access import Permission
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_actor
from server.http.guard import requires
from server.tracing.queries import Batch, trace_batch

routes = Blueprint("tracing", __name__, url_prefix="/api/v1", description="追溯 / Tracing")


@routes.route("/batch-trace", methods=["GET"])
@requires(Permission.READ_RECORDS)
@routes.arguments(BatchIn, location="query")
@routes.response(200, BatchTraceOut)
def get_batch_trace(query: dict[str, Any]) -> dict[str, Any]:
    """A supplier's batch: its deliveries, decisions and samples, the supplier's licences and the
    papers shown, and the findings, notices and register entries that name it."""
    batch = Batch(query["supplier_batch_number"], query["supplier_id"], query["product_id"])
    return trace_batch(current_session(), current_actor(), batch)
