"""Papers that end, as they are answered."""

from __future__ import annotations

from marshmallow import Schema, fields

PAPER_KINDS = ("supplier_licence", "health_certificate")


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
    count = fields.Integer(metadata={"description": "On all pages together."})
    ended_count = fields.Integer(metadata={"description": "How many of them are over."})
    papers = fields.List(fields.Nested(PaperOut))
    next_cursor = fields.String(allow_none=True)
