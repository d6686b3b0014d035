"""A file that anybody may have sent, as rows of text: Excel workbooks and CSV of any habit."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from server.checklists.exchange.workbook import FILE_BYTES_MOST, read_workbook
from server.errors import IMPORT_TOO_LARGE, IMPORT_UNREADABLE, Problem, ProblemType, Text

ROWS_MOST = 500
_COLUMNS_MOST = 60
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_AS_TEXT = re.compile(r'="([^"]*)"')
_SET_APART = re.compile(r"'[=+\-@\t]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


class TableRow(NamedTuple):
    """*number* is the row's as a spreadsheet shows it."""

    number: int
    cells: dict[str, str]


class TableRead(NamedTuple):
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    formulas: tuple[tuple[int, str, str], ...]
    """Row, heading and text of what would have to be computed."""


def read_table(content: bytes) -> TableRead:
    """The first sheet of a workbook, or a CSV file.

    Raises
    ------
    Problem
        ``import-too-large`` or ``import-unreadable``, saying why.
    """
    if not content.strip():
        raise _problem(IMPORT_UNREADABLE, "文件是空的。", "The file is empty.")
    if len(content) > FILE_BYTES_MOST:
        raise _problem(IMPORT_TOO_LARGE, "文件超过 2 MiB。", "The file is over 2 MiB.")
    if content.startswith(_OLD_EXCEL):
        raise _problem(
            IMPORT_UNREADABLE,
            "这是旧版 .xls 文件，请另存为 .xlsx 或 CSV。",
            "This is an old .xls file; save it as .xlsx or CSV.",
        )
    table = _of_workbook(content) if content.startswith(b"PK") else _of_csv(content)
    _look_over(table)
    return table


def _of_workbook(content: bytes) -> TableRead:
    sheets = read_workbook(content).sheets
    if not sheets:
        raise _problem(IMPORT_UNREADABLE, "文件里没有工作表。", "The file holds no sheet.")
    first = next(iter(sheets.values()))
    merged = _merged_cells(content)
    if merged is not None:
        raise _problem(
            IMPORT_UNREADABLE,
            f"工作表有合并的单元格（{merged}），无法逐行读取。请取消合并，把每格填满。",
            f"The sheet has merged cells ({merged}) and cannot be read row by row. "
            "Unmerge them and fill each cell.",
        )
    rows = tuple(TableRow(row.number, dict(row.cells)) for row in first.rows)
    return TableRead(first.columns, rows, first.formulas)


def _merged_cells(content: bytes) -> str | None:
    """The first merged cells of the first sheet. The reader has looked at all sizes by now."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        found = _MERGED.search(archive.read(names[0])) if names else None
    return None if found is None else found.group(1).decode()


def _of_csv(content: bytes) -> TableRead:
    text = _decoded(content)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise _not_csv() from None
    filled = [(at, record) for at, record in enumerate(records, 1) if any(map(str.strip, record))]
    if not filled:
        raise _problem(IMPORT_UNREADABLE, "文件是空的。", "The file is empty.")
    headings = tuple(cell.strip() for cell in filled[0][1])
    if len(headings) > _COLUMNS_MOST:
        raise _problem(IMPORT_TOO_LARGE, "列数过多。", "There are too many columns.")
    rows: list[TableRow] = []
    formulas: list[tuple[int, str, str]] = []
    for number, record in filled[1:]:
        cells = dict(_cells(headings, record))
        formulas += [(number, name, cell) for name, cell in cells.items() if cell.startswith("=")]
        rows.append(TableRow(number, {n: c for n, c in cells.items() if not c.startswith("=")}))
    return TableRead(tuple(filter(None, headings)), tuple(rows), tuple(formulas))


def _cells(headings: tuple[str, ...], record: list[str]) -> Iterator[tuple[str, str]]:
    """A cell written as ="00123", or set apart by an apostrophe, is the text it protects."""
    for heading, written in zip(headings, record, strict=False):
        protected = _AS_TEXT.fullmatch(written.strip())
        cell = protected.group(1) if protected else written
        if heading:
            yield heading, cell[1:] if _SET_APART.match(cell) else cell


def _decoded(content: bytes) -> str:
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _not_csv()


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(",\t;", key=first.count)


def _look_over(table: TableRead) -> None:
    if len(table.rows) > ROWS_MOST:
        raise _problem(
            IMPORT_TOO_LARGE,
            f"超过 {ROWS_MOST} 行，请分成几个文件。",
            f"It has over {ROWS_MOST} rows; split it into several files.",
        )
    doubled = {name for name in table.headings if table.headings.count(name) > 1}
    if doubled:
        name = sorted(doubled)[0]
        raise _problem(
            IMPORT_UNREADABLE, f"列“{name}”出现两次。", f"The column “{name}” is there twice."
        )


def _not_csv() -> Problem:
    return _problem(
        IMPORT_UNREADABLE,
        "既不是 .xlsx 也不是 CSV 文件。",
        "The file is neither .xlsx nor CSV.",
    )


def _problem(type_: ProblemType, zh: str, en: str) -> Problem:
    return Problem(type_, reason=Text(zh, en))
