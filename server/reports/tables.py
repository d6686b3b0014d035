"""Lists as spreadsheets: Excel and CSV, written row by row into a file, in bounded memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Literal

import xlsxwriter

from server.reports.wording import KITCHEN_TIME

Value = str | int | Decimal | date | datetime | None
Kind = Literal["text", "number", "date", "moment"]
_FORMATS = {"number": "General", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
_CELL_LONGEST = 32_000
"""Excel keeps 32,767 characters in a cell."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: Kind = "text"
    width: int = 16
    group: str = ""
    """A common heading over neighbouring columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A titled list; *rows* may be made while they are written."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    notes: Sequence[str] = ()


def write_xlsx(table: Table, file: IO[bytes], now: datetime) -> None:
    """One sheet with a title, a head that stays in sight, and typed cells. Text stays text."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": table.title, "created": _local(now)})
        sheet = book.add_worksheet()
        plain = {"font_name": "SimSun", "font_size": 10, "valign": "top", "text_wrap": True}
        head = book.add_format(
            {**plain, "bold": True, "bg_color": "#F1F2F4", "border": 1, "align": "center"}
        )
        formats = {
            kind: book.add_format({**plain, "num_format": _FORMATS.get(kind, "@")})
            for kind in ("text", "number", "date", "moment")
        }
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, column.width)
        top = _write_title(sheet, table, book.add_format({"bold": True, "font_size": 14}))
        groups = any(column.group for column in table.columns)
        if groups:
            for at in range(len(table.columns)):
                sheet.write_string(top, at, _group_label(table.columns, at), head)
        first = top + groups
        for at, column in enumerate(table.columns):
            sheet.write_string(first, at, column.label, head)
        sheet.freeze_panes(first + 1, 0)
        sheet.repeat_rows(top, first)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        for number, row in enumerate(table.rows, start=first + 1):
            for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                _write_cell(sheet, number, at, value, formats[column.kind])


def _group_label(columns: Sequence[Column], at: int) -> str:
    """The group's name stands over its first column only."""
    group = columns[at].group
    return group if at == 0 or columns[at - 1].group != group else ""


def _write_title(sheet: Any, table: Table, bold: Any) -> int:
    """Title and notes; returns the row below them."""
    sheet.write_string(0, 0, table.title, bold)
    for at, note in enumerate(table.notes, start=1):
        sheet.write_string(at, 0, note)
    return 1 + len(table.notes)


def _write_cell(sheet: Any, row: int, at: int, value: Value, format_: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, at, None, format_)
    elif isinstance(value, str):
        sheet.write_string(row, at, value[:_CELL_LONGEST], format_)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, _local(value), format_)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), format_)  # noqa: DTZ001
    else:
        sheet.write_number(row, at, value, format_)


def write_csv(table: Table, file: IO[bytes]) -> None:
    """UTF-8 with the mark that Excel needs to see it. One head row, no title: for programs too."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([_heading(column) for column in table.columns])
    writer.writerows(_plain_rows(table.rows))
    text.detach()


def _heading(column: Column) -> str:
    return f"{column.group} {column.label}" if column.group else column.label


def _plain_rows(rows: Iterable[Sequence[Value]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_plain(value) for value in row]


def _plain(value: Value) -> str:
    """A cell as text. An apostrophe keeps spreadsheets from running what somebody typed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value
    if isinstance(value, datetime):
        return _local(value).isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _local(moment: datetime) -> datetime:
    """As the clock in the kitchen showed it: spreadsheets know no zones."""
    return moment.astimezone(KITCHEN_TIME).replace(tzinfo=None, microsecond=0)
