"""Drawing by lot, so that everybody can check afterwards that it was fair. Pure.

A draw is a seed and a pool in a stated order; the rest follows by ``sampling.selection``, whose
rule is written down there. Before the period is over only the seed's SHA-256 is shown: the draw is
fixed, and nobody can read it ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sampling.selection import draw_item_numbers


@dataclass(frozen=True, slots=True)
class Visit:
    """One drawn inspection."""

    unit_id: str
    day: date


def draw_visits(
    unit_ids: Sequence[str], days: Sequence[date], count: int, seed: str
) -> list[Visit]:
    """*count* different pairs of a unit and a day, or all there are.

    The pool numbers the pairs unit by unit: pair k is unit (k−1) ÷ days, day (k−1) mod days.
    """
    pool = len(unit_ids) * len(days)
    numbers = draw_item_numbers(pool, min(count, pool), seed)
    return [
        Visit(unit_ids[(number - 1) // len(days)], days[(number - 1) % len(days)])
        for number in numbers
    ]


def draw_person(user_ids: Sequence[str], seed: str) -> str | None:
    """One of *user_ids*, or None if there are none."""
    if not user_ids:
        return None
    [number] = draw_item_numbers(len(user_ids), 1, seed)
    return user_ids[number - 1]


def commitment(seed: str) -> str:
    """What is shown while the seed is still secret."""
    return sha256(seed.encode()).hexdigest()
