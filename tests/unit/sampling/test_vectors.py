"""The JSON vectors that Python and JavaScript both must meet."""

import json
from pathlib import Path
from typing import Any

import pytest

from sampling import decide_class, find_plan
from sampling.history import replay
from sampling.selection import draw_item_numbers, draw_stages

VECTORS = Path(__file__).parents[2] / "vectors" / "sampling"


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    return found


def test_plans_meet_their_vectors() -> None:
    for case in cases("plans.json"):
        expected = case.pop("expected")
        plan = find_plan(**case)
        numbers = [
            [stage.sample_size, stage.acceptance_number, stage.rejection_number]
            for stage in plan.stages
        ]
        assert {
            "plan_type": plan.plan_type,
            "code_letter": plan.code_letter,
            "plan_code_letter": plan.plan_code_letter,
            "stages": numbers,
            "full_inspection": plan.full_inspection,
        } == expected, case


def test_decisions_meet_their_vectors() -> None:
    for case in cases("decisions.json"):
        plan = find_plan(**case["plan"], quality_measure=case["quality_measure"])
        standing = decide_class(plan, case["nonconforming"], case["items_inspected"])
        ours = {key: getattr(standing, key) for key in case["expected"]}
        assert ours == case["expected"], case


def test_draws_meet_their_vectors() -> None:
    for case in cases("draws.json"):
        expected = case.pop("expected")
        if "sample_sizes" in case:
            assert [list(stage) for stage in draw_stages(**case)] == expected
        else:
            assert list(draw_item_numbers(**case)) == expected


@pytest.mark.parametrize("case", cases("switching.json"))
def test_switching_meets_its_vectors(case: dict[str, Any]) -> None:
    documents = [step.to_dict() for step in replay(case["history"])]
    keys = list(case["expected"][0])
    assert [{key: step[key] for key in keys} for step in documents] == case["expected"]
