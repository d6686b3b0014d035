"""Reading a workbook that anybody may have sent: sizes are known before anything is unpacked.

Nothing in it is carried out: macros are refused, formulas are not computed, links not followed.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import count
from threading import Lock
from typing import Any, NamedTuple

import openpyxl
from defusedxml.common import DefusedXmlException

from server.errors import IMPORT_TOO_LARGE, IMPORT_UNREADABLE, Problem, ProblemType, Text

FILE_BYTES_MOST = 2 * 1024 * 1024
_UNPACKED_BYTES_MOST = 16 * 1024 * 1024
_MEMBERS_MOST = 300
_ROWS_MOST = 3000
# Two sheets formatted to their last row, as they come from real spreadsheets: two seconds.
_ROWS_WALKED_MOST = 2_200_000
_LAST_ROW = 1_048_576
_COLUMNS_MOST = 120
_SHEETS_MOST = 20
_OLD_WORKBOOK = bytes.fromhex("d0cf11e0a1b11ae1")
_CONSTANTS = {"=TRUE()": "yes", "=FALSE()": "no"}
# One at a time: what a workbook takes to read is bounded for the process, not for each request.
_reading = Lock()


class Row(NamedTuple):
    """*number* is the row's as a spreadsheet shows it."""

    number: int
    cells: Mapping[str, str]


class Sheet(NamedTuple):
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    formulas: tuple[tuple[int, str, str], ...]
    """Row, column and text of what would have to be computed."""
    untitled: tuple[tuple[int, str, str], ...] = ()
    """Row, letter and text of what stands in a column without a title."""


class Workbook(NamedTuple):
    sheets: Mapping[str, Sheet]
    has_links: bool


def read_workbook(content: bytes) -> Workbook:
    """Every sheet of an .xlsx file by its name, as text.

    Raises
    ------
    Problem
        ``import-too-large`` or ``import-unreadable``, saying why.
    """
    if len(content) > FILE_BYTES_MOST:
        raise _too_large(f"文件超过 {FILE_BYTES_MOST // 1024} KiB", "more than 2 MiB")
    has_links = _look_inside(content)
    try:
        with _reading, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of a file that openpyxl passes over
            return Workbook(_sheets(content), has_links)
    except Problem:
        raise
    except DefusedXmlException:
        raise _unreadable("文件内含 XML 实体声明", "it declares XML entities") from None
    except Exception:
        # openpyxl trusts a file's structure and stumbles in many ways over one that is damaged.
        raise _unreadable("不是完好的 .xlsx 文件", "it is no sound .xlsx file") from None


def _sheets(content: bytes) -> dict[str, Sheet]:
    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=False, keep_links=False
    )
    try:
        if len(book.worksheets) > _SHEETS_MOST:
            raise _too_large(f"超过 {_SHEETS_MOST} 张工作表", f"over {_SHEETS_MOST} sheets")
        walked = count()
        return {sheet.title: _sheet(sheet, walked) for sheet in book.worksheets}
    finally:
        book.close()


def _look_inside(content: bytes) -> bool:
    """Refuse bombs and macros by the archive's own list. Whether there are links to other files.

    A member cannot unpack to more than its entry says: ``zipfile`` stops there.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        if content.startswith(_OLD_WORKBOOK):
            raise _unreadable(
                "这是旧版 .xls 文件，请在表格软件中另存为 .xlsx",
                "it is an old .xls file; save it as .xlsx in a spreadsheet program",
            ) from None
        raise _unreadable("不是 .xlsx 文件", "it is no .xlsx file") from None
    if len(members) > _MEMBERS_MOST or sum(m.file_size for m in members) > _UNPACKED_BYTES_MOST:
        raise _too_large("展开后超过 16 MiB", "it unpacks to more than 16 MiB")
    names = [member.filename.lower() for member in members]
    if any("vbaproject" in name for name in names):
        raise _unreadable("文件含有宏", "it holds macros")
    return any("externallink" in name for name in names)


def _sheet(sheet: Any, walked: Iterator[int]) -> Sheet:
    sheet.reset_dimensions()  # what the file says of its own size is not relied upon
    columns: tuple[str, ...] = ()
    found: list[Row] = []
    formulas: list[tuple[int, str, str]] = []
    untitled: list[tuple[int, str, str]] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        _require_within(sheet.title, number, cells)
        if number > _LAST_ROW or next(walked) > _ROWS_WALKED_MOST:
            raise _too_large("行数过多", "too many rows")
        if not columns:
            columns = tuple(_text(cell.value).strip() for cell in cells)
            columns = columns if any(columns) else ()
            continue
        untitled += _untitled(number, columns, cells)
        given = dict(_filled(columns, cells))
        formulas += [
            (number, column, _text(cell.value))
            for column, cell in given.items()
            if _is_formula(cell)
        ]
        texts = {c: _text(cell.value) for c, cell in given.items() if not _is_formula(cell)}
        if any(text.strip() for text in texts.values()):
            found.append(Row(number, texts))
    titles = tuple(column for column in columns if column)
    return Sheet(titles, tuple(found), tuple(formulas), tuple(untitled))


def _require_within(title: str, number: int, cells: Any) -> None:
    """Formatted cells without content do no harm, within reason."""
    beyond = cells if number > _ROWS_MOST else cells[_COLUMNS_MOST:]
    if any(cell.value is not None for cell in beyond):
        raise _too_large(
            f"工作表 {title} 超过 {_ROWS_MOST} 行或 {_COLUMNS_MOST} 列",
            f"sheet {title} has over {_ROWS_MOST} rows or {_COLUMNS_MOST} columns",
        )


def _filled(columns: tuple[str, ...], cells: Any) -> Iterator[tuple[str, Any]]:
    for column, cell in zip(columns, cells, strict=False):
        if column and cell.value is not None:
            yield column, cell


def _untitled(number: int, columns: tuple[str, ...], cells: Any) -> Iterator[tuple[int, str, str]]:
    for position, cell in enumerate(cells if columns else ()):
        has_title = position < len(columns) and columns[position]
        if not has_title and _text(cell.value).strip():
            yield number, cell.column_letter, _text(cell.value)


def _is_formula(cell: Any) -> bool:
    """Whether something would have to be computed. Some programs write a plain yes as ``=TRUE()``,
    which is none."""
    return cell.data_type == "f" and str(cell.value).upper() not in _CONSTANTS


def _text(value: Any) -> str:
    if isinstance(value, str) and value.upper() in _CONSTANTS:
        return _CONSTANTS[value.upper()]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)


def _unreadable(zh: str, en: str) -> Problem:
    return _problem(IMPORT_UNREADABLE, f"{zh}。", f"The file cannot be taken: {en}.")


def _too_large(zh: str, en: str) -> Problem:
    return _problem(IMPORT_TOO_LARGE, f"{zh}，不能导入。", f"The file is too large: {en}.")


def _problem(type_: ProblemType, zh: str, en: str) -> Problem:
    return Problem(type_, reason=Text(zh, en))
