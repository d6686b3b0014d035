"""Checklist documents, and the answers given to their items."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from sampling import SamplingError, canonical_aql
from sampling.aql import check_quality_measure
from sampling.vocabulary import INSPECTION_LEVELS, NONCONFORMITY_CLASSES, QUALITY_MEASURES
from schemas.conditions import CONDITION_FACTS as CONDITION_FACTS
from schemas.conditions import ITEM_ID_LONGEST, ConditionSchema
from schemas.fields import (
    Choice,
    Day,
    DecimalText,
    Flag,
    Text,
    UtcTime,
    UuidText,
    WholeNumber,
)
from schemas.messages import both

ITEM_TYPES = (
    "check",
    "temperature",
    "number",
    "text",
    "date",
    "time",
    "document",
    "count",
    "signature",
    "choice",
    "photo",
    "barcode",
    "location",
)
PHOTO_RULES = ("always", "on_failure", "none")
CHECKLIST_KINDS = ("receipt", "inspection", "record", "survey")
GRADING_METHODS = ("classes", "percent")
GATES = ("papers", "vehicle", "condition", "sampling", "decision")
FACTS = ("licences_are_valid", "is_signed")
STORAGE_CLASSES = ("ambient", "chilled", "frozen")
_NAMESPACE = uuid.UUID("5f0f4a3c-63c1-5f5e-9d0e-2c7b0b6f8a11")
_LIMIT: dict[str, Any] = {"lowest": "-273", "highest": "1000000", "places": 3}


def checklist_record_id(organisation_id: str, code: str, version: int) -> str:
    """The id of one published version of a checklist: the same wherever it is computed."""
    return str(uuid.uuid5(_NAMESPACE, f"{organisation_id}/{code}/{version}"))


class ItemAnswerSchema(Schema):
    """What a person recorded for one item."""

    id = UuidText(required=True)
    item_id = Text(required=True, shortest=1, longest=ITEM_ID_LONGEST)
    value = Text(load_default=None, allow_none=True, longest=500)
    is_ok = Flag(load_default=None, allow_none=True)
    not_applicable = Flag(load_default=False)
    number = Text(load_default="", longest=100, metadata={"description": "The paper's number."})
    attachment_ids = fields.List(UuidText(), load_default=list)
    note = Text(load_default="", longest=1000)
    captured_at = UtcTime(load_default=None, allow_none=True)


class AnswerSchema(ItemAnswerSchema):
    """The same at a delivery: for one line of it, or for the whole."""

    line_id = UuidText(load_default=None, allow_none=True)


class BilingualSchema(Schema):
    zh = Text(required=True, shortest=1, longest=300)
    en = Text(required=True, shortest=1, longest=300)


# -- how many to look at, and how many may fail --------------------------------------------------


class ClassSchemeSchema(Schema):
    """For one nonconformity class: either zero acceptance, or an AQL with an inspection level."""

    zero_acceptance = Flag()
    aql = Text(longest=8)
    inspection_level = Choice(INSPECTION_LEVELS)

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_kwargs: Any) -> None:
        given = {name for name in ("aql", "inspection_level") if name in data}
        wanted = set() if data.get("zero_acceptance") else {"aql", "inspection_level"}
        if given != wanted:
            raise ValidationError(
                both(
                    "应为 zero_acceptance: true，或同时给出 aql 和 inspection_level",
                    "Either zero_acceptance: true or both aql and inspection_level are expected.",
                )
            )

    @post_load
    def tidy(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not False}


class SamplingClassesSchema(Schema):
    A = fields.Nested(ClassSchemeSchema, required=True)
    B = fields.Nested(ClassSchemeSchema, required=True)
    C = fields.Nested(ClassSchemeSchema, required=True)


class SamplingSchemeSchema(Schema):
    """The sampling agreed for a product or a kind of goods, by nonconformity class."""

    quality_measure = Choice(QUALITY_MEASURES, load_default=QUALITY_MEASURES[0])
    inner_inspection_level = Choice(INSPECTION_LEVELS, load_default=None, allow_none=True)
    is_confirmed = Flag(load_default=False)
    classes = fields.Nested(SamplingClassesSchema, required=True)

    @validates_schema
    def aqls_are_preferred_values(self, data: dict[str, Any], **_kwargs: Any) -> None:
        for class_ in NONCONFORMITY_CLASSES:
            scheme = data["classes"][class_]
            if "aql" not in scheme:
                continue
            try:
                canonical = canonical_aql(scheme["aql"])
                check_quality_measure(canonical, data["quality_measure"])
            except SamplingError as error:
                message = both(error.message("zh-CN"), error.message("en"))
                raise ValidationError({"classes": {class_: {"aql": [message]}}}) from None
            scheme["aql"] = canonical


# -- checklists ----------------------------------------------------------------------------------


class RangeSchema(Schema):
    min = DecimalText(**_LIMIT)
    max = DecimalText(**_LIMIT)


class ChoiceLimitsSchema(Schema):
    item = Text(required=True, shortest=1, longest=ITEM_ID_LONGEST)
    limits = fields.Dict(keys=Text(longest=40), values=fields.Nested(RangeSchema), required=True)


class LimitsSchema(RangeSchema):
    """What a value is held against; see ``server.checklists.limits``."""

    product_limits_first = Flag()
    by_storage_class = fields.Dict(keys=Choice(STORAGE_CLASSES), values=fields.Nested(RangeSchema))
    by_choice = fields.Nested(ChoiceLimitsSchema)
    max_rule = Choice(("label_plus_3",))
    fallback_max = DecimalText(**_LIMIT)
    min_remaining_ratio = DecimalText(lowest="0", highest="1", places=3)
    min_hours = DecimalText(lowest="0", highest="10000", places=1)
    after_item = Text(longest=ITEM_ID_LONGEST)


class OptionSchema(BilingualSchema):
    value = Text(required=True, shortest=1, longest=40)
    is_ok = Flag(required=True)


class ItemSchema(BilingualSchema):
    id = Text(required=True, shortest=1, longest=ITEM_ID_LONGEST)
    section = Text(load_default=None, allow_none=True, longest=ITEM_ID_LONGEST)
    gate = Choice(GATES, load_default=None, allow_none=True)
    area = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    type = Choice(ITEM_TYPES, required=True)
    nonconformity_class = Choice(NONCONFORMITY_CLASSES, required=True)
    photo = Choice(PHOTO_RULES, load_default="none")
    may_be_not_applicable = Flag(load_default=False)
    when = fields.Nested(ConditionSchema, load_default=None, allow_none=True)
    is_required = Flag(load_default=True)
    required_when = fields.Nested(ConditionSchema, load_default=None, allow_none=True)
    weight = DecimalText(lowest="0", highest="1000", places=3, load_default="1")
    fact = Choice(FACTS, load_default=None, allow_none=True)
    unit = Text(load_default=None, allow_none=True, longest=16)
    is_number_required = Flag(load_default=False)
    limits = fields.Nested(LimitsSchema, load_default=None, allow_none=True)
    options = fields.List(
        fields.Nested(OptionSchema), load_default=list, validate=validate.Length(max=200)
    )
    note = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    basis = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    is_confirmed = Flag(load_default=True)


class ClassCountsSchema(Schema):
    """Most failed items allowed for each class; each class is judged alone."""

    A = WholeNumber(lowest=0, highest=0, required=True)
    B = WholeNumber(lowest=0, highest=1000, required=True)
    C = WholeNumber(lowest=0, highest=1000, required=True)


class AcceptanceSchema(ClassCountsSchema):
    """The same for a delivery's gates."""

    is_confirmed = Flag(load_default=False)


class GradingSchema(Schema):
    """How a filled-in checklist is graded: by failed items of each class, or by percent.

    Whichever it is, one class A failure decides alone.
    """

    method = Choice(GRADING_METHODS, load_default="classes")
    pass_ = fields.Nested(ClassCountsSchema, data_key="pass", attribute="pass")
    basic = fields.Nested(ClassCountsSchema)
    pass_percent = DecimalText(lowest="0", highest="100", places=2)
    basic_percent = DecimalText(lowest="0", highest="100", places=2)
    is_confirmed = Flag(load_default=False)

    @validates_schema
    def has_what_its_method_needs(self, data: dict[str, Any], **_kwargs: Any) -> None:
        by_method = {"classes": {"pass", "basic"}, "percent": {"pass_percent", "basic_percent"}}
        given = data.keys() - {"method", "is_confirmed"}
        if given != by_method[data["method"]]:
            names = ", ".join(sorted(by_method[data["method"]]))
            raise ValidationError(
                both(f"此评定方法需要且仅需要 {names}", f"This method takes exactly {names}.")
            )


class SectionSchema(BilingualSchema):
    """A part of a checklist; its condition holds for every item in it."""

    id = Text(required=True, shortest=1, longest=ITEM_ID_LONGEST)
    when = fields.Nested(ConditionSchema, load_default=None, allow_none=True)


class ChecklistContentSchema(BilingualSchema):
    """What a checklist asks and how it judges, whatever its version."""

    code = Text(required=True, shortest=1, longest=32)
    kind = Choice(CHECKLIST_KINDS, required=True)
    standard_id = UuidText(load_default=None, allow_none=True)
    unit = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    frequency = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    gates = fields.List(Choice(GATES), load_default=list)
    sections = fields.List(
        fields.Nested(SectionSchema), load_default=list, validate=validate.Length(max=100)
    )
    head_items = fields.List(
        fields.Nested(ItemSchema), load_default=list, validate=validate.Length(max=100)
    )
    items = fields.List(fields.Nested(ItemSchema), required=True, validate=validate.Length(max=500))
    acceptance = fields.Nested(AcceptanceSchema, load_default=None, allow_none=True)
    grading = fields.Nested(GradingSchema, load_default=None, allow_none=True)
    sampling_scheme = fields.Nested(SamplingSchemeSchema, load_default=None, allow_none=True)
    is_confirmed = Flag(load_default=False)


class ChecklistSchema(ChecklistContentSchema):
    """One version of a checklist, as it is published. ``server.checklists.validation`` looks at
    whether its items fit together."""

    version = WholeNumber(lowest=1, highest=100000, required=True)
    reason = Text(load_default="", longest=500, metadata={"description": "Why it was changed."})
    valid_from = Day(
        load_default=None, allow_none=True, metadata={"description": "In force from this day on."}
    )


# -- answers of the API --------------------------------------------------------------------------


class ChecklistRecordOut(Schema):
    version = fields.Integer(metadata={"description": "The record's version."})
    document = fields.Raw(metadata={"description": "The published checklist."})


class DefaultChecklistIn(Schema):
    code = Text(required=True, shortest=1, longest=32)


class DefaultChecklistOut(Schema):
    code = fields.String()
    kind = fields.String()
    zh = fields.String()
    en = fields.String()
    item_count = fields.Integer()


class DefaultChecklistListOut(Schema):
    default_checklists = fields.List(fields.Nested(DefaultChecklistOut))


class ChecklistListOut(Schema):
    checklists = fields.List(fields.Nested(ChecklistRecordOut))


class ChecklistVersionOut(Schema):
    id = fields.String()
    version = fields.Integer()
    valid_from = fields.String(allow_none=True)
    published_at = fields.String()
    published_by = fields.String()


class ChecklistVersionListOut(Schema):
    versions = fields.List(fields.Nested(ChecklistVersionOut))
