"""How alike two pictures are: a difference hash of 64 bits, and how near ones are looked up.

The hash survives recompression, scaling and brightness, and is blind to small crops beyond a few
per cent, turns and mirrors: a hint, never a verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

from PIL import Image

ALIKE_BITS = 10
"""Hashes that differ in at most this many of 64 bits are taken for the same scene."""

_COLUMNS, _ROWS = 9, 8
_FLAT_LEVELS = 12
QUARTERS = 4
QUARTER_BITS = 16
_QUARTER_REACH = ALIKE_BITS // QUARTERS


def likeness_of(image: Image.Image) -> int | None:
    """The difference hash: for each of 8 × 8 places, whether it is brighter than its neighbour.

    None for a picture so even (a lens cap, a white wall) that noise would decide.
    """
    small = image.convert("L").resize((_COLUMNS, _ROWS), Image.Resampling.BOX)
    levels = small.tobytes()
    if max(levels) - min(levels) < _FLAT_LEVELS:
        return None
    hash_ = 0
    for row in range(_ROWS):
        for column in range(_COLUMNS - 1):
            place = row * _COLUMNS + column
            hash_ = hash_ << 1 | (levels[place] > levels[place + 1])
    return hash_


def differing_bits(one: int, other: int) -> int:
    return (one ^ other).bit_count()


def quarters(hash_: int) -> tuple[int, ...]:
    """The hash in four parts of 16 bits, the highest first."""
    mask = (1 << QUARTER_BITS) - 1
    return tuple(hash_ >> QUARTER_BITS * place & mask for place in reversed(range(QUARTERS)))


def joined(parts: Sequence[int]) -> int:
    hash_ = 0
    for part in parts:
        hash_ = hash_ << QUARTER_BITS | part
    return hash_


def near_quarters(quarter: int) -> list[int]:
    """Every value of a quarter that differs from *quarter* in at most two bits (137 of them).

    Ten differing bits spread over four quarters leave at most two in one of them, so looking these
    values up in each quarter misses no near-duplicate.
    """
    return [quarter ^ mask for mask in _masks()]


@cache
def _masks() -> tuple[int, ...]:
    return tuple(
        sum(1 << bit for bit in bits)
        for count in range(_QUARTER_REACH + 1)
        for bits in combinations(range(QUARTER_BITS), count)
    )
