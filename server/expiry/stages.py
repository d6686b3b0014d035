"""When a paper that ends is warned of. Pure. The days are the customer's wish, not law."""

from __future__ import annotations

from datetime import date

WARNINGS_DAYS = (60, 30, 7)
EXPIRED = "expired"


def days_left(valid_until: date, today: date) -> int:
    """0 on its last day, which still counts; negative once it is over."""
    return (valid_until - today).days


def stage_at(valid_until: date, today: date) -> str | None:
    """The warning that is due: of those slept through only the last one."""
    left = days_left(valid_until, today)
    if left < 0:
        return EXPIRED
    due = [days for days in WARNINGS_DAYS if left <= days]
    return str(min(due)) if due else None
