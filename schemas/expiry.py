"""Papers that end: what may be asked, and what is answered."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import Choice, WholeNumberArgument

PAPER_KINDS = ("supplier_licence", "health_certificate")


class ExpiringPapersIn(Schema):
    within_days = WholeNumberArgument(lowest=0, highest=3650, load_default=60)
    kind = Choice(PAPER_KINDS, load_default=None)


class PaperOut(Schema):
    kind = fields.String()
    id = fields.String()
    site_id = fields.String(allow_none=True, metadata={"description": "null: every site"})
    owner_collection = fields.String()
    owner_id = fields.String()
    owner_name = fields.String()
    zh = fields.String()
    en = fields.String()
    number = fields.String()
    valid_until = fields.String()
    days_left = fields.Integer()


class ExpiringPapersOut(Schema):
    on = fields.String()
    papers = fields.List(fields.Nested(PaperOut))
