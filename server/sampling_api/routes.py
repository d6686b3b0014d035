"""Plans, curves, comparisons, draws and tables. Computed, never stored: no route needs a row."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from marshmallow import RAISE

from schemas.sampling import (
    ComparisonIn,
    ComparisonOut,
    CurveIn,
    CurveOut,
    DrawIn,
    DrawOut,
    LeverIn,
    LeverOut,
    PlanIn,
    PlanOut,
    TablesIn,
    TablesOut,
)
from server.access import Permission
from server.http.blueprint import Blueprint
from server.http.guard import own_transaction, requires
from server.http.json import raw_json
from server.http.language import language
from server.sampling_api import service

routes = Blueprint(
    "sampling", __name__, url_prefix="/api/v1/sampling", description="抽样方案 / Sampling plans"
)
# A misspelled argument would be answered with the plan of its default, so none is passed over.
_QUERY: dict[str, Any] = {"location": "query", "unknown": RAISE}


@routes.route("/plan", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(PlanIn, **_QUERY)
@routes.response(200, PlanOut)
def get_plan(query: dict[str, Any]) -> Response:
    """The plan of GB/T 2828.1 for a lot, with the way to it in the reader's language."""
    response = raw_json(orjson.dumps(service.describe_plan(query, language())))
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = "Accept-Language"
    return response


@routes.route("/oc", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(CurveIn, **_QUERY)
@routes.response(200, CurveOut)
def get_curve(query: dict[str, Any]) -> Response:
    """The operating characteristic of a plan: P(accept), average sample, outgoing quality."""
    return raw_json(orjson.dumps(service.describe_curve(query)))


@routes.route("/compare", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(ComparisonIn, **_QUERY)
@routes.response(200, ComparisonOut)
def get_comparison(query: dict[str, Any]) -> Response:
    """Single, double and multiple sampling of the same lot side by side."""
    return raw_json(orjson.dumps(service.compare(query)))


@routes.route("/lever", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(LeverIn, **_QUERY)
@routes.response(200, LeverOut)
def get_lever(query: dict[str, Any]) -> Response:
    """The same goods as several lots or as one: items to open, and the risks."""
    return raw_json(orjson.dumps(service.lever(query)))


@routes.route("/draw", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(DrawIn, **_QUERY)
@routes.response(200, DrawOut)
def get_draw(query: dict[str, Any]) -> Response:
    """The numbers of the items to open; the same seed gives the same items."""
    return raw_json(orjson.dumps(service.draw(query)))


@routes.route("/tables", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@own_transaction
@routes.arguments(TablesIn, **_QUERY)
@routes.response(200, TablesOut)
def get_tables(query: dict[str, Any]) -> Response:
    """All tables of an edition as data, for a device to find the same plans offline."""
    body, digest = service.tables(query["edition"])
    is_known = request.if_none_match.contains_weak(digest)
    response = Response(status=304) if is_known else raw_json(body)
    response.set_etag(digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
