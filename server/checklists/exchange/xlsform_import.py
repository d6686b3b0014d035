"""An XLSForm as a checklist's content, with a report of everything that is not the same there.

Forms written by :mod:`xlsform_export` come back whole. In any other form our own columns are
missing: what a form does not say is assumed, and reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from server.checklists.exchange.expressions import (
    Unsupported,
    parse_condition,
    parse_limits,
    render_condition,
)
from server.checklists.exchange.form_choices import (
    both_texts,
    choice_lists,
    read_settings,
    report_columns,
)
from server.checklists.exchange.form_rows import (
    APPEARANCE,
    Group,
    Question,
    own_field,
    read_rows,
)
from server.checklists.exchange.form_types import TAKEN, WHOLE
from server.checklists.exchange.headers import columns_of
from server.checklists.exchange.layout import (
    CHECK_CHOICES,
    FLAG_FIELDS,
    FORM_TYPE,
    JSON_FIELDS,
    OWN_COLUMNS,
    OWN_SHEET,
    TEXT_FIELDS,
)
from server.checklists.exchange.names import Namer, fitted
from server.checklists.exchange.report import Report
from server.checklists.exchange.workbook import Row, Sheet, Workbook
from server.errors import IMPORT_TOO_LARGE, IMPORT_UNREADABLE, Problem, Text

_USED = frozenset(
    {"type", "name", "label", "hint", "required", "relevant", "constraint", "appearance",
     "disabled", *OWN_COLUMNS}
)  # fmt: skip
_ITEMS_MOST = 500
_YES = frozenset({"yes", "true", "true()", "1", "y"})
_NO = frozenset({"", "no", "false", "false()", "0", "n"})
_VALUES_OF_CHECK = {value for value, _, _ in CHECK_CHOICES}
_BEFORE = ("version", "reason", "valid_from")


class Imported(NamedTuple):
    """*content* in the shape of ``ChecklistContentSchema``; *origin*: which version it was."""

    content: dict[str, Any]
    origin: dict[str, Any]
    report: Report


def read_xlsform(book: Workbook) -> Imported:
    """Raises ``Problem`` for a workbook that is no form, or too large a one."""
    sheets = {name.strip().lower(): sheet for name, sheet in book.sheets.items()}
    if "survey" not in sheets:
        raise Problem(IMPORT_UNREADABLE, reason=_NO_SURVEY)
    reader = _Reader(sheets, Report())
    content = reader.content()
    reader.report_the_rest(book)
    origin = {name: reader.own.get(name) for name in _BEFORE}
    return Imported(content, origin, reader.report)


class _Reader:
    def __init__(self, sheets: Mapping[str, Sheet], report: Report) -> None:
        self.sheets, self.report = sheets, report
        self.own = _own(sheets.get(OWN_SHEET), report)
        self.settings = read_settings(sheets.get("settings"), report)
        self.default = self.settings.get("default_language")
        self.lists = choice_lists(sheets.get("choices"), self.default, report)
        self.columns = columns_of(sheets["survey"])
        self.survey = read_rows(sheets["survey"], self.columns, report)
        self.names = {id_: name.split("\n")[0] for name, id_ in self.survey.ids.items()}
        self.names |= {f"fact:{fact}": name for name, fact in self.survey.facts.items()}
        self.types: dict[str, str] = {}

    def content(self) -> dict[str, Any]:
        if len(self.survey.questions) > _ITEMS_MOST:
            raise Problem(IMPORT_TOO_LARGE, reason=_TOO_MANY_ITEMS)
        items = [(question, self._item(question)) for question in self.survey.questions]
        self.types = {item["id"]: item["type"] for _, item in items}
        for question, item in items:
            self._add_rules(question.row, item)
        heads = [item for question, item in items if _is_head(question.group)]
        return {
            **self._whole(),
            "sections": self._sections(),
            "head_items": heads,
            "items": [item for question, item in items if not _is_head(question.group)],
        }

    def report_the_rest(self, book: Workbook) -> None:
        report_columns("survey", self.sheets["survey"], self.columns, _USED, self.report)
        for name, sheet in book.sheets.items():
            known = {"survey", "choices", "settings", OWN_SHEET}
            if name.strip().lower() not in known and sheet.rows:
                self.report.add((name, None), None, "left_out", name, _NO_SHEET)
            for number, column, text in sheet.formulas:
                self.report.add((name, number), column, "left_out", text, _FORMULA)
            for number, letter, text in sheet.untitled:
                self.report.add((name, number), letter, "left_out", text, _UNTITLED)
        if book.has_links:
            self.report.add(("workbook", None), None, "left_out", "externalLinks", _LINKS)

    # -- the whole -------------------------------------------------------------------------------

    def _whole(self) -> dict[str, Any]:
        title = self.settings.get("form_title", "").replace("＄{", "${")
        form_id = self.settings.get("form_id", "")
        if self.own:
            own = {name: value for name, value in self.own.items() if name not in _BEFORE}
            own.pop("section_order", None)
            code = str(own.get("code", ""))
            is_kept = form_id == Namer().give(code, "checklist")
            return {**own, "zh": title or own.get("zh"), "code": code if is_kept else form_id}
        where = ("settings", None)
        if "version" in self.settings:
            what = self.settings["version"]
            self.report.add(where, "version", "left_out", what, _OWN_VERSIONS)
        if not form_id:
            self.report.add(where, "form_id", "assumed", "IMPORTED", _NO_CODE)
        self.report.add(("survey", None), None, "assumed", "C", _CLASS_ASSUMED)
        name = fitted(title or form_id or "Imported form", 300)
        code = fitted(form_id or "IMPORTED", 32)
        return {"code": code, "kind": "survey", "zh": name, "en": name}

    def _sections(self) -> list[dict[str, Any]]:
        order = self.own.get("section_order", [])
        found: dict[str, dict[str, Any]] = {}
        for group in self.survey.groups:
            if group.is_used and group.id not in found:
                found[group.id] = self._section(group)
        known = [id_ for id_ in order if id_ in found] if isinstance(order, list) else []
        return [found[id_] for id_ in (*known, *(id_ for id_ in found if id_ not in known))]

    def _section(self, group: Group) -> dict[str, Any]:
        texts = self._texts(group.row, "label") or {"zh": group.id, "en": group.id}
        conditions = [
            condition
            for one in group.lineage()
            if (condition := self._condition(one.row, "relevant", "when")) is not None
        ]
        when = (
            conditions[0] if len(conditions) == 1 else {"all": conditions} if conditions else None
        )
        return {"id": group.id, **texts, "when": when}

    # -- one item --------------------------------------------------------------------------------

    def _item(self, question: Question) -> dict[str, Any]:
        row, where = question.row, ("survey", question.row.number)
        texts = self._texts(row, "label")
        if texts is None:
            name = fitted(question.id, 300)
            texts = {"zh": name, "en": name}
            self.report.add(where, "label", "assumed", name, _NO_LABEL)
        type_ = self._type(question)
        section = None if question.group is None or _is_head(question.group) else question.group.id
        item: dict[str, Any] = {
            "id": question.id,
            **texts,
            "type": type_,
            "section": section,
            "nonconformity_class": "C",
            "note": self._texts(row, "hint"),
        }
        if type_ == "choice":
            options = self.lists.get(question.form_type.list_name, [])
            item["options"] = options
            if not options:
                what = question.form_type.list_name
                self.report.add(where, "type", "changed", what, _EMPTY_LIST)
            elif not own_field(self.survey, row, "type"):
                self.report.add(where, "type", "assumed", question.id, _ALL_CHOICES_OK)
            if question.form_type.has_other:
                self.report.add(where, "type", "left_out", "or_other", _NO_OTHER)
        return item

    def _type(self, question: Question) -> str:
        word, own = question.form_type.word, own_field(self.survey, question.row, "type")
        appearance = self.survey.cell(question.row, "appearance")
        where = ("survey", question.row.number)
        if word == "select_one":
            if appearance and not own:
                self.report.add(where, "appearance", "left_out", appearance, APPEARANCE)
            values = {o["value"] for o in self.lists.get(question.form_type.list_name, [])}
            is_check = values in ({"ok", "not_ok"}, _VALUES_OF_CHECK) and own != "choice"
            return "check" if is_check else "choice"
        if own in FORM_TYPE and TAKEN.get(FORM_TYPE[own].lower()) == TAKEN[word]:
            return str(own)
        if TAKEN[word] == "photo" and "signature" in appearance:
            return "signature"
        if appearance:
            self.report.add(where, "appearance", "left_out", appearance, APPEARANCE)
        return TAKEN[word]

    def _add_rules(self, row: Row, item: dict[str, Any]) -> None:
        """Conditions and limits, and what our own columns say."""
        is_ours = bool(own_field(self.survey, row, "type"))
        if is_ours:
            for name in TEXT_FIELDS[1:]:
                item[name] = own_field(self.survey, row, name) or None
            for name in FLAG_FIELDS:
                item[name] = own_field(self.survey, row, name) in _YES
            for name in JSON_FIELDS:
                item[name] = self._json(row, f"ys_{name}")
            self._fill_gaps(item)
        item["when"] = self._condition(row, "relevant", "when")
        self._add_required(row, item, is_ours=is_ours)
        self._add_limits(row, item)

    def _fill_gaps(self, item: dict[str, Any]) -> None:
        """A field of ours that somebody emptied and that may not be empty has its usual value."""
        for name, usual in (("nonconformity_class", "C"), ("photo", "none"), ("weight", "1")):
            if item[name] is None:
                item[name] = usual

    def _add_required(self, row: Row, item: dict[str, Any], *, is_ours: bool) -> None:
        cell = self.survey.cell(row, "required")
        if is_ours and item.get("required_when") is not None:
            item["required_when"] = self._condition(row, "required", "required_when")
            return
        if cell.lower() in _YES:
            item["is_required"] = True
        elif cell.lower() in _NO:
            # Ours may be left empty for an item that must be answered: with "not applicable".
            item["is_required"] = is_ours and item["is_required"]
        else:
            item["required_when"] = self._condition(row, "required", "required_when")

    def _add_limits(self, row: Row, item: dict[str, Any]) -> None:
        constraint = self.survey.cell(row, "constraint")
        if not constraint:
            return
        where = ("survey", row.number)
        word = self.survey.cell(row, "type").lower()
        try:
            if item["type"] not in {"number", "temperature", "count"}:
                raise Unsupported("只有数值可有限值", "Only a number has limits.")
            limits, is_exact = parse_limits(constraint, is_whole=word in WHOLE)
        except Unsupported as error:
            self.report.add(where, "constraint", "left_out", constraint, error.why)
            return
        item["limits"] = limits
        why = _LIMIT_JUDGES if is_exact else _LIMIT_INCLUDES
        self.report.add(where, "constraint", "changed", constraint, why)

    # -- cells -----------------------------------------------------------------------------------

    def _texts(self, row: Row, key: str) -> dict[str, str] | None:
        where = ("survey", row.number)
        texts = both_texts(row.cells, self.columns, key, self.default, where, self.report)
        if texts is None or not self.own:
            return texts
        return {name: text.replace("＄{", "${") for name, text in texts.items()}

    def _json(self, row: Row, column: str) -> Any:
        text = self.survey.cell(row, column)
        try:
            return json.loads(text) if text else None
        except (ValueError, RecursionError):
            self.report.add(("survey", row.number), column, "left_out", text, _NO_JSON)
            return None

    def _condition(self, row: Row, column: str, own_name: str) -> Any:
        """Ours, unless somebody has changed the expression beside it."""
        text = self.survey.cell(row, column)
        own = self._json(row, f"ys_{own_name}")
        if own is not None and self._rendered(own) in {text, None}:
            return own
        if not text:
            return None
        try:
            return parse_condition(text, self._resolve)
        except Unsupported as error:
            self.report.add(("survey", row.number), column, "left_out", text, error.why)
            return None

    def _rendered(self, condition: Any) -> str | None:
        """*condition* as the form would say it; None where it cannot."""
        try:
            return render_condition(condition, self.names.__getitem__)
        except (KeyError, TypeError, AttributeError, RecursionError):
            return None

    def _resolve(self, name: str) -> Mapping[str, Any] | None:
        id_ = self.survey.ids.get(name)
        return None if id_ is None else {"id": id_, "type": self.types.get(id_, "text")}


def _is_head(group: Group | None) -> bool:
    return group is not None and any(one.role == "head" for one in group.lineage())


def _own(sheet: Sheet | None, report: Report) -> dict[str, Any]:
    """Our own sheet's keys and values."""
    found: dict[str, Any] = {}
    for row in sheet.rows if sheet is not None else ():
        key, value = row.cells.get("key", ""), row.cells.get("value", "")
        try:
            found[key] = json.loads(value)
        except (ValueError, RecursionError):
            report.add((OWN_SHEET, row.number), "value", "left_out", value, _NO_JSON)
    return {key: value for key, value in found.items() if re.fullmatch("[a-z_]{1,32}", key)}


_NO_SURVEY = Text("工作簿中没有名为 survey 的工作表。", "There is no sheet called survey.")
_TOO_MANY_ITEMS = Text(
    f"一份检查表最多 {_ITEMS_MOST} 个项目。", f"A checklist has {_ITEMS_MOST} items at most."
)
_NO_SHEET = Text("此工作表没有导入", "This sheet was not taken over.")
_FORMULA = Text("公式不计算，单元格视为空", "Formulas are not computed; the cell counts as empty.")
_UNTITLED = Text("该列没有标题，不读取", "The column has no title and is not read.")
_LINKS = Text("不读取链接的其他文件", "Linked files are not read.")
_OWN_VERSIONS = Text("版本号由本系统给出", "Versions are counted by the system itself.")
_NO_CODE = Text("表单没有 form_id，编号请自定", "The form has no form_id; choose a code.")
_CLASS_ASSUMED = Text(
    "表单不分不合格类别，全部项目按 C 类，请逐项确定",
    "A form knows no nonconformity class: every item was taken as C; decide on each.",
)
_NO_LABEL = Text("没有标题，用名称代替", "It has no label; its name was taken.")
_EMPTY_LIST = Text("choices 中没有这个选项列表", "Its list has no choices.")
_ALL_CHOICES_OK = Text(
    "表单不说明哪个选项不合格，全部按合格", "A form does not say which choice fails: none does."
)
_NO_OTHER = Text("不支持“其他”自填选项", "A choice of one's own words cannot be offered.")
_LIMIT_JUDGES = Text(
    "作为限值导入：超出时记为不合格，而不是拒绝填写",
    "It became a limit: a value beyond it fails the item instead of being refused.",
)
_LIMIT_INCLUDES = Text(
    "作为限值导入，包含端点；超出时记为不合格",
    "It became a limit that includes its ends; a value beyond it fails the item.",
)
_NO_JSON = Text("内容不是可读的 JSON", "It is no readable JSON.")
