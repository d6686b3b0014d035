"""Units and places over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.fields import UuidText
from schemas.premises import (
    PlaceListOut,
    PlaceSchema,
    SitePositionSchema,
    UnitListOut,
    UnitSchema,
)
from schemas.records import RecordOut
from server.access import Permission
from server.db.base import current_session
from server.db.documents import StoredDocument
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import requires
from server.http.paging import Page, PageIn
from server.premises import queries, service
from server.premises.site_positions import set_position

routes = Blueprint(
    "premises", __name__, url_prefix="/api/v1", description="单位与场所 / Units and places"
)


class PlacePageIn(PageIn):
    unit_id = UuidText(load_default=None)


@routes.route("/units", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(PageIn, location="query")
@routes.response(200, UnitListOut)
def list_units(query: dict[str, Any]) -> dict[str, Any]:
    """The units of the reader's sites, by code."""
    page = queries.page_of_units(current_session(), current_actor(), **query)
    return _list("units", page)


@routes.route("/units/<unit_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(UnitSchema)
@routes.response(200, RecordOut)
def put_unit(document: dict[str, Any], unit_id: str) -> Response:
    """Create a unit, or change it with If-Match."""
    require_same_id(document, unit_id)
    head = service.save_unit(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/places", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(PlacePageIn, location="query")
@routes.response(200, PlaceListOut)
def list_places(query: dict[str, Any]) -> dict[str, Any]:
    """The places of the reader's sites, by code."""
    page = queries.page_of_places(current_session(), current_actor(), **query)
    return _list("places", page)


@routes.route("/places/<place_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(PlaceSchema)
@routes.response(200, RecordOut)
def put_place(document: dict[str, Any], place_id: str) -> Response:
    """Create a place, or change it with If-Match."""
    require_same_id(document, place_id)
    head = service.save_place(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/sites/<site_id>/position", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(SitePositionSchema)
@routes.response(200, SitePositionSchema)
def put_site_position(position: dict[str, Any], site_id: str) -> dict[str, Any]:
    """Say where the site is and how far around it photos may be taken."""
    set_position(
        current_session(), current_actor(), record_id(site_id), **position, now=current_time()
    )
    return position


def _list(name: str, page: Page[StoredDocument]) -> dict[str, Any]:
    records = [{"version": r.version, "document": r.document} for r in page.rows]
    return {name: records, "next_cursor": page.next_cursor}
