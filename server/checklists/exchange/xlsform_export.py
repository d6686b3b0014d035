"""A checklist as an XLSForm workbook, which ODK's tools take and from which we read all of it.

A limit is not written as a form's ``constraint``: that would forbid entering the very reading that
has to be recorded as a failure.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from schemas.checklists import STORAGE_CLASSES
from schemas.master_data import SPECIES
from server.checklists.exchange.expressions import render_condition
from server.checklists.exchange.layout import (
    CHECK_CHOICES,
    CHECK_LIST,
    CHECK_LIST_NA,
    CHOICES_COLUMNS,
    FLAG_FIELDS,
    FORM_TYPE,
    HINTS,
    JSON_FIELDS,
    LABELS,
    OWN_SHEET,
    SURVEY_COLUMNS,
    TEXT_FIELDS,
    ZH,
)
from server.checklists.exchange.names import Namer
from server.checklists.references import tests_in
from server.errors import IMPORT_TOO_LARGE, Problem, Text

_CELL_LONGEST = 32_000
_WHOLE = (
    "kind", "en", "unit", "frequency", "gates", "acceptance", "grading", "sampling_scheme",
    "standard_id", "is_confirmed", "version", "reason", "valid_from",
)  # fmt: skip
_FACTS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "storage_class": (STORAGE_CLASSES, "贮存条件", "Storage class"),
    "species": (SPECIES, "畜禽水产种类", "Species"),
}
Row = dict[str, str]


def write_xlsform(template: Mapping[str, Any]) -> bytes:
    """*template* (a checklist document, or a draft's content) as the bytes of an .xlsx file."""
    form = _Form(template)
    book = Workbook()
    survey = book.active
    assert isinstance(survey, Worksheet)
    survey.title = "survey"
    _fill(survey, SURVEY_COLUMNS, form.survey())
    _fill(book.create_sheet("choices"), CHOICES_COLUMNS, form.choices())
    settings = {
        "form_title": _plain(template["zh"]),
        "form_id": Namer().give(template["code"], "checklist"),
        "version": str(template.get("version", 0)),
        "default_language": ZH,
    }
    _fill(book.create_sheet("settings"), tuple(settings), [settings])
    whole = {name: template[name] for name in _WHOLE if name in template}
    sections = [section["id"] for section in template["sections"]]
    own = {"code": template["code"], "zh": template["zh"], **whole, "section_order": sections}
    rows = [{"key": key, "value": _json(value)} for key, value in own.items()]
    _fill(book.create_sheet(OWN_SHEET), ("key", "value"), rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Form:
    """The rows of one form. Names are given out before anything refers to them."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.template, self.namer = template, Namer()
        self.names: dict[str, str] = {}
        self.lists: dict[str, Sequence[tuple[str, str, str, bool]]] = {}
        for number, item in enumerate(self._items(), 1):
            self.names[item["id"]] = self.namer.give(item["id"], f"item_{number}")
        self.facts = [name for name in _FACTS if name in self._facts_asked()]
        for name in self.facts:
            self.names[f"fact:{name}"] = self.namer.give(name, name)

    def _items(self) -> list[Mapping[str, Any]]:
        return [*self.template["head_items"], *self.template["items"]]

    def _facts_asked(self) -> set[str]:
        parts = [*self._items(), *self.template["sections"]]
        asked = [part.get(place) for part in parts for place in ("when", "required_when")]
        tests = (test for condition in asked if condition for test in tests_in(condition))
        return {test["fact"] for test in tests if "fact" in test}

    def survey(self) -> Iterator[Row]:
        for name in self.facts:
            yield self._fact(name)
        if self.template["head_items"]:
            name = self.namer.give("delivery", "delivery")
            title = {LABELS[0]: "整车共用项目", LABELS[1]: "The whole delivery"}
            yield {"type": "begin_group", "name": name, **title, "ys_role": "head"}
            yield from self._rows(self.template["head_items"])
            yield {"type": "end_group"}
        yield from self._rows(self.template["items"])

    def _rows(self, items: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        sections = {section["id"]: section for section in self.template["sections"]}
        inside = None
        for item in items:
            if item["section"] != inside:
                if inside is not None:
                    yield {"type": "end_group"}
                inside = item["section"] if item["section"] in sections else None
                if inside is not None:
                    yield self._section(sections[inside])
            yield from self._item(item)
        if inside is not None:
            yield {"type": "end_group"}

    def _section(self, section: Mapping[str, Any]) -> Row:
        return {
            "type": "begin_group",
            "name": self.namer.give(section["id"], "section"),
            **_texts(LABELS, section),
            "relevant": self._condition(section["when"]),
            "ys_role": "section",
            "ys_id": section["id"],
            "ys_when": "" if section["when"] is None else _json(section["when"]),
        }

    def _item(self, item: Mapping[str, Any]) -> Iterator[Row]:
        is_asked = item["is_required"] and not item["may_be_not_applicable"]
        required = "yes" if is_asked or (item["type"] == "check" and item["is_required"]) else ""
        yield {
            "type": self._type(item),
            "name": self.names[item["id"]],
            **_texts(LABELS, item),
            **_texts(HINTS, item["note"] or {}),
            "required": self._condition(item["required_when"]) or required,
            "relevant": self._condition(item["when"]),
            "appearance": "signature" if item["type"] == "signature" else "",
            "ys_role": "item",
            "ys_id": item["id"],
            **{f"ys_{name}": item[name] or "" for name in TEXT_FIELDS},
            **{f"ys_{name}": "yes" if item[name] else "no" for name in FLAG_FIELDS},
            **{f"ys_{n}": "" if item[n] is None else _json(item[n]) for n in JSON_FIELDS},
        }
        if item["photo"] != "none" or item["type"] == "document":
            yield self._photo(item)

    def _photo(self, item: Mapping[str, Any]) -> Row:
        name, failed = self.names[item["id"]], item["photo"] == "on_failure"
        relevant = self._condition(item["when"])
        if failed and item["type"] == "check":
            relevant = f"${{{name}}} = 'not_ok'"
        is_asked = item["photo"] == "always" and not item["may_be_not_applicable"]
        return {
            "type": "image",
            "name": self.namer.give(f"{name}_photo", "photo"),
            LABELS[0]: f"照片：{_plain(item['zh'])}",
            LABELS[1]: f"Photo: {_plain(item['en'])}",
            "required": "yes" if is_asked else "",
            "relevant": relevant,
            "ys_role": "photo",
            "ys_id": item["id"],
        }

    def _type(self, item: Mapping[str, Any]) -> str:
        if item["type"] == "check":
            na = item["may_be_not_applicable"]
            name, choices = (
                (CHECK_LIST_NA, CHECK_CHOICES) if na else (CHECK_LIST, CHECK_CHOICES[:2])
            )
            self.lists[name] = [(value, zh, en, value != "not_ok") for value, zh, en in choices]
            return f"select_one {name}"
        if item["type"] == "choice":
            name = f"list_{self.names[item['id']]}"
            self.lists[name] = [(o["value"], o["zh"], o["en"], o["is_ok"]) for o in item["options"]]
            return f"select_one {name}"
        return FORM_TYPE[item["type"]]

    def _fact(self, name: str) -> Row:
        values, zh, en = _FACTS[name]
        self.lists[f"ys_{name}"] = [(value, value, value, True) for value in values]
        return {
            "type": f"select_one ys_{name}",
            "name": self.names[f"fact:{name}"],
            LABELS[0]: zh,
            LABELS[1]: en,
            "ys_role": "fact",
            "ys_id": name,
        }

    def _condition(self, condition: Mapping[str, Any] | None) -> str:
        if condition is None:
            return ""
        known = all("fact" in t or t["item"] in self.names for t in tests_in(condition))
        return render_condition(condition, self.names.__getitem__) if known else ""

    def choices(self) -> Iterator[Row]:
        for name, choices in self.lists.items():
            for value, zh, en, is_ok in choices:
                yield {
                    "list_name": name,
                    "name": value,
                    LABELS[0]: _plain(zh),
                    LABELS[1]: _plain(en),
                    "ys_ok": "yes" if is_ok else "no",
                }


def _texts(columns: tuple[str, str], texts: Mapping[str, str]) -> Row:
    found = zip(columns, (texts.get("zh", ""), texts.get("en", "")), strict=True)
    return {column: _plain(text) for column, text in found}


def _plain(text: str) -> str:
    """A label in which nothing is taken for a reference. The reader turns it back."""
    return text.replace("${", "＄{")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Iterator[Row] | Sequence[Row]) -> None:
    for at, column in enumerate(columns, 1):
        sheet.cell(1, at, column).font = Font(bold=True)
    for number, row in enumerate(rows, 2):
        for at, column in enumerate(columns, 1):
            text = row.get(column, "")
            if len(text) > _CELL_LONGEST:
                raise Problem(IMPORT_TOO_LARGE, reason=_NO_CELL)
            if text:
                cell = sheet.cell(number, at, text)
                cell.data_type = "s"  # what begins with "=" is a text as well
    sheet.freeze_panes = "A2"


_NO_CELL = Text(
    "内容超过电子表格单元格的长度，请改用 JSON 导出。",
    "A part is longer than a spreadsheet's cell can hold; export it as JSON.",
)
