"""Imports as they travel."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import FlagArgument


class TableImportIn(Schema):
    dry_run = FlagArgument(
        load_default=True,
        metadata={"description": "Only tell what would come of it; false takes every row or none."},
    )


class CellErrorOut(Schema):
    column = fields.String(allow_none=True)
    value = fields.String()
    zh = fields.String()
    en = fields.String()


class ImportRowOut(Schema):
    row = fields.Integer(metadata={"description": "As a spreadsheet numbers it."})
    key = fields.String()
    effect = fields.String(
        metadata={"enum": ["created", "changed", "unchanged", "refused"]},
    )
    fields_ = fields.List(fields.String(), data_key="fields")
    errors = fields.List(fields.Nested(CellErrorOut))


class ImportCountsOut(Schema):
    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()


class ColumnOut(Schema):
    name = fields.String()
    zh = fields.String()
    en = fields.String()


class MadePasswordOut(Schema):
    username = fields.String()
    password = fields.String()


class TableImportOut(Schema):
    kind = fields.String()
    columns = fields.List(
        fields.Nested(ColumnOut), metadata={"description": "What the fields are called in files"}
    )
    is_dry_run = fields.Boolean()
    counts = fields.Nested(ImportCountsOut)
    left_out = fields.List(
        fields.String(), metadata={"description": "Headings that name no column."}
    )
    rows = fields.List(fields.Nested(ImportRowOut))
    passwords = fields.List(
        fields.Nested(MadePasswordOut),
        metadata={"description": "Made for new people whose row names none. Told this once."},
    )
