"""Every list as CSV and as Excel: an address for each list and kind of file, one way to make it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import IO, Any

from flask import Response

from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import DOCUMENTS_BUSY, Problem
from server.exports.listing import MakeTable, Wanted
from server.exports.registry import EXPORTS, ExportableList
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, readable, requires
from server.reports.press import current_press
from server.reports.serving import CSV, XLSX, chosen_language, file_response
from server.reports.tables import write_csv, write_xlsx

routes = Blueprint(
    "exports", __name__, url_prefix="/api/v1", description="清单 / Lists to take along"
)
_SEATS = BoundedSemaphore(2)
"""So many lists are made at a time in one process."""
_WAIT_SECONDS = 5.0
_MEDIA_TYPES = {"xlsx": XLSX, "csv": CSV}


def _offer(exported: ExportableList, kind: str) -> None:
    @requires(exported.permission)
    @own_transaction
    @routes.arguments(exported.arguments, location="query")
    @routes.response(200, content_type=_MEDIA_TYPES[kind])
    def view(query: dict[str, Any]) -> Response:
        if exported.before is not None:
            exported.before()
        words = current_press().words(chosen_language(query["lang"]))
        session, actor = current_session(), current_actor()
        wanted = Wanted(session, actor, words, query, current_time())
        days = f"-{query['from_']}-{query['to']}" if "from_" in query else ""
        name = f"{exported.name}{days}.{kind}"
        return file_response(list_file(exported.make, wanted, kind), _MEDIA_TYPES[kind], name)

    if exported.reading is not None:
        view = readable(exported.reading)(view)
    view.__name__ = f"get_{exported.name.replace('-', '_')}_{kind}"
    view.__doc__ = f"{exported.told} As {kind.upper()}, 100,000 rows at most."
    routes.route(f"/reports/{exported.name}.{kind}", methods=["GET"])(view)


def list_file(make: MakeTable, wanted: Wanted, kind: str) -> IO[bytes]:
    """The list as a file without a name, gone when it is closed; *kind* is ``xlsx`` or ``csv``.

    It is complete before the first byte is sent: no transaction waits for a slow reader, and what
    cannot be made is a problem with its reason, not a file that ends early.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    try:
        with _seat(), transaction(wanted.session, write=False):
            table = make(wanted)
            if kind == "csv":
                write_csv(table, file)
            else:
                write_xlsx(table, file, wanted.now)
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def _seat() -> Iterator[None]:
    """A long list takes a processor: who writes records is not to wait for many who read."""
    if not _SEATS.acquire(timeout=_WAIT_SECONDS):
        raise Problem(DOCUMENTS_BUSY, headers={"Retry-After": "10"})
    try:
        yield
    finally:
        _SEATS.release()


for _exported in EXPORTS.values():
    for _kind in _MEDIA_TYPES:
        _offer(_exported, _kind)
