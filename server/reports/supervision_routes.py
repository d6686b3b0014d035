"""Documents about notices and inspections over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response

from schemas.answer_links import PrintedNoticeIn
from schemas.reports import DocumentIn
from server.access import Permission
from server.db.base import current_session
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, requires
from server.reports import supervision_documents as documents
from server.reports.evidence.pack import record_export
from server.reports.evidence.registry import PACKS
from server.reports.press import current_press
from server.reports.serving import (
    PDF,
    ZIP,
    chosen_language,
    disposition,
    pack_response,
    sheet_response,
)

routes = Blueprint(
    "supervision_documents", __name__, url_prefix="/api/v1", description="文件 / Documents"
)


@routes.route("/corrective-actions/<action_id>/notice.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_notice(query: dict[str, Any], action_id: str) -> Response:
    """The notice (书面通知单, 限期整改通知书) as PDF/A. The same record gives the same bytes."""
    press, language = current_press(), chosen_language(query["lang"])
    facts, sheet = documents.notice_document(
        current_session(), current_actor(), press, record_id(action_id), language
    )
    return sheet_response(sheet, press.fonts, f"{facts.number}.pdf")


@routes.route("/corrective-actions/<action_id>/printed-notice", methods=["POST"])
@requires(Permission.ISSUE_RECTIFICATION_ORDER)
@own_transaction
@routes.arguments(PrintedNoticeIn)
@routes.response(200, content_type="application/pdf")
def print_notice(wanted: dict[str, Any], action_id: str) -> Response:
    """The notice to be handed over: with the code of a link made for this print, by which it is
    answered without an account. Each print has a link of its own; Yanshou-Answer-Link names it."""
    press, language = current_press(), chosen_language(wanted["lang"])
    session, actor, id_, now = (
        current_session(),
        current_actor(),
        record_id(action_id),
        current_time(),
    )
    printed = documents.printed_notice(session, actor, press, id_, language, wanted, now)
    response = Response(printed.content, content_type=PDF)
    response.headers["Content-Disposition"] = disposition(f"{printed.number}.pdf", inline=True)
    response.headers["Content-Language"] = language
    response.headers["Yanshou-Answer-Link"] = printed.link_id
    return response


@routes.route("/corrective-actions/<action_id>/verification.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_verification(query: dict[str, Any], action_id: str) -> Response:
    """The verification sheet (整改验证单): what was done, photos before and after, who verified."""
    press, language = current_press(), chosen_language(query["lang"])
    facts, sheet = documents.verification_document(
        current_session(), current_actor(), press, record_id(action_id), language
    )
    return sheet_response(sheet, press.fonts, f"{facts.number}-verification.pdf")


@routes.route("/inspections/<inspection_id>/report.pdf", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type="application/pdf")
def get_inspection_report(query: dict[str, Any], inspection_id: str) -> Response:
    """The report of an inspection (检查报告) with its photos, as PDF/A."""
    press, language = current_press(), chosen_language(query["lang"])
    facts, sheet = documents.inspection_document(
        current_session(), current_actor(), press, record_id(inspection_id), language
    )
    return sheet_response(sheet, press.fonts, f"{facts.number}.pdf")


@routes.route("/corrective-actions/<action_id>/evidence-pack.zip", methods=["GET"])
@requires(Permission.EXPORT_EVIDENCE)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type=ZIP)
def get_notice_evidence(query: dict[str, Any], action_id: str) -> Response:
    """The evidence pack of a notice: document, originals, versions and sums."""
    return _evidence("corrective_actions", record_id(action_id), query["lang"])


@routes.route("/inspections/<inspection_id>/evidence-pack.zip", methods=["GET"])
@requires(Permission.EXPORT_EVIDENCE)
@own_transaction
@routes.arguments(DocumentIn, location="query")
@routes.response(200, content_type=ZIP)
def get_inspection_evidence(query: dict[str, Any], inspection_id: str) -> Response:
    """The evidence pack of an inspection: document, originals, versions and sums."""
    return _evidence("inspections", record_id(inspection_id), query["lang"])


def _evidence(collection: str, id_: str, lang: str | None) -> Response:
    session, actor, press = current_session(), current_actor(), current_press()
    language, now = chosen_language(lang), current_time()
    contents = PACKS[collection](session, actor, press, id_, language)
    return pack_response(contents, press, lambda: record_export(session, actor, contents, now))
