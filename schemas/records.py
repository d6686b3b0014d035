"""A synced record as online routes answer with it."""

from __future__ import annotations

from marshmallow import Schema, fields


class RecordOut(Schema):
    version = fields.Integer()
    document = fields.Dict()
