"""Attachments: what is known of a photo, and the state of its bytes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.fields import (
    Choice,
    DecimalText,
    ServerOwned,
    Sha256,
    Text,
    UtcTime,
    UuidText,
    WholeNumber,
)
from schemas.messages import both

MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic")
STATUSES = ("expected", "stored")
SOURCES = ("camera", "gallery")
SIZE_MAX = 2**40

_HALF_AN_OWNER = both(
    "owner_collection 与 owner_id 要么都有，要么都没有",
    "owner_collection and owner_id come together or not at all.",
)
_NO_COLLECTION = both(
    "应为数据集名称，如 goods_receipts",
    "The name of a collection such as goods_receipts is needed.",
)


def _degrees(limit: str) -> DecimalText:
    # Phones write a position with all the digits a float has.
    return DecimalText(
        lowest=f"-{limit}", highest=limit, places=15, allow_none=True, load_default=None
    )


class AttachmentSchema(Schema):
    """A photo of a record. The record may arrive before it or after it."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    sha256 = Sha256(required=True)
    size = WholeNumber(required=True, lowest=1, highest=SIZE_MAX, metadata={"description": "bytes"})
    media_type = Choice(MEDIA_TYPES, required=True)
    owner_collection = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Regexp(r"[a-z][a-z_]{0,63}\Z", error=_NO_COLLECTION),
    )
    owner_id = UuidText(allow_none=True, load_default=None)
    role = Text(
        longest=64,
        load_default="",
        metadata={"description": "What it shows: goods, document, vehicle, thermometer, label …"},
    )
    caption = Text(longest=500, load_default="")
    captured_at = UtcTime(allow_none=True, load_default=None)
    entered_at = UtcTime(allow_none=True, load_default=None)
    latitude = _degrees("90")
    longitude = _degrees("180")
    accuracy_m = DecimalText(
        lowest="0", highest="100000000", places=15, allow_none=True, load_default=None
    )
    source = Choice(SOURCES, allow_none=True, load_default=None)
    status = ServerOwned(metadata={"description": "expected until the bytes are here, then stored"})
    stored_at = ServerOwned()
    removed_at = ServerOwned(
        metadata={
            "description": "When its content was let go, its time being over; null while it is here"
        }
    )
    received_at = ServerOwned()
    width = ServerOwned(metadata={"description": "pixels, held upright"})
    height = ServerOwned(metadata={"description": "pixels, held upright"})
    exif = ServerOwned(
        metadata={
            "description": "What the camera wrote into the file: captured_at, captured_offset, "
            "is_offset_assumed, latitude, longitude, camera, software"
        }
    )
    flags = ServerOwned(
        metadata={
            "description": "What to look at twice, or null before it was examined: a list of "
            "{code, params, text: {zh-CN, en}, accepted: null or {user_id, name, reason, "
            "accepted_at, is_by_photographer}}"
        }
    )

    @validates_schema
    def owner_is_whole(self, document: dict[str, Any], **_: Any) -> None:
        if (document["owner_collection"] is None) != (document["owner_id"] is None):
            raise ValidationError(_HALF_AN_OWNER, "owner_id")


class AttachmentRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(AttachmentSchema)


class FlagAcceptanceIn(Schema):
    """Why a flag is accepted."""

    reason = Text(shortest=2, longest=500, required=True)


class FlaggedFilterIn(Schema):
    site_id = UuidText(load_default=None)


class FlaggedPhotosOut(Schema):
    """The worklist: each photo's summary, the version that was looked at, and its open flags."""

    photos = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class RelatedPhotoOut(Schema):
    attachment_id = fields.String()
    site_id = fields.String()
    owner_collection = fields.String(allow_none=True)
    owner_id = fields.String(allow_none=True)
    captured_at = fields.String(allow_none=True)
    differing_bits = fields.Integer(metadata={"description": "of 64; 0 for the same file"})


class RelatedPhotosOut(Schema):
    """Only those of records that the reader may see; *elsewhere* counts the others."""

    photos = fields.List(fields.Nested(RelatedPhotoOut))
    elsewhere = fields.Integer()


class MissingAttachmentOut(Schema):
    id = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    owner_collection = fields.String(allow_none=True)
    owner_id = fields.String(allow_none=True)
    problem = fields.Dict(
        allow_none=True,
        metadata={"description": "Why it is still missing although its bytes arrived, or null."},
    )


class MissingAttachmentsOut(Schema):
    attachments = fields.List(fields.Nested(MissingAttachmentOut))


class PhotoCountOut(Schema):
    """A record is complete when both are the same."""

    announced = fields.Integer()
    stored = fields.Integer()
