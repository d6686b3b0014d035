"""Links to answer a notice, and answering by one, over HTTP."""

from __future__ import annotations

import hashlib
import tempfile
from typing import IO, Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import ClientDisconnected

from schemas.answer_links import (
    AnswerLinkIn,
    AnswerLinkListOut,
    AnswerLinkOut,
    GuestPhotoOut,
    NewAnswerLinkOut,
    NoticeAnswerIn,
    NoticeForGuestOut,
)
from server.access import Actor, Permission
from server.attachments.pictures import Variant
from server.attachments.storage import current_storage, image_limits
from server.blobs.store import storage_trouble
from server.corrective_actions import answer_links, answering
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import (
    ANSWER_LINK_UNKNOWN,
    STORAGE_UNAVAILABLE,
    TOO_LARGE,
    TOO_MANY_REQUESTS,
    UPLOAD_BROKE_OFF,
    Problem,
)
from server.http.addresses import record_id, require_same_id
from server.http.authentication import bearer_token
from server.http.blueprint import Blueprint
from server.http.budgets import Budgets
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import by_answer_link, own_transaction, requires, takes
from server.uploads.body import bounded_silence
from server.uploads.transfer import Body, Transfer
from server.uploads.tus import NewUpload
from server.uploads.wire import Wire

routes = Blueprint(
    "answer_links", __name__, url_prefix="/api/v1", description="凭链接回复 / Answers by link"
)
REQUESTS_PER_MINUTE = 240
"""From one address, and over one link. A page with many photos asks for each of them."""
WEIGHT_OF_A_WRONG_LINK = 20
_BUDGETS = "yanshou.answer_budgets"
_MEDIA_TYPE = "application/octet-stream"


def init_answer_links(app: Flask) -> None:
    app.extensions[_BUDGETS] = Budgets(REQUESTS_PER_MINUTE)


def admit_guest() -> Actor:
    """Who comes with a link, for the guard. Too many requests are refused before it is looked up;
    wrong links weigh more."""
    address = request.remote_addr or "unknown"
    token = bearer_token()
    _take(f"from {address}", 1)
    now, device = current_time(), request.headers.get("User-Agent", "")
    try:
        guest = answer_links.guest_for_token(current_session(), token, address, device, now)
    except Problem as problem:
        if problem.type is ANSWER_LINK_UNKNOWN:
            _take(f"from {address}", WEIGHT_OF_A_WRONG_LINK)
        raise
    _take(f"over {guest.device_id}", 1)
    return guest


def _take(caller: str, amount: int) -> None:
    budgets: Budgets = current_app.extensions[_BUDGETS]
    wait = budgets.take(caller, amount, current_time())
    if wait > 0:
        seconds = int(wait) + 1
        headers = {"Retry-After": str(seconds)}
        raise Problem(TOO_MANY_REQUESTS, headers=headers, seconds=seconds)


# -- for those who issue notices -------------------------------------------------------------------


@routes.route("/corrective-actions/<action_id>/answer-links", methods=["GET"])
@requires(Permission.ISSUE_RECTIFICATION_ORDER)
@routes.response(200, AnswerLinkListOut)
def list_answer_links(action_id: str) -> dict[str, Any]:
    """The links by which the notice may be answered, with their last use; never what opens them."""
    links = answer_links.list_links(current_session(), current_actor(), record_id(action_id))
    return {"answer_links": [answer_links.link_document(row, current_time()) for row in links]}


@routes.route("/corrective-actions/<action_id>/answer-links", methods=["POST"])
@requires(Permission.ISSUE_RECTIFICATION_ORDER)
@routes.arguments(AnswerLinkIn)
@routes.response(201, NewAnswerLinkOut)
def make_answer_link(wanted: dict[str, Any], action_id: str) -> dict[str, Any]:
    """Make a link to answer the notice without an account. Its token is told this once."""
    now, id_ = current_time(), record_id(action_id)
    token = answer_links.new_token()
    made = answer_links.make_link(current_session(), current_actor(), id_, wanted, token, now)
    url = answer_links.link_url(current_settings().public_address, made.token)
    return {"link": answer_links.link_document(made.row, now), "token": made.token, "url": url}


@routes.route("/answer-links/<link_id>/revocation", methods=["POST"])
@requires(Permission.ISSUE_RECTIFICATION_ORDER)
@routes.response(200, AnswerLinkOut)
def revoke_answer_link(link_id: str) -> dict[str, Any]:
    """Take a link back: from its next request on it is over."""
    now = current_time()
    row = answer_links.revoke_link(current_session(), current_actor(), record_id(link_id), now)
    return answer_links.link_document(row, now)


# -- for those who hold a link ---------------------------------------------------------------------


@routes.route("/answer", methods=["GET"])
@by_answer_link
@own_transaction
@routes.response(200, NoticeForGuestOut)
def get_notice_to_answer() -> dict[str, Any]:
    """The notice that the link (as bearer token) is for: findings, deadline, where it stands."""
    session, guest, now = current_session(), current_actor(), current_time()
    with transaction(session, write=True):
        answer_links.note_use(session, guest, now)
    with transaction(session, write=False):
        return {"notice": answering.notice_for_guest(session, guest, now)}


@routes.route("/answer/photos/<attachment_id>", methods=["GET"])
@by_answer_link
@own_transaction
@routes.response(200, content_type="image/jpeg")
def get_photo_to_answer(attachment_id: str) -> Response:
    """A photo of the notice, at most 1280 pixels, without its position."""
    session, id_ = current_session(), record_id(attachment_id)
    with transaction(session, write=False):
        sha256 = answering.require_shown_photo(session, current_actor(), id_)
    storage, limits = current_storage(), image_limits(current_settings())
    try:
        with storage_trouble(except_missing=True):
            variant = Variant("preview", "jpeg")
            content = storage.derivatives.read(sha256, variant, storage.blobs, limits)
    except FileNotFoundError as error:
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "60"}) from error
    return Response(content, content_type="image/jpeg")


@routes.route("/answer/photos/<attachment_id>", methods=["PUT"])
@by_answer_link
@own_transaction
@takes(_MEDIA_TYPE)
@routes.response(200, GuestPhotoOut)
def put_photo_of_answer(attachment_id: str) -> dict[str, Any]:
    """A photo of the result: the bytes as the body, at most 20 MiB."""
    return _take_photo(record_id(attachment_id), is_signature=False)


@routes.route("/answer/photos/<attachment_id>/signature", methods=["PUT"])
@by_answer_link
@own_transaction
@takes(_MEDIA_TYPE)
@routes.response(200, GuestPhotoOut)
def put_signature_of_answer(attachment_id: str) -> dict[str, Any]:
    """The picture of the signature: the bytes as the body."""
    return _take_photo(record_id(attachment_id), is_signature=True)


@routes.route("/answer/submissions/<step_id>", methods=["PUT"])
@by_answer_link
@routes.arguments(NoticeAnswerIn)
@routes.response(200, NoticeForGuestOut)
def put_answer(answer: dict[str, Any], step_id: str) -> dict[str, Any]:
    """Submit what was done, signed. The same again changes nothing."""
    require_same_id(answer, step_id)
    notice = answering.answer_notice(current_session(), current_actor(), answer, current_time())
    return {"notice": notice}


def _take_photo(id_: str, is_signature: bool) -> dict[str, Any]:
    """The same way as every photo: whole, hashed and looked at before it counts."""
    session, guest, now = current_session(), current_actor(), current_time()
    with transaction(session, write=False):
        answering.require_room(session, guest, id_)
    with tempfile.TemporaryFile() as file:
        content = _received(file)
        wanted = NewUpload(content["size"], content["sha256"], None, "")
        file.seek(0)
        transfer = Transfer(session, guest, current_settings(), current_storage(), now)
        transfer.begin(wanted, Body(Wire(file, {}), content["size"], None))
    with transaction(session, write=True):
        answering.add_photo(session, guest, id_, content, now, is_signature=is_signature)
    return {"id": id_, "status": "stored"}


def _received(file: IO[bytes]) -> dict[str, Any]:
    """The body written into *file*, with its size and hash."""
    most = answering.PHOTO_BYTES_MAX
    request.max_content_length = most + 1
    digest, size = hashlib.sha256(), 0
    wire = Wire(request.stream, request.environ)
    try:
        with bounded_silence(request.environ):
            for piece in wire.pieces(most + 1):
                size += len(piece)
                digest.update(piece)
                file.write(piece)
    except (ClientDisconnected, OSError) as error:
        raise Problem(UPLOAD_BROKE_OFF) from error
    if size > most:
        raise Problem(TOO_LARGE, limit=f"{most // 1024} KiB")
    if request.content_length is not None and size < request.content_length:
        raise Problem(UPLOAD_BROKE_OFF)
    return {"sha256": digest.hexdigest(), "size": size, "media_type": "image/jpeg"}
