"""What a camera wrote into a photo. Nothing in here is trusted to be well formed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from numbers import Rational
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from schemas.fields import decimal_text
from server.attachments.editing import editor_named_in

ASSUMED_ZONE = ZoneInfo("Asia/Shanghai")
"""Cameras without a notion of zones are set to the clock on the wall; the walls are in China."""

_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_TIME = re.compile(
    r"(\d{4})[:/.-](\d\d?)[:/.-](\d\d?)[ T](\d\d?):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
    r"(Z|[+-]\d\d:\d\d)?"
)
_TIMES = (
    (Base.DateTimeOriginal, Base.OffsetTimeOriginal, Base.SubsecTimeOriginal),
    (Base.DateTimeDigitized, Base.OffsetTimeDigitized, Base.SubsecTimeDigitized),
    # When the file was last written: the same moment, where no program has touched it.
    (Base.DateTime, Base.OffsetTime, Base.SubsecTime),
)
_ZONE_STEP = timedelta(minutes=15)
_GPS_AGE_MOST = timedelta(minutes=5)
_SOFTWARE_TAGS = (Base.Software, Base.ProcessingSoftware)
_LONGEST = 120
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
Tags = Mapping[int, Any]
Fact = TypeVar("Fact")
Captured = tuple[datetime | None, str | None, bool]
"""When, by which offset from UTC, and whether that offset is only assumed."""
Place = tuple[str | None, str | None]
_NO_TIME: Captured = (None, None, False)
_NOWHERE: Place = (None, None)
_NO_TEXTS: list[str] = []


@dataclass(frozen=True, slots=True)
class CameraFacts:
    captured_at: datetime | None = None
    captured_offset: str | None = None
    is_offset_assumed: bool = False
    latitude: str | None = None
    longitude: str | None = None
    camera: str | None = None
    software: str | None = None
    edited_with: str | None = None


def read_camera_facts(image: Image.Image, exif: Image.Exif) -> CameraFacts:
    """The facts in *exif*, the EXIF of *image*; each damaged part is as good as none, spoils none
    of the others and harms no photo."""
    details, gps = _part(exif, IFD.Exif), _part(exif, IFD.GPSInfo)
    captured_at, offset, assumed = _unless_damaged(
        lambda: _captured({**_main(exif), **details}, gps), _NO_TIME
    )
    latitude, longitude = _unless_damaged(lambda: _position(gps), _NOWHERE)
    software = _unless_damaged(lambda: _texts(exif, *_SOFTWARE_TAGS), _NO_TEXTS)
    return CameraFacts(
        captured_at,
        offset,
        assumed,
        latitude,
        longitude,
        _unless_damaged(lambda: _camera(exif), None),
        software[0][:_LONGEST] if software else None,
        _unless_damaged(lambda: editor_named_in(image, software), None),
    )


def _unless_damaged(read: Callable[[], Fact], otherwise: Fact) -> Fact:
    # Pillow's EXIF reader raises nearly anything on bytes that only look like EXIF.
    try:
        return read()
    except MemoryError:
        raise
    except Exception:
        return otherwise


def _part(exif: Image.Exif, ifd: IFD) -> dict[int, Any]:
    return _unless_damaged(lambda: _readable(exif.get_ifd(ifd)), {})


def _main(exif: Image.Exif) -> dict[int, Any]:
    return _unless_damaged(lambda: _readable(exif), {})


def _readable(tags: Any) -> dict[int, Any]:
    """The tags that can be read at all; one with a broken value is left out."""
    found: dict[int, Any] = {}
    for tag in list(tags):
        with suppress(Exception):
            found[tag] = tags[tag]
    return found


# -- time ----------------------------------------------------------------------------------------


def _captured(tags: Tags, gps: Tags) -> Captured:
    for time_tag, offset_tag, fraction_tag in _TIMES:
        read = _local_time(tags.get(time_tag), tags.get(fraction_tag))
        if read is None:
            continue
        local, offset = read
        offset = offset or _offset(tags.get(offset_tag)) or _offset(tags.get(Base.OffsetTime))
        offset = offset or _unless_damaged(partial(_offset_by_gps, local, gps), None)
        if offset is not None:
            aware = datetime.fromisoformat(f"{local.isoformat()}{offset}")
            return aware.astimezone(UTC), offset, False
        aware = local.replace(tzinfo=ASSUMED_ZONE)
        return aware.astimezone(UTC), aware.isoformat()[-6:], True
    return _NO_TIME


def _local_time(value: Any, fraction: Any) -> tuple[datetime, str | None] | None:
    """The time on the camera's clock and, where it stands in the same text, its offset."""
    match = _TIME.match(_text(value))
    if match is None:
        return None
    try:
        moment = datetime(*(int(part) for part in match.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    digits = match[7] or _text(fraction)
    if digits.isascii() and digits.isdigit():
        # "5" is half a second, "057" fifty-seven thousandths. Milliseconds are what times carry.
        moment = moment.replace(microsecond=int(f"{digits[:3]:0<3}") * 1000)
    return (moment, _offset(match[8])) if 1990 <= moment.year <= 2199 else None


def _offset(value: Any) -> str | None:
    offset = _text(value)
    if offset == "Z":
        return "+00:00"
    return offset if _OFFSET.fullmatch(offset) else None


def _offset_by_gps(local: datetime, gps: Tags) -> str | None:
    """Satellites tell UTC: where their time differs from the clock's by quarters of an hour, that
    difference is the zone."""
    day = _text(gps.get(GPS.GPSDateStamp)).replace("-", ":").split(":")
    hours, minutes, seconds = (float(part) for part in gps[GPS.GPSTimeStamp])
    moment = datetime(int(day[0]), int(day[1]), int(day[2]))  # noqa: DTZ001 (both are naive here)
    moment += timedelta(hours=hours, minutes=minutes, seconds=seconds)
    zone = round((local - moment) / _ZONE_STEP) * _ZONE_STEP
    if abs(local - moment - zone) > _GPS_AGE_MOST or abs(zone) > timedelta(hours=14):
        return None
    return _signed(zone)


def _signed(zone: timedelta) -> str:
    minutes = abs(zone) // timedelta(minutes=1)
    return f"{'-' if zone < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


# -- place, camera -------------------------------------------------------------------------------


def _position(tags: Tags) -> Place:
    latitude = _degrees(tags, GPS.GPSLatitude, GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(tags, GPS.GPSLongitude, GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None:
        return _NOWHERE
    return latitude, longitude


def _degrees(tags: Tags, value_tag: int, side_tag: int, negative: str, limit: int) -> str | None:
    """Degrees, minutes and seconds as decimal degrees (7 decimals: a centimetre)."""
    parts = tags.get(value_tag)
    if isinstance(parts, Rational):
        parts = (parts,)
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3:
        return None
    total = sum(float(part) / 60**power for power, part in enumerate(parts))
    if not 0 <= total <= limit:  # also refuses what is not a number
        return None
    side = _text(tags.get(side_tag)).upper()
    return decimal_text(Decimal(f"{-total if side.startswith(negative) else total:.7f}"))


def _camera(exif: Tags) -> str | None:
    make, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    # Many cameras repeat their maker in the model's name.
    whole = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return whole.strip()[:_LONGEST] or None


def _texts(exif: Tags, *tags: int) -> list[str]:
    return [text for text in (_text(exif.get(tag)) for tag in tags) if text]


def _text(value: Any) -> str:
    """A tag's text without padding and without what cannot be printed."""
    if isinstance(value, str):
        # EXIF says ASCII, Chinese phones write UTF-8, Pillow reads Latin-1.
        with suppress(UnicodeEncodeError):
            value = value.encode("latin-1")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    # What follows a NUL is whatever happened to stand in the camera's memory.
    value = value.partition("\x00")[0]
    return "".join(c for c in value if c.isprintable() and c != _NO_CHARACTER).strip()
