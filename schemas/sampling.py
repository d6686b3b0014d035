"""Sampling plans over HTTP: the arguments of a query, and the answers.

A query is text. Whole numbers are read here; everything else goes to ``sampling`` as it came,
because that package refuses what the standard does not know, by name, with what is allowed.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, fields

from sampling.vocabulary import (
    AQLS,
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    PLAN_TYPES,
    QUALITY_MEASURES,
)
from schemas.fields import Flag

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)


def whole_number_or_text(text: str) -> int | str:
    """A whole number where *text* is one, else *text*, for ``sampling`` to refuse by name."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


class NumberArgument(fields.Integer):
    """A whole number in a query. What is none stays text; see :func:`whole_number_or_text`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return whole_number_or_text(value) if isinstance(value, str) else value


class FlagArgument(Flag):
    """``true`` or ``false`` in a query."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        words = {"true": True, "false": False}
        return super()._deserialize(words.get(value, value), attr, data, **kwargs)


def _word(allowed: tuple[str, ...], default: str | None) -> fields.String:
    return fields.String(load_default=default, metadata={"enum": list(allowed)})


class PlanRuleIn(Schema):
    """What makes a plan, but for the lot."""

    aql = fields.String(
        required=True,
        metadata={
            "description": "接收质量限，26 个优先值之一 / one of the 26 preferred values, as text",
            "enum": list(AQLS),
        },
    )
    inspection_level = _word(INSPECTION_LEVELS, "II")
    inspection_severity = _word(INSPECTION_SEVERITIES, "normal")


class ComparisonIn(PlanRuleIn):
    lot_size = NumberArgument(required=True, metadata={"description": "批量 / items in the lot"})
    quality_measure = _word(QUALITY_MEASURES, None)


class PlanIn(ComparisonIn):
    plan_type = _word(PLAN_TYPES, "single")


class CurveIn(PlanIn):
    at = fields.String(
        load_default=None,
        metadata={"description": "质量水平，如 0.5,1,2；至多 200 个 / qualities, at most 200"},
    )
    distribution = _word(("binomial", "poisson", "hypergeometric"), None)
    curtailed = FlagArgument(load_default=False)


class LeverIn(PlanRuleIn):
    """The same goods as several lots and as one; properties that differ forbid merging."""

    lot_sizes = fields.String(
        required=True, metadata={"description": "各批批量，如 50,50,60 或 10x50 / lot sizes"}
    )
    plan_type = _word(PLAN_TYPES, "single")
    product_id = fields.String(metadata={"description": "各批一个，用逗号分开 / one for each lot"})
    supplier_id = fields.String()
    supplier_batch_number = fields.String()
    produced_on = fields.String()


LOT_PROPERTIES = ("product_id", "supplier_id", "supplier_batch_number", "produced_on")


class DrawIn(Schema):
    lot_size = NumberArgument(required=True)
    sample_size = fields.String(
        required=True,
        metadata={"description": "样本量，如 80，或各样本 20,20 / n, or one for each stage"},
    )
    seed = fields.String(required=True, metadata={"description": "种子 / kept on the record"})
    method = _word(("simple", "systematic", "stratified"), "simple")
    strata = fields.String(
        load_default=None, metadata={"description": "各层件数 / items in each stratum: 400,600"}
    )


class TablesIn(Schema):
    edition = fields.String(load_default=DEFAULT_EDITION)


# -- answers of the API --------------------------------------------------------------------------


class StageOut(Schema):
    stage = fields.Integer()
    sample_size = fields.Integer()
    cumulative_sample_size = fields.Integer()
    acceptance_number = fields.Integer(
        allow_none=True, metadata={"description": "null: acceptance is not permitted here"}
    )
    rejection_number = fields.Integer()


class PlanDocument(Schema):
    standard = fields.String()
    lot_size = fields.Integer()
    aql = fields.String()
    inspection_level = fields.String()
    inspection_severity = fields.String()
    plan_type = fields.String()
    code_letter = fields.String()
    plan_code_letter = fields.String()
    stages = fields.List(fields.Nested(StageOut))
    full_inspection = fields.Boolean()


class TableStepOut(Schema):
    table = fields.String()
    code_letter = fields.String()
    cell = fields.String()


class PlanOut(PlanDocument):
    confidence = fields.String(
        metadata={"enum": ["confirmed", "single_source", "unconfirmed"]},
    )
    path = fields.List(fields.Nested(TableStepOut))
    explanation = fields.List(
        fields.String(), metadata={"description": "In the reader's language (Accept-Language)"}
    )


class PlanRecordOut(PlanDocument):
    edition = fields.String()
    quality_measure = fields.String()
    items_to_inspect = fields.Integer()
    confidence = fields.String()
    path = fields.List(fields.Nested(TableStepOut))


class CurvePointOut(Schema):
    p = fields.String(metadata={"description": "In the unit of the AQL"})
    pa = fields.Float()
    asn = fields.Float()
    aoq = fields.Float()


class CurveOut(Schema):
    plan = fields.Nested(PlanDocument)
    confidence = fields.String()
    distribution = fields.String()
    points = fields.List(fields.Nested(CurvePointOut))
    producer_risk = fields.Float(metadata={"description": "1 − P(accept) at the AQL"})
    quality_95 = fields.Float(allow_none=True)
    quality_50 = fields.Float(allow_none=True)
    consumer_quality_10 = fields.Float(allow_none=True)
    aoql = fields.Float()


class FiguresOut(Schema):
    plan = fields.Nested(PlanRecordOut)
    items_at_most = fields.Integer()
    asn_at_aql = fields.Float()
    producer_risk = fields.Float()
    quality_95 = fields.Float(allow_none=True)
    quality_50 = fields.Float(allow_none=True)
    consumer_quality_10 = fields.Float(allow_none=True)
    aoql = fields.Float()


class ComparisonOut(Schema):
    plans = fields.List(fields.Nested(FiguresOut))


class LeverOut(Schema):
    separate = fields.List(fields.Nested(FiguresOut))
    merged = fields.Nested(FiguresOut)
    items_separate = fields.Integer()
    items_merged = fields.Integer()
    items_saved = fields.Integer()
    all_accepted_separate = fields.Float()


class DrawOut(Schema):
    lot_size = fields.Integer()
    seed = fields.String()
    method = fields.String()
    stages = fields.List(fields.List(fields.Integer()))


class TablesOut(Schema):
    """Every table as the standard prints it; docs/SAMPLING.md explains the symbols."""

    edition = fields.String()
    standard = fields.String()
    code_letters = fields.List(fields.String())
    aqls = fields.List(fields.String())
    tables = fields.List(fields.Dict())
