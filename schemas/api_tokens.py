"""Tokens by which business tools read, and nothing else."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.fields import Choice, Text, UtcTime, UuidText
from schemas.messages import both

READINGS = (
    "suppliers",
    "products",
    "staff",
    "goods_receipts",
    "findings",
    "corrective_actions",
    "inspections",
    "registers",
    "switching",
    "figures",
)
"""What a token may be given to read. People, devices and the audit log are for people alone."""
_SITES_MOST = 200


class ApiTokenIn(Schema):
    """A token to be made. Without ``expires_at`` it lasts a year."""

    name = Text(required=True, shortest=1, longest=100)
    reads = fields.List(
        Choice(READINGS),
        required=True,
        validate=validate.Length(
            min=1,
            max=len(READINGS),
            error=both("至少选择一项可读取的数据", "Choose at least one thing to be read."),
        ),
    )
    site_ids = fields.List(
        UuidText(),
        required=True,
        validate=validate.Length(
            min=1,
            max=_SITES_MOST,
            error=both("至少选择一个站点", "Choose at least one site."),
        ),
    )
    expires_at = UtcTime(load_default=None, allow_none=True)


# -- answers of the API --------------------------------------------------------------------------

_TIME = {"format": "date-time"}


class ApiTokenOut(Schema):
    id = fields.String()
    name = fields.String()
    beginning = fields.String(
        metadata={"description": "How it begins, to recognise it by; the rest is kept nowhere"}
    )
    reads = fields.List(fields.String(metadata={"enum": list(READINGS)}))
    site_ids = fields.List(fields.String())
    made_by = fields.String(metadata={"description": "The name of who made it"})
    made_at = fields.String(metadata=_TIME)
    expires_at = fields.String(metadata=_TIME)
    revoked_at = fields.String(allow_none=True, metadata=_TIME)
    last_used_at = fields.String(
        allow_none=True, metadata={**_TIME, "description": "To five minutes"}
    )
    last_used_address = fields.String(allow_none=True)


class NewApiTokenOut(ApiTokenOut):
    token = fields.String(metadata={"description": "Told this once"})


class ApiTokenListOut(Schema):
    api_tokens = fields.List(fields.Nested(ApiTokenOut))
