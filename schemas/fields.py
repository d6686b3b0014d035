"""Field types of the wire formats. Each checks, and returns the canonical wire form.

Every message names what arrived and what is allowed.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate

from schemas.messages import both, shown

_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_DEVICE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Text(fields.String):
    """Text of *shortest* to *longest* characters, NFC-normalised, without control characters."""

    def __init__(self, *, longest: int = 200, shortest: int = 0, **kwargs: Any) -> None:
        metadata = {**kwargs.pop("metadata", {}), "maxLength": longest}
        if shortest:
            metadata["minLength"] = shortest
        super().__init__(metadata=metadata, **kwargs)
        self.longest, self.shortest = longest, shortest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        if not self.shortest <= len(text.strip() if self.shortest else text) <= self.longest:
            raise ValidationError(
                both(
                    f"应为 {self.shortest} 至 {self.longest} 个字，收到 {len(text)} 个",
                    f"{self.shortest} to {self.longest} characters are allowed, "
                    f"{len(text)} arrived.",
                )
            )
        if _CONTROL.search(text):
            raise ValidationError(
                both("含有控制字符或残缺字符", "Control or broken characters are not allowed.")
            )
        return text


class WholeNumber(fields.Integer):
    """A JSON integer from *lowest* to *highest*; 2.0, "2" and true are refused."""

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(
            metadata={**kwargs.pop("metadata", {}), "minimum": lowest, "maximum": highest}, **kwargs
        )
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is int and self.lowest <= value <= self.highest:
            return value
        raise ValidationError(
            both(
                f"应为 {self.lowest} 至 {self.highest} 的整数，收到“{shown(value)}”",
                f"A whole number from {self.lowest} to {self.highest} is expected, "
                f"“{shown(value)}” arrived.",
            )
        )


class WholeNumberArgument(WholeNumber):
    """The same in a query string, where everything is text."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class DecimalText(fields.String):
    """A decimal number written as text, from *lowest* to *highest* with at most *places* decimals.

    Returns it without exponent and without superfluous zeros: "12.50" becomes "12.5".
    """

    def __init__(self, *, lowest: str, highest: str, places: int = 3, **kwargs: Any) -> None:
        super().__init__(metadata={**kwargs.pop("metadata", {}), "format": "decimal"}, **kwargs)
        self.lowest, self.highest, self.places = Decimal(lowest), Decimal(highest), places

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        number = _decimal(value)
        if (
            number is None
            or not self.lowest <= number <= self.highest
            or number != round(number, self.places)
        ):
            raise ValidationError(
                both(
                    f"应为 {self.lowest} 至 {self.highest} 的数字文本，"
                    f"小数不超过 {self.places} 位，收到“{shown(value)}”",
                    f"A number as text from {self.lowest} to {self.highest} with at most "
                    f"{self.places} decimals is expected, “{shown(value)}” arrived.",
                )
            )
        return decimal_text(number)


def _decimal(value: Any) -> Decimal | None:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def decimal_text(number: Decimal) -> str:
    """The one spelling of a decimal on the wire."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


class UtcTime(fields.String):
    """An ISO 8601 time with a zone; returned in UTC ending in Z, to the millisecond."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={**kwargs.pop("metadata", {}), "format": "date-time"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        try:
            if isinstance(value, str) and _TIME.match(value):
                return time_text(parse_time(value))
        except (ValueError, OverflowError):
            pass
        raise ValidationError(
            both(
                f"应为带时区的 ISO 8601 时间，如 2026-03-01T08:30:00Z，收到“{shown(value)}”",
                "An ISO 8601 time with a zone such as 2026-03-01T08:30:00Z is expected, "
                f"“{shown(value)}” arrived.",
            )
        )


def parse_time(text: str) -> datetime:
    """A wire time as an aware UTC datetime."""
    return datetime.fromisoformat(text).astimezone(UTC)


def time_text(moment: datetime) -> str:
    """The one spelling of a time on the wire."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Day(fields.String):
    """A calendar day, YYYY-MM-DD, from 1990 to 2199."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={**kwargs.pop("metadata", {}), "format": "date"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and _is_day(value):
            return value
        raise ValidationError(
            both(
                f"应为 1990 至 2199 年间的日期，如 2026-03-01，收到“{shown(value)}”",
                "A day from 1990 to 2199 such as 2026-03-01 is expected, "
                f"“{shown(value)}” arrived.",
            )
        )


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and 1990 <= date.fromisoformat(text).year <= 2199
    except ValueError:
        return False


class UuidText(fields.String):
    """A UUID, returned in lower case with hyphens."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={**kwargs.pop("metadata", {}), "format": "uuid"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        canonical = uuid_text(value)
        if canonical is None:
            raise ValidationError(
                both(
                    f"应为 UUID，收到“{shown(value)}”", f"A UUID is expected, not “{shown(value)}”."
                )
            )
        return canonical


def uuid_text(value: object) -> str | None:
    """*value* as a canonical UUID, or None if it is not one."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return None


class DeviceId(fields.String):
    """What a phone app calls itself: a UUID it made once, or another short name without spaces."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and is_device_id(value):
            return value
        raise ValidationError(
            both(
                f"应为 1 至 64 个字母、数字或 . _ : - 组成的编号，收到“{shown(value)}”",
                f"1 to 64 letters, digits or . _ : - are expected, “{shown(value)}” arrived.",
            )
        )


def is_device_id(text: str) -> bool:
    return _DEVICE_ID.fullmatch(text) is not None


class Sha256(fields.String):
    """A SHA-256 sum as 64 lower-case hexadecimal digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and _SHA256.match(value.lower()):
            return value.lower()
        raise ValidationError(
            both(
                f"应为 64 位十六进制的 SHA-256，收到“{shown(value)}”",
                f"A SHA-256 of 64 hexadecimal digits is expected, “{shown(value)}” arrived.",
            )
        )


class Flag(fields.Boolean):
    """A JSON true or false and nothing that looks like it."""

    truthy = {True}  # noqa: RUF012 (marshmallow's way to narrow what counts)
    falsy = {False}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise self.make_error("invalid", input=value)


class FlagArgument(Flag):
    """The same in a query string: the word true or false."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        words = {"true": True, "false": False}
        known = words.get(value, value) if isinstance(value, str) else value
        return super()._deserialize(known, attr, data, **kwargs)


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(choices), **kwargs)


class ServerOwned(fields.Field[Any]):
    """A field only the server writes. Phones send back what they pulled, so it is taken without
    complaint, and the server's own value stands."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {**kwargs.pop("metadata", {}), "readOnly": True}
        super().__init__(allow_none=True, metadata=metadata, **kwargs)
