"""Links by which somebody without an account answers one notice, and their answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.fields import Text, UtcTime, UuidText
from schemas.findings import photo_ids
from schemas.messages import both
from schemas.reports import DocumentIn

PHOTOS_AT_ONCE = 12


class AnswerLinkIn(Schema):
    """Whom the link is for, and how long it is good."""

    given_to = Text(load_default="", longest=100)
    expires_at = UtcTime(
        allow_none=True,
        load_default=None,
        metadata={"description": "By default a week after the deadline; at most 60 days from now"},
    )


class PrintedNoticeIn(AnswerLinkIn, DocumentIn):
    """The same for a notice that is printed with the link's code on it."""


class AnswerLinkOut(Schema):
    id = fields.String()
    corrective_action_id = fields.String()
    given_to = fields.String()
    is_printed = fields.Boolean()
    made_by = fields.String(metadata={"description": "user id"})
    made_at = fields.String()
    expires_at = fields.String()
    revoked_at = fields.String(allow_none=True)
    last_used_at = fields.String(allow_none=True)
    last_used_address = fields.String(allow_none=True)
    answers = fields.Integer()
    is_usable = fields.Boolean()


class NewAnswerLinkOut(Schema):
    link = fields.Nested(AnswerLinkOut)
    token = fields.String(metadata={"description": "Told this once and not kept"})
    url = fields.String()


class AnswerLinkListOut(Schema):
    answer_links = fields.List(fields.Nested(AnswerLinkOut))


class NoticeAnswerIn(Schema):
    """What was done, by whom, with photos of the result and a signature."""

    id = UuidText(required=True)
    name = Text(required=True, shortest=1, longest=60)
    correction = Text(required=True, shortest=1, longest=2000)
    cause = Text(load_default="", longest=2000)
    prevention = Text(load_default="", longest=2000)
    attachment_ids = photo_ids(PHOTOS_AT_ONCE)
    signature_id = UuidText(required=True, metadata={"description": "The photo of the signature"})

    @validates_schema
    def signature_is_no_photo(self, data: dict[str, Any], **_: Any) -> None:
        if data["signature_id"] in data["attachment_ids"]:
            text = both("签名不能当作照片", "The signature is no photo of the result.")
            raise ValidationError({"signature_id": [text]})


class NoticeForGuestOut(Schema):
    notice = fields.Dict()


class GuestPhotoOut(Schema):
    id = fields.String()
    status = fields.String()
