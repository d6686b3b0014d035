"""Repeat findings (屡查屡犯): the same item at the same place within some days.

Pure. A repeat raises the class by one, C to B and B to A; it does not raise further the third time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_RAISED = {"C": "B", "B": "A", "A": "A"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One finding as recurrence sees it."""

    finding_id: str
    captured_at: datetime
    nonconformity_class: str


def recurrence_key(finding: Mapping[str, Any]) -> str | None:
    """Item and place, or None for what cannot recur: good practices and free remarks.

    The place is as exact as it was recorded: the place itself, else the unit or the supplier.
    """
    if finding["kind"] != "nonconformity" or finding["item_id"] is None:
        return None
    where = finding["place_id"] or finding["unit_id"] or finding["supplier_id"]
    if where is None:
        return None
    return f"{finding['checklist_code']}/{finding['item_id']}/{where}"


def earlier_of_each(
    occurrences: Iterable[Occurrence], within_days: int
) -> dict[str, Occurrence | None]:
    """For each finding of one key, the newest earlier one that makes it a repeat, or None.

    Findings of the same moment (two items of one delivery) are no repeats of each other.
    """
    ordered = sorted(occurrences, key=lambda o: (o.captured_at, o.finding_id))
    window = timedelta(days=within_days)
    found: dict[str, Occurrence | None] = {}
    for position, one in enumerate(ordered):
        before = [o for o in ordered[:position] if o.captured_at < one.captured_at]
        last = before[-1] if before else None
        is_repeat = last is not None and one.captured_at - last.captured_at <= window
        found[one.finding_id] = last if is_repeat else None
    return found


def effective_class(nonconformity_class: str | None, is_repeat: bool) -> str | None:
    if nonconformity_class is None or not is_repeat:
        return nonconformity_class
    return _RAISED[nonconformity_class]
