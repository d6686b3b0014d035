"""Judging photos: what is flagged, from which number on, and in which words."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.attachments.flags import (
    TEXTS,
    Evidence,
    Flag,
    FlagLimits,
    distance_m,
    duration,
    flags_of,
)
from server.attachments.likeness import (
    ALIKE_BITS,
    differing_bits,
    joined,
    near_quarters,
    quarters,
)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LIMITS = FlagLimits(
    before_entry=timedelta(hours=6),
    after_entry=timedelta(minutes=10),
    clock_offset=timedelta(minutes=2),
    site_radius_m=500,
)
HONEST = Evidence(
    received_at=NOON + timedelta(days=3),
    exif_captured_at=NOON,
    claimed_captured_at=NOON,
    entered_at=NOON + timedelta(minutes=1),
    clock_offset=timedelta(seconds=20),
    positions=((31.2304, 121.4737),),
    accuracy_m=15,
    site_position=(31.2310, 121.4740),
    source="camera",
)


def codes(evidence: Evidence) -> list[str]:
    return [flag.code for flag in flags_of(evidence, LIMITS)]


def test_an_honest_photo_that_waited_three_days_for_a_network_has_no_flag() -> None:
    assert flags_of(HONEST, LIMITS) == []
    assert flags_of(Evidence(received_at=NOON), LIMITS) == []


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(hours=6), []),
        (timedelta(hours=6, seconds=1), ["captured_before_entry"]),
        (-timedelta(minutes=10), []),
        (-timedelta(minutes=10, seconds=1), ["captured_after_entry"]),
    ],
)
def test_entry_long_after_or_before_the_capture(later: timedelta, expected: list[str]) -> None:
    assert codes(replace(HONEST, entered_at=NOON + later)) == expected


def test_the_files_own_time_stands_above_the_phones_word() -> None:
    old_file = replace(HONEST, exif_captured_at=NOON - timedelta(days=40))
    assert codes(old_file) == ["captured_before_entry"]
    # Without an entry time the phone's word is when it was entered.
    assert codes(replace(old_file, entered_at=None)) == ["captured_before_entry"]
    assert codes(replace(HONEST, exif_captured_at=None, entered_at=None)) == []


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(120, []), (121, ["clock_ahead"]), (-120, []), (-121, ["clock_behind"])],
)
def test_clock_more_than_two_minutes_off(seconds: int, expected: list[str]) -> None:
    assert codes(replace(HONEST, clock_offset=timedelta(seconds=seconds))) == expected


def test_a_time_that_has_not_come_yet_tells_a_wrong_clock_without_any_measurement() -> None:
    unmeasured = replace(HONEST, clock_offset=None)
    early = replace(unmeasured, received_at=NOON - timedelta(hours=1))
    assert codes(unmeasured) == []
    [flag] = flags_of(early, LIMITS)
    assert (flag.code, flag.params["offset_seconds"]) == ("clock_ahead", 3660)


def test_position_beyond_the_radius_counts_accuracy_in_the_phones_favour() -> None:
    away = replace(HONEST, positions=((31.2364, 121.4740),))  # 600 m north
    [flag] = flags_of(away, LIMITS)
    assert (flag.code, flag.params) == ("far_from_site", {"distance_m": 600, "limit_m": 500})
    assert codes(replace(away, accuracy_m=120)) == []
    assert codes(replace(away, site_radius_m=700)) == []
    assert codes(replace(away, site_position=None)) == []
    # The farther of the two words counts.
    assert codes(replace(away, positions=(HONEST.positions[0], *away.positions))) == [
        "far_from_site"
    ]


def test_distance_is_that_over_the_globe() -> None:
    shanghai, beijing = (31.2304, 121.4737), (39.9042, 116.4074)
    assert distance_m(shanghai, beijing) == pytest.approx(1_067_000, rel=0.005)
    assert distance_m((0, 179.999), (0, -179.999)) == pytest.approx(222, abs=1)
    assert distance_m((0, 0), (0, 180)) == pytest.approx(20_015_000, rel=0.001)


def test_every_flag_says_why_in_both_languages_with_its_numbers() -> None:
    everything = replace(
        HONEST,
        same_content_records=2,
        alike_records=1,
        alike_bits=7,
        entered_at=NOON + timedelta(days=1, hours=2),
        clock_offset=-timedelta(hours=8),
        positions=((39.9, 116.4),),
        source="gallery",
        edited_with="Adobe Photoshop 25.1",
        is_readable=False,
    )
    flags = flags_of(everything, LIMITS)
    late = replace(HONEST, entered_at=NOON - timedelta(days=1))
    ahead = replace(HONEST, clock_offset=timedelta(hours=1))
    flags += [*flags_of(late, LIMITS), *flags_of(ahead, LIMITS)]
    assert {flag.code for flag in flags} == set(TEXTS)
    texts = {flag.code: flag.text() for flag in flags}
    for text in texts.values():
        assert re.search("[\u4e00-\u9fff]", text["zh-CN"])
        assert not re.search("[\u4e00-\u9fff{}]", text["en"])
    assert "26 小时" not in texts["captured_before_entry"]["zh-CN"]
    assert "1 天 2 小时" in texts["captured_before_entry"]["zh-CN"]
    assert "1 d 2 h" in texts["captured_before_entry"]["en"]
    assert "7 of 64" in texts["near_duplicate"]["en"]
    assert "Adobe Photoshop 25.1" in texts["edited"]["zh-CN"]


def test_a_name_with_braces_does_not_break_its_text() -> None:
    text = Flag("edited", {"software": "GIMP {0} {x}"}).text()
    assert "GIMP {0} {x}" in text["en"]


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (121, "2 分钟 1 秒", "2 min 1 s"),
        (7200, "2 小时", "2 h"),
        (86_400 * 40 + 59, "40 天", "40 d"),
    ],
)
def test_durations_are_said_in_their_two_largest_parts(seconds: int, zh: str, en: str) -> None:
    assert (duration(seconds).zh, duration(seconds).en) == (zh, en)


# -- looking likeness up -------------------------------------------------------------------------


def test_quarters_are_the_hash() -> None:
    dice = random.Random(7)
    for _ in range(100):
        hash_ = dice.getrandbits(64)
        assert joined(quarters(hash_)) == hash_
        assert all(0 <= part < 2**16 for part in quarters(hash_))


def test_any_ten_differing_bits_leave_one_quarter_within_reach() -> None:
    dice = random.Random(20260302)
    for _ in range(500):
        hash_ = dice.getrandbits(64)
        other = hash_
        for bit in dice.sample(range(64), ALIKE_BITS):
            other ^= 1 << bit
        assert differing_bits(hash_, other) == ALIKE_BITS
        pairs = zip(quarters(hash_), quarters(other), strict=True)
        assert any(theirs in near_quarters(ours) for ours, theirs in pairs)


def test_a_quarter_has_137_neighbours_each_once() -> None:
    near = near_quarters(0xBEEF)
    assert len(near) == len(set(near)) == 137
    assert all((value ^ 0xBEEF).bit_count() <= 2 for value in near)
