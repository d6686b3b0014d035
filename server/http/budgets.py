"""How much each caller may do in a minute, kept in the memory of this process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

_CALLERS_REMEMBERED = 10_000


@dataclass(slots=True)
class Budgets:
    """A bucket for each caller: full at ``per_minute``, and as much flows in within a minute."""

    per_minute: int
    _left: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, caller: str, amount: int, now: datetime) -> float:
        """Take *amount* out and return 0, or leave it and return the seconds to wait [> 0]."""
        with self._lock:
            left, since = self._left.get(caller, (float(self.per_minute), now))
            flowed = max(0.0, (now - since).total_seconds()) * self.per_minute / 60
            left = min(float(self.per_minute), left + flowed)
            # More than a whole bucket could never pass: a full one is enough for it.
            needed = min(amount, self.per_minute)
            fits = left >= needed
            self._left[caller] = (left - needed if fits else left, now)
            self._left.move_to_end(caller)
            if len(self._left) > _CALLERS_REMEMBERED:
                self._left.popitem(last=False)
            return 0.0 if fits else (needed - left) * 60 / self.per_minute
