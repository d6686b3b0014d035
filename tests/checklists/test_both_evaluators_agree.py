"""Random checklists, random answers: the server and the phone come to the same judgement.

Hypothesis chooses the seeds; the cases are run in Node all at once.
"""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.checklists import ITEM_TYPES
from server.checklists.reasons import REASONS
from tests.checklists.both_languages import in_browser_language, in_python
from tests.checklists.random_checklists import random_case

CASES = 1500


def random_seeds():
    seeds: set[int] = set()

    @settings(max_examples=CASES)
    @given(st.integers(0, 2**63))
    def collect(seed):
        seeds.add(seed)

    collect()
    return sorted(seeds)


def test_random_checklists_are_judged_and_graded_alike():
    random_cases = [(seed, random_case(seed)) for seed in random_seeds()]
    cases = [{"op": op, **case} for _, case in random_cases for op in ("evaluate", "grade")]
    ours = [in_python(case) for case in cases]
    theirs = in_browser_language(cases)
    differing = [
        (random_cases[at // 2][0], case, one, other)
        for at, (case, one, other) in enumerate(zip(cases, ours, theirs, strict=True))
        if json.loads(json.dumps(one)) != other
    ]
    assert differing[:1] == []
    assert len(cases) > CASES
    reaches_everything([one["result"] for one in ours[::2]], cases)
    decided = {one["result"]["decided_by"] for one in ours[1::2]}
    assert decided == {"class_a", "classes", "percent", None}


def reaches_everything(evaluated, cases):
    """If the cases were all alike, agreement would say little."""
    outcomes = [outcome for one in evaluated for outcome in one["outcomes"]]
    assert {r["code"] for outcome in outcomes for r in outcome["reasons"]} == set(REASONS)
    assert {outcome["outcome"] for outcome in outcomes} == {
        "ok", "not_ok", "not_applicable", "left_out", "missing",
    }  # fmt: skip
    assert {item["type"] for case in cases for item in case["template"]["items"]} == set(ITEM_TYPES)
    assert any(one["questions"] for one in evaluated)
    assert any(one["missing_photos"] for one in evaluated)
    assert {one["is_complete"] for one in evaluated} == {True, False}
