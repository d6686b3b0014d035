"""Deadlines in kitchen time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from schemas.calendars import DEADLINES
from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar, Meal, due_at, strictest_class
from server.calendars.service import _default_calendars

ORGANISATION = "00000000-0000-7000-8000-000000000001"


def kitchen(day: str, clock: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), KITCHEN_TIME)


def calendar_2026() -> KitchenCalendar:
    [year] = [y for y in _default_calendars(ORGANISATION) if y["year"] == 2026]
    off = {
        date.fromordinal(ordinal)
        for days in year["days_off"]
        for ordinal in range(
            date.fromisoformat(days["first_day"]).toordinal(),
            date.fromisoformat(days["last_day"]).toordinal() + 1,
        )
    }
    on = {date.fromisoformat(day) for day in year["working_days"]}
    return KitchenCalendar(days_off=frozenset(off), days_on=frozenset(on))


PLAIN = KitchenCalendar()


@pytest.mark.parametrize(
    ("kind", "issued", "due"),
    [
        ("at_once", ("2026-03-02", "09:10"), ("2026-03-02", "10:10")),
        ("before_next_meal", ("2026-03-02", "09:10"), ("2026-03-02", "11:30")),
        ("before_next_meal", ("2026-03-02", "11:30"), ("2026-03-02", "17:00")),
        ("before_next_meal", ("2026-03-02", "21:00"), ("2026-03-03", "06:30")),
        ("before_next_meal", ("2026-12-31", "18:00"), ("2027-01-01", "06:30")),
        ("today", ("2026-03-02", "09:10"), ("2026-03-02", "20:00")),
        ("today", ("2026-03-02", "20:00"), ("2026-03-03", "20:00")),
        ("three_days", ("2026-02-27", "09:10"), ("2026-03-02", "20:00")),
        ("three_days", ("2024-02-27", "09:10"), ("2024-03-01", "20:00")),
        # Monday plus ten working days is the Monday after next.
        ("ten_working_days", ("2026-03-02", "09:10"), ("2026-03-16", "20:00")),
        # Sunday: the first working day is the Monday.
        ("ten_working_days", ("2026-03-01", "09:10"), ("2026-03-13", "20:00")),
    ],
)
def test_a_deadline_is_stated_in_kitchen_time(kind, issued, due):
    assert due_at(kind, kitchen(*issued), PLAIN) == kitchen(*due)


def test_the_day_is_the_kitchens_and_not_that_of_the_server():
    # 17:30 UTC on the 2nd is 01:30 on the 3rd in the kitchen.
    issued = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert due_at("today", issued, PLAIN) == kitchen("2026-03-03", "20:00")


def test_holidays_do_not_count_and_worked_weekends_do():
    # Spring Festival 2026: 14 February (Saturday) is worked, 15 to 23 are off, 28 is worked.
    due = due_at("ten_working_days", kitchen("2026-02-13", "09:00"), calendar_2026())
    assert due == kitchen("2026-03-05", "20:00")
    assert due_at("ten_working_days", kitchen("2026-02-13", "09:00"), PLAIN) == kitchen(
        "2026-02-27", "20:00"
    )


def test_canteens_cook_on_holidays_so_the_next_meal_may_be_one():
    due = due_at("before_next_meal", kitchen("2026-02-16", "21:00"), calendar_2026())
    assert due == kitchen("2026-02-17", "06:30")


def test_a_site_has_its_own_meals():
    night = KitchenCalendar(meals=(Meal("night", time(23, 30)),), closes_at=time(23, 59))
    assert due_at("before_next_meal", kitchen("2026-03-02", "20:00"), night) == kitchen(
        "2026-03-02", "23:30"
    )


def test_a_fixed_deadline_has_no_rule():
    with pytest.raises(ValueError, match="fixed"):
        due_at("fixed", kitchen("2026-03-02", "09:00"), PLAIN)


def test_every_word_but_fixed_gives_a_time_after_the_issue():
    issued = kitchen("2026-03-02", "23:59")
    assert all(due_at(kind, issued, PLAIN) > issued for kind in DEADLINES if kind != "fixed")


def test_a_calendar_without_working_days_is_an_error_and_not_an_endless_search():
    days = frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + ahead) for ahead in range(600))
    with pytest.raises(ValueError, match="no working days"):
        KitchenCalendar(days_off=days).after_working_days(date(2026, 1, 1), 1)


def test_the_gravest_class_gives_the_deadline():
    assert strictest_class(["C", "A", "B"]) == "A"


def test_default_calendars_are_unconfirmed_and_whole():
    for year in _default_calendars(ORGANISATION):
        assert year["is_confirmed"] is False
        worked = {date.fromisoformat(day).weekday() for day in year["working_days"]}
        assert worked <= {5, 6}, "only weekends are worked instead"
