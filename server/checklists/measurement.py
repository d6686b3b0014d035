"""Measured values as people type them at the ramp: ``－18．5℃``, ``零下18度``, ``12.40 kg``.

Pure: the phone app holds the same rules and is tested with the same vectors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from server.errors import Text

# Only what stands for the same sign is exchanged. A general Unicode normalisation would also turn
# 18² into 182.
_SAME_SIGN = str.maketrans(
    {
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **dict.fromkeys("－−–﹣‐", "-"),
        **dict.fromkeys("＋﹢", "+"),
        **dict.fromkeys("．。﹒", "."),
        **dict.fromkeys("\u3000\u00a0\u2009\u202f\t", " "),
        "％": "%",
        "º": "°",
        "／": "/",
    }
)
WHITESPACE = " \t\n\r\u00a0\u2009\u202f\u3000"
"""What is cut off around a value. Named one by one: languages differ in what they call a space."""

_NUMBER = re.compile(r"(零下|[-+])? *([0-9]{1,9}(?:\.[0-9]{1,6})?) *(.*)", re.DOTALL)
_SPELLINGS: Mapping[str, frozenset[str]] = {
    "°C": frozenset({"°c", "° c", "℃", "度", "摄氏度"}),
    "kg": frozenset({"kg", "公斤", "千克"}),
    "g": frozenset({"g", "克"}),
    "min": frozenset({"min", "分", "分钟"}),
    "mg/L": frozenset({"mg/l", "毫克/升"}),
    "%": frozenset({"%"}),
}


class MeasurementError(ValueError):
    """A text that is not a number in the unit asked for."""

    def __init__(self, value: str) -> None:
        self.text = Text(
            "“{value}”不是可读的数值，请填写如 -18.5 的数字",
            "“{value}” is not a number that can be read; write one such as -18.5",
        )
        self.params = {"value": value[:40]}
        super().__init__(self.text.render("en", **self.params))


def parse_measurement(text: str, unit: str | None = "°C") -> Decimal:
    """The number in *text*, which may be written full-width and may end in its *unit*.

    Raises
    ------
    MeasurementError
        for anything else: another unit, two numbers, a decimal comma, an exponent.
    """
    plain = text.translate(_SAME_SIGN).strip(WHITESPACE)
    match = _NUMBER.fullmatch(plain)
    if match is None:
        raise MeasurementError(text)
    sign, digits, suffix = match.groups()
    spelling = suffix.strip(WHITESPACE).lower()
    if spelling and spelling not in _SPELLINGS.get(unit or "", frozenset({(unit or "").lower()})):
        raise MeasurementError(text)
    number = Decimal(digits)
    return -number if sign in {"-", "零下"} and number else number


def plain_text(number: Decimal) -> str:
    """*number* without exponent and without superfluous zeros."""
    return format(number.normalize() + 0, "f")
