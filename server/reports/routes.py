"""Documents over HTTP. Each is read in a short transaction and made outside of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from schemas.reports import DocumentIn, PeriodIn, ReceiptPeriodIn
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, requires
from server.reports import documents, exports
from server.reports.evidence.pack import record_export
from server.reports.evidence.registry import PACKS
from server.reports.exports import period_of
from server.reports.lists import MASTER_DATA_LISTS, RECEIPT_LISTS, RECORD_LISTS, MakeList
from server.reports.press import current_press
from server.reports.receipt_rows import Period
from server.reports.register_lists import REGISTER_LISTS, RegisterList
from server.reports.serving import (
    CSV,
    XLSX,
    ZIP,
    chosen_language,
    file_response,
    pack_response,
    sheet_response,
)

routes = Blueprint("reports", __name__, url_prefix="/api/v1", description="文件 / Documents")
_MEDIA_TYPES = {"xlsx": XLSX, "csv": CSV}


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
    sheet = exports.printed_purchase_checks(session, current_actor(), press, period, language)
    return sheet_response(sheet, press.fonts, f"purchase-checks-{period.first}-{period.last}.pdf")


def _list_response(
    make: MakeList, query: dict[str, Any], period: Period | None, name: str, kind: str
) -> Response:
    session, language = current_session(), chosen_language(query["lang"])
    words = current_press().words(language)
    now = current_time()
    file = exports.list_file(session, current_actor(), words, make, period, kind, now)
    dates = "" if period is None else f"-{period.first}-{period.last}"
    return file_response(file, _MEDIA_TYPES[kind], f"{name}{dates}.{kind}")


def _offer_record_list(name: str, make: MakeList, kind: str) -> None:
    """One address for each list and kind of file: the API's document then names them all."""
    arguments = ReceiptPeriodIn if name in RECEIPT_LISTS else PeriodIn

    @requires(Permission.READ_RECORDS)
    @own_transaction
    @routes.arguments(arguments, location="query")
    @routes.response(200, content_type=_MEDIA_TYPES[kind])
    def view(query: dict[str, Any]) -> Response:
        return _list_response(make, query, period_of(query), name, kind)

    _add(view, name, kind, "Receipts of a period, their lines, the purchase checks, a register.")


def _offer_register(name: str, make: RegisterList) -> None:
    """A register to be printed."""

    @requires(Permission.READ_RECORDS)
    @own_transaction
    @routes.arguments(PeriodIn, location="query")
    @routes.response(200, content_type="application/pdf")
    def view(query: dict[str, Any]) -> Response:
        press, language = current_press(), chosen_language(query["lang"])
        session, period = current_session(), period_of(query)
        sheet = exports.printed_register(session, current_actor(), press, make, period, language)
        return sheet_response(sheet, press.fonts, f"{name}-{period.first}-{period.last}.pdf")

    _add(view, name, "pdf", "A register's entries of a period, to be printed.")


def _offer_master_data_list(name: str, make: MakeList, kind: str) -> None:
    @requires(Permission.READ_MASTER_DATA)
    @own_transaction
    @routes.arguments(DocumentIn, location="query")
    @routes.response(200, content_type=_MEDIA_TYPES[kind])
    def view(query: dict[str, Any]) -> Response:
        return _list_response(make, query, None, name, kind)

    _add(view, name, kind, "Suppliers, or their licences.")


def _add(view: Callable[..., Any], name: str, kind: str, text: str) -> None:
    view.__name__ = f"get_{name.replace('-', '_')}_{kind}"
    view.__doc__ = f"{text} As {kind.upper()}."
    routes.route(f"/reports/{name}.{kind}", methods=["GET"])(view)


_LISTS: dict[str, MakeList] = {**RECORD_LISTS, **REGISTER_LISTS}
for _kind in _MEDIA_TYPES:
    for _name, _make in _LISTS.items():
        _offer_record_list(_name, _make, _kind)
    for _name, _make in MASTER_DATA_LISTS.items():
        _offer_master_data_list(_name, _make, _kind)
for _name, _register in REGISTER_LISTS.items():
    _offer_register(_name, _register)
