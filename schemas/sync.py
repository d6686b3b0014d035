"""The envelopes of push and pull. What a document holds is its collection's schema's business."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from schemas.fields import Choice, DeviceId, Text, UuidText, WholeNumber, WholeNumberArgument


class AnyDocument(fields.Field[Any]):
    """Whatever JSON stands there. A bad document must not spoil the other mutations of a push, so
    it is judged with its own mutation and not with the envelope."""


class MutationIn(Schema):
    class Meta:
        unknown = EXCLUDE

    mutation_id = UuidText(required=True)
    collection = Text(required=True, shortest=1, longest=64)
    id = UuidText(required=True)
    operation = Choice(("upsert", "delete"), required=True)
    base_version = WholeNumber(lowest=0, highest=2**31 - 1, allow_none=True, load_default=None)
    document = AnyDocument(allow_none=True, load_default=None)
    captured_at = Text(longest=40, allow_none=True, load_default=None)


class PushIn(Schema):
    class Meta:
        unknown = EXCLUDE

    device_id = DeviceId(required=True)
    mutations = fields.List(
        AnyDocument(allow_none=True),
        required=True,
        metadata={"items": {"$ref": "#/components/schemas/MutationIn"}, "maxItems": 500},
    )


class ProblemOut(Schema):
    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Dict())


class ConflictOut(Schema):
    fields_ = fields.List(fields.String(), data_key="fields")
    current = fields.Dict(allow_none=True)


class ResultOut(Schema):
    mutation_id = fields.String()
    status = fields.String(
        metadata={"enum": ["applied", "merged", "duplicate", "conflict", "rejected"]}
    )
    version = fields.Integer(allow_none=True)
    document = fields.Dict(allow_none=True)
    conflict = fields.Nested(ConflictOut)
    problem = fields.Nested(ProblemOut)


class PushOut(Schema):
    results = fields.List(fields.Nested(ResultOut))
    server_time = fields.String(metadata={"format": "date-time"})


class PullQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    cursor = Text(longest=4000)
    limit = WholeNumberArgument(lowest=1, highest=1000, load_default=500)
    collections = Text(longest=1000)


class ChangeOut(Schema):
    collection = fields.String()
    id = fields.String()
    version = fields.Integer()
    deleted = fields.Boolean()
    document = fields.Dict(allow_none=True)
    reason = fields.String(metadata={"enum": ["out_of_scope"]})


class PullOut(Schema):
    changes = fields.List(fields.Nested(ChangeOut))
    cursor = fields.String()
    has_more = fields.Boolean()
    server_time = fields.String(metadata={"format": "date-time"})


class FieldPolicyOut(Schema):
    rule = fields.String(
        metadata={
            "enum": [
                "register",
                "server",
                "fixed",
                "by_id",
                "key_by_key",
                "map_max",
                "set",
                "counter",
            ]
        }
    )
    item = fields.Nested(lambda: MergePolicyOut(), allow_none=True)


class SealOut(Schema):
    """A change of a seal is not merged with a change of anything that is not *besides* it."""

    seals = fields.List(fields.String())
    besides = fields.List(fields.String())


class MergePolicyOut(Schema):
    """What it does not name is a register: one value, taken whole from whoever changed it."""

    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(FieldPolicyOut),
        data_key="fields",
        attribute="fields",
    )
    groups = fields.List(fields.List(fields.String()))
    sealed_by = fields.Nested(SealOut, allow_none=True)


class PoliciesOut(Schema):
    policies = fields.Dict(keys=fields.String(), values=fields.Nested(MergePolicyOut))
