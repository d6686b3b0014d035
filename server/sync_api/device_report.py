"""What a device says of itself with each request, in headers, all of them optional.

Support needs them; sync does not. So one that makes no sense is as good as none, and never a reason
to refuse work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from werkzeug.datastructures import Headers

DEVICE_TIME = "Yanshou-Device-Time"
UNPUSHED = "Yanshou-Unpushed"
APP_VERSION = "Yanshou-App-Version"
LAST_ERROR = "Yanshou-Last-Error"

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_MOST_UNPUSHED = 10**9


@dataclass(frozen=True, slots=True)
class DeviceReport:
    clock_offset_ms: int | None = None
    """By how much the device's clock is ahead of ours. The request's way here counts as lag."""
    unpushed_count: int | None = None
    app_version: str | None = None
    last_error: str | None = None


def read_report(headers: Headers, now: datetime) -> DeviceReport:
    """The report in *headers*, received *now*."""
    return DeviceReport(
        _offset(headers.get(DEVICE_TIME, ""), now),
        _count(headers.get(UNPUSHED, "")),
        _words(headers.get(APP_VERSION, ""), 40),
        # Header fields carry ASCII: a message in Chinese comes percent-encoded.
        _words(unquote(headers.get(LAST_ERROR, "")), 300),
    )


def _offset(text: str, now: datetime) -> int | None:
    try:
        told = datetime.fromisoformat(text)
        if told.tzinfo is None:
            return None
        return round((told - now).total_seconds() * 1000)
    except (ValueError, OverflowError):
        return None


def _count(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 10
    return min(int(text), _MOST_UNPUSHED) if is_number else None


def _words(text: str, longest: int) -> str | None:
    return _UNPRINTABLE.sub(" ", text).strip()[:longest] or None
