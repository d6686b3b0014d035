"""Findings: what an inspection, a delivery or a walk through the kitchen brought to light."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.fields import (
    Choice,
    DecimalText,
    Flag,
    ServerOwned,
    Text,
    UtcTime,
    UuidText,
    WholeNumber,
)
from schemas.messages import both

FINDING_KINDS = ("nonconformity", "good_practice")
FINDING_SOURCES = ("inspections", "goods_receipts", "register_entries")
NONCONFORMITY_CLASSES = ("A", "B", "C")
_MOST_PHOTOS = 50


def position(limit: str) -> DecimalText:
    """Degrees, with all the digits a float has: that is how phones write a position."""
    return DecimalText(
        lowest=f"-{limit}", highest=limit, places=15, allow_none=True, load_default=None
    )


def photo_ids(most: int = _MOST_PHOTOS) -> fields.List[Any]:
    text = both(f"最多 {most} 张照片", f"At most {most} photos are allowed.")
    return fields.List(
        UuidText(), load_default=list, validate=validate.Length(max=most, error=text)
    )


class FindingSchema(Schema):
    """One thing found: a nonconformity with its class, or a good practice worth copying."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    kind = Choice(FINDING_KINDS, load_default="nonconformity")
    title = Text(required=True, shortest=1, longest=200)
    description = Text(load_default="", longest=2000)
    nonconformity_class = Choice(NONCONFORMITY_CLASSES, allow_none=True, load_default=None)
    clause = Text(load_default="", longest=300)
    source_collection = Choice(FINDING_SOURCES, allow_none=True, load_default=None)
    source_id = UuidText(allow_none=True, load_default=None)
    checklist_code = Text(allow_none=True, load_default=None, shortest=1, longest=32)
    checklist_version = WholeNumber(lowest=1, highest=2**31 - 1, allow_none=True, load_default=None)
    item_id = Text(allow_none=True, load_default=None, shortest=1, longest=64)
    unit_id = UuidText(allow_none=True, load_default=None)
    supplier_id = UuidText(allow_none=True, load_default=None)
    place_id = UuidText(allow_none=True, load_default=None)
    place_text = Text(load_default="", longest=200)
    attachment_ids = photo_ids()
    is_fixed_on_the_spot = Flag(
        load_default=False, metadata={"description": "Put right before the inspector left"}
    )
    fixed_attachment_ids = photo_ids()
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)
    latitude = position("90")
    longitude = position("180")

    received_at = ServerOwned()
    created_by = ServerOwned()
    effective_class = ServerOwned(
        metadata={"description": "The class after a repeat has raised it by one"}
    )
    repeat_of = ServerOwned(
        metadata={"description": "finding_id, captured_at and attachment_ids of the earlier one"}
    )
    corrective_action_id = ServerOwned()

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        if (data["kind"] == "nonconformity") != (data["nonconformity_class"] is not None):
            errors["nonconformity_class"] = [
                both(
                    "不合格须写明类别 A、B 或 C，好做法没有类别",
                    "A nonconformity has a class A, B or C; a good practice has none.",
                )
            ]
        if data["unit_id"] is not None and data["supplier_id"] is not None:
            errors["supplier_id"] = [
                both(
                    "责任方只能是一个单位或一个供应商",
                    "Either a unit or a supplier answers for it, not both.",
                )
            ]
        if (data["source_collection"] is None) != (data["source_id"] is None):
            errors["source_id"] = [
                both(
                    "source_collection 与 source_id 要么都有，要么都没有",
                    "source_collection and source_id come together or not at all.",
                )
            ]
        if (data["checklist_code"] is None) != (data["item_id"] is None):
            errors["item_id"] = [
                both(
                    "checklist_code 与 item_id 要么都有，要么都没有",
                    "checklist_code and item_id come together or not at all.",
                )
            ]
        if errors:
            raise ValidationError(errors)


class FindingListOut(Schema):
    findings = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)
