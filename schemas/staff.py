"""The people who work at a site, with their health certificates, as they travel."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.fields import Day, Flag, Text, UuidText
from schemas.messages import both
from schemas.records import RecordOut

_MOST_CERTIFICATES = 60
_MOST_PHOTOS = 20


class HealthCertificateSchema(Schema):
    """A certificate (健康证) as it hangs on the wall. Its last day still counts."""

    id = UuidText(required=True)
    number = Text(required=True, shortest=1, longest=100)
    issued_on = Day(load_default=None, allow_none=True)
    valid_until = Day(required=True)
    attachment_ids = fields.List(
        UuidText(), load_default=list, validate=validate.Length(max=_MOST_PHOTOS)
    )

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        if data["issued_on"] is not None and data["valid_until"] < data["issued_on"]:
            message = both("到期日不能早于发证日", "It cannot end before it was issued.")
            raise ValidationError({"valid_until": [message]})


class StaffMemberSchema(Schema):
    """Somebody who works in the kitchen; they need no account. ``user_id`` is theirs if any."""

    id = UuidText(required=True)
    site_id = UuidText(required=True)
    name = Text(required=True, shortest=1, longest=100)
    position = Text(load_default="", longest=100)
    user_id = UuidText(allow_none=True, load_default=None)
    unit_id = UuidText(allow_none=True, load_default=None)
    health_certificates = fields.List(
        fields.Nested(HealthCertificateSchema),
        load_default=list,
        validate=validate.Length(max=_MOST_CERTIFICATES),
    )
    is_active = Flag(load_default=True, metadata={"description": "false once they have left"})
    note = Text(load_default="", longest=1000)

    @validates_schema
    def certificates_stand_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = [certificate["id"] for certificate in data["health_certificates"]]
        if len(ids) != len(set(ids)):
            message = both("健康证编号重复", "Two certificates bear the same id.")
            raise ValidationError({"health_certificates": [message]})


class StaffMemberListOut(Schema):
    staff_members = fields.List(fields.Nested(RecordOut))
    next_cursor = fields.String(allow_none=True)
