"""What makes a photo less than plainly honest: pure judgement over facts, each with its reason.

A flag blocks nothing. It says in both languages what was found, with the numbers, and somebody who
may decide accepts it with a reason or asks for another photo.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.errors import CHINESE, ENGLISH, Text

Position = tuple[float, float]
"""(latitude, longitude) [degrees]"""
_EARTH_RADIUS_M = 6_371_000


@dataclass(frozen=True, slots=True)
class FlagLimits:
    """From where on something is worth a flag."""

    before_entry: timedelta
    after_entry: timedelta
    clock_offset: timedelta
    site_radius_m: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one attachment.

    Parameters
    ----------
    exif_captured_at, claimed_captured_at, entered_at
        When the photo was taken by its file and by its phone, and when it was put into the record;
        all by the device's clock.
    clock_offset
        How far the device's clock is ahead of the server's, where that was measured.
    positions
        Where the photo was taken: by its file and by its phone, as far as they say.
    same_content_records, alike_records, alike_bits
        In how many other records the same file stands, in how many an older one that looks like it,
        and in how many of 64 bits the nearest of those differs.
    """

    received_at: datetime
    exif_captured_at: datetime | None = None
    claimed_captured_at: datetime | None = None
    entered_at: datetime | None = None
    clock_offset: timedelta | None = None
    positions: tuple[Position, ...] = ()
    accuracy_m: float = 0.0
    site_position: Position | None = None
    site_radius_m: int | None = None
    source: str | None = None
    edited_with: str | None = None
    is_readable: bool = True
    same_content_records: int = 0
    alike_records: int = 0
    alike_bits: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """One finding; *params* are its numbers, and what an acceptance holds for."""

    code: str
    params: Mapping[str, Any]

    def text(self) -> dict[str, str]:
        """Why, in both languages."""
        shown = {
            name: duration(value) if name.endswith("_seconds") else value
            for name, value in self.params.items()
        }
        text = TEXTS[self.code]
        return {language: text.render(language, **shown) for language in (CHINESE, ENGLISH)}


TEXTS: Mapping[str, Text] = {
    "same_content": Text(
        "同一个照片文件还用在另外 {records} 条记录里",
        "The same photo file is also used in {records} other record(s).",
    ),
    "near_duplicate": Text(
        "与更早的照片非常相似（64 位特征仅差 {bits} 位），相似照片在另外 {records} 条记录里",
        "It looks like an older photo ({bits} of 64 bits differ) that stands in "
        "{records} other record(s).",
    ),
    "captured_before_entry": Text(
        "拍摄比录入早 {difference_seconds}（超过 {limit_seconds}）",
        "It was taken {difference_seconds} before it was entered (more than {limit_seconds}).",
    ),
    "captured_after_entry": Text(
        "拍摄比录入晚 {difference_seconds}（超过 {limit_seconds}）",
        "It was taken {difference_seconds} after it was entered (more than {limit_seconds}).",
    ),
    "clock_ahead": Text(
        "设备时钟快 {offset_seconds}（超过 {limit_seconds}）",
        "The device's clock is {offset_seconds} ahead (more than {limit_seconds}).",
    ),
    "clock_behind": Text(
        "设备时钟慢 {offset_seconds}（超过 {limit_seconds}）",
        "The device's clock is {offset_seconds} behind (more than {limit_seconds}).",
    ),
    "far_from_site": Text(
        "拍摄位置距站点 {distance_m} 米（允许 {limit_m} 米）",
        "It was taken {distance_m} m from the site ({limit_m} m are allowed).",
    ),
    "from_gallery": Text("来自相册，不是现场拍摄", "It comes from the gallery, not the camera."),
    "edited": Text(
        "文件显示经过软件处理：{software}", "The file says that software edited it: {software}."
    ),
    "unreadable": Text(
        "照片无法打开显示，原文件仍完整保存",
        "The photo cannot be opened for display; the original file is kept as it came.",
    ),
}
"""Why, by code. A code is for ever: programs and acceptances refer to it."""


def flags_of(evidence: Evidence, limits: FlagLimits) -> list[Flag]:
    """Every flag of one attachment, in the order of :data:`TEXTS`. The same facts give the same."""
    found = [
        *_used_elsewhere(evidence),
        *_entered_at_another_time(evidence, limits),
        *_wrong_clock(evidence, limits),
        *_elsewhere(evidence, limits),
    ]
    if evidence.source == "gallery":
        found.append(Flag("from_gallery", {}))
    if evidence.edited_with is not None:
        found.append(Flag("edited", {"software": evidence.edited_with}))
    if not evidence.is_readable:
        found.append(Flag("unreadable", {}))
    return found


def _used_elsewhere(evidence: Evidence) -> Iterator[Flag]:
    if evidence.same_content_records:
        yield Flag("same_content", {"records": evidence.same_content_records})
    if evidence.alike_records:
        params = {"records": evidence.alike_records, "bits": evidence.alike_bits}
        yield Flag("near_duplicate", params)


def _entered_at_another_time(evidence: Evidence, limits: FlagLimits) -> Iterator[Flag]:
    """The file's own time stands above the phone's word; without an entry time that word is it."""
    taken = evidence.exif_captured_at or evidence.claimed_captured_at
    entered = evidence.entered_at or evidence.claimed_captured_at
    if taken is None or entered is None:
        return
    for code, difference, limit in (
        ("captured_before_entry", entered - taken, limits.before_entry),
        ("captured_after_entry", taken - entered, limits.after_entry),
    ):
        if difference > limit:
            yield Flag(
                code,
                {"difference_seconds": _seconds(difference), "limit_seconds": _seconds(limit)},
            )


def _wrong_clock(evidence: Evidence, limits: FlagLimits) -> Iterator[Flag]:
    """Measured at a sync, or told by a time that had not come yet when the record arrived."""
    offset = evidence.clock_offset
    if offset is None:
        times = [t for t in (evidence.entered_at, evidence.claimed_captured_at) if t is not None]
        offset = max((time - evidence.received_at for time in times), default=timedelta(0))
        offset = max(offset, timedelta(0))
    if abs(offset) > limits.clock_offset:
        yield Flag(
            "clock_ahead" if offset > timedelta(0) else "clock_behind",
            {
                "offset_seconds": _seconds(abs(offset)),
                "limit_seconds": _seconds(limits.clock_offset),
            },
        )


def _elsewhere(evidence: Evidence, limits: FlagLimits) -> Iterator[Flag]:
    """Beyond the site's radius even if the phone was off by all that it says it may be."""
    if evidence.site_position is None or not evidence.positions:
        return
    radius = limits.site_radius_m if evidence.site_radius_m is None else evidence.site_radius_m
    distance = max(distance_m(position, evidence.site_position) for position in evidence.positions)
    if distance - evidence.accuracy_m > radius:
        yield Flag("far_from_site", {"distance_m": round(distance), "limit_m": radius})


def distance_m(one: Position, other: Position) -> float:
    """The way between two places over the globe (haversine). [m]"""
    latitude, other_latitude = math.radians(one[0]), math.radians(other[0])
    half_latitude = (other_latitude - latitude) / 2
    half_longitude = math.radians(other[1] - one[1]) / 2
    chord = (
        math.sin(half_latitude) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin(half_longitude) ** 2
    )
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def duration(seconds: int) -> Text:
    """A duration as people say it: its two largest parts."""
    parts = [
        (seconds // 86_400, "天", "d"),
        (seconds % 86_400 // 3600, "小时", "h"),
        (seconds % 3600 // 60, "分钟", "min"),
        (seconds % 60, "秒", "s"),
    ]
    first = next((place for place, part in enumerate(parts) if part[0]), len(parts) - 1)
    shown = [part for place, part in enumerate(parts[first : first + 2]) if part[0] or not place]
    return Text(
        " ".join(f"{count} {zh}" for count, zh, _ in shown),
        " ".join(f"{count} {en}" for count, _, en in shown),
    )


def _seconds(difference: timedelta) -> int:
    return round(difference.total_seconds())
