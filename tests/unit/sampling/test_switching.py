"""The switching rules: every transition, the score, resubmission, late lots, discontinuation."""

from typing import Any

import pytest

from sampling import SamplingError, find_plan
from sampling.history import ReplayedLot, replay
from sampling.scoring import result_of
from sampling.switching import (
    LotResult,
    SwitchingState,
    advance,
    declare,
    start_switching,
)

GOOD = LotResult("accepted", 3, "normal")
BAD = LotResult("not_accepted", 0, "normal")


def fold(state: SwitchingState, *results: str) -> SwitchingState:
    """Letters: g good, b bad; each inspected under the severity then in force."""
    for letter in "".join(results):
        decision = "accepted" if letter == "g" else "not_accepted"
        gain = 3 if letter == "g" else 0
        state = advance(state, LotResult(decision, gain, state.severity))
    return state


def history(lots: list[Any], **change: Any) -> tuple[ReplayedLot, ...]:
    return replay(
        {
            "plan_type": "single",
            "inspection_level": "II",
            "aql": "1.0",
            "production_steady": True,
            "reduced_desirable": True,
            "lots": [
                lot if isinstance(lot, dict) else {"lot_size": 1000, "nonconforming": lot}
                for lot in lots
            ],
            **change,
        }
    )


@pytest.mark.parametrize(
    ("lots", "severity"),
    [
        ("bb", "tightened"),
        ("bgggb", "tightened"),
        ("bggggb", "normal"),
        ("gggbggb", "tightened"),
        ("b", "normal"),
    ],
)
def test_two_of_five_or_fewer_lots_not_accepted_tighten_inspection(
    lots: str, severity: str
) -> None:
    assert fold(start_switching(), lots).severity == severity


def test_the_state_says_why_it_tightened_in_both_languages() -> None:
    state = fold(start_switching(), "gbggb")
    assert state.explain("en").startswith("2 of the last 4 lots not accepted → tightened")
    assert state.explain("zh-CN").startswith("最近 4 批中有 2 批不接收 → 加严检验")


def test_five_lots_accepted_in_a_row_bring_normal_inspection_back_with_a_score_of_zero() -> None:
    state = fold(start_switching("tightened"), "ggggbggggg")
    assert (state.severity, state.switching_score, state.recent) == ("normal", 0, ())
    assert fold(start_switching("tightened"), "gggg").severity == "tightened"


def test_five_lots_not_accepted_since_tightening_discontinue_inspection() -> None:
    state = fold(start_switching("tightened"), "bgbggbggggb")
    assert state.severity == "tightened"
    state = fold(state, "b")
    assert state.severity == "discontinued"
    assert "5" in state.explain("en")
    with pytest.raises(SamplingError) as caught:
        advance(state, GOOD)
    assert caught.value.code == "inspection-discontinued"


def test_refusals_are_counted_anew_each_time_tightened_inspection_begins() -> None:
    state = fold(start_switching("tightened"), "bbbb", "ggggg", "bb")
    assert (state.severity, state.refused_since_tightened) == ("tightened", 0)


def test_after_approval_inspection_resumes_tightened_and_counts_from_zero() -> None:
    stopped = fold(start_switching("tightened"), "bbbbb")
    assert declare(stopped, production_steady=True).severity == "discontinued"
    resumed = declare(stopped, resume_approved=True)
    assert (resumed.severity, resumed.refused_since_tightened) == ("tightened", 0)
    assert fold(resumed, "bbbb").severity == "tightened"


def test_reduced_inspection_needs_score_steady_production_and_the_authority() -> None:
    for steady in (False, True):
        for desirable in (False, True):
            start = start_switching(production_steady=steady, reduced_desirable=desirable)
            state = fold(start, "g" * 10)
            assert state.severity == ("reduced" if steady and desirable else "normal")


def test_a_score_waiting_for_approval_takes_effect_when_it_comes() -> None:
    waiting = fold(start_switching(production_steady=True), "g" * 12)
    assert (waiting.severity, waiting.switching_score) == ("normal", 36)
    assert declare(waiting, reduced_desirable=True).severity == "reduced"


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"production_steady": False}, "production-irregular"),
        ({"reduced_desirable": False}, "reduced-not-desirable"),
    ],
)
def test_reduced_inspection_ends_when_its_conditions_do(
    declared: dict[str, bool], reason: str
) -> None:
    state = start_switching("reduced", production_steady=True, reduced_desirable=True)
    after = declare(state, **declared)
    assert (after.severity, after.switching_score, after.reason) == ("normal", 0, reason)


def test_one_lot_not_accepted_ends_reduced_inspection_and_is_not_held_against_normal() -> None:
    state = fold(start_switching("reduced"), "gggb")
    assert (state.severity, state.recent, state.switching_score) == ("normal", (), 0)
    assert fold(state, "b").severity == "normal"


def test_resubmitted_lots_never_count() -> None:
    again = BAD._replace(is_resubmitted=True)
    state = advance(start_switching(), BAD)
    assert advance(state, again).severity == "normal"
    assert advance(state, again).recent == state.recent
    good_again = GOOD._replace(is_resubmitted=True)
    assert advance(state, good_again).switching_score == state.switching_score


def test_a_lot_inspected_under_another_severity_counts_against_but_not_for_the_supplier() -> None:
    tightened = fold(start_switching("tightened"), "gg")
    assert advance(tightened, GOOD).accepted_in_a_row == 2
    after = advance(tightened, BAD)
    assert (after.accepted_in_a_row, after.refused_since_tightened) == (0, 1)
    reduced_lot = GOOD._replace(inspected_under="reduced")
    assert advance(fold(start_switching(), "g"), reduced_lot).switching_score == 3


@pytest.mark.parametrize(
    ("aql", "plan_type", "counts", "gain"),
    [
        ("0.25", "single", [0], 2),  # J: 0.15 and arrow → Ac 0 or 1
        ("0.65", "single", [1], 2),  # J, Ac 1
        ("0.65", "single", [2], 0),
        ("1.0", "single", [1], 3),  # J, Ac 2; one step tighter Ac 1
        ("1.0", "single", [2], 0),
        ("1.5", "single", [2], 3),  # J, Ac 3; one step tighter Ac 2
        ("1.5", "single", [3], 0),
        ("4.0", "single", [5], 3),  # J, Ac 7; one step tighter Ac 5
        ("4.0", "single", [6], 0),
        ("1.5", "double", [1], 3),
        ("1.5", "double", [2, 0], 0),
        ("1.5", "multiple", [0, 0], 3),
        ("1.5", "multiple", [1, 0, 0], 3),
        ("1.5", "multiple", [1, 0, 1, 0], 0),
        ("0.15", "double", [0], 2),  # sent to single sampling, scores as single
    ],
)
def test_what_a_lot_adds_to_the_switching_score(
    aql: str, plan_type: str, counts: list[int], gain: int
) -> None:
    plan = find_plan(1000, aql, plan_type=plan_type)
    assert result_of(plan, counts).score_gain == gain


def test_one_step_tighter_is_read_in_the_row_of_the_sample_really_drawn() -> None:
    plan = find_plan(5000, "10")  # letter L sends up to K: n 125, Ac 21; at 6.5 K has Ac 14
    assert plan.plan_code_letter == "K"
    assert result_of(plan, [14]).score_gain == 3
    assert result_of(plan, [15]).score_gain == 0


def test_a_lot_accepted_without_margin_sets_the_score_back() -> None:
    steps = history([[0], [1], [2], [0]])
    assert [step.switching_score for step in steps] == [3, 6, 0, 3]
    assert all(step.result.decision == "accepted" for step in steps)


def test_ten_clean_lots_lead_to_reduced_plans_and_a_bad_one_back() -> None:
    steps = history([[0]] * 10 + [[0], [2], [0]])
    documents = [step.to_dict() for step in steps]
    assert documents[9]["switching_score"] == 30
    assert documents[9]["next_severity"] == "reduced"
    assert documents[10]["inspection_severity"] == "reduced"
    assert documents[10]["stages"][0]["sample_size"] == 32
    assert documents[10]["switching_score"] is None
    assert documents[11]["decision"] == "not_accepted"
    assert documents[11]["next_severity"] == "normal"
    assert documents[12]["switching_score"] == 3


def test_fifteen_lots_are_needed_where_ac_is_0_or_1() -> None:
    steps = history([[0]] * 15, aql="0.65")
    assert steps[13].after.severity == "normal"
    assert steps[14].after.severity == "reduced"


def test_a_history_runs_through_tightened_discontinued_and_resumed() -> None:
    resumed = {
        "lot_size": 1000,
        "nonconforming": [0],
        "before": {"resume_approved": True},
    }
    steps = history([[3], [3], *[[2]] * 5, resumed])
    severities = [step.to_dict()["next_severity"] for step in steps]
    assert severities == ["normal", *["tightened"] * 5, "discontinued", "tightened"]
    assert steps[2].to_dict()["switching_score"] is None


def test_a_lot_shown_while_inspection_is_discontinued_is_refused_and_named() -> None:
    with pytest.raises(SamplingError) as caught:
        history([[3], [3], *[[2]] * 5, [0]])
    assert caught.value.argument == "lots[7].before"


def test_declarations_before_a_lot_hold_until_declared_otherwise() -> None:
    unsteady = {"lot_size": 1000, "nonconforming": [0], "before": {"production_steady": False}}
    steady = {"lot_size": 1000, "nonconforming": [0], "before": {"production_steady": True}}
    steps = history([unsteady, *[[0]] * 10, steady])
    assert steps[10].after.severity == "normal"
    assert steps[10].switching_score == 33
    assert steps[11].before.severity == "reduced"


def test_double_sampling_histories_give_one_count_for_each_sample_drawn() -> None:
    steps = history([[1], [2, 1], [4]], aql="1.5", plan_type="double")
    assert [step.result.decision for step in steps] == ["accepted", "accepted", "not_accepted"]
    assert [step.switching_score for step in steps] == [3, 0, 0]


@pytest.mark.parametrize(
    ("lots", "change", "argument"),
    [
        ([[2]], {"aql": "1.5", "plan_type": "double"}, "lots[0].nonconforming"),
        ([[0], [0, 0]], {}, "lots[1].nonconforming"),
        ([[81]], {}, "lots[0].nonconforming[0]"),
        ([{"lot_size": 1, "nonconforming": [0]}], {}, "lots[0].lot_size"),
        ([{"lot_size": 1000}], {}, "lots[0].nonconforming"),
        ([{"lot_size": 1000, "nonconforming": [0], "lotsize": 1}], {}, "lots[0].lot"),
        (
            [{"lot_size": 1000, "nonconforming": [0], "before": {"steady": True}}],
            {},
            "lots[0].before",
        ),
        (
            [{"lot_size": 1000, "nonconforming": [0], "before": {"production_steady": "yes"}}],
            {},
            "lots[0].production_steady",
        ),
        ([[0]], {"aql": "1,0"}, "aql"),
        ([[0]], {"aql": None}, "aql"),
        ([[0]], {"start_severity": "strict"}, "start_severity"),
        ([[0]], {"production_steady": 1}, "production_steady"),
        (["x"], {}, "lots[0].nonconforming"),
    ],
)
def test_a_history_out_of_order_names_the_place(
    lots: list[Any], change: dict[str, Any], argument: str
) -> None:
    with pytest.raises(SamplingError) as caught:
        history(lots, **change)
    assert caught.value.argument == argument
    assert caught.value.message("zh-CN") != caught.value.message("en")


@pytest.mark.parametrize("lots", ["many", None, {"lot": 1}])
def test_a_history_without_a_list_of_lots_is_refused(lots: object) -> None:
    with pytest.raises(SamplingError) as caught:
        replay({"aql": "1.0", "lots": lots})
    assert caught.value.argument == "lots"


def test_every_state_explains_itself_and_its_outlook_in_both_languages() -> None:
    for start, lots in (
        ("normal", ""),
        ("normal", "bb"),
        ("normal", "gb"),
        ("tightened", "ggggg"),
        ("tightened", "bbbbb"),
        ("reduced", "b"),
        ("reduced", "g"),
    ):
        document = fold(start_switching(start), lots).to_dict()
        for text in (document["explanation"], document["outlook"]):
            assert text["zh-CN"]
            assert text["en"]
            assert text["zh-CN"] != text["en"]
            assert "{" not in text["zh-CN"] + text["en"]


def test_folding_is_pure_and_can_be_repeated_from_any_point() -> None:
    lots = [[0], [3], [1], [3], [0], [0]]
    whole = history(lots)
    assert history(lots) == whole
    assert history(lots[:3]) == whole[:3]
