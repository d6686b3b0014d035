"""Imports over HTTP: the same file is tried first and then sent again to be taken."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from schemas.imports import TableImportIn, TableImportOut
from server.db.transaction import transaction
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_session, current_settings, current_time
from server.http.guard import own_transaction, requires, takes
from server.http.json import raw_json
from server.http.language import language
from server.identity.passwords import generated_password, hash_password
from server.imports import service
from server.imports.columns import KINDS, Kind
from server.imports.report import ImportReport
from server.imports.tables import TableRead, read_table
from server.imports.templates import template_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
routes = Blueprint("imports", __name__, url_prefix="/api/v1", description="导入 / Import")


def _offer(kind: Kind) -> None:
    """Each kind has addresses of its own, since each asks for a permission of its own."""

    @requires(kind.permission)
    @own_transaction
    @takes(XLSX)
    @routes.arguments(TableImportIn, location="query")
    @routes.response(200, TableImportOut)
    def post_import(query: dict[str, Any]) -> Response:
        """Read a table (.xlsx or CSV) in the body: what each row would create or change, and what
        is wrong with it. With dry_run=false every row is taken, or none."""
        return _answer(kind, request.get_data(cache=False), query["dry_run"])

    @requires(kind.permission)
    @own_transaction
    @routes.response(200, content_type=XLSX)
    def get_template() -> Response:
        """An empty workbook with the headings to fill in, and an example."""
        file = Response(template_workbook(kind, language()), content_type=XLSX)
        name = f"{kind.name}-template.xlsx"
        file.headers.set("Content-Disposition", "attachment", filename=name)
        return file

    post_import.__name__ = f"import_{kind.name}"
    get_template.__name__ = f"get_{kind.name}_template"
    routes.route(f"/imports/{kind.name}", methods=["POST"])(post_import)
    routes.route(f"/imports/{kind.name}/template.xlsx", methods=["GET"])(get_template)


def _answer(kind: Kind, content: bytes, is_dry_run: bool) -> Response:
    session, settings, actor = current_session(), current_settings(), current_actor()
    table, now = read_table(content), current_time()
    if not is_dry_run:
        prepared = _prepared(kind, table)
        with transaction(session, write=True):
            report = service.import_rows(
                session, settings, actor, kind, table, content, prepared, now
            )
        return _told(report, is_dry_run)
    try:
        with transaction(session, write=True):
            service.try_rows(session, settings, actor, kind, table, now)
    except service.OnlyTried as tried:
        return _told(tried.report, is_dry_run)


def _prepared(kind: Kind, table: TableRead) -> service.Prepared:
    """Hashing takes long on purpose: it is done with before the transaction begins."""
    session, settings = current_session(), current_settings()
    with transaction(session, write=False):
        found = service.new_passwords(session, current_actor(), kind, table, generated_password)
    passwords = {**found.named, **found.made}
    hashes = {name: hash_password(settings, word) for name, word in passwords.items()}
    return service.Prepared(hashes, found.made)


def _told(report: ImportReport, is_dry_run: bool) -> Response:
    answer = raw_json(orjson.dumps({**report.to_dict(), "is_dry_run": is_dry_run}))
    answer.headers["Cache-Control"] = "no-store"
    return answer


for _kind in KINDS.values():
    _offer(_kind)
