"""Importing and exporting checklists over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from schemas.standards import ExportIn, ImportIn, ImportOut
from server.access import Permission
from server.checklists import queries
from server.checklists.authoring import drafts
from server.checklists.exchange.service import (
    FORMATS,
    XLSX,
    Exchange,
    Reading,
    keep_as_draft,
    read_checklist,
)
from server.db.base import current_session
from server.db.transaction import transaction
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, requires, takes
from server.http.json import raw_json
from server.http.language import language

routes = Blueprint(
    "checklist_exchange", __name__, url_prefix="/api/v1", description="导入导出 / Import, export"
)


@routes.route("/checklist-imports", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@own_transaction
@takes(XLSX)
@routes.arguments(ImportIn, location="query")
@routes.response(200, ImportOut)
def post_import(query: dict[str, Any]) -> Response:
    """Read a form (XLSForm .xlsx, or our JSON) in the body: what would come of it, row by row."""
    reading = read_checklist(request.get_data(cache=False), query["format"])
    if query["dry_run"]:
        return _answer(reading, None)
    session, actor = current_session(), current_actor()
    with transaction(session, write=True):
        draft = keep_as_draft(session, actor, query["draft_id"], reading, current_time())
        return _answer(reading, draft.id)


@routes.route("/checklists/<checklist_id>/export", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(ExportIn, location="query")
@routes.response(200, content_type=XLSX)
def get_export(query: dict[str, Any], checklist_id: str) -> Response:
    """A published version as an XLSForm workbook or as JSON."""
    session, actor = current_session(), current_actor()
    document = queries.required_checklist(session, actor, record_id(checklist_id))
    return _file(document, f"{document['code']}-{document['version']}", FORMATS[query["format"]])


@routes.route("/checklist-drafts/<draft_id>/export", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(ExportIn, location="query")
@routes.response(200, content_type=XLSX)
def get_draft_export(query: dict[str, Any], draft_id: str) -> Response:
    """A draft as an XLSForm workbook or as JSON."""
    draft = drafts.the_draft(current_session(), current_actor(), record_id(draft_id))
    name = f"{draft.code}-draft-{draft.revision}"
    return _file(orjson.loads(draft.content), name, FORMATS[query["format"]])


def _file(document: dict[str, Any], name: str, exchange: Exchange) -> Response:
    response = Response(exchange.write(document), content_type=exchange.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{exchange.ending}")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _answer(reading: Reading, draft_id: str | None) -> Response:
    body = {
        "draft_id": draft_id,
        "content": reading.content,
        "origin": reading.origin,
        "report": [entry.to_dict() for entry in reading.report.in_order()],
        "faults": [fault.to_dict(language()) for fault in reading.faults],
    }
    return raw_json(orjson.dumps(body), 200 if draft_id is None else 201)
