"""Suppliers and products as they travel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validates_schema

from schemas.checklists import STORAGE_CLASSES, SamplingSchemeSchema
from schemas.fields import Choice, Day, DecimalText, Flag, Text, UuidText, WholeNumber
from schemas.messages import both

CATEGORIES = ("meat", "chilled_frozen", "vegetables", "dry_goods")
UNITS = (
    "box",
    "bag",
    "bottle",
    "drum",
    "can",
    "pack",
    "crate",
    "carcass",
    "side",
    "piece",
    "tray",
    "kg",
)
SPECIES = ("pork", "beef", "mutton", "poultry", "fish")
LICENCE_KINDS = (
    "business_licence",
    "food_production_licence",
    "food_operation_licence",
    "slaughter_permit",
    "contract",
    "identity_document",
    "farm_registration",
    "other",
)
_CODE = {"shortest": 1, "longest": 32}


class LicenceSchema(Schema):
    """A licence, permit or contract on file. Without ``valid_until`` it has no end."""

    id = UuidText(required=True)
    kind = Choice(LICENCE_KINDS, required=True)
    number = Text(required=True, shortest=1, longest=100)
    valid_from = Day(load_default=None, allow_none=True)
    valid_until = Day(load_default=None, allow_none=True)
    attachment_ids = fields.List(UuidText(), load_default=list)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_kwargs: Any) -> None:
        begins, ends = data["valid_from"], data["valid_until"]
        if begins and ends and ends < begins:
            message = both("到期日不能早于生效日", "It cannot end before it begins.")
            raise ValidationError({"valid_until": [message]})


class SupplierSchema(Schema):
    id = UuidText(required=True)
    code = Text(required=True, **_CODE)
    name = Text(required=True, shortest=1, longest=200)
    address = Text(load_default="", longest=300)
    contact_name = Text(load_default="", longest=100)
    phone = Text(load_default="", longest=40)
    is_suspended = Flag(load_default=False)
    suspension_reason = Text(load_default="", longest=500)
    categories = fields.List(
        Choice(CATEGORIES),
        load_default=list,
        metadata={"description": "What the supplier is approved for; empty means everything."},
    )
    licences = fields.List(fields.Nested(LicenceSchema), load_default=list)
    note = Text(load_default="", longest=1000)

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["is_suspended"] and not data["suspension_reason"].strip():
            message = both("暂停供货须写明原因", "A suspension needs a reason.")
            raise ValidationError({"suspension_reason": [message]})
        ids = [licence["id"] for licence in data["licences"]]
        if len(ids) != len(set(ids)):
            message = both("证照编号重复", "Two licences bear the same id.")
            raise ValidationError({"licences": [message]})


class TemperatureLimitsSchema(Schema):
    """Surface temperatures at which the product may be accepted [°C]."""

    min = DecimalText(lowest="-80", highest="200", places=1, load_default=None, allow_none=True)
    max = DecimalText(lowest="-80", highest="200", places=1, load_default=None, allow_none=True)
    basis = Text(load_default="", longest=200)
    is_confirmed = Flag(load_default=False)

    @validates_schema
    def is_a_range(self, data: dict[str, Any], **_kwargs: Any) -> None:
        lowest, highest = data["min"], data["max"]
        if lowest is None and highest is None:
            message = both("至少给出上限或下限之一", "One limit at least is needed.")
            raise ValidationError({"max": [message]})
        if lowest is not None and highest is not None and Decimal(lowest) > Decimal(highest):
            message = both("下限不能高于上限", "The lower limit cannot be above the upper one.")
            raise ValidationError({"min": [message]})


class ProductSchema(Schema):
    id = UuidText(required=True)
    code = Text(required=True, **_CODE)
    name = Text(required=True, shortest=1, longest=200)
    category = Choice(CATEGORIES, required=True)
    unit = Choice(UNITS, required=True)
    specification = Text(load_default="", longest=200)
    storage_class = Choice(STORAGE_CLASSES, required=True)
    species = Choice(SPECIES, load_default=None, allow_none=True)
    temperature_limits = fields.Nested(TemperatureLimitsSchema, load_default=None, allow_none=True)
    shelf_life_days = WholeNumber(lowest=1, highest=36500, load_default=None, allow_none=True)
    checklist_code = Text(
        load_default=None,
        allow_none=True,
        shortest=1,
        longest=32,
        metadata={"description": "Without it, the category's checklist."},
    )
    sampling_scheme = fields.Nested(
        SamplingSchemeSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "Without it, the category's scheme."},
    )
    is_active = Flag(load_default=True)
    note = Text(load_default="", longest=1000)

    @pre_load
    def leave_out_labels(self, data: Any, **_kwargs: Any) -> Any:
        """Labels are the server's; a document sent back as it was pulled still carries them."""
        if isinstance(data, dict):
            return {k: v for k, v in data.items() if k not in {"category_name", "unit_name"}}
        return data


# -- answers of the API --------------------------------------------------------------------------


class SupplierRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(SupplierSchema)


class SupplierListOut(Schema):
    suppliers = fields.List(fields.Nested(SupplierRecordOut))
    next_cursor = fields.String(allow_none=True)


class BothNamesOut(Schema):
    zh = fields.String()
    en = fields.String()


class ProductOut(ProductSchema):
    category_name = fields.Nested(BothNamesOut)
    unit_name = fields.Nested(BothNamesOut)


class ProductRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(ProductOut)


class ProductListOut(Schema):
    products = fields.List(fields.Nested(ProductRecordOut))
    next_cursor = fields.String(allow_none=True)
