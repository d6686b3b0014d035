"""What people are told, and how they want to be told."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.calendars import CLOCK
from schemas.fields import Choice, ServerOwned, Text, UtcTime, UuidText
from schemas.messages import both

EVENTS = (
    "corrective_action_issued",
    "corrective_action_submitted",
    "corrective_action_returned",
    "corrective_action_verified",
    "corrective_action_overdue",
    "extension_asked",
    "extension_answered",
    "inspection_task_given",
    "inspection_task_missed",
    "register_failed",
    "duty_blocked",
    "on_duty_in_spite",
    "expiry_near",
    "expired",
    "record_quarantined",
)
CHANNEL_KINDS = ("email", "dingtalk", "wecom", "feishu", "webhook")
MODES = ("at_once", "digest", "off")
LANGUAGES = ("zh-CN", "en")
_MOST_CHANNELS = 10

_SHAPES = {
    "email": r"[^@\s/?#:]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}",
    "dingtalk": r"(SEC[0-9A-Za-z]{10,100}@)?[0-9a-f]{20,100}",
    "wecom": r"[0-9a-fA-F-]{20,64}",
    "feishu": r"([0-9A-Za-z]{8,100}@)?[0-9a-zA-Z-]{20,64}",
    "webhook": r"https?://[^\s@]{3,500}",
}
_EXPECTED = {
    "email": both("应为电子邮件地址", "An e-mail address is expected."),
    "dingtalk": both(
        "应为钉钉机器人的 access_token，加签时写作 SEC…@access_token",
        "The access_token of a DingTalk robot is expected, with a secret as SEC…@access_token.",
    ),
    "wecom": both("应为企业微信机器人的 key", "The key of a WeCom robot is expected."),
    "feishu": both(
        "应为飞书机器人地址里最后一段，签名校验时写作 密钥@最后一段",
        "The last part of a Feishu robot's address is expected, with a secret as secret@part.",
    ),
    "webhook": both(
        "应为 http 或 https 地址，不含用户名和密码",
        "An http or https address without a user name is expected.",
    ),
}


class NotificationSchema(Schema):
    """One thing a person is told. Their phone changes nothing of it but ``read_at``."""

    id = UuidText(required=True)
    read_at = UtcTime(allow_none=True, load_default=None)
    event = ServerOwned(metadata={"description": " · ".join(EVENTS)})
    title = ServerOwned(metadata={"description": "zh and en"})
    text = ServerOwned(metadata={"description": "zh and en"})
    subject_collection = ServerOwned()
    subject_id = ServerOwned()
    site_id = ServerOwned(metadata={"description": "The site of what it is about"})
    created_at = ServerOwned()


class ChannelSchema(Schema):
    """A way to reach the person outside the app. Its target is written and never shown again."""

    id = UuidText(required=True)
    kind = Choice(CHANNEL_KINDS, required=True)
    target = Text(
        load_default=None,
        allow_none=True,
        longest=600,
        metadata={"description": "Leave it out to keep the one on record"},
    )

    @validates_schema
    def target_fits_kind(self, data: dict[str, Any], **_: Any) -> None:
        target, kind = data["target"], data["kind"]
        if target is not None:
            check = validate.Regexp(_SHAPES[kind] + r"\Z", error=_EXPECTED[kind])
            try:
                check(target)
            except ValidationError as error:
                raise ValidationError({"target": error.messages}) from None


class RuleSchema(Schema):
    """How one event is told: at once, in the day's digest, or in the app only."""

    event = Choice(EVENTS, required=True)
    mode = Choice(MODES, required=True)


class NotificationSettingsSchema(Schema):
    """One person's wishes. What no rule names is told at once on every channel."""

    channels = fields.List(
        fields.Nested(ChannelSchema),
        load_default=list,
        validate=validate.Length(max=_MOST_CHANNELS),
    )
    rules = fields.List(
        fields.Nested(RuleSchema), load_default=list, validate=validate.Length(max=len(EVENTS))
    )
    quiet_from = fields.String(load_default=None, allow_none=True, validate=CLOCK)
    quiet_until = fields.String(load_default=None, allow_none=True, validate=CLOCK)
    digest_at = fields.String(load_default="18:00", validate=CLOCK)
    language = Choice(LANGUAGES, load_default="zh-CN")

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        if (data["quiet_from"] is None) != (data["quiet_until"] is None):
            text = both("免打扰须有起止时间", "Quiet hours have a beginning and an end.")
            errors["quiet_until"] = [text]
        for name, key in (("channels", "id"), ("rules", "event")):
            values = [entry[key] for entry in data[name]]
            if len(values) != len(set(values)):
                errors[name] = [both("同一项出现多次", "An entry stands there twice.")]
        if errors:
            raise ValidationError(errors)


class ChannelOut(Schema):
    id = fields.String()
    kind = fields.String()
    target = fields.String(metadata={"description": "Only its last four characters"})


class NotificationSettingsOut(Schema):
    channels = fields.List(fields.Nested(ChannelOut))
    rules = fields.List(fields.Nested(RuleSchema))
    quiet_from = fields.String(allow_none=True)
    quiet_until = fields.String(allow_none=True)
    digest_at = fields.String()
    language = fields.String()


class DeliveryListOut(Schema):
    deliveries = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)
