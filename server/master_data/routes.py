"""Suppliers and products over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.fields import Choice
from schemas.master_data import (
    CATEGORIES,
    ProductListOut,
    ProductRecordOut,
    ProductSchema,
    SupplierListOut,
    SupplierRecordOut,
    SupplierSchema,
)
from server.access import Permission
from server.db.base import current_session
from server.db.change_store import RecordHead
from server.db.documents import StoredDocument
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import ExpectedVersion, expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import Page, PageIn
from server.master_data import queries, service

routes = Blueprint(
    "master_data", __name__, url_prefix="/api/v1", description="基础资料 / Master data"
)


class ProductPageIn(PageIn):
    category = Choice(CATEGORIES, load_default=None)


@routes.route("/suppliers", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("suppliers")
@routes.arguments(PageIn, location="query")
@routes.response(200, SupplierListOut)
def list_suppliers(query: dict[str, Any]) -> dict[str, Any]:
    """The organisation's suppliers with their licences, by code."""
    page = queries.page_of_suppliers(current_session(), current_actor(), **query)
    return _list("suppliers", page)


@routes.route("/suppliers/<supplier_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("suppliers")
@routes.response(200, SupplierRecordOut)
def get_supplier(supplier_id: str) -> Response:
    """One supplier."""
    id_ = record_id(supplier_id)
    return _answer(queries.supplier_record(current_session(), current_actor(), id_))


@routes.route("/suppliers/<supplier_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(SupplierSchema)
@routes.response(200, SupplierRecordOut)
def put_supplier(document: dict[str, Any], supplier_id: str) -> Response:
    """Create a supplier, or change it with If-Match."""
    require_same_id(document, supplier_id)
    expected = expected_version()
    head = service.save_supplier(
        current_session(), current_actor(), document, current_time(), expected
    )
    return record_response(head.version, head.document, _status(head, expected))


@routes.route("/products", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("products")
@routes.arguments(ProductPageIn, location="query")
@routes.response(200, ProductListOut)
def list_products(query: dict[str, Any]) -> dict[str, Any]:
    """The organisation's products, by code."""
    page = queries.page_of_products(current_session(), current_actor(), **query)
    return _list("products", page)


@routes.route("/products/<product_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("products")
@routes.response(200, ProductRecordOut)
def get_product(product_id: str) -> Response:
    """One product."""
    id_ = record_id(product_id)
    return _answer(queries.product_record(current_session(), current_actor(), id_))


@routes.route("/products/<product_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(ProductSchema)
@routes.response(200, ProductRecordOut)
def put_product(document: dict[str, Any], product_id: str) -> Response:
    """Create a product, or change it with If-Match."""
    require_same_id(document, product_id)
    expected = expected_version()
    head = service.save_product(
        current_session(), current_actor(), document, current_time(), expected
    )
    return record_response(head.version, head.document, _status(head, expected))


def _list(name: str, page: Page[StoredDocument]) -> dict[str, Any]:
    records = [{"version": r.version, "document": r.document} for r in page.rows]
    return {name: records, "next_cursor": page.next_cursor}


def _status(head: RecordHead, expected: ExpectedVersion) -> int:
    """Without a version only a new record gets through, so that a first version is a creation."""
    names_version = expected.version is not None or expected.is_any
    return 200 if names_version or head.version > 1 else 201


def _answer(record: StoredDocument | None) -> Response:
    if record is None or record.deleted:
        raise Problem(RECORD_NOT_FOUND)
    return record_response(record.version, record.text)
