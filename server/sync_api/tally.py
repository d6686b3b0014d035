"""Counting what devices do, in the memory of this process, until it is written down.

A poll must not become a write. So each request adds to the tally of its device here, and every few
seconds all tallies go to the database together (``server.sync_api.sessions``). A crash loses these
few seconds of statistics and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from server.sync_api.device_report import DeviceReport

PAUSE = timedelta(minutes=5)
"""A longer silence ends a session."""
LONGEST = timedelta(hours=1)
DEVICES_MOST = 20_000
"""So many devices are counted between two writings; further ones are not."""


class Who(NamedTuple):
    organisation_id: str
    device_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a device at a door of sync."""

    at: datetime
    is_push: bool
    report: DeviceReport
    outcomes: Counter[str] = field(default_factory=Counter)
    changes_sent: int = 0
    refusal: str | None = None
    """The slug of the problem, if the request as a whole was refused."""
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """What one person did on one device without a long pause."""

    began_at: datetime
    ended_at: datetime
    pulls: int = 0
    pushes: int = 0
    refused: int = 0
    changes_sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    last_push_at: datetime | None = None
    last_pull_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    clock_offset_ms: int | None = None
    unpushed_count: int | None = None
    app_version: str | None = None
    reported_error: str | None = None

    def takes(self, at: datetime) -> bool:
        return abs(at - self.ended_at) <= PAUSE and abs(at - self.began_at) <= LONGEST

    def add(self, visit: Visit) -> None:
        self.began_at, self.ended_at = min(self.began_at, visit.at), max(self.ended_at, visit.at)
        if visit.is_push:
            self.pushes += 1
            self.last_push_at = visit.at
        else:
            self.pulls += 1
            self.last_pull_at = visit.at
        self.changes_sent += visit.changes_sent
        self.outcomes += visit.outcomes
        if visit.refusal is not None:
            self.refused += 1
            self.last_error, self.last_error_at = visit.refusal, visit.at
        self._hear(visit.report)

    def _hear(self, report: DeviceReport) -> None:
        if report.clock_offset_ms is not None:
            self.clock_offset_ms = report.clock_offset_ms
        if report.unpushed_count is not None:
            self.unpushed_count = report.unpushed_count
        self.app_version = report.app_version or self.app_version
        self.reported_error = report.last_error or self.reported_error


Tallies = dict[Who, list[Tally]]


@dataclass(slots=True)
class Totals:
    """Counters of this process since its start."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By door's direction (push, pull) and outcome (the problem's slug, or ok)."""
    mutations: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    changes_sent: int = 0
    uncounted: int = 0


class Counting:
    """The tallies of all devices of this process, and its totals. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tallies: Tallies = {}
        self.totals = Totals()

    def add(self, who: Who, visit: Visit) -> None:
        with self._lock:
            self._add_to_totals(visit)
            tallies = self._tallies.get(who)
            if tallies is None:
                if len(self._tallies) >= DEVICES_MOST:
                    self.totals.uncounted += 1
                    return
                tallies = self._tallies[who] = []
            if not tallies or not tallies[-1].takes(visit.at):
                tallies.append(Tally(visit.at, visit.at))
                del tallies[:-100]
            tallies[-1].add(visit)

    def _add_to_totals(self, visit: Visit) -> None:
        direction = "push" if visit.is_push else "pull"
        self.totals.requests[direction, visit.refusal or "ok"] += 1
        self.totals.seconds[direction] += visit.seconds
        self.totals.mutations += visit.outcomes
        self.totals.changes_sent += visit.changes_sent

    def take(self) -> Tallies:
        """Hand over everything counted so far, and begin anew."""
        with self._lock:
            taken, self._tallies = self._tallies, {}
        return taken

    def put_back(self, kept: Iterable[tuple[Who, list[Tally]]]) -> None:
        """What could not be written waits for the next time, before what came since."""
        with self._lock:
            for who, tallies in kept:
                self._tallies[who] = [*tallies, *self._tallies.get(who, [])][-100:]
