"""Goods receipts over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from schemas.receiving import (
    AmendmentSchema,
    GoodsReceiptListOut,
    GoodsReceiptOut,
    GoodsReceiptSchema,
    ReceiptFilterIn,
)
from schemas.records import RecordOut
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.json import raw_json
from server.http.paging import PageIn
from server.receiving import amendments, queries, service
from server.receiving.search import receipt_filter

routes = Blueprint("receiving", __name__, url_prefix="/api/v1", description="到货验收 / Receiving")


class ReceiptPageIn(PageIn, ReceiptFilterIn):
    """A page, and of which receipts."""


@routes.route("/goods-receipts", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("goods_receipts")
@routes.arguments(ReceiptPageIn, location="query")
@routes.response(200, GoodsReceiptListOut)
def list_goods_receipts(query: dict[str, Any]) -> dict[str, Any]:
    """Receipts of the reader's sites, the newest delivery first."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    wanted = receipt_filter(query)
    page = queries.page_of_receipts(current_session(), limit, cursor, wanted)
    return {"goods_receipts": page.rows, "next_cursor": page.next_cursor}


@routes.route("/goods-receipts/<receipt_id>", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("goods_receipts")
@routes.response(200, GoodsReceiptOut)
def get_goods_receipt(receipt_id: str) -> Response:
    """One receipt as it was signed, its photos, its amendments, and how it stands now."""
    detail = queries.receipt_detail(current_session(), current_actor(), record_id(receipt_id))
    rest = orjson.dumps(detail.rest)[1:]
    head = f'{{"version":{detail.version},"document":{detail.document_text},'.encode()
    return raw_json(head + rest)


@routes.route("/goods-receipts/<receipt_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(GoodsReceiptSchema)
@routes.response(200, RecordOut)
def put_goods_receipt(document: dict[str, Any], receipt_id: str) -> Response:
    """Create a receipt, or change a draft with If-Match. Two signatures make it final."""
    require_same_id(document, receipt_id)
    head = service.save_receipt(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/goods-receipt-amendments/<amendment_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(AmendmentSchema)
@routes.response(201, RecordOut)
def put_amendment(document: dict[str, Any], amendment_id: str) -> Response:
    """Amend a signed receipt: correct its quantities, or accept by concession."""
    require_same_id(document, amendment_id)
    head = amendments.save_amendment(current_session(), current_actor(), document, current_time())
    return record_response(head.version, head.document, 201)
