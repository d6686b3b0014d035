"""Attachments over HTTP: their records, what is missing, and the pictures themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response

from schemas.attachments import AttachmentRecordOut, AttachmentSchema, MissingAttachmentsOut
from server.access import Permission
from server.attachments import queries, service
from server.attachments.blob_store import storage_trouble
from server.attachments.derivatives import RECIPE, DerivativeName
from server.attachments.serving import Content, content_response
from server.attachments.storage import current_storage
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import (
    ATTACHMENT_NOT_STORED,
    ATTACHMENT_SIZE_MISMATCH,
    STORAGE_UNAVAILABLE,
    Problem,
)
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import own_transaction, requires
from server.http.language import language

routes = Blueprint("attachments", __name__, url_prefix="/api/v1", description="附件 / Attachments")


@routes.route("/attachments/missing", methods=["GET"])
@requires(Permission.CAPTURE_RECORDS)
@routes.response(200, MissingAttachmentsOut)
def list_missing_attachments() -> dict[str, Any]:
    """What this device has announced and the server has not yet got."""
    missing = queries.missing_attachments(current_session(), current_actor())
    return {"attachments": [_missing(entry) for entry in missing]}


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
    if size is None or size != document["size"]:
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "60"})
    name, media_type = document["id"], document["media_type"]
    return content_response(Content(name, sha256, media_type, size, read))


@routes.route("/attachments/<attachment_id>/preview", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.response(200)
def get_preview(attachment_id: str) -> Response:
    """The photo upright, as JPEG of at most 1280 pixels, without its position."""
    return _derivative(attachment_id, "preview")


@routes.route("/attachments/<attachment_id>/thumbnail", methods=["GET"])
@requires(Permission.READ_RECORDS)
@own_transaction
@routes.response(200)
def get_thumbnail(attachment_id: str) -> Response:
    """The photo upright, as JPEG of at most 320 pixels, without its position."""
    return _derivative(attachment_id, "thumbnail")


def _derivative(attachment_id: str, kind: DerivativeName) -> Response:
    document = _stored(attachment_id)
    sha256, storage = document["sha256"], current_storage()
    with storage_trouble():
        picture = storage.derivatives.read(
            sha256, kind, storage.blobs, current_settings().image_pixels_max
        )

    def read(start: int, stop: int) -> Iterator[bytes]:
        yield picture[start:stop]

    name, etag = f"{document['id']}-{kind}", f"{sha256}-{kind}-{RECIPE}"
    return content_response(Content(name, etag, "image/jpeg", len(picture), read))


def _stored(attachment_id: str) -> dict[str, Any]:
    """The document of an attachment that the caller may see and whose photo is here."""
    session = current_session()
    with transaction(session, write=False):
        record = queries.attachment_record(session, current_actor(), record_id(attachment_id))
    document = record.document
    if document["status"] != "stored":
        raise Problem(ATTACHMENT_NOT_STORED)
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
