"""The tables against an independent transcription, and against their own structure."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sampling.plans import TablePlan, plan_of_cell
from sampling.tables import editions, export_tables, load_edition, load_table
from sampling.vocabulary import (
    AQLS,
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    PLAN_TYPES,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "sampling"
LETTERS = "ABCDEFGHJKLMNPQR"
ALL_TABLES = [
    (plan_type, severity) for plan_type in PLAN_TYPES for severity in INSPECTION_SEVERITIES
]
SAMPLE_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
REDUCED_SAMPLE_SIZES = (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)


def rows(plan_type: str, severity: str) -> list[dict[str, Any]]:
    number = {"single": "2", "double": "3", "multiple": "4"}[plan_type]
    part = {"normal": "A", "tightened": "B", "reduced": "C"}[severity]
    found: list[dict[str, Any]] = load_table(DEFAULT_EDITION, f"{number}-{part}")["rows"]
    return found


def cell_plan(plan_type: str, severity: str, letter: str, aql: str) -> TablePlan:
    return plan_of_cell(DEFAULT_EDITION, plan_type, severity, letter, aql)


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_every_single_plan_equals_the_transcription_of_the_printed_tables(severity: str) -> None:
    transcription = json.loads((VECTORS / "single-plans.json").read_text("utf-8"))
    assert transcription["aqls"] == list(AQLS)
    for letter in LETTERS:
        for aql, printed in zip(AQLS, transcription[severity][letter], strict=True):
            plan = cell_plan("single", severity, letter, aql)
            stage = plan.stages[0]
            ours = f"{plan.code_letter} {stage.sample_size} {stage.acceptance_number}"
            assert ours == printed, (severity, letter, aql)


@pytest.mark.parametrize(("plan_type", "severity"), ALL_TABLES)
def test_every_cell_leads_to_a_plan_and_the_last_rejection_number_is_ac_plus_1(
    plan_type: str, severity: str
) -> None:
    for letter in LETTERS:
        for aql in AQLS:
            last = cell_plan(plan_type, severity, letter, aql).stages[-1]
            assert last.acceptance_number is not None
            assert last.rejection_number == last.acceptance_number + 1


@pytest.mark.parametrize(("plan_type", "severity"), ALL_TABLES)
def test_every_row_has_26_cells_a_mark_for_each_and_its_letter(
    plan_type: str, severity: str
) -> None:
    letters = LETTERS + ("S" if severity == "tightened" else "")
    assert "".join(row["code_letter"] for row in rows(plan_type, severity)) == letters
    for row in rows(plan_type, severity):
        assert len(row["cells"]) == len(AQLS) == len(row["confidence"])
        assert set(row["confidence"]) <= set("csu")


def test_sample_sizes_are_the_preferred_series() -> None:
    for severity, sizes in (
        ("normal", SAMPLE_SIZES),
        ("tightened", (*SAMPLE_SIZES, 3150)),
        ("reduced", REDUCED_SAMPLE_SIZES),
    ):
        assert tuple(row["sample_sizes"][0] for row in rows("single", severity)) == sizes


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_double_samples_are_one_step_and_five_stage_samples_three_steps_below_the_single_one(
    severity: str,
) -> None:
    series = [*dict.fromkeys(REDUCED_SAMPLE_SIZES), 1250, 2000, 3150]
    series.insert(0, 0)
    for plan_type, stages, steps in (("double", 2, 1), ("multiple", 5, 3)):
        for row, single in zip(rows(plan_type, severity), rows("single", severity), strict=True):
            if row["sample_sizes"]:
                below = series[series.index(single["sample_sizes"][0]) - steps]
                assert row["sample_sizes"] == [below] * stages, row["code_letter"]


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_acceptance_numbers_are_constant_along_the_diagonals_of_the_inner_table(
    severity: str,
) -> None:
    table = rows("single", severity)
    for row in range(3, 15):
        for column in range(1, 26):
            here, below = table[row]["cells"][column], table[row + 1]["cells"][column - 1]
            if "/" in here and "/" in below:
                assert here == below, (LETTERS[row], AQLS[column])


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_acceptance_numbers_grow_along_rows_and_down_columns(severity: str) -> None:
    table = [[cell.split("/") for cell in row["cells"]] for row in rows("single", severity)]
    numbers = [[int(cell[0]) if len(cell) == 2 else None for cell in row] for row in table]
    for line in [*numbers, *map(list, zip(*numbers, strict=True))]:
        present = [number for number in line if number is not None]
        assert present == sorted(present)


def test_reduced_plans_have_no_gap_and_only_the_acceptance_numbers_of_this_standard() -> None:
    for place, row in enumerate(rows("single", "reduced")):
        pairs = [tuple(map(int, cell.split("/"))) for cell in row["cells"] if "/" in cell]
        assert all(re == ac + 1 for ac, re in pairs)
        series = {0, 1, 2, 3, 5, 6, 8, 10, 14, 21, 30} | ({7} if place < 2 else set())
        assert {ac for ac, _ in pairs} <= series


@pytest.mark.parametrize(
    ("plan_type", "severity", "letter", "aql", "numbers"),
    [
        ("single", "tightened", "A", "10", [(0, 1)]),
        ("double", "normal", "J", "1.5", [(1, 3), (4, 5)]),
        ("double", "normal", "J", "4.0", [(3, 6), (9, 10)]),
        ("multiple", "normal", "J", "1.5", [(None, 3), (0, 3), (1, 4), (2, 5), (4, 5)]),
        ("single", "tightened", "R", "0.025", [(1, 2)]),
    ],
)
def test_cells_in_which_other_standards_differ(
    plan_type: str, severity: str, letter: str, aql: str, numbers: list[tuple[int | None, int]]
) -> None:
    stages = cell_plan(plan_type, severity, letter, aql).stages
    assert [(s.acceptance_number, s.rejection_number) for s in stages] == numbers


def test_the_arrow_into_letter_s_brings_its_sample_of_3150() -> None:
    plan = cell_plan("single", "tightened", "R", "0.025")
    assert (plan.code_letter, plan.stages[0].sample_size) == ("S", 3150)


def test_multiple_plans_have_five_stages() -> None:
    for severity in INSPECTION_SEVERITIES:
        plan = cell_plan("multiple", severity, "K", "1.0")
        assert (plan.plan_type, len(plan.stages)) == ("multiple", 5)


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_double_and_multiple_tables_have_arrows_where_the_single_table_has_them(
    severity: str,
) -> None:
    for plan_type in ("double", "multiple"):
        for row, single in zip(rows(plan_type, severity), rows("single", severity), strict=True):
            for ours, theirs in zip(row["cells"], single["cells"], strict=True):
                assert (ours in "↓↑") == (theirs in "↓↑")
                if theirs == "0/1":
                    assert ours == "*"


def test_stages_of_double_and_multiple_plans_leave_room_to_go_on_until_the_last() -> None:
    for plan_type, severity in ALL_TABLES:
        for row in rows(plan_type, severity):
            for cell in filter(lambda text: " " in text, row["cells"]):
                pairs = [pair.split("/") for pair in cell.split()]
                rejections = [int(rejection) for _, rejection in pairs]
                acceptances = [-1 if ac == "#" else int(ac) for ac, _ in pairs]
                assert rejections == sorted(rejections)
                assert acceptances == sorted(acceptances)
                for ac, re in list(zip(acceptances, rejections, strict=True))[:-1]:
                    assert re > ac + 1


def test_table_1_covers_every_lot_once_and_letters_never_fall() -> None:
    table = load_table(DEFAULT_EDITION, "1")
    assert table["inspection_levels"] == list(INSPECTION_LEVELS)
    bounds = [(row["lot_size_from"], row["lot_size_to"]) for row in table["rows"]]
    assert bounds[0][0] == 2
    assert bounds[-1] == (500001, None)
    for (_, upper), (lower, _) in pairwise(bounds):
        assert lower == upper + 1
    for place in range(len(INSPECTION_LEVELS)):
        column = [row["code_letters"][place] for row in table["rows"]]
        assert column == sorted(column)


def test_the_edition_lists_its_aqls_and_all_its_tables() -> None:
    assert DEFAULT_EDITION in editions()
    description = load_edition(DEFAULT_EDITION)
    assert description["aqls"] == list(AQLS)
    exported = export_tables(DEFAULT_EDITION)
    assert [table["table"] for table in exported["tables"]] == description["tables"]
    assert len(exported["tables"]) == 13
    json.dumps(exported, allow_nan=False)


def test_every_table_says_where_it_comes_from() -> None:
    for table in export_tables(DEFAULT_EDITION)["tables"]:
        assert table["provenance"]
        assert table["standard"] == "GB/T 2828.1-2012"
        assert set(table["title"]) == {"zh-CN", "en"}


# The stages that go with each single acceptance number, entered here a second time by hand.
DOUBLE_STAGES = {
    "normal": {
        1: "0/2 1/2", 2: "0/3 3/4", 3: "1/3 4/5", 5: "2/5 6/7", 7: "3/6 9/10", 10: "5/9 12/13",
        14: "7/11 18/19", 21: "11/16 26/27", 30: "17/22 37/38", 44: "25/31 56/57",
    },
    "tightened": {
        1: "0/2 1/2", 2: "0/3 3/4", 3: "1/3 4/5", 5: "2/5 6/7", 8: "4/7 10/11", 12: "6/10 15/16",
        18: "9/14 23/24", 27: "15/20 34/35", 41: "23/29 52/53",
    },
    "reduced": {
        1: "0/2 1/2", 2: "0/3 3/4", 3: "1/3 4/5", 5: "2/4 5/6", 6: "3/6 7/8", 8: "4/7 10/11",
        10: "5/9 12/13", 14: "7/11 18/19", 21: "11/16 26/27",
    },
}  # fmt: skip
MULTIPLE_STAGES = {
    "normal": {
        1: "#/2 0/2 0/2 0/2 1/2", 2: "#/2 0/3 0/3 1/3 3/4", 3: "#/3 0/3 1/4 2/5 4/5",
        5: "#/4 1/5 2/6 4/7 6/7", 7: "0/4 1/6 3/8 5/9 9/10", 10: "0/5 3/8 6/10 9/12 12/13",
        14: "1/7 4/10 8/13 12/17 18/19", 21: "2/9 7/14 13/19 20/25 26/27",
        30: "4/12 11/19 19/27 28/34 37/38", 44: "6/16 17/27 29/38 40/48 56/57",
    },
    "tightened": {
        1: "#/2 0/2 0/2 0/2 1/2", 2: "#/2 0/3 0/3 1/3 3/4", 3: "#/3 0/3 1/4 2/5 4/5",
        5: "#/4 1/5 2/6 4/7 6/7", 8: "0/4 2/7 4/9 6/11 10/11", 12: "0/6 3/9 7/12 11/15 15/16",
        18: "1/8 6/12 11/17 16/22 23/24", 27: "3/10 10/17 17/24 25/31 34/35",
        41: "6/15 16/25 26/35 38/45 52/53",
    },
    "reduced": {
        1: "#/2 0/2 0/2 0/2 1/2", 2: "#/2 0/3 0/3 1/3 3/4", 3: "#/3 0/3 1/4 2/5 4/5",
        5: "#/3 1/4 2/5 3/5 5/6", 6: "0/4 1/6 2/7 4/8 7/8", 8: "0/4 2/7 4/9 6/11 10/11",
        10: "0/5 3/8 6/10 9/12 12/13",
    },
}  # fmt: skip
FIRST_LETTER = {
    ("double", "normal"): "B", ("double", "tightened"): "B", ("double", "reduced"): "D",
    ("multiple", "normal"): "D", ("multiple", "tightened"): "D", ("multiple", "reduced"): "F",
}  # fmt: skip


@pytest.mark.parametrize(("plan_type", "severity"), list(FIRST_LETTER))
def test_every_double_and_multiple_cell_has_the_stages_of_its_single_acceptance_number(
    plan_type: str, severity: str
) -> None:
    stages = (DOUBLE_STAGES if plan_type == "double" else MULTIPLE_STAGES)[severity]
    for row, single in zip(rows(plan_type, severity), rows("single", severity), strict=True):
        has_plans = row["code_letter"] >= FIRST_LETTER[plan_type, severity]
        assert bool(row["sample_sizes"]) == has_plans
        for ours, theirs in zip(row["cells"], single["cells"], strict=True):
            if "/" not in theirs or theirs == "0/1":
                continue
            number = int(theirs.split("/")[0])
            if has_plans:
                assert ours == stages[number]
            else:
                is_letter_of_double = row["code_letter"] >= FIRST_LETTER["double", severity]
                assert ours == ("++" if plan_type == "multiple" and is_letter_of_double else "*")


@pytest.mark.parametrize("severity", INSPECTION_SEVERITIES)
def test_fractional_tables_differ_from_the_single_ones_only_between_ac_0_and_ac_1(
    severity: str,
) -> None:
    part = {"normal": "A", "tightened": "B", "reduced": "C"}[severity]
    steps = {"normal": ["1/3", "1/2"], "tightened": ["1/3", "1/2"]}.get(
        severity, ["1/5", "1/3", "1/2"]
    )
    single = {row["code_letter"]: row for row in rows("single", severity)}
    for row in load_table(DEFAULT_EDITION, f"11-{part}")["rows"]:
        theirs = single[row["code_letter"]]
        assert row["sample_sizes"] == theirs["sample_sizes"]
        fractions = [cell for cell in row["cells"] if "/" in cell]
        assert fractions == (steps if len(fractions) == len(steps) else steps[-len(fractions) :])
        for ours, other in zip(row["cells"], theirs["cells"], strict=True):
            if "/" in ours:
                assert other in "↓↑"
            else:
                assert ours == other.split("/")[0]
