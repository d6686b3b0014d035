"""Quotas of visits: what is short, and the days on which it is made up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.planning.quotas import SLACK_DAYS, Tally, days_to_make_up
from server.planning.rhythm import period_of

MONDAY = date(2026, 3, 23)


def days(count):
    return [MONDAY + timedelta(days=ahead) for ahead in range(count)]


@pytest.mark.parametrize(
    ("wanted", "made", "coming", "short", "unplanned"),
    [(4, 0, 0, 4, 4), (4, 3, 0, 1, 1), (4, 4, 0, 0, 0), (4, 9, 2, 0, 0), (4, 1, 2, 3, 1)],
)
def test_what_is_short_and_what_nobody_was_asked_for(wanted, made, coming, short, unplanned):
    tally = Tally(wanted, made, coming)
    assert (tally.short, tally.unplanned) == (short, unplanned)


def test_nothing_is_asked_for_while_there_is_time():
    assert days_to_make_up(Tally(4, 2, 0), days(2 + SLACK_DAYS + 1)) == []
    assert days_to_make_up(Tally(4, 2, 0), days(2 + SLACK_DAYS)) == days(2)


def test_several_a_day_only_if_the_days_are_too_few():
    assert days_to_make_up(Tally(5, 0, 0), days(2)) == [MONDAY] * 3 + [days(2)[1]] * 2
    assert days_to_make_up(Tally(5, 0, 0), []) == []


def test_what_was_asked_for_is_not_asked_for_again():
    assert days_to_make_up(Tally(4, 2, 2), days(3)) == []
    assert days_to_make_up(Tally(4, 2, 1), days(3)) == [MONDAY]


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("month", date(2028, 2, 29), ("2028-02", date(2028, 2, 1), date(2028, 2, 29))),
        ("month", date(2026, 12, 31), ("2026-12", date(2026, 12, 1), date(2026, 12, 31))),
        ("week", date(2027, 1, 1), ("2026-W53", date(2026, 12, 28), date(2027, 1, 3))),
    ],
)
def test_the_period_that_holds_a_day(kind, day, expected):
    assert period_of(kind, day) == expected
