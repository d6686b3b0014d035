"""Checklist documents, and the answers given to their items."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from sampling import SamplingError, canonical_aql
from sampling.aql import check_quality_measure
from sampling.vocabulary import INSPECTION_LEVELS, NONCONFORMITY_CLASSES, QUALITY_MEASURES
from schemas.fields import Choice, DecimalText, Flag, Text, UtcTime, UuidText, WholeNumber
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
)
PHOTO_RULES = ("always", "on_failure", "none")
CHECKLIST_KINDS = ("receipt", "inspection", "record")
GATES = ("papers", "vehicle", "condition", "sampling", "decision")
FACTS = ("licences_are_valid", "is_signed")
CONDITION_FACTS = ("storage_class", "species")
STORAGE_CLASSES = ("ambient", "chilled", "frozen")
_NAMESPACE = uuid.UUID("5f0f4a3c-63c1-5f5e-9d0e-2c7b0b6f8a11")
_LIMIT: dict[str, Any] = {"lowest": "-273", "highest": "1000000", "places": 3}


def checklist_record_id(organisation_id: str, code: str, version: int) -> str:
    """The id of one published version of a checklist: the same wherever it is computed."""
    return str(uuid.uuid5(_NAMESPACE, f"{organisation_id}/{code}/{version}"))


class AnswerSchema(Schema):
    """What a person recorded for one item."""

    id = UuidText(required=True)
    item_id = Text(required=True, shortest=1, longest=16)
    line_id = UuidText(load_default=None, allow_none=True)
    value = Text(load_default=None, allow_none=True, longest=500)
    is_ok = Flag(load_default=None, allow_none=True)
    not_applicable = Flag(load_default=False)
    number = Text(load_default="", longest=100, metadata={"description": "The paper's number."})
    attachment_ids = fields.List(UuidText(), load_default=list)
    note = Text(load_default="", longest=1000)
    captured_at = UtcTime(load_default=None, allow_none=True)


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
    item = Text(required=True, shortest=1, longest=16)
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
    after_item = Text(longest=16)


class ConditionSchema(Schema):
    """The item applies only where this fact, or the answer to this item, is one of these."""

    fact = Choice(CONDITION_FACTS)
    item = Text(longest=16)
    in_ = fields.List(Text(shortest=1, longest=40), required=True, data_key="in", attribute="in")


class OptionSchema(BilingualSchema):
    value = Text(required=True, shortest=1, longest=40)
    is_ok = Flag(required=True)


class ItemSchema(BilingualSchema):
    id = Text(required=True, shortest=1, longest=16)
    gate = Choice(GATES, load_default=None, allow_none=True)
    area = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    type = Choice(ITEM_TYPES, required=True)
    nonconformity_class = Choice(NONCONFORMITY_CLASSES, required=True)
    photo = Choice(PHOTO_RULES, load_default="none")
    may_be_not_applicable = Flag(load_default=False)
    when = fields.Nested(ConditionSchema, load_default=None, allow_none=True)
    fact = Choice(FACTS, load_default=None, allow_none=True)
    unit = Text(load_default=None, allow_none=True, longest=16)
    is_number_required = Flag(load_default=False)
    limits = fields.Nested(LimitsSchema, load_default=None, allow_none=True)
    options = fields.List(fields.Nested(OptionSchema), load_default=list)
    note = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    basis = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    is_confirmed = Flag(load_default=True)


class AcceptanceSchema(Schema):
    """Most failed items allowed for each class; each class is judged alone."""

    A = WholeNumber(lowest=0, highest=0, required=True)
    B = WholeNumber(lowest=0, highest=1000, required=True)
    C = WholeNumber(lowest=0, highest=1000, required=True)
    is_confirmed = Flag(load_default=False)


class GradingSchema(Schema):
    pass_ = fields.Nested(
        AcceptanceSchema, required=True, data_key="pass", attribute="pass", exclude=["is_confirmed"]
    )
    basic = fields.Nested(AcceptanceSchema, required=True, exclude=["is_confirmed"])
    is_confirmed = Flag(load_default=False)


class ChecklistSchema(BilingualSchema):
    """One version of a checklist, as it is published."""

    code = Text(required=True, shortest=1, longest=32)
    version = WholeNumber(lowest=1, highest=100000, required=True)
    kind = Choice(CHECKLIST_KINDS, required=True)
    unit = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    frequency = fields.Nested(BilingualSchema, load_default=None, allow_none=True)
    gates = fields.List(Choice(GATES), load_default=list)
    head_items = fields.List(fields.Nested(ItemSchema), load_default=list)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    acceptance = fields.Nested(AcceptanceSchema, load_default=None, allow_none=True)
    grading = fields.Nested(GradingSchema, load_default=None, allow_none=True)
    sampling_scheme = fields.Nested(SamplingSchemeSchema, load_default=None, allow_none=True)
    is_confirmed = Flag(load_default=False)

    @validates_schema
    def items_fit_together(self, data: dict[str, Any], **_kwargs: Any) -> None:
        for part in ("head_items", "items"):
            ids = [item["id"] for item in data[part]]
            for place, item in enumerate(data[part]):
                fault = _fault(item, ids, data["gates"])
                if fault is not None:
                    raise ValidationError({part: {place: [fault]}})


def _fault(item: dict[str, Any], ids: list[str], gates: list[str]) -> str | None:
    """What makes *item* impossible to judge, as a message in both languages."""
    name = item["id"]
    if ids.count(name) > 1:
        return both(f"项目 {name} 出现多次", f"Item {name} stands more than once.")
    if gates and item["gate"] not in gates:
        return both(f"项目 {name} 没有关口", f"Item {name} belongs to no gate.")
    if item["type"] == "choice" and not item["options"]:
        return both(f"项目 {name} 没有选项", f"Item {name} has no options.")
    for other in _named_items(item):
        if other not in ids:
            return both(
                f"项目 {name} 引用了不存在的 {other}", f"Item {name} names {other}, not there."
            )
    return None


def _named_items(item: dict[str, Any]) -> list[str]:
    limits = item["limits"] or {}
    named = [
        (item["when"] or {}).get("item"),
        limits.get("by_choice", {}).get("item"),
        limits.get("after_item"),
    ]
    return [name for name in named if name is not None]


# -- answers of the API --------------------------------------------------------------------------


class ChecklistRecordOut(Schema):
    version = fields.Integer(metadata={"description": "The record's version."})
    document = fields.Raw(metadata={"description": "The published checklist."})


class ChecklistListOut(Schema):
    checklists = fields.List(fields.Nested(ChecklistRecordOut))
