from __future__ import annotations

from collections.abc import Sequence

from sync.pull import pull_from
from sync.records import LogBounds, LogQuery, LogRow, Scope

SCOPE = Scope("o", "u", frozenset({"s"}), frozenset({"notes"}))


class BusyStore:
    """A store without snapshots: a row is committed between reading the position and the log."""

    def __init__(self) -> None:
        self.rows = 3

    def epoch(self) -> str:
        return "1"

    def oldest_position(self) -> int:
        return 0

    def position(self) -> int:
        self.rows += 1
        return self.rows - 1

    def bounds(self) -> LogBounds:
        return LogBounds(self.position(), self.epoch(), self.oldest_position())

    def log(self, query: LogQuery) -> Sequence[LogRow]:
        until = self.rows if query.until is None else query.until
        wanted = range(query.after + 1, until + 1)
        return [LogRow(n, "notes", f"r{n}", 1, False, "{}") for n in wanted][: query.limit]


def test_nothing_committed_after_the_position_was_read_is_served_or_skipped() -> None:
    store, cursor, heard = BusyStore(), None, list[str]()
    for _ in range(3):
        before = store.rows
        changes, cursor, _ = pull_from(store, SCOPE, cursor, 10)
        heard += [change.record_id for change in changes]
        assert cursor.position == before
        assert heard == [f"r{n}" for n in range(1, before + 1)]
