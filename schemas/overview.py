"""The figures of the first screen."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import Choice, UuidText, WholeNumberArgument
from schemas.master_data import CATEGORIES

OUTCOMES = ("accepted", "in_part", "rejected", "pending")
"""What became of a line: all of it taken, some of it, none of it, or not decided yet."""
WEEKS_MOST = 53


class OverviewIn(Schema):
    site_id = UuidText(load_default=None)
    supplier_id = UuidText(load_default=None)
    category = Choice(CATEGORIES, load_default=None)
    weeks = WholeNumberArgument(lowest=1, highest=WEEKS_MOST, load_default=12)


class OutcomesOut(Schema):
    """How many lines had each outcome."""

    accepted = fields.Integer()
    in_part = fields.Integer()
    rejected = fields.Integer()
    pending = fields.Integer()


class WeekOut(OutcomesOut):
    first_on = fields.String(metadata={"description": "its Monday"})


class SupplierOutcomesOut(OutcomesOut):
    supplier_id = fields.String()
    name = fields.String()


class CategoryOutcomesOut(OutcomesOut):
    category = fields.String()


class DeliveriesOut(Schema):
    total = fields.Integer()
    decisions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Receipts by decision; draft: not signed yet"},
    )


class OverviewOut(Schema):
    on = fields.String(metadata={"description": "today in kitchen time"})
    first_on = fields.String()
    deliveries = fields.Nested(DeliveriesOut)
    weeks = fields.List(fields.Nested(WeekOut))
    suppliers = fields.List(fields.Nested(SupplierOutcomesOut))
    categories = fields.List(fields.Nested(CategoryOutcomesOut))
