"""Documents over HTTP. Each is read in a short transaction and made outside of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from schemas.reports import DocumentIn, PeriodIn
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, requires
from server.reports import documents, printed_lists
from server.reports.evidence.pack import record_export
from server.reports.evidence.registry import PACKS
from server.reports.press import current_press
from server.reports.printed_lists import period_of
from server.reports.register_lists import REGISTER_LISTS, RegisterList
from server.reports.serving import (
    ZIP,
    chosen_language,
    pack_response,
    sheet_response,
)

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


@routes.route("/goods-receipts/<receipt_id>/evidence-pack.zip", methods=["GET"])
@requires(Permission.EXPORT_EVIDENCE)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type=ZIP)
def get_receipt_evidence(query: dict[str, Any], receipt_id: str) -> Response:
    """The evidence pack: document, originals, versions and sums, checkable without the server."""
    session, actor, press = current_session(), current_actor(), current_press()
    language, now = chosen_language(query["lang"]), current_time()
    contents = PACKS["goods_receipts"](session, actor, press, record_id(receipt_id), language)
    return pack_response(contents, press, lambda: record_export(session, actor, contents, now))


@routes.route("/register-entries/<entry_id>/evidence-pack.zip", methods=["GET"])
@requires(Permission.EXPORT_EVIDENCE)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type=ZIP)
def get_register_entry_evidence(query: dict[str, Any], entry_id: str) -> Response:
    """One register entry's evidence pack: table, originals, corrections, versions and sums."""
    session, actor, press = current_session(), current_actor(), current_press()
    language, now = chosen_language(query["lang"]), current_time()
    contents = PACKS["register_entries"](session, actor, press, record_id(entry_id), language)
    return pack_response(contents, press, lambda: record_export(session, actor, contents, now))


@routes.route("/reports/purchase-checks.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(PeriodIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_purchase_checks(query: dict[str, Any]) -> Response:
    """The official purchase-check table (进货查验记录表) of signed receipts, to be printed."""
    press, language = current_press(), chosen_language(query["lang"])
    session, period = current_session(), period_of(query)
    sheet = printed_lists.printed_purchase_checks(session, current_actor(), press, period, language)
    return sheet_response(sheet, press.fonts, f"purchase-checks-{period.first}-{period.last}.pdf")


def _offer_register(name: str, make: RegisterList) -> None:
    """A register to be printed."""

    @requires(Permission.READ_RECORDS)
    @own_transaction
    @routes.arguments(PeriodIn, location="query")
    @routes.response(200, content_type="application/pdf")
    def view(query: dict[str, Any]) -> Response:
        press, language = current_press(), chosen_language(query["lang"])
        session, period = current_session(), period_of(query)
        sheet = printed_lists.printed_register(
            session, current_actor(), press, make, period, language
        )
        return sheet_response(sheet, press.fonts, f"{name}-{period.first}-{period.last}.pdf")

    _add(view, name, "A register's entries of a period, to be printed.")


def _add(view: Callable[..., Any], name: str, text: str) -> None:
    view.__name__ = f"get_{name.replace('-', '_')}_pdf"
    view.__doc__ = f"{text} As PDF."
    routes.route(f"/reports/{name}.pdf", methods=["GET"])(view)


for _name, _register in REGISTER_LISTS.items():
    _offer_register(_name, _register)
