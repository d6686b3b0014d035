"""When schedules fall due: every rhythm, month ends, leap days, terms, and draws by lot."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar
from server.planning.lots import commitment, draw_person, draw_visits
from server.planning.rhythm import Term, occurrences, periods, point_of_term

PLAIN = KitchenCalendar()


def rhythm(kind, **changes):
    return {
        "kind": kind,
        "meals": [],
        "working_days_only": False,
        "weekdays": [],
        "days_of_month": [],
        "months": [],
        "term_points": [],
        "period": None,
        "count": None,
        "opens_at": "08:00",
        "closes_at": "18:00",
        **changes,
    }


def days(found):
    return [occurrence.key for occurrence in found]


def between(kind, first, last, calendar=PLAIN, terms=(), **changes):
    return occurrences(
        rhythm(kind, **changes),
        date.fromisoformat(first),
        date.fromisoformat(last),
        calendar,
        terms,
    )


def test_every_meal_of_every_day():
    found = between("every_meal", "2026-03-07", "2026-03-08")
    assert days(found) == [
        f"2026-03-{day}/{meal}" for day in ("07", "08") for meal in ("breakfast", "lunch", "dinner")
    ]
    lunch = found[1]
    assert lunch.due_at == datetime.combine(date(2026, 3, 7), time(11, 30), KITCHEN_TIME)
    assert lunch.due_at - lunch.opens_at == timedelta(minutes=90)


def test_only_the_meals_that_are_named():
    assert days(between("every_meal", "2026-03-07", "2026-03-07", meals=["lunch"])) == [
        "2026-03-07/lunch"
    ]


def test_daily_with_and_without_days_off():
    assert len(between("daily", "2026-03-02", "2026-03-08")) == 7
    working = between("daily", "2026-03-02", "2026-03-08", working_days_only=True)
    assert days(working) == [f"2026-03-0{day}" for day in range(2, 7)]


def test_weekly_on_stated_days():
    assert days(between("weekly", "2026-03-01", "2026-03-15", weekdays=[1, 7])) == [
        "2026-03-01",
        "2026-03-02",
        "2026-03-08",
        "2026-03-09",
        "2026-03-15",
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (31, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (29, ["2026-01-29", "2026-02-28", "2026-03-29", "2026-04-29"]),
        (1, ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]),
    ],
)
def test_a_day_the_month_does_not_have_is_its_last(day, expected):
    assert days(between("monthly", "2026-01-01", "2026-04-30", days_of_month=[day])) == expected


def test_29_february_is_a_day_in_leap_years():
    found = between("yearly", "2024-01-01", "2026-12-31", months=[2], days_of_month=[29])
    assert days(found) == ["2024-02-29", "2025-02-28", "2026-02-28"]


def test_the_29th_and_31st_of_february_are_one_visit():
    found = between("monthly", "2026-02-01", "2026-02-28", days_of_month=[28, 29, 30, 31])
    assert days(found) == ["2026-02-28"]


def test_may_and_november():
    found = between("yearly", "2026-01-01", "2026-12-31", months=[5, 11], days_of_month=[15])
    assert days(found) == ["2026-05-15", "2026-11-15"]


def test_start_middle_and_end_of_a_term_are_working_days():
    term = Term(date(2026, 3, 1), date(2026, 7, 4))  # a Sunday to a Saturday
    points = [point_of_term(term, point, PLAIN) for point in ("start", "middle", "end")]
    assert points == [date(2026, 3, 2), date(2026, 5, 4), date(2026, 7, 3)]
    found = between(
        "term",
        "2026-01-01",
        "2026-12-31",
        terms=[term],
        term_points=["start", "middle", "end"],
    )
    assert days(found) == [point.isoformat() for point in points]


def test_a_holiday_in_mid_term_moves_the_middle():
    off = frozenset(date(2026, 5, day) for day in range(1, 6))
    term = Term(date(2026, 3, 1), date(2026, 7, 4))
    assert point_of_term(term, "middle", KitchenCalendar(days_off=off)) == date(2026, 4, 30)


def test_hours_are_the_kitchens():
    [one] = between("daily", "2026-03-02", "2026-03-02")
    assert one.opens_at.isoformat() == "2026-03-02T08:00:00+08:00"


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["daily", "weekly", "monthly"]))
def test_planning_in_two_parts_is_planning_in_one(split, length, kind):
    first = date(2026, 1, 20)
    last = first + timedelta(days=length)
    middle = min(first + timedelta(days=split), last)
    rule = rhythm(kind, weekdays=[1, 5], days_of_month=[1, 31])
    whole = occurrences(rule, first, last, PLAIN)
    parts = occurrences(rule, first, middle, PLAIN) + occurrences(
        rule, middle + timedelta(days=1), last, PLAIN
    )
    assert whole == parts


def test_a_random_rhythm_has_no_days_of_its_own():
    with pytest.raises(ValueError, match="drawn"):
        between("random", "2026-03-02", "2026-03-02")


def test_periods_are_whole_weeks_and_months_of_working_days():
    [week] = periods("week", date(2026, 3, 4), date(2026, 3, 5), PLAIN)
    assert week.key == "2026-W10"
    assert week.days == tuple(date(2026, 3, day) for day in range(2, 7))
    [month] = periods("month", date(2024, 2, 10), date(2024, 2, 11), PLAIN)
    assert (month.key, len(month.days)) == ("2024-02", 21)
    # The week over new year belongs to the ISO year.
    assert [p.key for p in periods("week", date(2026, 12, 31), date(2027, 1, 4), PLAIN)] == [
        "2026-W53",
        "2027-W01",
    ]


# -- lots ------------------------------------------------------------------------------------------

WEEK = [date(2026, 3, day) for day in range(2, 7)]


def test_a_draw_follows_from_its_seed_alone():
    assert draw_visits(["a", "b"], WEEK, 3, "seed") == draw_visits(["a", "b"], WEEK, 3, "seed")
    assert draw_visits(["a", "b"], WEEK, 3, "seed") != draw_visits(["a", "b"], WEEK, 3, "other")


def test_visits_are_different_and_at_most_all():
    visits = draw_visits(["a", "b"], WEEK, 99, "seed")
    assert len(visits) == len(set(visits)) == 10


def test_every_unit_and_day_comes_up_about_as_often():
    drawn = Counter(
        visit for n in range(2000) for visit in draw_visits(["a", "b", "c"], WEEK, 3, f"s{n}")
    )
    assert len(drawn) == 15
    expected = 2000 * 3 / 15
    # Chi-square with 14 degrees of freedom: 36.1 is passed once in a thousand times by chance.
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 36.1


def test_people_are_drawn_evenly_and_nobody_from_an_empty_list():
    drawn = Counter(draw_person(["a", "b", "c"], f"s{n}") for n in range(3000))
    assert all(900 < count < 1100 for count in drawn.values())
    assert draw_person([], "seed") is None


def test_the_commitment_shows_nothing_and_binds():
    assert commitment("seed") != commitment("seeD")
    assert len(commitment("seed")) == 64
