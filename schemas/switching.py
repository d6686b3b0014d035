"""Switching states, their lots, and what quality staff declare about them."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import Choice, Text, UuidText

SEVERITIES = ("normal", "tightened", "reduced", "discontinued")
ACTION_KINDS = (
    "production_steady",
    "production_unsteady",
    "reduced_approved",
    "reduced_withdrawn",
    "restart_approved",
)


class SwitchingActionIn(Schema):
    """A declaration or approval. With an id of the caller's it may be sent again."""

    id = UuidText(load_default=None, allow_none=True)
    kind = Choice(ACTION_KINDS, required=True)
    reason = Text(required=True, shortest=1, longest=500)


# -- answers of the API --------------------------------------------------------------------------


class BothOut(Schema):
    zh = fields.String()
    en = fields.String()


class SwitchingStateOut(Schema):
    """What phones pull: how the next lot of this supplier and product is to be inspected."""

    id = fields.String()
    supplier_id = fields.String()
    product_id = fields.String()
    nonconformity_class = fields.String()
    severity = fields.String(metadata={"enum": list(SEVERITIES)})
    since = fields.String(
        allow_none=True,
        metadata={"format": "date-time", "description": "null: since the first lot"},
    )
    reason = fields.Nested(BothOut, metadata={"description": "Why this severity is in force"})
    outlook = fields.Nested(BothOut, metadata={"description": "What counts towards the next"})
    switching_score = fields.Integer(allow_none=True)
    recent = fields.List(fields.Boolean())
    accepted_in_a_row = fields.Integer()
    refused_since_tightened = fields.Integer()
    production_steady = fields.Boolean()
    reduced_desirable = fields.Boolean()
    is_suspension_proposed = fields.Boolean()
    suspension_reason = fields.Nested(BothOut, allow_none=True)
    lot_count = fields.Integer()
    marked_lot_count = fields.Integer()
    last_inspected_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class SwitchingStateRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(SwitchingStateOut)
    supplier_name = fields.String()
    product_name = fields.String()


class SwitchingGlimpseOut(Schema):
    """A lot in a word, for the strip beside a state."""

    inspected_at = fields.String(metadata={"format": "date-time"})
    decision = fields.String(metadata={"enum": ["accepted", "not_accepted"]})
    inspected_under = fields.String()
    is_resubmitted = fields.Boolean()
    is_marked = fields.Boolean()


class SwitchingListedOut(SwitchingStateRecordOut):
    recent_lots = fields.List(
        fields.Nested(SwitchingGlimpseOut),
        metadata={"description": "The last lots of the reader's sites, the latest first"},
    )


class SwitchingStateListOut(Schema):
    switching_states = fields.List(fields.Nested(SwitchingListedOut))
    next_cursor = fields.String(allow_none=True)


class SwitchingActionOut(Schema):
    id = fields.String()
    number = fields.Integer()
    kind = fields.String(metadata={"enum": list(ACTION_KINDS)})
    reason = fields.String()
    user_id = fields.String()
    user_name = fields.String()
    recorded_at = fields.String(metadata={"format": "date-time"})


class SwitchingDetailOut(SwitchingStateRecordOut):
    actions = fields.List(fields.Nested(SwitchingActionOut))


class SwitchingLotOut(Schema):
    goods_receipt_id = fields.String()
    line_id = fields.String()
    site_id = fields.String()
    inspected_at = fields.String(metadata={"format": "date-time"})
    received_at = fields.String(metadata={"format": "date-time"})
    decision = fields.String(metadata={"enum": ["accepted", "not_accepted"]})
    score_gain = fields.Integer()
    inspected_under = fields.String()
    is_resubmitted = fields.Boolean()
    due_severity = fields.String(metadata={"enum": list(SEVERITIES)})
    mark = fields.Nested(
        BothOut,
        allow_none=True,
        metadata={"description": "Why another severity was due; the decision stands"},
    )
    marked_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class SwitchingLotListOut(Schema):
    switching_lots = fields.List(fields.Nested(SwitchingLotOut))
    next_cursor = fields.String(allow_none=True)
