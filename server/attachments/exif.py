"""What a camera wrote into a photo. Nothing in here is trusted to be well formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from schemas.fields import decimal_text

ASSUMED_ZONE = ZoneInfo("Asia/Shanghai")
"""Cameras without a notion of zones are set to the clock on the wall; the walls are in China."""

_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_TIMES = (
    (Base.DateTimeOriginal, Base.OffsetTimeOriginal),
    (Base.DateTimeDigitized, Base.OffsetTimeDigitized),
)
_CAMERA_LONGEST = 120


@dataclass(frozen=True, slots=True)
class CameraFacts:
    captured_at: datetime | None = None
    captured_offset: str | None = None
    is_offset_assumed: bool = False
    latitude: str | None = None
    longitude: str | None = None
    camera: str | None = None


def read_camera_facts(image: Image.Image) -> CameraFacts:
    """The facts in *image*'s EXIF; damaged EXIF is as good as none and harms no photo."""
    try:
        exif = image.getexif()
        captured_at, offset, assumed = _captured(exif.get_ifd(IFD.Exif))
        latitude, longitude = _position(exif.get_ifd(IFD.GPSInfo))
        return CameraFacts(captured_at, offset, assumed, latitude, longitude, _camera(exif))
    except Exception:
        # Pillow's EXIF reader raises nearly anything on bytes that only look like EXIF.
        return CameraFacts()


def _captured(tags: Mapping[int, Any]) -> tuple[datetime | None, str | None, bool]:
    for time_tag, offset_tag in _TIMES:
        local = _local_time(tags.get(time_tag))
        if local is None:
            continue
        offset = _text(tags.get(offset_tag)) or _text(tags.get(Base.OffsetTime))
        if offset == "Z":
            offset = "+00:00"
        if _OFFSET.fullmatch(offset):
            aware = datetime.fromisoformat(f"{local.isoformat()}{offset}")
            return aware.astimezone(UTC), offset, False
        aware = local.replace(tzinfo=ASSUMED_ZONE)
        return aware.astimezone(UTC), aware.isoformat()[-6:], True
    return None, None, False


def _local_time(value: Any) -> datetime | None:
    try:
        moment = datetime.strptime(_text(value), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (EXIF has no zone here)
    except ValueError:
        return None
    return moment if 1990 <= moment.year <= 2199 else None


def _position(tags: Mapping[int, Any]) -> tuple[str | None, str | None]:
    latitude = _degrees(tags, GPS.GPSLatitude, GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(tags, GPS.GPSLongitude, GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None:
        return None, None
    return latitude, longitude


def _degrees(
    tags: Mapping[int, Any], value_tag: int, side_tag: int, negative: str, limit: int
) -> str | None:
    """Degrees, minutes and seconds as decimal degrees (7 decimals: a centimetre)."""
    parts = tags.get(value_tag)
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    numbers = [float(part) for part in parts]
    total = numbers[0] + numbers[1] / 60 + numbers[2] / 3600
    if not 0 <= total <= limit:  # also refuses what is not a number
        return None
    side = _text(tags.get(side_tag)).upper()
    return decimal_text(Decimal(f"{-total if side == negative else total:.7f}"))


def _camera(exif: Mapping[int, Any]) -> str | None:
    make, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    # Many cameras repeat their maker in the model's name.
    whole = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return whole.strip()[:_CAMERA_LONGEST] or None


def _text(value: Any) -> str:
    """A tag's text without padding and without what cannot be printed."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable() and c != "�").strip()
