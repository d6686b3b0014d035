"""Units and places of a site, as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.checklists import STORAGE_CLASSES
from schemas.fields import Choice, DecimalText, Flag, Text, UuidText, WholeNumber
from schemas.messages import both
from schemas.records import RecordOut

UNIT_KINDS = (
    "kitchen",
    "store",
    "dining_hall",
    "cleaning",
    "maintenance",
    "guard",
    "shop",
    "office",
    "other",
)
_MOST_MEMBERS = 200
_HALF_A_POSITION = both(
    "纬度与经度要么都有，要么都没有", "Latitude and longitude come together or not at all."
)


class SitePositionSchema(Schema):
    """Where a site is; a photo taken further away than its radius is flagged."""

    latitude = DecimalText(lowest="-90", highest="90", places=7, required=True, allow_none=True)
    longitude = DecimalText(lowest="-180", highest="180", places=7, required=True, allow_none=True)
    radius_m = WholeNumber(
        lowest=10,
        highest=100_000,
        allow_none=True,
        load_default=None,
        metadata={"description": "metres; null for the installation's default"},
    )

    @validates_schema
    def position_is_whole(self, document: dict[str, Any], **_: Any) -> None:
        if (document["latitude"] is None) != (document["longitude"] is None):
            raise ValidationError(_HALF_A_POSITION, "longitude")


class UnitSchema(Schema):
    """A team that answers for what is found with it: own people, or a contractor."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    code = Text(required=True, shortest=1, longest=32)
    name = Text(required=True, shortest=1, longest=100)
    kind = Choice(UNIT_KINDS, load_default="other")
    head_user_id = UuidText(
        allow_none=True,
        load_default=None,
        metadata={"description": "Whom overdue notices of the unit are told to"},
    )
    member_user_ids = fields.List(
        UuidText(),
        load_default=list,
        validate=validate.Length(
            max=_MOST_MEMBERS,
            error=both(f"最多 {_MOST_MEMBERS} 人", f"At most {_MOST_MEMBERS} people."),
        ),
    )
    contractor_supplier_id = UuidText(allow_none=True, load_default=None)
    is_active = Flag(load_default=True)
    note = Text(load_default="", longest=1000)

    @validates_schema
    def members_stand_once(self, data: dict[str, Any], **_: Any) -> None:
        if len(set(data["member_user_ids"])) != len(data["member_user_ids"]):
            text = both("同一人出现多次", "A person stands there twice.")
            raise ValidationError(text, "member_user_ids")


class PlaceSchema(Schema):
    """A room, an area or a piece of equipment that is inspected; its code stands on its QR sign."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    unit_id = UuidText(required=True)
    code = Text(required=True, shortest=1, longest=32)
    name = Text(required=True, shortest=1, longest=100)
    owner_user_id = UuidText(
        allow_none=True, load_default=None, metadata={"description": "The person who keeps it"}
    )
    storage_class = Choice(
        STORAGE_CLASSES,
        allow_none=True,
        load_default=None,
        metadata={"description": "How goods are kept there: limits of checklists follow it"},
    )
    is_active = Flag(load_default=True)
    note = Text(load_default="", longest=1000)


class UnitListOut(Schema):
    units = fields.List(fields.Nested(RecordOut))
    next_cursor = fields.String(allow_none=True)


class PlaceListOut(Schema):
    places = fields.List(fields.Nested(RecordOut))
    next_cursor = fields.String(allow_none=True)
