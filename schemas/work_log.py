"""One entry of a site's work log."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.fields import ServerOwned, Text, UtcTime, UuidText, WholeNumber
from schemas.messages import both

MARKS_MAX = 200


class WorkLogEntry(Schema):
    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    title = Text(required=True, shortest=1, longest=200)
    text = Text(longest=20_000, load_default="")
    marks = fields.Dict(
        keys=Text(shortest=1, longest=64),
        values=WholeNumber(lowest=-(2**53) + 1, highest=2**53 - 1),
        load_default=dict,
        validate=validate.Length(
            max=MARKS_MAX,
            error=both(f"最多 {MARKS_MAX} 项", f"At most {MARKS_MAX} marks are allowed."),
        ),
    )
    captured_at = UtcTime(allow_none=True, load_default=None)
    received_at = ServerOwned()
