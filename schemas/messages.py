"""Validation messages in both languages.

marshmallow carries a message as one string. Both languages travel in it, parted by a control
character that no message contains, and :func:`translate` takes them apart again.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_PARTING = "\x1f"


def both(zh: str, en: str) -> str:
    """One message in both languages; places such as ``{min}`` may stand in each."""
    return f"{zh}{_PARTING}{en}"


def translate(message: str) -> tuple[str, str]:
    """*message* as (Chinese, English); one without a translation is given as it is in both."""
    zh, _, en = message.partition(_PARTING)
    return zh, en or zh


def shown(value: object) -> str:
    """A received value as it may be repeated in a message: short and printable."""
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= 40 else text[:37] + "…"
    return "".join(character if character.isprintable() else "�" for character in text)


def install_messages() -> None:
    """Give marshmallow's own messages their Chinese halves."""
    base = fields.Field.default_error_messages
    base["required"] = both("缺少必填内容", "This field is required.")
    base["null"] = both("不能为 null", "null is not allowed.")
    base["validator_failed"] = both("内容无效", "The value is not valid.")
    fields.Nested.default_error_messages["type"] = both("应为对象", "An object is expected.")
    fields.List.default_error_messages["invalid"] = both("应为列表", "A list is expected.")
    fields.Mapping.default_error_messages["invalid"] = both("应为对象", "An object is expected.")
    fields.String.default_error_messages["invalid"] = both("应为文字", "Text is expected.")
    fields.Boolean.default_error_messages["invalid"] = both(
        "应为 true 或 false", "true or false is expected."
    )
    fields.Integer.default_error_messages["invalid"] = both(
        "应为整数", "A whole number is expected."
    )
    validate.OneOf.default_message = both("必须是其中之一：{choices}", "Must be one of: {choices}.")
    Schema._default_error_messages.update(
        type=both("应为对象", "An object is expected."),
        unknown=both("没有这个字段", "There is no such field."),
    )


install_messages()
