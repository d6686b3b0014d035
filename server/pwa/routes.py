"""The page and its files over HTTP. Public: they hold no data."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.errors import NOT_FOUND, Problem
from server.http.guard import own_transaction, public
from server.pwa.static_files import static_files

routes = Blueprint("pwa", __name__)


@routes.get("/")
@public
@own_transaction
def page() -> Response:
    """The page: the state of the service, signing in, and the receipts."""
    return _file_response("index.html")


@routes.get("/favicon.ico")
@public
@own_transaction
def favicon() -> Response:
    """The icon, for pages that do not name one."""
    return _file_response("icon.svg")


@routes.get("/app/<path:name>")
@public
@own_transaction
def page_file(name: str) -> Response:
    """One of the page's files."""
    return _file_response(name)


def _file_response(name: str) -> Response:
    file = static_files().get(name)
    if file is None:
        raise Problem(NOT_FOUND)
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    is_packed = takes_gzip and len(file.packed) < len(file.content)
    # Two encodings of one file are two representations: a strong ETag must tell them apart.
    etag = f"{file.etag}-gzip" if is_packed else file.etag
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        body = file.packed if is_packed else file.content
        response = Response(body, content_type=file.media_type)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag)
    # Kept, but asked about each time: after an upgrade no file of the old page mixes with new ones.
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response
