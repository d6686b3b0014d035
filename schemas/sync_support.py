"""The wire of support: how each device syncs."""

from __future__ import annotations

from marshmallow import Schema, fields

_TIME = {"format": "date-time"}
_OFFSET = {"description": "By how much the device's clock is ahead of the server's [ms]"}


class ReportedOut(Schema):
    """What the device said of itself last; null if it says nothing."""

    clock_offset_ms = fields.Integer(allow_none=True, metadata=_OFFSET)
    unpushed_count = fields.Integer(allow_none=True)
    app_version = fields.String(allow_none=True)
    reported_error = fields.String(allow_none=True)
    last_error = fields.String(
        allow_none=True, metadata={"description": "Slug of the last problem answered to it"}
    )


class DeviceSyncOut(ReportedOut):
    device_id = fields.String()
    name = fields.String()
    user_id = fields.String(allow_none=True, metadata={"description": "Who synced last"})
    revoked_at = fields.String(allow_none=True, metadata=_TIME)
    last_sync_at = fields.String(allow_none=True, metadata=_TIME)
    last_push_at = fields.String(allow_none=True, metadata=_TIME)
    last_pull_at = fields.String(allow_none=True, metadata=_TIME)
    last_error_at = fields.String(allow_none=True, metadata=_TIME)


class DeviceSyncListOut(Schema):
    devices = fields.List(fields.Nested(DeviceSyncOut))


class SyncSessionOut(ReportedOut):
    number = fields.Integer()
    user_id = fields.String()
    began_at = fields.String(metadata=_TIME)
    ended_at = fields.String(metadata=_TIME)
    pulls = fields.Integer()
    pushes = fields.Integer()
    changes_sent = fields.Integer()
    applied = fields.Integer()
    merged = fields.Integer()
    duplicate = fields.Integer()
    conflict = fields.Integer()
    rejected = fields.Integer()
    refused = fields.Integer(metadata={"description": "Requests refused as a whole"})


class SyncSessionListOut(Schema):
    sessions = fields.List(fields.Nested(SyncSessionOut))
