"""Documents over HTTP. Each is read in a short transaction and made outside of it."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.reports import DocumentIn
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor
from server.http.guard import own_transaction, requires
from server.reports import documents
from server.reports.press import current_press
from server.reports.serving import chosen_language, sheet_response

routes = Blueprint("reports", __name__, url_prefix="/api/v1", description="文件 / Documents")


@routes.route("/goods-receipts/<receipt_id>/document.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_receipt_document(query: dict[str, Any], receipt_id: str) -> Response:
    """The goods-receipt record (验收记录) as PDF/A. The same record gives the same bytes."""
    press, language = current_press(), chosen_language(query["lang"])
    facts, sheet = documents.receipt_document(
        current_session(), current_actor(), press, record_id(receipt_id), language
    )
    return sheet_response(sheet, press.fonts, f"{facts.number}.pdf")


@routes.route("/goods-receipts/<receipt_id>/rejection-slip.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_rejection_slip(query: dict[str, Any], receipt_id: str) -> Response:
    """The rejection slip (拒收单): goods, reasons, photos, the driver's signature."""
    press, language = current_press(), chosen_language(query["lang"])
    facts, sheet = documents.rejection_document(
        current_session(), current_actor(), press, record_id(receipt_id), language
    )
    return sheet_response(sheet, press.fonts, f"{facts.number}-rejection.pdf")
