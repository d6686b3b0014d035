"""Tracing a supplier's batch."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import Text, UuidText


class BatchIn(Schema):
    """A batch number is the supplier's own: two suppliers may use the same."""

    supplier_batch_number = Text(required=True, shortest=1, longest=100)
    supplier_id = UuidText(load_default=None)
    product_id = UuidText(load_default=None)


class PaperOut(Schema):
    goods_receipt_id = fields.String()
    title = fields.Dict()
    number = fields.String()
    attachment_ids = fields.List(fields.String())


class BatchTraceOut(Schema):
    supplier_batch_number = fields.String()
    lines = fields.List(fields.Dict(), metadata={"description": "The newest delivery first"})
    has_more_lines = fields.Boolean()
    suppliers = fields.List(
        fields.Dict(), metadata={"description": "As on file now, with all their licences"}
    )
    papers = fields.List(fields.Nested(PaperOut))
    findings = fields.List(fields.Dict())
    corrective_actions = fields.List(fields.Dict())
    register_entries = fields.List(
        fields.Dict(),
        metadata={"description": "Those of the time since the delivery that name the batch"},
    )
