"""Signing in, accounts and devices."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, fields, validate

from schemas.fields import Choice, DeviceId, Flag, Text, UuidText
from schemas.messages import both

PASSWORD_SHORTEST = 10
USERNAME = validate.Regexp(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}\Z"),
    error=both(
        "2 至 64 个字母、数字或 . _ @ -，以字母或数字开头",
        "2 to 64 letters, digits or . _ @ - are allowed, beginning with a letter or digit.",
    ),
)


class NewPassword(Text):
    """A password somebody is given, 10 to 200 characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(shortest=PASSWORD_SHORTEST, longest=200, load_only=True, **options)


class DeviceIn(Schema):
    id = DeviceId(required=True, metadata={"description": "Made once by the phone app and kept."})
    name = Text(required=True, shortest=1, longest=100)


class LoginIn(Schema):
    username = Text(required=True, shortest=1, longest=64)
    password = Text(required=True, shortest=1, longest=200, load_only=True)
    device = fields.Nested(DeviceIn, required=True)


class SiteRoleOut(Schema):
    site_id = fields.String()
    site_name = fields.String()
    roles = fields.List(fields.String())


class UserOut(Schema):
    id = fields.String()
    username = fields.String()
    display_name = fields.String()
    organisation = fields.Dict()
    role = fields.String(metadata={"description": "The most far-reaching of the roles held."})
    sites = fields.List(fields.Nested(SiteRoleOut))
    permissions = fields.List(fields.String())


class LoginOut(Schema):
    access_token = fields.String()
    expires_at = fields.String(metadata={"format": "date-time"})
    user = fields.Nested(UserOut)


class DeviceOut(Schema):
    id = fields.String()
    name = fields.String()
    created_at = fields.String(metadata={"format": "date-time"})
    last_login_at = fields.String(metadata={"format": "date-time"})
    revoked_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class DeviceListOut(Schema):
    devices = fields.List(fields.Nested(DeviceOut))


class RoleHeldIn(Schema):
    role = Choice(
        ("admin", "manager", "quality", "inspector", "supplier_contact", "observer"), required=True
    )
    site_id = UuidText(
        load_default=None, allow_none=True, metadata={"description": "null: at every site"}
    )


class UserCreateIn(Schema):
    """Somebody new. The same id again is the same person, so that a lost answer does no harm."""

    id = UuidText(required=True)
    username = Text(required=True, longest=64, validate=USERNAME)
    display_name = Text(required=True, shortest=1, longest=100)
    password = NewPassword(required=True)
    roles = fields.List(
        fields.Nested(RoleHeldIn), required=True, validate=validate.Length(min=1, max=500)
    )


class PasswordIn(Schema):
    password = NewPassword(required=True)


class UserChangeIn(Schema):
    """What is to change; what is left out stays as it is."""

    display_name = Text(shortest=1, longest=100)
    is_active = Flag(metadata={"description": "false: disabled from the next request on"})
    roles = fields.List(
        fields.Nested(RoleHeldIn),
        validate=validate.Length(max=500),
        metadata={"description": "All roles held from now on, each at a site or everywhere"},
    )


class RoleHeldOut(Schema):
    role = fields.String()
    site_id = fields.String(allow_none=True)


class UserAccountOut(Schema):
    id = fields.String()
    username = fields.String()
    display_name = fields.String()
    is_active = fields.Boolean()
    created_at = fields.String(metadata={"format": "date-time"})
    roles = fields.List(fields.Nested(RoleHeldOut))


class UserListOut(Schema):
    users = fields.List(fields.Nested(UserAccountOut))
