"""When a schedule falls due. Pure: days in, occurrences out; the same days give the same ones.

All days and hours are the kitchen's. An occurrence's key names it for ever, so that planning the
same days again finds what was planned before.
"""

from __future__ import annotations

import calendar as month_lengths
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar

BEFORE_A_MEAL = timedelta(minutes=90)
"""How long before a meal its inspection opens; it is due when the meal begins."""


@dataclass(frozen=True, slots=True)
class Term:
    """A school term, first and last day included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Occurrence:
    key: str
    opens_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month of a random draw, and the days of it that can be drawn."""

    key: str
    days: tuple[date, ...]


def occurrences(
    rhythm: Mapping[str, Any],
    first: date,
    last: date,
    calendar: KitchenCalendar,
    terms: Sequence[Term] = (),
) -> list[Occurrence]:
    """Everything that opens from *first* to *last*, both included, in order.

    Raises
    ------
    ValueError
        for the rhythm "random", whose days are drawn: see :func:`periods`.
    """
    if rhythm["kind"] == "every_meal":
        return sorted(_meals(rhythm, first, last, calendar), key=lambda o: o.opens_at)
    falls = _RULES.get(rhythm["kind"])
    if falls is None:
        raise ValueError("the days of a random schedule are drawn")
    return [
        on_day(rhythm, day) for day in _days(first, last) if falls(rhythm, day, calendar, terms)
    ]


def on_day(rhythm: Mapping[str, Any], day: date) -> Occurrence:
    """The occurrence of *day*, in the hours that the rhythm states."""
    return Occurrence(
        day.isoformat(), _moment(day, rhythm["opens_at"]), _moment(day, rhythm["closes_at"])
    )


def periods(kind: str, first: date, last: date, calendar: KitchenCalendar) -> list[Period]:
    """The weeks or months that overlap *first* to *last*, whole, with their working days."""
    found: dict[str, list[date]] = {}
    begins = first - timedelta(days=first.weekday()) if kind == "week" else first.replace(day=1)
    ends = last + timedelta(days=6 - last.weekday()) if kind == "week" else _month_end(last)
    for day in _days(begins, ends):
        year, week, _ = day.isocalendar()
        key = f"{year}-W{week:02d}" if kind == "week" else f"{day:%Y-%m}"
        found.setdefault(key, [])
        if calendar.is_working_day(day):
            found[key].append(day)
    return [Period(key, tuple(days)) for key, days in found.items() if days]


def period_of(kind: str, day: date) -> tuple[str, date, date]:
    """The key, first and last day of the week or month that holds *day*."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}", first, first + timedelta(days=6)
    return f"{day:%Y-%m}", day.replace(day=1), _month_end(day)


# -- the rules -------------------------------------------------------------------------------------


def _daily(
    rhythm: Mapping[str, Any], day: date, calendar: KitchenCalendar, terms: Sequence[Term]
) -> bool:
    return not rhythm["working_days_only"] or calendar.is_working_day(day)


def _weekly(
    rhythm: Mapping[str, Any], day: date, calendar: KitchenCalendar, terms: Sequence[Term]
) -> bool:
    return day.isoweekday() in rhythm["weekdays"]


def _monthly(
    rhythm: Mapping[str, Any], day: date, calendar: KitchenCalendar, terms: Sequence[Term]
) -> bool:
    """The 31st of a month that has 30 days is its last day, and 29 February the 28th."""
    is_last = day == _month_end(day)
    return any(day.day == wanted or (is_last and wanted > day.day) for wanted in _wanted(rhythm))


def _wanted(rhythm: Mapping[str, Any]) -> list[int]:
    days: list[int] = rhythm["days_of_month"]
    return days


def _yearly(
    rhythm: Mapping[str, Any], day: date, calendar: KitchenCalendar, terms: Sequence[Term]
) -> bool:
    return day.month in rhythm["months"] and _monthly(rhythm, day, calendar, terms)


def _term(
    rhythm: Mapping[str, Any], day: date, calendar: KitchenCalendar, terms: Sequence[Term]
) -> bool:
    return any(
        day == point_of_term(term, point, calendar)
        for term in terms
        for point in rhythm["term_points"]
    )


def point_of_term(term: Term, point: str, calendar: KitchenCalendar) -> date:
    """The working day that stands for the point: the first, the middle or the last of the term."""
    working = [day for day in _days(term.first_day, term.last_day) if calendar.is_working_day(day)]
    days = working or list(_days(term.first_day, term.last_day))
    return {"start": days[0], "middle": days[len(days) // 2], "end": days[-1]}[point]


Falls = Callable[[Mapping[str, Any], date, KitchenCalendar, Sequence[Term]], bool]
_RULES: Mapping[str, Falls] = {
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "yearly": _yearly,
    "term": _term,
}


def _meals(
    rhythm: Mapping[str, Any], first: date, last: date, calendar: KitchenCalendar
) -> Iterator[Occurrence]:
    wanted = rhythm["meals"] or [meal.code for meal in calendar.meals]
    for day in _days(first, last):
        for meal in calendar.meals:
            if meal.code in wanted:
                begins = datetime.combine(day, meal.starts_at, KITCHEN_TIME)
                yield Occurrence(f"{day.isoformat()}/{meal.code}", begins - BEFORE_A_MEAL, begins)


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _month_end(day: date) -> date:
    return day.replace(day=month_lengths.monthrange(day.year, day.month)[1])


def _moment(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), KITCHEN_TIME)
