"""Which troubles of the database pass by themselves, and which somebody has to see to."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from server.db.transaction import is_out_of_order, is_passing_trouble


class Told(Exception):
    """What a driver raises."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("told", "passes", "is_out"),
    [
        (Told("database or disk is full"), False, True),
        (Told("disk I/O error"), False, True),
        (Told("could not extend file: No space left on device", "53100"), False, True),
        (Told("too many clients already", "53300"), False, True),
        (Told("terminating connection due to administrator command", "57P01"), False, True),
        (Told("connection failed: Connection refused"), False, True),
        (Told("database is locked"), True, False),
        (Told("deadlock detected", "40P01"), True, False),
        (Told("no such table: blobs"), False, False),
        (Told("column does not exist", "42703"), False, False),
    ],
    ids=str,
)
def test_trouble_is_told_apart(told: Told, passes: bool, is_out: bool) -> None:
    error = OperationalError("SELECT 1", {}, told)
    assert (is_passing_trouble(error), is_out_of_order(error)) == (passes, is_out)
