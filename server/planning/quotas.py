"""At least so many visits to a unit in a week or a month: what is short, and when it is made up.

Pure. Visits of every kind count, whoever asked for them; only what they leave short becomes tasks,
as late as it can still be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SLACK_DAYS = 3
"""Tasks are made while there are so many working days more than visits left to make. Custom."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit's visits in one period: wanted, made, and still to come by tasks that exist."""

    wanted: int
    made: int
    coming: int

    @property
    def short(self) -> int:
        """How many are short now; what is to come has not been made."""
        return max(self.wanted - self.made, 0)

    @property
    def unplanned(self) -> int:
        """How many nobody has been asked for."""
        return max(self.wanted - self.made - self.coming, 0)


def days_to_make_up(tally: Tally, days_left: Sequence[date]) -> list[date]:
    """The days on which visits are made up: the next ones, several on a day only if they are too
    few. Empty while others may still come about without being asked for."""
    missing = tally.unplanned
    if not days_left or missing == 0 or len(days_left) > tally.short + SLACK_DAYS:
        return []
    return sorted(days_left[at % len(days_left)] for at in range(missing))
