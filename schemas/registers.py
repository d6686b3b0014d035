"""Register entries (台账), what happens to them afterwards, and menus, as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.checklists import STORAGE_CLASSES, ItemAnswerSchema
from schemas.fields import Choice, Day, ServerOwned, Text, UtcTime, UuidText
from schemas.messages import both

REGISTERS = (
    "sample_retention",
    "disinfection",
    "morning_check",
    "temperature_log",
    "waste",
    "pest_control",
    "other",
)
ENTRY_STATUSES = ("recorded", "discarded", "void")
EVENT_KINDS = ("correction", "void", "discard", "hold", "release")
_MOST_ANSWERS = 500
_MOST_DISHES = 200
_NEEDS = {
    "correction": ("reason",),
    "void": ("reason",),
    "discard": ("discarded_at",),
    "hold": ("reason",),
    "release": ("reason",),
}


class RegisterEntrySchema(Schema):
    """One line of a register: answers to one version of its checklist. Once recorded it stands;
    what was wrong is put right by an event of its own."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    checklist_id = UuidText(
        required=True, metadata={"description": "The published version it is made with."}
    )
    task_id = UuidText(allow_none=True, load_default=None)
    unit_id = UuidText(allow_none=True, load_default=None)
    place_id = UuidText(
        allow_none=True,
        load_default=None,
        metadata={"description": "The refrigerator or the room it is about"},
    )
    place_text = Text(load_default="", longest=200)
    storage_class = Choice(
        STORAGE_CLASSES,
        allow_none=True,
        load_default=None,
        metadata={"description": "How goods are kept at the place, as known there and then"},
    )
    meal = Text(
        allow_none=True,
        load_default=None,
        shortest=1,
        longest=32,
        metadata={"description": "The code of the meal, as in the site's meal times"},
    )
    staff_member_id = UuidText(
        allow_none=True, load_default=None, metadata={"description": "Who was checked"}
    )
    answers = fields.List(
        fields.Nested(ItemAnswerSchema),
        required=True,
        validate=validate.Length(max=_MOST_ANSWERS),
    )
    measure = Text(
        load_default="",
        longest=1000,
        metadata={"description": "What was done about whatever failed"},
    )
    note = Text(load_default="", longest=1000)
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)

    received_at = ServerOwned()
    created_by = ServerOwned()
    device_id = ServerOwned()
    checklist = ServerOwned(metadata={"description": "Code, version and title of what it uses."})
    register = ServerOwned(metadata={"description": " · ".join(REGISTERS)})
    business_on = ServerOwned(metadata={"description": "The day it counts for, in kitchen time"})
    status = ServerOwned(metadata={"description": " · ".join(ENTRY_STATUSES)})
    is_ok = ServerOwned()
    result = ServerOwned(metadata={"description": "Outcomes by item."})
    now = ServerOwned(
        metadata={"description": "answers and measure after all corrections; answers stay."}
    )
    events = ServerOwned(metadata={"description": "Corrections and the rest, by capture time."})
    sample = ServerOwned(
        metadata={"description": "dish, weight_g, retained_at, keep_until, discard_from, …"}
    )
    duty = ServerOwned(metadata={"description": "is_cleared, reasons, was_on_duty_anyway"})


class RegisterEntryEventSchema(Schema):
    """What happens to an entry afterwards: a correction, a sample discarded, held, released."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    register_entry_id = UuidText(required=True)
    kind = Choice(EVENT_KINDS, required=True)
    reason = Text(load_default="", longest=500)
    answers = fields.List(
        fields.Nested(ItemAnswerSchema),
        load_default=list,
        validate=validate.Length(max=_MOST_ANSWERS),
        metadata={"description": "A correction's: they take the place of those to the same items"},
    )
    measure = Text(allow_none=True, load_default=None, longest=1000)
    discarded_at = UtcTime(allow_none=True, load_default=None)
    attachment_ids = fields.List(UuidText(), load_default=list, validate=validate.Length(max=20))
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)

    received_at = ServerOwned()
    created_by = ServerOwned()
    device_id = ServerOwned()

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["kind"]
        needed = {name: data[name] for name in _NEEDS[kind]}
        text = both("须填写这一项", "This is needed.")
        errors = {
            name: [text]
            for name, value in needed.items()
            if not (value.strip() if isinstance(value, str) else value)
        }
        if kind == "correction" and not data["answers"] and data["measure"] is None:
            errors["answers"] = [both("没有更正任何内容", "It corrects nothing.")]
        if kind != "correction" and (data["answers"] or data["measure"] is not None):
            errors["answers"] = [both("只有更正才带内容", "Only a correction carries content.")]
        if kind != "discard" and data["discarded_at"] is not None:
            errors["discarded_at"] = [both("仅用于销毁", "This belongs to discarding.")]
        if errors:
            raise ValidationError(errors)


class DishSchema(Schema):
    id = UuidText(required=True)
    name = Text(required=True, shortest=1, longest=100)


class MenuSchema(Schema):
    """What is served at one meal. There is one for each meal of a site, so its id follows."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    served_on = Day(required=True)
    meal = Text(required=True, shortest=1, longest=32)
    dishes = fields.List(
        fields.Nested(DishSchema), load_default=list, validate=validate.Length(max=_MOST_DISHES)
    )
    note = Text(load_default="", longest=500)

    @validates_schema
    def dishes_stand_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = [dish["id"] for dish in data["dishes"]]
        if len(ids) != len(set(ids)):
            message = both("同一道菜出现多次", "A dish stands there twice.")
            raise ValidationError({"dishes": [message]})


class RegisterEntryListOut(Schema):
    register_entries = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class MenuListOut(Schema):
    menus = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class MissingDishOut(Schema):
    dish_id = fields.String()
    name = fields.String()
    meal = fields.String()


class MissingStaffOut(Schema):
    staff_member_id = fields.String()
    name = fields.String()


class RegisterOfDayOut(Schema):
    checklist_id = fields.String()
    code = fields.String()
    zh = fields.String()
    en = fields.String()
    register = fields.String()
    entries = fields.Integer()
    failed = fields.Integer()
    is_done = fields.Boolean()
    missing_dishes = fields.List(fields.Nested(MissingDishOut))
    missing_meals = fields.List(fields.String())
    missing_staff = fields.List(fields.Nested(MissingStaffOut))


class SiteDayOut(Schema):
    site_id = fields.String()
    site_name = fields.String()
    registers = fields.List(fields.Nested(RegisterOfDayOut))


class RegisterDayOut(Schema):
    on = fields.String()
    sites = fields.List(fields.Nested(SiteDayOut))
