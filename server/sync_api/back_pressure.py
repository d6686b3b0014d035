"""How much a device may push in a minute, and when it may come back.

The budget is a guard against a device that has gone wild, so wide that no honest phone meets it.
It is kept in the memory of each process: with several, a device has as many times the budget.
A push that is over it is refused whole and before anything is read; the same push later is fine.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from flask import Flask, Response, current_app

from server.errors import TOO_MANY_REQUESTS, Problem
from server.http.context import current_actor, current_refusal, current_settings, current_time
from server.sync_api.seeing import count_changes

POLL_AFTER = "Yanshou-Poll-After"
_BUDGETS = "yanshou.push_budgets"
_DEVICES_REMEMBERED = 10_000
REFUSED_WEIGHT = 100
"""So many times heavier weighs what comes from a device that has been revoked."""


@dataclass(slots=True)
class Budgets:
    """A bucket for each device: full at ``per_minute``, and as much flows in within a minute."""

    per_minute: int
    _left: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, device_id: str, amount: int, now: datetime) -> float:
        """Take *amount* out and return 0, or leave it and return the seconds to wait [> 0]."""
        with self._lock:
            left, since = self._left.get(device_id, (float(self.per_minute), now))
            flowed = max(0.0, (now - since).total_seconds()) * self.per_minute / 60
            left = min(float(self.per_minute), left + flowed)
            # More than a whole bucket could never pass: a full one is enough for it.
            needed = min(amount, self.per_minute)
            fits = left >= needed
            self._left[device_id] = (left - needed if fits else left, now)
            self._left.move_to_end(device_id)
            if len(self._left) > _DEVICES_REMEMBERED:
                self._left.popitem(last=False)
            return 0.0 if fits else (needed - left) * 60 / self.per_minute


def init_back_pressure(app: Flask, mutations_per_minute: int) -> None:
    app.extensions[_BUDGETS] = Budgets(mutations_per_minute)


def take(mutations: int) -> None:
    """Refuse the push, before it is carried out, of a device that is over its budget."""
    budgets: Budgets = current_app.extensions[_BUDGETS]
    actor = current_actor()
    weight = REFUSED_WEIGHT if current_refusal() is not None else 1
    wait = budgets.take(actor.device_id or actor.user_id, mutations * weight, current_time())
    if wait > 0:
        seconds = int(wait) + 1
        headers = {"Retry-After": str(seconds)}
        raise Problem(TOO_MANY_REQUESTS, headers=headers, seconds=seconds)


def hint(response: Response, *, has_more: bool, changes: int) -> Response:
    """Tell the client when to pull again: at once while there is more. Counts the *changes*."""
    count_changes(changes)
    response.headers[POLL_AFTER] = "0" if has_more else str(current_settings().poll_after_seconds)
    return response
