"""Working days of a year and the meals of a site, as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.fields import Day, Flag, Text, UuidText, WholeNumber
from schemas.messages import both
from schemas.records import RecordOut

DEADLINES = (
    "at_once",
    "before_next_meal",
    "today",
    "three_days",
    "ten_working_days",
    "fixed",
)
FIRST_YEAR, LAST_YEAR = 2020, 2100

CLOCK = validate.Regexp(
    r"([01]\d|2[0-3]):[0-5]\d\Z",
    error=both("应为 00:00 至 23:59 的钟点", "A time of day from 00:00 to 23:59 is expected."),
)


class DaysOffSchema(Schema):
    """A public holiday from its first to its last day."""

    name = Text(required=True, shortest=1, longest=60)
    first_day = Day(required=True)
    last_day = Day(required=True)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data["last_day"] < data["first_day"]:
            text = both("结束日早于开始日", "It ends before it begins.")
            raise ValidationError(text, "last_day")


class WorkCalendarSchema(Schema):
    """The public holidays of one year, and the weekend days on which people work instead."""

    id = UuidText(required=True)
    year = WholeNumber(required=True, lowest=FIRST_YEAR, highest=LAST_YEAR)
    days_off = fields.List(
        fields.Nested(DaysOffSchema), load_default=list, validate=validate.Length(max=60)
    )
    working_days = fields.List(Day(), load_default=list, validate=validate.Length(max=60))
    basis = Text(load_default="", longest=300)
    is_confirmed = Flag(load_default=False)

    @validates_schema
    def days_are_of_the_year(self, data: dict[str, Any], **_: Any) -> None:
        year = str(data["year"])
        for position, holiday in enumerate(data["days_off"]):
            if year not in {holiday["first_day"][:4], holiday["last_day"][:4]}:
                text = both(f"不在 {year} 年内", f"This is not in {year}.")
                raise ValidationError({"days_off": {position: {"first_day": [text]}}})
        for position, day in enumerate(data["working_days"]):
            if day[:4] != year:
                text = both(f"不在 {year} 年内", f"This is not in {year}.")
                raise ValidationError({"working_days": {position: [text]}})


class MealSchema(Schema):
    code = Text(required=True, shortest=1, longest=32)
    name = Text(required=True, shortest=1, longest=40)
    starts_at = fields.String(required=True, validate=CLOCK)


class MealTimesSchema(Schema):
    """The meals of a site; the record's id is the site's."""

    id = UuidText(required=True, metadata={"description": "The site's id"})
    meals = fields.List(
        fields.Nested(MealSchema),
        required=True,
        validate=validate.Length(
            min=1, max=12, error=both("应有 1 至 12 餐", "1 to 12 meals are expected.")
        ),
    )
    closes_at = fields.String(load_default="20:00", validate=CLOCK)

    @validates_schema
    def meals_differ(self, data: dict[str, Any], **_: Any) -> None:
        for name in ("code", "starts_at"):
            values = [meal[name] for meal in data["meals"]]
            if len(values) != len(set(values)):
                text = both("两餐的代号或时间相同", "Two meals have one code or one time.")
                raise ValidationError(text, "meals")


class SchoolTermSchema(Schema):
    """A term: schedules count its start, middle and end."""

    id = UuidText(required=True)
    name = Text(required=True, shortest=1, longest=60)
    first_day = Day(required=True)
    last_day = Day(required=True)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data["last_day"] <= data["first_day"]:
            text = both("结束日须晚于开始日", "It ends before it begins.")
            raise ValidationError(text, "last_day")


class SchoolTermListOut(Schema):
    school_terms = fields.List(fields.Nested(RecordOut))


class WorkCalendarListOut(Schema):
    work_calendars = fields.List(fields.Nested(RecordOut))
