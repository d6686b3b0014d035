"""What an exported list is made of: who asks, the columns, and its rows page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.access import Actor
from server.errors import LIST_TOO_LONG, Problem, Text
from server.http.paging import Page
from server.reports.lists import ROWS_MAX
from server.reports.tables import Column, Kind, Table, Value
from server.reports.wording import Wording

_AT_ONCE = 500
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who asks for a list, in which language, narrowed by which filters, and when."""

    session: Session
    actor: Actor
    words: Wording
    query: dict[str, Any]
    now: datetime

    @property
    def filters(self) -> dict[str, Any]:
        """What the list's own page takes beside limit and cursor."""
        return {name: value for name, value in self.query.items() if name != "lang"}

    def said(self, text: Text) -> str:
        return text.render(self.words.language)


MakeTable = Callable[[Wanted], Table]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column: its heading, and how a row fills it."""

    heading: Text
    read: Callable[[Any], Value]
    kind: Kind = "text"
    width: int = 16


def listed(
    wanted: Wanted, title: Text, cells: Sequence[Cell], rows: Iterator[Any], notes: bool = True
) -> Table:
    """A table of *rows*, each filled in by *cells* when it is written."""
    columns = [Column(wanted.said(cell.heading), cell.kind, cell.width) for cell in cells]
    filled = ([cell.read(row) for cell in cells] for row in rows)
    told = [wanted.words.label("times.note")] if notes else []
    return Table(wanted.said(title), columns, filled, told)


def every_row(
    page_of: Callable[[int, str | None], Page[Row]], at_once: int = _AT_ONCE
) -> Iterator[Row]:
    """The rows of every page that *page_of* (limit, cursor) gives: the export of a list is the
    list, with its own filters and its own view of what the reader may see.

    Raises
    ------
    Problem
        ``list-too-long``, before anything has been sent: lists are written into a file first.
    """
    cursor: str | None = None
    count = 0
    while True:
        page = page_of(at_once, cursor)
        count += len(page.rows)
        if count > ROWS_MAX:
            raise Problem(LIST_TOO_LONG, rows=ROWS_MAX)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def moment(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
