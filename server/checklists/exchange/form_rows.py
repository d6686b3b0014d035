"""The rows of a form's survey, taken apart: which are items, which stand around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.checklists.exchange import form_types
from server.checklists.exchange.form_types import FormType, form_type
from server.checklists.exchange.headers import Column
from server.checklists.exchange.names import item_id
from server.checklists.exchange.report import Report
from server.checklists.exchange.workbook import Row, Sheet
from server.errors import Text

_SECTIONS_MOST = 100
_NESTED = Text(
    "分组只有一层，内层分组已单列", "Sections do not nest; the inner one stands on its own."
)
_REPEATED = Text("不能重复填写，只填一次", "It cannot be repeated and is asked once.")
_NO_NAME = Text("这一行没有 name", "The row has no name.")
_TWICE = Text("名称重复，已改名", "The name stands twice and was changed.")
_LONG = Text("名称过长，已缩短", "The name is too long and was shortened.")
APPEARANCE = Text("外观设置不起作用", "The appearance has no effect.")
_DISABLED = Text("此行在表单中已停用", "The row is disabled in the form.")
_NOTHING_IN_IT = Text("分组中没有可导入的项目", "Nothing in this group can be taken over.")
_TOO_MANY = Text(f"最多 {_SECTIONS_MOST} 个分区", f"There are {_SECTIONS_MOST} sections at most.")


@dataclass(slots=True)
class Group:
    row: Row
    id: str
    role: str
    above: Group | None
    is_used: bool = False

    def lineage(self) -> Iterator[Group]:
        """The group and those around it, the outermost first."""
        if self.above is not None:
            yield from self.above.lineage()
        yield self


@dataclass(slots=True)
class Question:
    """A row that becomes an item."""

    row: Row
    id: str
    form_type: FormType
    group: Group | None


@dataclass(slots=True)
class Survey:
    columns: Mapping[str, Column]
    questions: list[Question] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Item id by the form's name."""
    facts: dict[str, str] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)

    def cell(self, row: Row, key: str) -> str:
        """The first filled cell of *key*."""
        titles = (column.title for column in self.columns.values() if column.key == key)
        return next((text for t in titles if (text := row.cells.get(t, "").strip())), "")


def read_rows(sheet: Sheet, columns: Mapping[str, Column], report: Report) -> Survey:
    """Sort the rows of *sheet*; what becomes nothing is reported."""
    survey = Survey(columns)
    inside: Group | None = None
    for row in sheet.rows:
        kind = form_type(survey.cell(row, "type"))
        where, name = ("survey", row.number), survey.cell(row, "name")
        if survey.cell(row, "disabled").lower() in {"yes", "true"}:
            report.add(where, "disabled", "left_out", name, _DISABLED)
        elif kind.word in {"begin_group", "begin_repeat"}:
            inside = _begin(survey, row, kind, inside, report)
        elif kind.word in {"end_group", "end_repeat"}:
            inside = None if inside is None else inside.above
        else:
            _question(survey, row, kind, inside, report)
    for group in survey.groups:
        if not group.is_used and group.role == "section":
            report.add(("survey", group.row.number), "type", "left_out", group.id, _NOTHING_IN_IT)
    return survey


def _begin(survey: Survey, row: Row, kind: FormType, inside: Group | None, report: Report) -> Group:
    where = ("survey", row.number)
    role = "head" if survey.cell(row, "ys_role") == "head" else "section"
    name = survey.cell(row, "name") or f"group_{row.number}"
    own = survey.cell(row, "ys_id")
    taken = {group.id for group in survey.groups}
    group = Group(row, own or _free(item_id(name), taken), role, inside)
    if inside is not None and inside.role == "section":
        report.add(where, "type", "changed", name, _NESTED)
    appearance = survey.cell(row, "appearance")
    if appearance and not own:
        report.add(where, "appearance", "left_out", appearance, APPEARANCE)
    if kind.word == "begin_repeat":
        report.add(where, "type", "changed", name, _REPEATED)
    survey.groups.append(group)
    return group


def _question(
    survey: Survey, row: Row, kind: FormType, inside: Group | None, report: Report
) -> None:
    where, name, role = (
        ("survey", row.number),
        survey.cell(row, "name"),
        survey.cell(row, "ys_role"),
    )
    own = survey.cell(row, "ys_id")
    if role == "fact" and own:
        survey.facts[name] = own
    elif role == "photo" and own in survey.ids.values():
        survey.photos.add(own)
    elif kind.word not in form_types.TAKEN and kind.word != "select_one":
        why = form_types.LEFT_OUT.get(kind.word, form_types.UNKNOWN)
        report.add(where, "type", "left_out", survey.cell(row, "type") or name, why)
    elif not name:
        report.add(where, "name", "left_out", survey.cell(row, "type"), _NO_NAME)
    else:
        _take(survey, Question(row, own or item_id(name), kind, inside), name, report)


def _take(survey: Survey, question: Question, name: str, report: Report) -> None:
    where, taken = ("survey", question.row.number), set(survey.ids.values())
    if question.id in taken:
        report.add(where, "name", "changed", name, _TWICE)
        question.id = _free(question.id, taken)
    elif not survey.cell(question.row, "ys_id") and question.id != name:
        report.add(where, "name", "changed", name, _LONG)
    survey.ids[name if name not in survey.ids else f"{name}\n{question.id}"] = question.id
    _use_group(survey, question, report)
    survey.questions.append(question)


def _use_group(survey: Survey, question: Question, report: Report) -> None:
    group = question.group
    used = [one for one in survey.groups if one.is_used]
    if group is None or group.is_used or group.role == "head":
        return
    if len(used) >= _SECTIONS_MOST:
        report.add(("survey", group.row.number), "type", "left_out", group.id, _TOO_MANY)
        question.group = None
    else:
        group.is_used = True


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted[:58]}_{number}"
    return found


def own_field(survey: Survey, row: Row, name: str) -> Any:
    """What one of our own columns says in *row*."""
    return survey.cell(row, f"ys_{name}")
