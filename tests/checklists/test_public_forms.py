"""Forms that nobody here wrote are taken over with a report that leaves nothing out.

They are those by which pyxform, the field's reference reader, was tested: selects, groups, repeats,
cascades, calculations, odd headings, formulas, macros.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from server.checklists.exchange.service import Reading, read_checklist
from server.errors import Problem
from tests.infrastructure.public_forms import an_old_workbook, public_forms

# What becomes an item's own text, type, section or mark, wherever the row is taken.
UNDERSTOOD = {"type", "name", "label", "caption", "hint", "required"}
Cells = dict[str, str]


@pytest.fixture(scope="module")
def forms() -> dict[str, bytes]:
    return dict(public_forms())


def rows_of(content: bytes, wanted: str) -> Iterator[tuple[int, Cells]]:
    """Each row with its filled cells by heading, or by letter where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        if sheet.title != wanted:
            continue
        heads: list[str] = []
        for cells in sheet.iter_rows():
            given = [str(cell.value or "").strip() for cell in cells]
            if not heads:
                heads = given if any(given) else []
                continue
            named = zip(heads, cells, given, strict=False)
            row = {head or cell.column_letter: text for head, cell, text in named if text}
            if row:
                yield cells[0].row, row


def unaccounted(content: bytes, reading: Reading) -> Iterator[tuple[int, str, str]]:
    """Every filled cell of the survey that is neither taken nor reported."""
    told = [e for e in reading.report.entries if e.sheet == "survey" and e.effect != "assumed"]
    rows = {e.row for e in told if e.column in (None, "type", "name", "disabled")}
    cells = {(e.row, e.column) for e in told}
    columns = {e.column for e in told if e.row is None}
    taken: dict[str, dict[str, Any]] = {
        one["id"]: one for one in (*reading.content["items"], *reading.content["sections"])
    }
    for number, row in rows_of(content, "survey"):
        if row.get("type", "").replace("_", " ").startswith("end "):
            continue
        one = taken.get({"=FALSE()": "no"}.get(row.get("name", ""), row.get("name", "")))
        for head, text in row.items():
            if number in rows or (number, head) in cells or head in columns:
                continue
            key = head.split(":")[0].strip()
            if one is None or (key not in UNDERSTOOD and not is_kept(one, key)):
                yield number, head, text


def is_kept(one: dict[str, Any], key: str) -> bool:
    return bool({"relevant": one.get("when"), "constraint": one.get("limits")}.get(key))


def test_every_cell_of_every_form_is_taken_or_reported(forms: dict[str, bytes]) -> None:
    read, refused, items = 0, {}, 0
    for name, content in forms.items():
        try:
            reading = read_checklist(content, "xlsform")
        except Problem as problem:
            refused[name] = problem.params["reason"].en
            continue
        read += 1
        items += len(reading.content["items"])
        assert list(unaccounted(content, reading)) == [], name
        words = {text for _, row in rows_of(content, "survey") for text in row.values()}
        for item in reading.content["items"]:
            if not any(e.what == item["zh"] for e in reading.report.entries):
                assert item["zh"] in words, (name, item["zh"])
    assert refused == {"survey_no_name.xlsx": "There is no sheet called survey."}
    assert read >= 40
    assert items > 200


def test_an_old_workbook_is_refused_with_what_to_do() -> None:
    with pytest.raises(Problem) as told:
        read_checklist(an_old_workbook(), "xlsform")
    assert "save it as .xlsx" in told.value.params["reason"].en
