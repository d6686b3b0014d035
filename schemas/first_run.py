"""Setting a fresh server up, as it travels."""

from __future__ import annotations

import re

from marshmallow import Schema, fields, validate

from schemas.fields import Choice, Text, UuidText
from schemas.identity import USERNAME, NewPassword
from schemas.messages import both

_SITE_CODE = validate.Regexp(
    re.compile(r"[A-Z0-9]{1,8}\Z"),
    error=both("1 至 8 个大写字母或数字", "1 to 8 capital letters or digits are allowed."),
)


class AdministratorIn(Schema):
    username = Text(required=True, longest=64, validate=USERNAME)
    display_name = Text(required=True, shortest=1, longest=100)
    password = NewPassword(required=True)


class PersonIn(AdministratorIn):
    role = Choice(("admin", "manager", "quality", "inspector", "observer"), required=True)
    site_code = Text(
        load_default=None,
        allow_none=True,
        longest=16,
        metadata={"description": "One of the sites; null: at every site"},
    )


class FirstSiteIn(Schema):
    code = Text(
        required=True,
        longest=16,
        validate=_SITE_CODE,
        metadata={"description": "It stands in document numbers."},
    )
    name = Text(required=True, shortest=1, longest=200)
    address = Text(load_default="", longest=300)


class SetupIn(Schema):
    """Everything a fresh server begins with."""

    code = Text(required=True, shortest=1, longest=64, load_only=True)
    id = UuidText(required=True, metadata={"description": "The organisation's, made by the page."})
    organisation = Text(required=True, shortest=1, longest=200)
    administrator = fields.Nested(AdministratorIn, required=True)
    sites = fields.List(
        fields.Nested(FirstSiteIn), required=True, validate=validate.Length(min=1, max=100)
    )
    people = fields.List(
        fields.Nested(PersonIn), load_default=list, validate=validate.Length(max=100)
    )
    checklist_codes = fields.List(
        Text(shortest=1, longest=32),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=200),
        metadata={"description": "Of the checklists that come with the product; null: all"},
    )


class OfferedChecklist(Schema):
    code = fields.String()
    kind = fields.String()
    zh = fields.String()
    en = fields.String()


class SetupState(Schema):
    is_open = fields.Boolean(metadata={"description": "Whether this server waits to be set up"})
    checklists = fields.List(fields.Nested(OfferedChecklist))


class SetupDone(Schema):
    id = fields.String()
    organisation = fields.String()
    address = fields.String(metadata={"description": "Where phones reach the service"})
