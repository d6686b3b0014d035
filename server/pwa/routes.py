"""The pages and their files over HTTP. Public: they hold no data."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.errors import NOT_FOUND, Problem
from server.first_run.routes import is_open
from server.http.guard import own_transaction, public
from server.http.language import language
from server.pwa.shell import (
    ANSWER_PAGE,
    DESK,
    PHONE,
    SETUP,
    Page,
    joined_files,
    policy,
    service_worker,
    whole_page,
)
from server.pwa.static_files import StaticFile, static_files

routes = Blueprint("pwa", __name__)


@routes.get("/")
@public
@own_transaction
def page() -> AnyResponse:
    """The phone app."""
    return _to_setup() if is_open() else _page_response(PHONE)


@routes.get("/desk")
@public
@own_transaction
def desk() -> AnyResponse:
    """The desk: plans, receipts, corrective actions and administration, on a wide screen or not."""
    return _to_setup() if is_open() else _page_response(DESK)


@routes.get("/setup")
@public
@own_transaction
def setup() -> Response:
    """The first run of a fresh server. The set-up code stands behind the # of the address."""
    return _page_response(SETUP)


@routes.get("/a")
@public
@own_transaction
def answer() -> Response:
    """The page on which somebody who holds a link answers one notice. The link's token stands
    behind the # of the address: it reaches the API alone, and no log."""
    return _response(_file(ANSWER_PAGE))


@routes.get("/service-worker.js")
@public
@own_transaction
def worker() -> Response:
    """What keeps the phone app on the phone. It stands here because it may only serve what lies
    below its own address."""
    return _response(service_worker())


@routes.get("/favicon.ico")
@public
@own_transaction
def favicon() -> Response:
    """The icon, for pages that do not name one."""
    return _response(_file("icon.svg"))


@routes.get("/app/<path:name>")
@public
@own_transaction
def page_file(name: str) -> Response:
    """One of the files."""
    return _response(_file(name))


def _to_setup() -> AnyResponse:
    """A server that waits to be set up has nothing else to show."""
    response = redirect("setup")
    response.headers["Cache-Control"] = "no-store"
    return response


def _page_response(page: Page) -> Response:
    response = _response(whole_page(page, language()))
    response.vary.add("Accept-Language")
    response.headers["Content-Security-Policy"] = policy(page)
    return response


def _file(name: str) -> StaticFile:
    file = static_files().get(name) or joined_files().get(name)
    if file is None:
        raise Problem(NOT_FOUND)
    return file


def _response(file: StaticFile) -> Response:
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
