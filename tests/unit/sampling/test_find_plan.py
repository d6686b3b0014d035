"""`find_plan`: the contract's shape, worked examples, and every kind of bad argument."""

from decimal import Decimal
from typing import Any

import pytest

from sampling import SamplingError, find_code_letter, find_plan
from sampling.vocabulary import AQLS, INSPECTION_LEVELS


def test_the_plan_of_the_contract_has_exactly_its_shape() -> None:
    plan = find_plan(
        lot_size=1000,
        aql="1.0",
        inspection_level="II",
        inspection_severity="normal",
        plan_type="single",
    )
    assert plan.to_dict() == {
        "standard": "GB/T 2828.1-2012",
        "lot_size": 1000,
        "aql": "1.0",
        "inspection_level": "II",
        "inspection_severity": "normal",
        "plan_type": "single",
        "code_letter": "J",
        "plan_code_letter": "J",
        "stages": [
            {
                "stage": 1,
                "sample_size": 80,
                "cumulative_sample_size": 80,
                "acceptance_number": 2,
                "rejection_number": 3,
            }
        ],
        "full_inspection": False,
    }


@pytest.mark.parametrize(
    ("lot_size", "aql", "letter", "plan_letter", "sample_size", "acceptance_number"),
    [
        (500, "2.5", "H", "H", 50, 3),
        (120, "2.5", "F", "F", 20, 1),
        (80, "2.5", "E", "F", 20, 1),
        (30, "2.5", "D", "C", 5, 0),
        (8, "2.5", "A", "C", 5, 0),
        (500, "4.0", "H", "H", 50, 5),
        (50, "4.0", "D", "E", 13, 1),
    ],
)
def test_worked_examples_on_normal_inspection_at_level_ii(
    lot_size: int,
    aql: str,
    letter: str,
    plan_letter: str,
    sample_size: int,
    acceptance_number: int,
) -> None:
    plan = find_plan(lot_size, aql)
    assert (plan.code_letter, plan.plan_code_letter) == (letter, plan_letter)
    assert plan.stages[0].sample_size == sample_size
    assert plan.stages[0].acceptance_number == acceptance_number
    assert plan.stages[0].rejection_number == acceptance_number + 1


def test_a_sample_as_large_as_the_lot_means_every_item_is_inspected() -> None:
    plan = find_plan(4, "1.0")
    assert plan.full_inspection
    assert plan.items_to_inspect == 4
    assert plan.stages[0].sample_size == 13
    assert plan.inspection_stages[0].sample_size == 4
    assert find_plan(13, "1.0").full_inspection
    assert not find_plan(14, "1.0").full_inspection


@pytest.mark.parametrize(
    ("lot_size", "level", "letter"),
    [
        (2, "II", "A"),
        (8, "II", "A"),
        (9, "II", "B"),
        (500_000, "II", "P"),
        (500_001, "II", "Q"),
        (10_000_000, "III", "R"),
        (1200, "S-1", "C"),
        (1201, "S-4", "G"),
        (150, "I", "D"),
    ],
)
def test_code_letters_at_the_edges_of_table_1(lot_size: int, level: str, letter: str) -> None:
    assert find_code_letter(lot_size, level) == letter


def test_a_cell_that_sends_to_another_type_gives_that_type_and_says_so() -> None:
    plan = find_plan(30, "2.5", plan_type="multiple")
    assert plan.plan_type == "single"
    assert plan.to_dict()["plan_type"] == "single"
    assert find_plan(20, "25", plan_type="multiple").plan_type == "double"


def test_acceptance_that_is_not_permitted_is_null() -> None:
    stages = find_plan(1000, "1.5", plan_type="multiple").to_dict()["stages"]
    assert stages[0]["acceptance_number"] is None
    assert stages[4]["cumulative_sample_size"] == 100


@pytest.mark.parametrize("aql", ["1.0", "1", "1.00", Decimal("1"), Decimal("1.000")])
def test_an_aql_is_a_number_however_many_zeros_it_is_written_with(aql: str | Decimal) -> None:
    assert find_plan(1000, aql).aql == "1.0"


def test_all_levels_and_aqls_have_plans_whose_path_ends_at_the_plan() -> None:
    for level in INSPECTION_LEVELS:
        for aql in AQLS:
            plan = find_plan(777, aql, level)
            assert plan.path[-1].code_letter == plan.plan_code_letter
            assert plan.path[0].code_letter == plan.code_letter


def test_the_path_of_arrows_is_explained_in_both_languages() -> None:
    plan = find_plan(80, "2.5")
    assert "向下的箭头" in "\n".join(plan.explain("zh-CN"))
    assert "arrow down" in "\n".join(plan.explain("en"))
    assert [step.cell for step in plan.path] == ["↓", "1/2"]


def test_a_record_keeps_edition_measure_confidence_and_path() -> None:
    record = find_plan(80, "2.5").to_record()
    assert record["edition"] == "gbt-2828.1-2012"
    assert record["quality_measure"] == "percent_nonconforming"
    assert record["confidence"] == "confirmed"
    assert record["path"][0] == {"table": "2-A", "code_letter": "E", "cell": "↓"}


def test_a_plan_that_is_not_confirmed_says_so_in_its_explanation() -> None:
    plan = find_plan(1000, "4.0", inspection_severity="reduced", plan_type="double")
    assert plan.confidence == "unconfirmed"
    assert "待核对" in plan.explain("zh-CN")[-1]
    assert "to be confirmed" in plan.explain("en")[-1]


def test_an_aql_above_10_counts_nonconformities_per_100_items() -> None:
    assert find_plan(1000, "15").quality_measure == "nonconformities_per_100_items"
    assert find_plan(1000, "10").quality_measure == "percent_nonconforming"
    stated = find_plan(1000, "10", quality_measure="nonconformities_per_100_items")
    assert stated.quality_measure == "nonconformities_per_100_items"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"lot_size": 0}, "lot_size", "out-of-range"),
    ({"lot_size": 1}, "lot_size", "out-of-range"),
    ({"lot_size": -5}, "lot_size", "out-of-range"),
    ({"lot_size": 10**12}, "lot_size", "out-of-range"),
    ({"lot_size": 10.5}, "lot_size", "not-an-integer"),
    ({"lot_size": 1000.0}, "lot_size", "not-an-integer"),
    ({"lot_size": "1000"}, "lot_size", "not-an-integer"),
    ({"lot_size": True}, "lot_size", "not-an-integer"),
    ({"lot_size": None}, "lot_size", "not-an-integer"),
    ({"aql": "0.5"}, "aql", "aql-not-preferred"),
    ({"aql": "0"}, "aql", "aql-not-preferred"),
    ({"aql": "2000"}, "aql", "aql-not-preferred"),
    ({"aql": Decimal("0.5")}, "aql", "aql-not-preferred"),
    ({"aql": Decimal("NaN")}, "aql", "aql-not-a-number"),
    ({"aql": "1,0"}, "aql", "aql-not-a-number"),
    ({"aql": "1.0 %"}, "aql", "aql-not-a-number"),
    ({"aql": " 1.0"}, "aql", "aql-not-a-number"),
    ({"aql": "-1.0"}, "aql", "aql-not-a-number"),
    ({"aql": "１.0"}, "aql", "aql-not-a-number"),
    ({"aql": "1e0"}, "aql", "aql-not-a-number"),
    ({"aql": ""}, "aql", "aql-not-a-number"),
    ({"aql": 1.0}, "aql", "aql-not-text"),
    ({"aql": None}, "aql", "aql-not-text"),
    ({"aql": True}, "aql", "aql-not-text"),
    ({"inspection_level": "ii"}, "inspection_level", "not-one-of"),
    ({"inspection_level": "Ⅱ"}, "inspection_level", "not-one-of"),
    ({"inspection_level": "S1"}, "inspection_level", "not-one-of"),
    ({"inspection_level": ["II"]}, "inspection_level", "not-one-of"),
    ({"inspection_severity": "Normal"}, "inspection_severity", "not-one-of"),
    ({"inspection_severity": "正常"}, "inspection_severity", "not-one-of"),
    ({"plan_type": "二次"}, "plan_type", "not-one-of"),
    ({"quality_measure": "%"}, "quality_measure", "not-one-of"),
    (
        {"aql": "15", "quality_measure": "percent_nonconforming"},
        "quality_measure",
        "aql-only-per-100-items",
    ),
    ({"edition": "iso-2859-1-2026"}, "edition", "not-one-of"),
    ({"edition": ["gbt-2828.1-2012"]}, "edition", "not-one-of"),
]


@pytest.mark.parametrize(("change", "argument", "code"), BAD)
def test_bad_input_names_the_argument_the_value_and_what_is_allowed_in_both_languages(
    change: dict[str, Any], argument: str, code: str
) -> None:
    arguments: dict[str, Any] = {"lot_size": 1000, "aql": "1.0", **change}
    with pytest.raises(SamplingError) as caught:
        find_plan(**arguments)
    error = caught.value
    assert (error.argument, error.code) == (argument, code)
    assert (
        error.value == arguments[argument]
        or error.value is arguments[argument]
        or code == ("aql-not-a-number")
    )
    assert error.allowed
    for language in ("zh-CN", "en"):
        message = error.message(language)
        assert argument in message
        assert str(error.allowed[0]) in message or language == "zh-CN"
    assert error.message("zh-CN") != error.message("en")


@pytest.mark.parametrize(
    ("aql", "nearest"),
    [
        ("0.5", ("0.40", "0.65")),
        ("0.001", ("0.010", "0.015")),
        ("5000", ("650", "1000")),
        ("12", ("10", "15")),
    ],
)
def test_an_aql_between_two_preferred_values_is_told_the_nearest_two(
    aql: str, nearest: tuple[str, str]
) -> None:
    with pytest.raises(SamplingError) as caught:
        find_plan(1000, aql)
    assert caught.value.allowed == nearest
