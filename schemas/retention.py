"""The wire of retention: what is due, holds, and what was removed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.fields import Choice, FlagArgument, Text, UuidText
from schemas.messages import both

HOLD_KINDS = ("record", "supplier", "site")
_NEEDED = both("这类封存需要此项", "A hold of this kind needs it.")
_UNKNOWN = both("这类封存不带此项", "A hold of this kind has none.")
_HAS = {
    "record": {"collection", "record_id"},
    "supplier": {"supplier_id"},
    "site": {"site_id"},
}


class HoldIn(Schema):
    """What is to be held, and why."""

    id = UuidText(required=True)
    kind = Choice(HOLD_KINDS, required=True)
    collection = Text(load_default=None, allow_none=True, shortest=1, longest=64)
    record_id = UuidText(load_default=None, allow_none=True)
    supplier_id = UuidText(load_default=None, allow_none=True)
    site_id = UuidText(load_default=None, allow_none=True)
    reason = Text(required=True, shortest=2, longest=1000)

    @validates_schema
    def names_one_thing(self, data: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        for name in ("collection", "record_id", "supplier_id", "site_id"):
            is_needed = name in _HAS[data["kind"]]
            if is_needed != (data[name] is not None):
                errors[name] = [_NEEDED if is_needed else _UNKNOWN]
        if errors:
            raise ValidationError(errors)


class HoldReleaseIn(Schema):
    """Why a hold ends."""

    reason = Text(required=True, shortest=2, longest=1000)


class HoldOut(Schema):
    id = fields.String()
    kind = fields.String()
    site_id = fields.String(allow_none=True)
    collection = fields.String(allow_none=True)
    record_id = fields.String(
        allow_none=True, metadata={"description": "The record's, or the supplier's"}
    )
    reason = fields.String()
    placed_by = fields.String()
    placed_at = fields.String()
    release_reason = fields.String(allow_none=True)
    released_by = fields.String(allow_none=True)
    released_at = fields.String(allow_none=True)


class HoldFilterIn(Schema):
    is_open = FlagArgument(load_default=None)


class HoldListOut(Schema):
    holds = fields.List(fields.Nested(HoldOut))
    next_cursor = fields.String(allow_none=True)


class DueFilterIn(Schema):
    site_id = UuidText(load_default=None)


class DuePhotoOut(Schema):
    attachment_id = fields.String()
    sha256 = fields.String()
    size = fields.Integer(metadata={"description": "bytes"})
    site_id = fields.String()
    owner_collection = fields.String(allow_none=True)
    owner_id = fields.String(allow_none=True)
    keep_until = fields.String(metadata={"description": "The last day it was needed"})
    rule = fields.String()
    is_held = fields.Boolean(metadata={"description": "A hold keeps it all the same"})


class DueListOut(Schema):
    """Photos whose time is over. Whether they really go is a setting of the installation."""

    is_deleting = fields.Boolean()
    photos = fields.List(fields.Nested(DuePhotoOut))
    next_cursor = fields.String(allow_none=True)


class PhotoRemovalOut(Schema):
    sha256 = fields.String()
    size = fields.Integer()
    rule = fields.String()
    keep_until = fields.String()
    attachments = fields.List(fields.Dict())
    removed_at = fields.String()
    content_deleted_at = fields.String(allow_none=True)


class RemovalListOut(Schema):
    removals = fields.List(fields.Nested(PhotoRemovalOut))
    next_cursor = fields.String(allow_none=True)


class RetentionRuleOut(Schema):
    collection = fields.String()
    rule = fields.String()
    months = fields.Integer()
    shelf_life_months = fields.Integer(allow_none=True)
    basis = fields.String()
    is_confirmed = fields.Boolean(metadata={"description": "false: 待核对"})


class RetentionRulesOut(Schema):
    months_least = fields.Integer()
    rules = fields.List(fields.Nested(RetentionRuleOut))
