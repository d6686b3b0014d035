"""When something is due, in the words of a kitchen: at once, before the next meal, in 10 working
days. Pure: the calendar and the moment are arguments.

Source: 10 working days and the graded deadlines are customary in supervision notices; no article
fixes them, so an organisation may choose another word for each class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from schemas.calendars import DEADLINES
from server.errors import Text

KITCHEN_TIME = ZoneInfo("Asia/Shanghai")
AT_ONCE = timedelta(hours=1)
"""How long "at once" may take before it counts as overdue."""

SATURDAY = 5
_LONGEST_SEARCH_DAYS = 400

LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "at_once": Text("立即", "at once"),
        "before_next_meal": Text("下一餐前", "before the next meal"),
        "today": Text("当日", "today"),
        "three_days": Text("3 天内", "within 3 days"),
        "ten_working_days": Text("10 个工作日内", "within 10 working days"),
        "fixed": Text("指定时间", "at a stated time"),
    }
)
assert tuple(LABELS) == DEADLINES

DEFAULT_DEADLINES: Mapping[str, str] = MappingProxyType(
    {"A": "before_next_meal", "B": "three_days", "C": "ten_working_days"}
)
"""The deadline of each nonconformity class, unless whoever issues the notice says another."""


@dataclass(frozen=True, slots=True)
class Meal:
    """One meal of the day; work on it begins before ``starts_at``."""

    code: str
    starts_at: time


DEFAULT_MEALS = (
    Meal("breakfast", time(6, 30)),
    Meal("lunch", time(11, 30)),
    Meal("dinner", time(17, 0)),
)
DEFAULT_CLOSES_AT = time(20, 0)


@dataclass(frozen=True, slots=True)
class KitchenCalendar:
    """The days and hours of one site. *days_off* and *days_on* are exceptions to the week."""

    meals: tuple[Meal, ...] = DEFAULT_MEALS
    closes_at: time = DEFAULT_CLOSES_AT
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()
    known_years: frozenset[int] = field(default_factory=frozenset)
    """Years whose public holidays are on record; in others only weekends are days off."""

    def is_working_day(self, day: date) -> bool:
        if day in self.days_on:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def after_working_days(self, day: date, count: int) -> date:
        """The *count*-th working day after *day*; the day itself does not count."""
        for ahead in range(1, _LONGEST_SEARCH_DAYS):
            later = day + timedelta(days=ahead)
            count -= self.is_working_day(later)
            if count == 0:
                return later
        raise ValueError("the calendar has no working days")

    def next_meal(self, moment: datetime) -> datetime:
        """The beginning of the first meal after *moment*. Canteens also cook on days off."""
        local = moment.astimezone(KITCHEN_TIME)
        starts = sorted(meal.starts_at for meal in self.meals)
        for day in (local.date(), local.date() + timedelta(days=1)):
            for start in starts:
                begins = datetime.combine(day, start, KITCHEN_TIME)
                if begins > local:
                    return begins
        raise ValueError("the calendar has no meals")

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self.closes_at, KITCHEN_TIME)


def due_at(kind: str, issued_at: datetime, calendar: KitchenCalendar) -> datetime:
    """When a notice issued at *issued_at* is due; *kind* is one of ``DEADLINES`` but "fixed".

    Days end when the kitchen closes. What is due "today" but issued after closing is due when the
    next day's work ends.

    Raises
    ------
    ValueError
        for "fixed" or an unknown kind.
    """
    local = issued_at.astimezone(KITCHEN_TIME)
    today = local.date()
    if kind == "at_once":
        return issued_at + AT_ONCE
    if kind == "before_next_meal":
        return calendar.next_meal(issued_at)
    if kind == "today":
        closing = calendar.closing(today)
        return closing if closing > local else calendar.closing(today + timedelta(days=1))
    if kind == "three_days":
        return calendar.closing(today + timedelta(days=3))
    if kind == "ten_working_days":
        return calendar.closing(calendar.after_working_days(today, 10))
    raise ValueError(f"no rule gives a time for the deadline {kind!r}")


def strictest_class(classes: list[str]) -> str:
    """The class whose deadline a notice over several findings takes: A before B before C."""
    return min(classes)
