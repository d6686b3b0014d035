"""From a record to the day until which its photos are kept. Pure; the rules are data."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from schemas.fields import parse_time
from server.data_files import read_yaml

_FILE = Path(__file__).with_name("rules.yaml")
NO_RECORD = "attachments"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of record keeps its photos."""

    collection: str
    name: str
    dates: tuple[str, ...]
    months: int
    shelf_life_months: int | None
    kept_while: tuple[str, tuple[Any, ...]] | None
    basis: str
    is_confirmed: bool

    def keep_until(
        self, document: Mapping[str, Any], written_at: datetime, months_least: int = 0
    ) -> date | None:
        """The last day on which the record still needs its photos; None while it is in use."""
        if self.kept_while is not None:
            field, values = self.kept_while
            if document.get(field, values[0]) in values:
                return None
        happened = self._happened(document, written_at)
        ends = [add_months(happened, months_least)]
        lines = list(_shelf_lives(document)) if self.shelf_life_months is not None else []
        for ends_on in lines or [None]:
            if ends_on is None or self.shelf_life_months is None:
                ends.append(add_months(happened, self.months))
            else:
                ends.append(add_months(ends_on, self.shelf_life_months))
        return max(ends)

    def _happened(self, document: Mapping[str, Any], written_at: datetime) -> date:
        for name in self.dates:
            told = document.get(name)
            if told:
                return date.fromisoformat(told) if len(told) == 10 else parse_time(told).date()
        return written_at.date()


def _shelf_lives(receipt: Mapping[str, Any]) -> Iterator[date | None]:
    """The end of each line's shelf life: as worked out when it was signed, else as entered."""
    worked_out = (receipt.get("basis") or {"lines": {}})["lines"]
    for line in receipt["lines"]:
        told = worked_out.get(line["id"], {}).get("expires_on") or line.get("expires_on")
        yield None if told is None else date.fromisoformat(told)


@cache
def rules() -> Mapping[str, Rule]:
    """The rules by collection."""
    return {rule.collection: rule for rule in map(_rule, read_yaml(_FILE))}


@cache
def fingerprint(months_least: int) -> str:
    """Another one where the terms of records have to be worked out anew."""
    return hashlib.sha256(f"{months_least}\n{_FILE.read_text('utf-8')}".encode()).hexdigest()


def _rule(entry: Mapping[str, Any]) -> Rule:
    kept_while = entry.get("while")
    return Rule(
        collection=entry["collection"],
        name=entry["rule"],
        dates=tuple(entry["date"]),
        months=entry["months"],
        shelf_life_months=entry.get("shelf_life_months"),
        kept_while=None
        if kept_while is None
        else (kept_while["field"], tuple(kept_while["values"])),
        basis=entry["basis"],
        is_confirmed=entry["is_confirmed"],
    )


def add_months(day: date, months: int) -> date:
    """The same day so many months later (earlier, if negative), or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    # A shelf life typed as 9999-12-31 must not stop the job.
    year = min(year, date.max.year)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
