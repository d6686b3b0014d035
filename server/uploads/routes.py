"""tus 1.0.0 over HTTP, one handler a verb (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request
from werkzeug.http import http_date

from schemas.fields import uuid_text
from server.access import Permission
from server.attachments.storage import current_storage
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import METHOD_NOT_ALLOWED, NOT_FOUND, Problem
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_refusal, current_settings, current_time
from server.http.guard import admits_refused, own_transaction, public, requires, takes
from server.uploads import tus
from server.uploads.after_revocation import require_announced
from server.uploads.body import bounded_silence
from server.uploads.service import UploadState, length_max
from server.uploads.transfer import Body, Transfer
from server.uploads.tus import NewUpload
from server.uploads.wire import Wire

routes = Blueprint(
    "uploads", __name__, url_prefix="/api/v1", description="照片上传 / Photo uploads"
)


@routes.after_app_request
def name_version(response: Response) -> Response:
    """Every answer, refusals of the routing too, MUST say which version of the protocol it is."""
    if request.method != "OPTIONS" and request.path.startswith("/api/v1/uploads"):
        response.headers["Tus-Resumable"] = tus.VERSION
    return response


@routes.route("/uploads", methods=["OPTIONS"])
@public
@own_transaction
@routes.response(204)
def describe_uploads() -> Response:
    """What this tus server offers."""
    response = Response(status=204)
    response.headers["Tus-Resumable"] = tus.VERSION
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.CHECKSUM_ALGORITHMS)
    response.headers["Tus-Max-Size"] = str(length_max(current_settings()))
    return response


@routes.route("/uploads", methods=["POST"])
@requires(Permission.CAPTURE_RECORDS)
@own_transaction
@admits_refused
@takes(tus.MEDIA_TYPE)
@routes.response(201)
def create_upload() -> Response:
    """Create an upload (tus creation, creation-with-upload). Upload-Metadata carries sha256."""
    tus.require_version(request.headers.get("Tus-Resumable"))
    wanted = tus.new_upload(request.headers, length_max(current_settings()))
    if current_refusal() is not None:
        _require_announced(wanted)
    if not _has_body():
        upload, offset = _transfer().begin(wanted, None)
    else:
        with _body() as body:
            upload, offset = _transfer().begin(wanted, body)
    response = _answer(201, upload, offset)
    response.headers["Location"] = f"/api/v1/uploads/{upload.id}"
    return response


@routes.route("/uploads/<upload_id>", methods=["HEAD"])
@requires(Permission.CAPTURE_RECORDS)
@own_transaction
@admits_refused
@routes.response(200)
def tell_offset(upload_id: str) -> Response:
    """Where the upload stands: Upload-Offset bytes are on the server's disk."""
    return _tell_offset(upload_id)


@routes.route("/uploads/<upload_id>", methods=["PATCH"])
@requires(Permission.CAPTURE_RECORDS)
@own_transaction
@admits_refused
@takes(tus.MEDIA_TYPE)
@routes.response(204)
def append_to_upload(upload_id: str) -> Response:
    """Append bytes at Upload-Offset. With the last one the content is checked and stored."""
    return _append(upload_id)


@routes.route("/uploads/<upload_id>", methods=["DELETE"])
@requires(Permission.CAPTURE_RECORDS)
@own_transaction
@routes.response(204)
def terminate_upload(upload_id: str) -> Response:
    """Give an upload up and free what it holds (tus termination)."""
    return _terminate(upload_id)


@routes.route("/uploads/<upload_id>", methods=["POST"])
@requires(Permission.CAPTURE_RECORDS)
@own_transaction
@takes(tus.MEDIA_TYPE)
@routes.response(204)
def override_method(upload_id: str) -> Response:
    """PATCH or DELETE for clients that can only POST: X-HTTP-Method-Override names the method."""
    method = request.headers.get("X-HTTP-Method-Override", "").upper()
    handler = {"PATCH": _append, "DELETE": _terminate, "HEAD": _tell_offset}.get(method)
    if handler is None:
        headers = {"Allow": "HEAD, PATCH, DELETE"}
        raise Problem(METHOD_NOT_ALLOWED, headers=headers, method=request.method)
    return handler(upload_id)


def _tell_offset(upload_id: str) -> Response:
    tus.require_version(request.headers.get("Tus-Resumable"))
    upload, offset = _transfer().offset_of(_known(upload_id))
    response = _answer(200, upload, offset)
    if upload.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(upload.length)
    response.headers["Cache-Control"] = "no-store"
    if upload.upload_metadata:
        response.headers["Upload-Metadata"] = upload.upload_metadata
    return response


def _append(upload_id: str) -> Response:
    tus.require_version(request.headers.get("Tus-Resumable"))
    offset = tus.whole_number(request.headers, "Upload-Offset")
    length = None
    if "Upload-Length" in request.headers:
        length = tus.declared_length(request.headers, length_max(current_settings()))
    with _body() as body:
        upload, reached = _transfer().continue_(_known(upload_id), offset, body, length)
    return _answer(204, upload, reached)


def _terminate(upload_id: str) -> Response:
    tus.require_version(request.headers.get("Tus-Resumable"))
    _transfer().terminate(_known(upload_id))
    return Response(status=204)


def _require_announced(wanted: NewUpload) -> None:
    session = current_session()
    with transaction(session, write=False):
        require_announced(session, current_actor(), current_settings(), wanted)


def _transfer() -> Transfer:
    return Transfer(
        session=current_session(),
        actor=current_actor(),
        settings=current_settings(),
        storage=current_storage(),
        now=current_time(),
    )


def _known(upload_id: str) -> str:
    """The id becomes a file name: nothing but a UUID gets that far."""
    id_ = uuid_text(upload_id)
    if id_ is None:
        raise Problem(NOT_FOUND)
    return id_


def _has_body() -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


@contextmanager
def _body() -> Iterator[Body]:
    tus.require_media_type(request.mimetype)
    # Reading up to a limit exactly would already count as going past it.
    request.max_content_length = current_settings().upload_bytes_max + 1
    length = None if "Transfer-Encoding" in request.headers else request.content_length or 0
    checksum = tus.checksum(request.headers)
    with bounded_silence(request.environ):
        yield Body(Wire(request.stream, request.environ), length, checksum)


def _answer(status: int, upload: UploadState, offset: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response
