"""The wire of review: what waits for a person, and what the person decides."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.fields import Choice, DeviceId, Text, UuidText, WholeNumber
from schemas.messages import both
from schemas.sync import AnyDocument, ProblemOut

STATES = ("open", "settled", "all")
KEEP_CURRENT, TAKE_THEIRS, PUT_TOGETHER = "keep_current", "take_theirs", "put_together"
RESOLUTIONS = (KEEP_CURRENT, TAKE_THEIRS, PUT_TOGETHER)

_TIME = {"format": "date-time"}


class ReviewFilter(Schema):
    """Which entries a list of review shows."""

    state = Choice(STATES, load_default="open")
    collection = Text(longest=64, load_default=None)
    site_id = UuidText(load_default=None)
    user_id = UuidText(load_default=None)
    device_id = DeviceId(load_default=None)


class Reason(Schema):
    reason = Text(required=True, shortest=1, longest=500)


class DiscardDeviceIn(Reason):
    device_id = DeviceId(required=True)


class DiscardDeviceOut(Schema):
    discarded = fields.Integer()
    left = fields.Integer(metadata={"description": "How many of the device still wait"})


class RepairIn(Reason):
    """The corrected mutation. What is left out stays as it arrived."""

    document = AnyDocument(allow_none=True)
    base_version = WholeNumber(lowest=0, highest=2**31 - 1, allow_none=True)
    collection = Text(shortest=1, longest=64)
    id = UuidText()
    operation = Choice(("upsert", "delete"))


class ResolveIn(Reason):
    resolution = Choice(RESOLUTIONS, required=True)
    current_version = WholeNumber(
        lowest=0,
        highest=2**31 - 1,
        required=True,
        allow_none=True,
        metadata={"description": "The version that was looked at; null where there is no record."},
    )
    document = fields.Dict(load_default=None, allow_none=True)

    @validates_schema
    def _document_goes_with_putting_together(self, data: dict[str, Any], **_: Any) -> None:
        if (data["resolution"] == PUT_TOGETHER) == (data["document"] is None):
            raise ValidationError(
                both(
                    "resolution 为 put_together 时必须给出 document，其他情况不给",
                    "A document goes with put_together, and with nothing else.",
                ),
                "document",
            )


class PersonOut(Schema):
    user_id = fields.String()
    display_name = fields.String(allow_none=True)
    is_active = fields.Boolean(allow_none=True)


class SenderOut(Schema):
    device_id = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    revoked_at = fields.String(allow_none=True, metadata=_TIME)


class StepOut(Schema):
    action = fields.String(metadata={"enum": ["repair", "reapply", "discard", "reopen", "resolve"]})
    reason = fields.String()
    content = fields.Raw(allow_none=True)
    outcome = fields.String(allow_none=True)
    problem = fields.Nested(ProblemOut, allow_none=True)
    version = fields.Integer(allow_none=True)
    by = fields.Nested(PersonOut)
    done_at = fields.String(metadata=_TIME)


class ReviewItemOut(Schema):
    mutation_id = fields.String()
    collection = fields.String()
    record_id = fields.String()
    site_id = fields.String(allow_none=True)
    user_id = fields.String()
    device_id = fields.String(allow_none=True)
    author = fields.Nested(PersonOut)
    device = fields.Nested(SenderOut)
    received_at = fields.String(metadata=_TIME)
    clock_offset_ms = fields.Integer(
        allow_none=True,
        metadata={"description": "By how much the device's clock was ahead when it pushed [ms]"},
    )
    settled_at = fields.String(allow_none=True, metadata=_TIME)
    settled_by = fields.Nested(PersonOut, allow_none=True)


class QuarantineItemOut(ReviewItemOut):
    id = fields.String()
    problem = fields.Nested(ProblemOut)
    last_received_at = fields.String(metadata=_TIME)
    outcome = fields.String(
        allow_none=True, metadata={"enum": ["applied", "reapplied", "conflict", "discarded"]}
    )
    is_repaired = fields.Boolean()


class QuarantineOut(Schema):
    quarantined = fields.List(fields.Nested(QuarantineItemOut))
    next_cursor = fields.String(allow_none=True)


class QuarantineDetailOut(QuarantineItemOut):
    captured_at = fields.String(allow_none=True)
    payload = fields.String(metadata={"description": "What arrived, as JSON text; never changed"})
    repaired = fields.Dict(allow_none=True)
    steps = fields.List(fields.Nested(StepOut))


class ReapplyOut(Schema):
    result = fields.Dict(metadata={"description": "As in the answer to a push"})
    entry = fields.Nested(QuarantineDetailOut)


class ConflictItemOut(ReviewItemOut):
    fields_ = fields.List(fields.String(), data_key="fields")
    reason = fields.String()
    current_version = fields.Integer(allow_none=True)
    resolution = fields.String(allow_none=True, metadata={"enum": list(RESOLUTIONS)})
    resolved_version = fields.Integer(allow_none=True)


class ConflictsOut(Schema):
    conflicts = fields.List(fields.Nested(ConflictItemOut))
    next_cursor = fields.String(allow_none=True)


class FieldComparisonOut(Schema):
    field = fields.String(metadata={"description": "A path such as lines/<id>/accepted_quantity"})
    clashes = fields.Boolean()
    base = fields.Raw(allow_none=True)
    theirs = fields.Raw(allow_none=True)
    current = fields.Raw(allow_none=True)


class SideOut(Schema):
    version = fields.Integer(allow_none=True)
    deleted = fields.Boolean()
    document = fields.Dict(allow_none=True)


class ConflictDetailOut(ConflictItemOut):
    operation = fields.String()
    captured_at = fields.String(allow_none=True)
    payload = fields.String()
    base = fields.Nested(SideOut, allow_none=True)
    theirs = fields.Nested(SideOut)
    current = fields.Nested(SideOut)
    comparison = fields.List(fields.Nested(FieldComparisonOut))
    steps = fields.List(fields.Nested(StepOut))
