"""A checklist written to a file and read again is the same checklist; other tools take the file."""

from __future__ import annotations

import copy
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from schemas.checklists import ChecklistContentSchema
from server.checklists.defaults import default_checklists
from server.checklists.exchange.service import FORMATS, read_checklist
from server.checklists.validation import faults_of
from server.errors import Problem
from tests.checklists.author import small_checklist
from tests.checklists.random_checklists import random_case

OF_A_VERSION = {"id", "version", "reason", "valid_from"}
DEFAULTS = {template["code"]: template for template in default_checklists()}


def content_of(document):
    return {name: value for name, value in document.items() if name not in OF_A_VERSION}


def everything():
    """A checklist that uses all there is."""
    case = json.loads(json.dumps(DEFAULTS["RCV-COLD"]))
    special = random_template(7)
    case["sections"] = [
        {"id": "s2", "zh": "二", "en": "two", "when": {"fact": "species", "in": ["pork"]}},
        {"id": "区一", "zh": "一", "en": "one", "when": None},
    ]
    for item, section in zip(case["items"], ["区一", "区一", None, "s2", "区一"], strict=False):
        item["section"] = section
    case["items"][2] |= {
        "note": {"zh": "=1+1 ${x} ", "en": "'quoted' \"both\""},
        "weight": "2.5",
        "required_when": {"item": "F01", "is_answered": True},
        "is_required": False,
    }
    case["grading"] = {
        "method": "percent", "pass_percent": "90", "basic_percent": "60.5", "is_confirmed": True,
    }  # fmt: skip
    case["items"] += [item for item in special["items"] if item["type"] == "choice"][:1]
    return ChecklistContentSchema().load(content_of(case))


def random_template(seed):
    """A random checklist with names that are hard for other tools."""
    case = random_case(seed)["template"]
    renamed = json.loads(json.dumps(case).replace('"温度"', '"has space/温度"'))
    for item in renamed["items"]:
        item["fact"] = None
        if item["type"] != "choice":
            item["options"] = []
        if item["section"] == "gone":
            item["section"] = None
    for counts in ("pass", "basic"):
        if (renamed["grading"] or {}).get(counts):
            renamed["grading"][counts]["A"] = 0
    renamed |= {"kind": "inspection", "zh": "随机", "en": "random"}
    return ChecklistContentSchema().load(renamed)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("code", DEFAULTS)
def test_every_default_checklist_comes_back_whole(code, format_):
    document = DEFAULTS[code]
    reading = read_checklist(FORMATS[format_].write(document), format_)
    assert reading.content == content_of(document)
    assert reading.report.entries == []
    assert reading.origin["version"] == document["version"]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_checklist_that_uses_all_there_is_comes_back_whole(format_):
    content = everything()
    reading = read_checklist(FORMATS[format_].write(content), format_)
    assert reading.content == content
    assert reading.report.entries == []


@settings(max_examples=40)
@given(st.integers(0, 2**63))
def test_random_checklists_come_back_whole(seed):
    content = random_template(seed)
    for name, format_ in FORMATS.items():
        reading = read_checklist(format_.write(content), name)
        used = {item["section"] for item in content["items"]}
        whole = {**content, "sections": [s for s in content["sections"] if s["id"] in used]}
        assert reading.content == (whole if name == "xlsform" else content)
        assert reading.report.entries == []


def xform_of(content):
    """What ODK's own converter makes of our workbook; it refuses a form that is not sound."""
    return convert(xlsform=io.BytesIO(FORMATS["xlsform"].write(content)), file_type=".xlsx").xform


@pytest.mark.parametrize("code", DEFAULTS)
def test_the_reference_reader_of_forms_takes_what_we_write(code):
    xform = xform_of(DEFAULTS[code])
    assert f'id="{code}"' in xform
    for item in DEFAULTS[code]["items"]:
        assert f"/data/{item['id']}" in xform or f"/{item['id']}" in xform


def test_the_reference_reader_takes_a_checklist_that_uses_all_there_is():
    xform = xform_of(everything())
    assert "relevant=" in xform
    assert "storage_class" in xform


@settings(max_examples=15)
@given(st.integers(0, 2**63))
def test_the_reference_reader_takes_random_checklists(seed):
    content = random_template(seed)
    if not faults_of(content):
        xform_of(content)


def edited(content, sheet, change):
    """Our workbook after somebody has worked on it; *change* gets the rows as dictionaries."""
    book = load_workbook(io.BytesIO(FORMATS["xlsform"].write(content)))
    page = book[sheet]
    columns = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        before = dict(zip(columns, (cell.value for cell in row), strict=True))
        after = change(dict(before))
        for cell, column in zip(row, columns, strict=True):
            if after.get(column) != before[column]:
                cell.value = after.get(column)
    stream = io.BytesIO()
    book.save(stream)
    return read_checklist(stream.getvalue(), "xlsform")


def by_id(reading):
    return {item["id"]: item for item in reading.content["items"]}


def conditional():
    items = copy.deepcopy(small_checklist()["items"])
    items.append(
        {"id": "S3", "type": "text", "nonconformity_class": "C", "zh": "说明", "en": "Remark",
         "when": {"item": "S1", "in": ["not_ok"]}}
    )  # fmt: skip
    return ChecklistContentSchema().load(small_checklist(items=items))


def test_what_somebody_changes_in_the_spreadsheet_is_taken_over():
    def change(row):
        if row["ys_id"] == "S1" and row["ys_role"] == "item":
            row["label::中文 (zh)"] = "干净"
        if row["ys_id"] == "S3":
            row |= {"relevant": "${S1} = 'ok'", "required": ""}
        return row

    items = by_id(edited(conditional(), "survey", change))
    assert items["S1"]["zh"] == "干净"
    assert items["S3"]["when"] == {"item": "S1", "in": ["ok"]}


def test_a_condition_emptied_in_the_spreadsheet_is_gone():
    reading = edited(conditional(), "survey", lambda row: {**row, "relevant": None})
    assert by_id(reading)["S3"]["when"] is None


def test_a_title_changed_in_the_spreadsheet_is_the_new_title():
    reading = edited(conditional(), "settings", lambda row: {**row, "form_title": "新名"})
    assert (reading.content["zh"], reading.content["code"]) == ("新名", "INS-STORE")


def test_our_columns_spoilt_by_hand_are_refused_by_name_and_not_guessed():
    with pytest.raises(Problem) as refusal:
        edited(conditional(), "survey", lambda row: {**row, "ys_weight": "heavy"})
    assert refusal.value.type.slug == "validation-failed"
    assert "/items/0/weight" in {error.pointer for error in refusal.value.errors}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"null", b'{"format": "yanshou-checklist"}', b"\xff", b"[" * 5000,
     b'{"format": "yanshou-checklist", "format_version": 2, "checklist": {}}'],
)  # fmt: skip
def test_what_is_no_json_of_ours_is_refused(content):
    with pytest.raises(Problem) as refusal:
        read_checklist(content, "json")
    assert refusal.value.type.slug == "import-unreadable"


@pytest.mark.parametrize("checklist", ["null", "[]", "{}", '"x"', '{"items": [1]}'])
def test_json_of_ours_with_another_content_is_refused(checklist):
    whole = f'{{"format": "yanshou-checklist", "format_version": 1, "checklist": {checklist}}}'
    with pytest.raises(Problem) as refusal:
        read_checklist(whole.encode(), "json")
    assert refusal.value.type.slug == "validation-failed"
