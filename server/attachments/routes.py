"""Attachments over HTTP: their records, what is missing, and the pictures themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from schemas.attachments import (
    AttachmentRecordOut,
    AttachmentSchema,
    FlagAcceptanceIn,
    FlaggedFilterIn,
    FlaggedPhotosOut,
    MissingAttachmentsOut,
    RelatedPhotosOut,
)
from schemas.fields import time_text
from server.access import Permission
from server.attachments import flagging, queries, relations, service
from server.attachments.derivatives import RECIPE
from server.attachments.losses import report_lost_content
from server.attachments.pictures import SizeName, Variant
from server.attachments.serving import Content, content_response, prefers_webp
from server.attachments.storage import current_storage, image_limits
from server.blobs.store import storage_trouble
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import (
    ATTACHMENT_NOT_STORED,
    ATTACHMENT_SIZE_MISMATCH,
    IMAGE_UNREADABLE,
    PHOTO_REMOVED,
    PREVIEW_IMPOSSIBLE,
    STORAGE_UNAVAILABLE,
    Problem,
)
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import own_transaction, requires
from server.http.language import language
from server.http.paging import PageIn


class FlaggedQuery(PageIn, FlaggedFilterIn):
    """A page, and of which site."""


routes = Blueprint("attachments", __name__, url_prefix="/api/v1", description="附件 / Attachments")


@routes.route("/attachments/missing", methods=["GET"])
@requires(Permission.CAPTURE_RECORDS)
@routes.response(200, MissingAttachmentsOut)
def list_missing_attachments() -> dict[str, Any]:
    """What this device has announced and the server has not yet got."""
    missing = queries.missing_attachments(current_session(), current_actor())
    return {"attachments": [_missing(entry) for entry in missing]}


@routes.route("/attachments/flagged", methods=["GET"])
@requires(Permission.ACCEPT_PHOTO_FLAG)
@routes.arguments(FlaggedQuery, location="query")
@routes.response(200, FlaggedPhotosOut)
def list_flagged(query: dict[str, Any]) -> dict[str, Any]:
    """Photos with flags that wait for somebody to look at them, the oldest first."""
    page = queries.page_of_flagged(current_session(), current_actor(), **query)
    return {"photos": page.rows, "next_cursor": page.next_cursor}


@routes.route("/attachments/<attachment_id>", methods=["GET"])
@requires(Permission.READ_RECORDS)
@routes.response(200, AttachmentRecordOut)
def get_attachment(attachment_id: str) -> Response:
    """One attachment's record."""
    id_ = record_id(attachment_id)
    record = queries.attachment_record(current_session(), current_actor(), id_)
    return record_response(record.version, record.text)


@routes.route("/attachments/<attachment_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(AttachmentSchema)
@routes.response(200, AttachmentRecordOut)
def put_attachment(document: dict[str, Any], attachment_id: str) -> Response:
    """Announce an attachment, or change it with If-Match. The same again changes nothing."""
    require_same_id(document, attachment_id)
    head = service.announce_attachment(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/attachments/<attachment_id>/content", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.response(200)
def get_content(attachment_id: str) -> Response:
    """The photo as it was taken, byte by byte. Ranges are served."""
    document = _stored(attachment_id)
    sha256, blobs = document["sha256"], current_storage().blobs

    def read(start: int, stop: int) -> Iterator[bytes]:
        return blobs.open_range(sha256, start, stop)

    with storage_trouble():
        size = blobs.stat(sha256)
    if size is None or size != document["size"]:  # part of a photo is none
        _report_loss(sha256)
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "60"})
    name, media_type = document["id"], document["media_type"]
    return content_response(Content(name, sha256, media_type, size, read))


@routes.route("/attachments/<attachment_id>/preview", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.response(200)
def get_preview(attachment_id: str) -> Response:
    """The photo upright, at most 1280 pixels, without its position; WebP or JPEG by Accept."""
    return _derivative(attachment_id, "preview")


@routes.route("/attachments/<attachment_id>/thumbnail", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.response(200)
def get_thumbnail(attachment_id: str) -> Response:
    """The photo upright, at most 320 pixels, without its position; WebP or JPEG by Accept."""
    return _derivative(attachment_id, "thumbnail")


@routes.route("/attachments/<attachment_id>/related", methods=["GET"])
@requires(Permission.READ_RECORDS)
@routes.response(200, RelatedPhotosOut)
def list_related(attachment_id: str) -> dict[str, Any]:
    """Photos of other records with the same content or an older one that looks like it, as far as
    the reader may see those records."""
    session, id_ = current_session(), record_id(attachment_id)
    queries.attachment_record(session, current_actor(), id_)
    return {"photos": [_related(found) for found in relations.related(session, id_)]}


@routes.route("/attachments/<attachment_id>/flags/<code>/acceptance", methods=["POST"])
@requires(Permission.ACCEPT_PHOTO_FLAG)
@routes.arguments(FlagAcceptanceIn)
@routes.response(200, AttachmentRecordOut)
def accept_flag(acceptance: dict[str, Any], attachment_id: str, code: str) -> Response:
    """Accept a flag with a reason, at the version that was looked at (If-Match)."""
    session, actor, id_ = current_session(), current_actor(), record_id(attachment_id)
    head = flagging.accept_flag(
        session, actor, id_, code, acceptance["reason"], current_time(), expected_version()
    )
    return record_response(head.version, head.document)


def _derivative(attachment_id: str, size: SizeName) -> Response:
    document, storage = _stored(attachment_id), current_storage()
    sha256, limits = document["sha256"], image_limits(current_settings())
    variant = Variant(size, "webp" if prefers_webp() else "jpeg")
    try:
        with storage_trouble(except_missing=True):
            picture = storage.derivatives.read(sha256, variant, storage.blobs, limits)
    except FileNotFoundError as error:
        _report_loss(sha256)
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "60"}) from error
    except Problem as problem:
        if problem.type is IMAGE_UNREADABLE:
            raise Problem(PREVIEW_IMPOSSIBLE) from problem
        raise

    def read(start: int, stop: int) -> Iterator[bytes]:
        yield picture[start:stop]

    name, etag = f"{document['id']}-{size}", f"{sha256}-{size}-{variant.format}-{RECIPE}"
    type_ = f"image/{variant.format}"
    return content_response(Content(name, etag, type_, len(picture), read, is_negotiated=True))


def _report_loss(sha256: str) -> None:
    """The reader found it out: the phones are asked for it from now on."""
    session = current_session()
    with transaction(session, write=True):
        report_lost_content(session, sha256, current_time())


def _related(found: relations.Related) -> dict[str, Any]:
    row = found.attachment
    return {
        "attachment_id": row.id,
        "site_id": row.site_id,
        "owner_collection": row.owner_collection,
        "owner_id": row.owner_id,
        "captured_at": None if row.captured_at is None else time_text(row.captured_at),
        "differing_bits": found.bits,
    }


def _stored(attachment_id: str) -> dict[str, Any]:
    """The document of an attachment that the caller may see and whose photo is here."""
    session = current_session()
    with transaction(session, write=False):
        record = queries.attachment_record(session, current_actor(), record_id(attachment_id))
    document = record.document
    if document["status"] != "stored":
        raise Problem(ATTACHMENT_NOT_STORED)
    if document.get("removed_at") is not None:
        raise Problem(PHOTO_REMOVED, removed_on=document["removed_at"][:10])
    return document


def _missing(entry: queries.Missing) -> dict[str, Any]:
    row = entry.attachment
    problem = None
    if entry.arrived_size is not None and entry.arrived_size != row.size:
        problem = Problem(
            ATTACHMENT_SIZE_MISMATCH, announced=row.size, actual=entry.arrived_size
        ).to_dict(language())
    return {
        "id": row.id,
        "sha256": row.sha256,
        "size": row.size,
        "media_type": row.media_type,
        "owner_collection": row.owner_collection,
        "owner_id": row.owner_id,
        "problem": problem,
    }
