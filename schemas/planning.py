"""Inspection schedules, shifts and tasks, as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.calendars import CLOCK
from schemas.fields import Choice, Day, Flag, Text, UtcTime, UuidText, WholeNumber
from schemas.messages import both
from schemas.records import RecordOut

RHYTHMS = ("every_meal", "daily", "weekly", "monthly", "yearly", "term", "random", "quota")
TERM_POINTS = ("start", "middle", "end")
PERIODS = ("week", "month")
ASSIGNMENTS = ("person", "role", "on_shift", "draw")
ASSIGNABLE_ROLES = ("inspector", "quality", "manager", "admin")
TASK_STATUSES = ("open", "done", "cancelled")

_NEEDS = {
    "weekly": ("weekdays",),
    "monthly": ("days_of_month",),
    "yearly": ("months", "days_of_month"),
    "term": ("term_points",),
    "random": ("period", "count"),
    "quota": ("period", "count"),
}


def _some(inner: Any, most: int) -> fields.List[Any]:
    return fields.List(inner, load_default=list, validate=validate.Length(max=most))


class RhythmSchema(Schema):
    """How often: only the fields that belong to ``kind`` mean anything."""

    kind = Choice(RHYTHMS, required=True)
    meals = _some(Text(shortest=1, longest=32), 12)
    working_days_only = Flag(load_default=False)
    weekdays = _some(WholeNumber(lowest=1, highest=7), 7)
    days_of_month = fields.List(
        WholeNumber(lowest=1, highest=31),
        load_default=list,
        validate=validate.Length(max=31),
        metadata={"description": "A day the month does not have is its last day"},
    )
    months = _some(WholeNumber(lowest=1, highest=12), 12)
    term_points = _some(Choice(TERM_POINTS), 3)
    period = Choice(PERIODS, allow_none=True, load_default=None)
    count = WholeNumber(lowest=1, highest=200, allow_none=True, load_default=None)
    opens_at = fields.String(load_default="08:00", validate=CLOCK)
    closes_at = fields.String(load_default="18:00", validate=CLOCK)

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        text = both("此频次须填写这一项", "This rhythm needs it.")
        missing = [name for name in _NEEDS.get(data["kind"], ()) if not data[name]]
        if missing:
            raise ValidationError({name: [text] for name in missing})
        if data["closes_at"] <= data["opens_at"]:
            late = both("结束时间须晚于开始时间", "It closes before it opens.")
            raise ValidationError({"closes_at": [late]})


class AssignmentSchema(Schema):
    """Who does it: one person, anybody of a role, who is on shift, or somebody drawn by lot."""

    kind = Choice(ASSIGNMENTS, required=True)
    user_id = UuidText(allow_none=True, load_default=None)
    role = Choice(ASSIGNABLE_ROLES, allow_none=True, load_default=None)

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        needed = {"person": "user_id", "role": "role", "draw": "role"}.get(data["kind"])
        if needed is not None and data[needed] is None:
            raise ValidationError({needed: [both("须填写这一项", "This is needed.")]})


class InspectionScheduleSchema(Schema):
    """What is inspected how often and by whom."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    name = Text(required=True, shortest=1, longest=200)
    checklist_code = Text(required=True, shortest=1, longest=32)
    unit_ids = _some(UuidText(), 200)
    place_ids = _some(UuidText(), 500)
    rhythm = fields.Nested(RhythmSchema, required=True)
    assignment = fields.Nested(AssignmentSchema, required=True)
    is_cross_unit = Flag(
        load_default=True, metadata={"description": "Nobody inspects a unit they belong to"}
    )
    is_unannounced = Flag(
        load_default=False, metadata={"description": "Nobody is told before it opens"}
    )
    starts_on = Day(required=True)
    ends_on = Day(allow_none=True, load_default=None)
    is_active = Flag(load_default=True)

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_on"] is not None and data["ends_on"] < data["starts_on"]:
            text = both("结束日早于开始日", "It ends before it begins.")
            raise ValidationError({"ends_on": [text]})
        if data["rhythm"]["kind"] == "random" and not data["unit_ids"]:
            text = both("随机抽查须列出可抽的单位", "A random draw needs units to draw from.")
            raise ValidationError({"unit_ids": [text]})
        if data["rhythm"]["kind"] == "quota" and not data["unit_ids"]:
            text = both("次数要求须列出单位", "A quota needs the units it is about.")
            raise ValidationError({"unit_ids": [text]})
        for name in ("unit_ids", "place_ids"):
            if len(set(data[name])) != len(data[name]):
                text = both("同一项出现多次", "An entry stands there twice.")
                raise ValidationError({name: [text]})


class ShiftSchema(Schema):
    """Somebody is on duty at a site for some hours."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    user_id = UuidText(required=True)
    starts_at = UtcTime(required=True)
    ends_at = UtcTime(required=True)
    is_cancelled = Flag(load_default=False)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_at"] <= data["starts_at"]:
            text = both("下班须晚于上班", "It ends before it begins.")
            raise ValidationError({"ends_at": [text]})


class ScheduleListOut(Schema):
    inspection_schedules = fields.List(fields.Nested(RecordOut))
    next_cursor = fields.String(allow_none=True)


class TaskListOut(Schema):
    inspection_tasks = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class DrawListOut(Schema):
    draws = fields.List(fields.Dict())


class QuotaOut(Schema):
    schedule_id = fields.String()
    name = fields.String()
    site_id = fields.String()
    checklist_code = fields.String()
    unit_id = fields.String()
    period = fields.String(metadata={"description": "2026-03 or 2026-W10"})
    first_day = fields.String()
    last_day = fields.String()
    wanted = fields.Integer()
    made = fields.Integer(metadata={"description": "Finished inspections, whoever asked for them"})
    coming = fields.Integer(metadata={"description": "Open tasks that lie ahead in the period"})
    short = fields.Integer(metadata={"description": "Wanted less made"})


class QuotaListOut(Schema):
    on = fields.String()
    quotas = fields.List(fields.Nested(QuotaOut))
