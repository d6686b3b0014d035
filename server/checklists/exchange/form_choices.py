"""A form's choices and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.checklists.exchange.headers import Column, columns_of, tongue, wording
from server.checklists.exchange.names import VALUE_LONGEST, fitted
from server.checklists.exchange.report import Report
from server.checklists.exchange.workbook import Sheet
from server.errors import Text

TEXT_LONGEST = 300
_OPTIONS_MOST = 200
_USED = frozenset({"list_name", "name", "label", "ys_ok"})
_SETTINGS_USED = frozenset({"form_title", "form_id", "default_language"})
_SHORTENED = Text("过长，已缩短", "It is too long and was shortened.")
_NO_COLUMN = Text("检查表中没有与此列对应的内容", "A checklist has nothing that answers to this.")
_TWICE = Text("同一选项出现多次", "The option stands more than once.")
_NO_NAME = Text("选项没有 name", "The option has no name.")
_TOO_MANY = Text(
    f"一个项目最多 {_OPTIONS_MOST} 个选项", f"An item has {_OPTIONS_MOST} options at most."
)
_LANGUAGE = Text("检查表只有中文和英文", "A checklist is in Chinese and English only.")
_ONE_LANGUAGE = Text(
    "只有一种语言，中英文使用同一文字", "Only one language is there; it stands for both."
)


def choice_lists(
    sheet: Sheet | None, default: str | None, report: Report
) -> dict[str, list[dict[str, Any]]]:
    """The options of every list, in the form's order."""
    lists: dict[str, list[dict[str, Any]]] = {}
    if sheet is None:
        return lists
    columns = columns_of(sheet)
    by_key = {column.key: title for title, column in columns.items()}
    report_columns("choices", sheet, columns, _USED, report)
    for row in sheet.rows:
        where = ("choices", row.number)
        list_name = row.cells.get(by_key.get("list_name", ""), "").strip()
        name = row.cells.get(by_key.get("name", ""), "").strip()
        options = lists.setdefault(list_name, [])
        value = fitted(name, VALUE_LONGEST)
        if not name:
            report.add(where, "name", "left_out", list_name, _NO_NAME)
        elif value in {option["value"] for option in options}:
            report.add(where, "name", "left_out", name, _TWICE)
        elif len(options) >= _OPTIONS_MOST:
            report.add(where, "name", "left_out", name, _TOO_MANY)
        else:
            if value != name:
                report.add(where, "name", "changed", name, _SHORTENED)
            texts = both_texts(row.cells, columns, "label", default, where, report)
            texts = texts or {"zh": value, "en": value}
            is_ok = row.cells.get(by_key.get("ys_ok", ""), "yes").strip() != "no"
            options.append({"value": value, **texts, "is_ok": is_ok})
    return lists


def both_texts(
    cells: Mapping[str, str],
    columns: Mapping[str, Column],
    key: str,
    default: str | None,
    where: tuple[str, int],
    report: Report,
) -> dict[str, str] | None:
    """A text in both languages, short enough; None where the form has none."""
    said = wording(cells, columns, key, default)
    if not said.found:
        return None
    if len(said.found) == 1:
        report.add((where[0], None), key, "assumed", "", _ONE_LANGUAGE)
    texts = {"zh": said.zh, "en": said.en}
    for text in texts.values():
        if len(text) > TEXT_LONGEST:
            report.add(where, key, "changed", text, _SHORTENED)
    return {name: fitted(text, TEXT_LONGEST) for name, text in texts.items()}


def report_columns(
    name: str,
    sheet: Sheet,
    columns: Mapping[str, Column],
    used: frozenset[str],
    report: Report,
) -> None:
    """Every filled cell of a column that is not used; languages that are not ours once each."""
    ours = any(tongue(column.language) for column in columns.values() if column.language)
    for title, column in columns.items():
        is_foreign = bool(column.language) and tongue(column.language) is None
        if column.key in used and is_foreign and ours:
            report.add((name, 1), title, "left_out", title, _LANGUAGE)
        elif column.key in used and is_foreign:
            report.add((name, 1), title, "changed", title, _LANGUAGE)
        if column.key in used:
            continue
        for row in sheet.rows:
            if row.cells.get(title, "").strip():
                report.add((name, row.number), title, "left_out", row.cells[title], _NO_COLUMN)


def read_settings(sheet: Sheet | None, report: Report) -> dict[str, str]:
    """The first row of the settings by their keys."""
    if sheet is None or not sheet.rows:
        return {}
    columns, row = columns_of(sheet), sheet.rows[0]
    found: dict[str, str] = {}
    for title, text in row.cells.items():
        key = columns[title].key
        if key in _SETTINGS_USED:
            found[key] = text.strip()
        elif text.strip() and key != "version":
            report.add(("settings", row.number), title, "left_out", text, _NO_COLUMN)
        elif text.strip():
            found[key] = text.strip()
    return found
