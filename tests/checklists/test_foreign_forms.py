"""XLSForms that were not written here: what is taken over, and a report of all the rest."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from server.checklists.exchange.service import read_checklist
from server.errors import Problem
from tests.checklists.forms import INSPECTION, survey, workbook

TEXT = {"type": "text", "name": "a", "label": "甲"}


def read(content):
    return read_checklist(content, "xlsform")


def entries(content):
    return [(e.sheet, e.row, e.column, e.effect, e.what) for e in read(content).report.in_order()]


def items_of(content):
    return {item["id"]: item for item in read(content).content["items"]}


def test_a_form_of_the_field_becomes_a_checklist():
    reading = read(INSPECTION)
    content = reading.content
    assert (content["code"], content["zh"]) == ("kitchen-check", "后厨检查")
    assert [(s["id"], s["zh"], s["en"]) for s in content["sections"]] == [
        ("kitchen", "后厨", "Kitchen"),
        ("staff", "人员", "Staff"),
    ]
    assert [(i["id"], i["type"], i["section"], i["is_required"]) for i in content["items"]] == [
        ("open", "choice", "kitchen", True),
        ("chiller", "number", "kitchen", True),
        ("remark", "text", "kitchen", True),
        ("age", "number", "staff", False),
        ("sign", "signature", "staff", False),
        ("old", "text", None, False),
        ("place", "location", None, False),
    ]
    by_id = {item["id"]: item for item in content["items"]}
    assert [option["value"] for option in by_id["open"]["options"]] == ["yes", "no"]
    assert by_id["chiller"]["when"] == {"item": "open", "in": ["yes"]}
    assert by_id["chiller"]["limits"] == {"min": "0", "max": "8"}
    assert by_id["remark"]["required_when"] == {"item": "open", "in": ["no"]}
    assert by_id["remark"]["when"] == {
        "any": [{"item": "open", "in": ["no"]}, {"not": {"item": "chiller", "below": "8"}}]
    }
    assert by_id["remark"]["note"]["zh"] == "可不填"
    assert by_id["age"]["limits"] == {"min": "16"}


def test_everything_the_form_says_and_the_checklist_does_not_is_reported_at_its_cell():
    assert entries(INSPECTION) == [
        ("survey", None, "hint", "assumed", ""),
        ("survey", None, "label", "assumed", ""),
        ("survey", None, None, "assumed", "C"),
        ("survey", 1, "label::Français", "left_out", "label::Français"),
        ("survey", 2, "type", "left_out", "start"),
        ("survey", 3, "type", "left_out", "note"),
        ("survey", 5, "type", "assumed", "open"),
        ("survey", 6, "constraint", "changed", ". >= 0 and . <= 8"),
        ("survey", 6, "constraint_message", "left_out", "0–8"),
        ("survey", 8, "type", "left_out", "select_multiple yes_no"),
        ("survey", 10, "type", "changed", "staff"),
        ("survey", 10, "repeat_count", "left_out", "3"),
        ("survey", 11, "constraint", "changed", ". > 15"),
        ("survey", 14, "type", "left_out", "calculate"),
        ("survey", 14, "calculation", "left_out", "${age} + 1"),
        ("survey", 15, "relevant", "left_out", "${age} > ${chiller}"),
        ("survey", 16, "label", "assumed", "place"),
        ("choices", 2, "filter", "left_out", "x"),
        ("choices", 4, "name", "left_out", "no"),
        ("settings", None, "version", "left_out", "2024"),
        ("settings", 2, "style", "left_out", "pages"),
        ("entities", None, None, "left_out", "entities"),
    ]


def test_every_entry_says_why_in_both_languages():
    for entry in read(INSPECTION).report.entries:
        told = entry.to_dict()
        assert told["zh"] != told["en"]
        assert any("一" <= sign <= "鿿" for sign in told["zh"]), told
        assert not any("一" <= sign <= "鿿" for sign in told["en"].replace(told["what"], ""))


@pytest.mark.parametrize(
    ("type_", "ours"),
    [
        ("text", "text"), ("string", "text"), ("integer", "number"), ("int", "number"),
        ("decimal", "number"), ("range", "number"), ("date", "date"), ("dateTime", "time"),
        ("image", "photo"), ("photo", "photo"), ("barcode", "barcode"), ("geopoint", "location"),
        ("acknowledge", "check"), ("trigger", "check"), ("TEXT", "text"), (" text ", "text"),
    ],
)  # fmt: skip
def test_types_with_a_like_are_taken_over(type_, ours):
    assert items_of(survey({**TEXT, "type": type_}))["a"]["type"] == ours


@pytest.mark.parametrize(
    "type_",
    ["note", "calculate", "hidden", "start", "end", "today", "deviceid", "username", "audit",
     "audio", "video", "file", "geotrace", "geoshape", "time", "rank x", "select_multiple x",
     "select all that apply from x", "select_one_from_file x.csv", "select_one_external x",
     "xml-external", "osm", "begin loop over x", "magic", ""],
)  # fmt: skip
def test_types_without_a_like_are_left_out_and_said_so(type_):
    content = survey(TEXT, {"type": type_, "name": "b", "label": "乙"})
    assert list(items_of(content)) == ["a"]
    assert ("survey", 3, "type", "left_out", type_ or "b") in entries(content)


CONDITIONS = [
    ("${n} >= 5", {"item": "n", "at_least": "5"}),
    ("5 <= ${n}", {"item": "n", "at_least": "5"}),
    ("${n} = 5", {"item": "n", "at_least": "5", "at_most": "5"}),
    ("${n} != 5", {"not": {"item": "n", "at_least": "5", "at_most": "5"}}),
    ("${n} > '-1.5'", {"item": "n", "above": "-1.5"}),
    ("${c} = 'x' or ${c}='y'", {"item": "c", "in": ["x", "y"]}),
    ("${c} = \"x\"", {"item": "c", "in": ["x"]}),
    ("${c} != 'x'", {"not": {"item": "c", "in": ["x"]}}),
    ("${c} = ''", {"item": "c", "is_answered": False}),
    ("${ c } != ''", {"item": "c", "is_answered": True}),
    ("string-length(${c}) > 0", {"item": "c", "is_answered": True}),
    ("selected(${c}, 'x')", {"item": "c", "in": ["x"]}),
    ("not(selected(${c}, 'x'))", {"not": {"item": "c", "in": ["x"]}}),
    ("(${n} > 1) and (${c} = 'x' or ${n} < 9)",
     {"all": [{"item": "n", "above": "1"},
              {"any": [{"item": "c", "in": ["x"]}, {"item": "n", "below": "9"}]}]}),
    ("${n} > 1 and ${n} < 3 or ${c} = 'x'",
     {"any": [{"all": [{"item": "n", "above": "1"}, {"item": "n", "below": "3"}]},
              {"item": "c", "in": ["x"]}]}),
]  # fmt: skip
BASE = (
    {"type": "decimal", "name": "n", "label": "数"},
    {"type": "select_one xy", "name": "c", "label": "选"},
)
XY = [["list_name", "name", "label"], ["xy", "x", "x"], ["xy", "y", "y"]]


@pytest.mark.parametrize(("expression", "condition"), CONDITIONS)
def test_an_expression_becomes_the_condition_it_is(expression, condition):
    content = survey(*BASE, {**TEXT, "relevant": expression}, choices=XY)
    assert items_of(content)["a"]["when"] == condition


@pytest.mark.parametrize(
    "expression",
    ["${n} > ${n}", "${n} + 1 > 2", "count-selected(${c}) > 1", "regex(${c}, 'x')", "true()",
     "${gone} = 'x'", "${c} > 'x'", "today() > '2026-01-01'", "${n}", "${n} >", "(((", "'x' = 'x'",
     "selected(${c}, ${n})", "string-length(${c}) > 5", "${n} > 1 ${n}", "pulldata('a', 'b')",
     "(" * 60 + "${n} > 1" + ")" * 60, " and ".join(["${n} > 1"] * 90),
     "not(" * 9 + "${n} > 1" + ")" * 9, "../n = 1", "${n} > 1 §", "$" * 500],
)  # fmt: skip
def test_an_expression_that_no_condition_can_say_is_left_out_and_said_so(expression):
    content = survey(*BASE, {**TEXT, "relevant": expression}, choices=XY)
    assert items_of(content)["a"]["when"] is None
    found = [entry for entry in read(content).report.entries if entry.column == "relevant"]
    assert [(entry.row, entry.effect) for entry in found] == [(4, "left_out")]


def test_groups_in_groups_stand_side_by_side_with_all_their_conditions():
    content = survey(
        *BASE,
        {"type": "begin_group", "name": "g1", "label": "外", "relevant": "${n} > 1"},
        {"type": "begin_group", "name": "g2", "label": "内", "relevant": "${c} = 'x'"},
        TEXT,
        {"type": "end_group"},
        {"type": "end_group"},
        choices=XY,
    )
    (section,) = read(content).content["sections"]
    assert section["when"] == {"all": [{"item": "n", "above": "1"}, {"item": "c", "in": ["x"]}]}
    assert ("survey", 5, "type", "changed", "g2") in entries(content)
    assert ("survey", 4, "type", "left_out", "g1") in entries(content)


def test_names_and_texts_that_are_too_long_are_shortened_and_said_so():
    long = "n" * 90
    content = survey(
        {"type": "text", "name": long, "label": "长" * 400},
        {"type": "text", "name": long + "2", "label": "短"},
        {"type": "select_one l", "name": "c", "label": "选"},
        {**TEXT, "relevant": "${c} = '" + "v" * 60 + "'"},
        choices=[["list_name", "name", "label"], ["l", "v" * 60, "值"], ["l", "w", "w"]],
    )
    items = items_of(content)
    assert len(items) == 4
    assert all(len(id_) <= 64 for id_ in items)
    assert items["a"]["when"]["in"] == [items["c"]["options"][0]["value"]]
    effects = Counter(e[3] for e in entries(content))
    assert effects["changed"] >= 4


def test_one_name_twice_makes_two_items():
    content = survey(TEXT, {**TEXT, "label": "乙"}, {**TEXT, "label": "丙"})
    assert list(items_of(content)) == ["a", "a_2", "a_3"]
    assert ("survey", 3, "name", "changed", "a") in entries(content)


def test_formulas_are_not_computed_and_yes_is_yes():
    content = survey({**TEXT, "required": "=TRUE()", "hint": "=1+1"}, {**TEXT, "name": "=A1"})
    assert items_of(content)["a"]["is_required"] is True
    assert ("survey", 2, "hint", "left_out", "=1+1") in entries(content)
    assert ("survey", 3, "name", "left_out", "=A1") in entries(content)


def test_a_form_in_another_language_is_taken_and_said_so():
    content = survey({"type": "text", "name": "a", "label::Français (fr)": "Propre ?"})
    assert items_of(content)["a"]["zh"] == "Propre ?"
    assert ("survey", 1, "label::Français (fr)", "changed", "label::Français (fr)") in entries(
        content
    )


# -- files that mean harm, or are none -----------------------------------------------------------


def slug_of(content):
    with pytest.raises(Problem) as refusal:
        read(content)
    reason = refusal.value.params.get("reason")
    assert reason is None or reason.zh != reason.en
    return refusal.value.type.slug


def repacked(content, change):
    """The same archive with its members changed: name to bytes, or None to drop one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in change(members).items():
            new.writestr(name, data)
    return stream.getvalue()


SOUND = survey(TEXT)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18, SOUND[:-200], SOUND[200:],
     b"\xd0\xcf\x11\xe0"],
    ids=["nothing", "letters", "text", "empty zip", "cut", "beheaded", "old excel"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(content):
    assert slug_of(content) == "import-unreadable"


def test_a_workbook_without_a_survey_is_refused():
    assert slug_of(workbook(choices=XY)) == "import-unreadable"


def test_macros_are_refused():
    content = repacked(SOUND, lambda members: {**members, "xl/vbaProject.bin": b"x"})
    assert slug_of(content) == "import-unreadable"


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = b" " * (40 * 1024 * 1024)
    content = repacked(SOUND, lambda members: {**members, "xl/worksheets/sheet1.xml": bomb})
    assert len(content) < 200_000
    assert slug_of(content) == "import-too-large"


def test_a_bomb_that_lies_about_its_size_does_not_unpack():
    content = bytearray(
        repacked(SOUND, lambda m: {**m, "xl/worksheets/sheet1.xml": b" " * (40 * 1024 * 1024)})
    )
    size = (40 * 1024 * 1024).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    assert slug_of(bytes(content)) == "import-unreadable"


def test_entities_are_not_expanded():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def poison(members):
        name = "xl/worksheets/sheet1.xml"
        return {**members, name: laughs + members[name].replace(b"<v>0</v>", b"<v>&b;</v>")}

    assert slug_of(repacked(SOUND, poison)) == "import-unreadable"


def test_a_row_far_out_of_the_sheet_is_not_walked_to():
    def far(members):
        name = "xl/worksheets/sheet1.xml"
        return {**members, name: members[name].replace(b'r="2"', b'r="999999999999"')}

    assert slug_of(repacked(SOUND, far)) == "import-too-large"


@pytest.mark.parametrize(
    "content",
    [
        survey(*({**TEXT, "name": f"n{n}"} for n in range(501))),
        workbook(survey=[["type", "name"], *(["text", f"n{n}"] for n in range(3100))]),
        workbook(survey=[[f"c{n}" for n in range(130)]]),
        workbook(survey=[["type"]], **{f"s{n}": [["x"]] for n in range(25)}),
        b"x" * (2 * 1024 * 1024 + 1),
    ],
    ids=["items", "rows", "columns", "sheets", "bytes"],
)
def test_more_than_a_checklist_holds_is_refused(content):
    assert slug_of(content) == "import-too-large"


def test_formatted_rows_without_content_are_walked_over():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "survey"
    sheet.append(["type", "name", "label"])
    sheet.append(["text", "a", "甲"])
    sheet.row_dimensions[9000].height = 30
    stream = io.BytesIO()
    book.save(stream)
    assert list(items_of(stream.getvalue())) == ["a"]


def outcome(content):
    """None for a file that could be read, else the status of its refusal."""
    try:
        read(content)
    except Problem as problem:
        return problem.type.status
    return None


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(data):
    content = bytearray(INSPECTION)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(content)) in (None, 413, 422)


CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["text", "select_one l", "begin group", "end group", "begin repeat", "a", "b", "${a} = 'x'",
         "yes", ". > 1", "{", "[1]", "null", "item", "section", "photo", "head", "fact", "${", "=1"]
    ),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=30),
    st.integers(-5, 5),
    st.booleans(),
)  # fmt: skip
COLUMNS = st.sampled_from(
    ["type", "name", "label", "label::English", "hint::中文", "required", "relevant", "constraint",
     "ys_role", "ys_id", "ys_type", "ys_limits", "ys_when", "ys_weight", "ys_photo", "ys_basis",
     "list_name", "ys_ok", "key", "value", "form_id", "form_title", "x"]
)  # fmt: skip
SHEETS = st.sampled_from(["survey", "choices", "settings", "ys_checklist", "Survey ", "other"])


@settings(max_examples=40)
@given(
    st.dictionaries(
        SHEETS,
        st.tuples(
            st.lists(COLUMNS, min_size=1, max_size=8),
            st.lists(st.lists(CELLS, max_size=8), max_size=8),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_cells_give_a_checklist_or_a_clear_refusal(sheets):
    content = workbook(**{name: [columns, *rows] for name, (columns, rows) in sheets.items()})
    assert outcome(content) in (None, 413, 422)
