"""The wire of the audit log."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.fields import DeviceId, Text, UtcTime, UuidText

_TIME = {"format": "date-time"}


class AuditFilterIn(Schema):
    """Which entries: all that is given must hold."""

    collection = Text(load_default=None, longest=64)
    record_id = Text(
        load_default=None,
        longest=64,
        metadata={"description": "With it, the history of one record; a photo's is its SHA-256"},
    )
    user_id = UuidText(load_default=None)
    device_id = DeviceId(load_default=None)
    action = Text(load_default=None, longest=40)
    since = UtcTime(load_default=None)
    until = UtcTime(load_default=None, metadata={"description": "Up to but not including"})


class AuditEntryOut(Schema):
    number = fields.Integer(metadata={"description": "Its place in the organisation's chain"})
    at = fields.String(metadata=_TIME)
    action = fields.String()
    user_id = fields.String(allow_none=True)
    device_id = fields.String(allow_none=True)
    site_id = fields.String(allow_none=True)
    collection = fields.String(allow_none=True)
    record_id = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)
    content_sha256 = fields.String(allow_none=True)
    details = fields.Dict(allow_none=True)
    previous_hash = fields.String()
    entry_hash = fields.String()


class AuditPageOut(Schema):
    entries = fields.List(fields.Nested(AuditEntryOut))
    next_cursor = fields.String(allow_none=True)
