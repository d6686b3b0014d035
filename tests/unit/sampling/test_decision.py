"""From counts to the decision: single, double, multiple, early and whole-lot inspection."""

import pytest

from sampling import SamplingError, ZeroAcceptancePlan, decide_class, decide_lot, find_plan

SINGLE = find_plan(1000, "1.0")  # n 80, Ac 2, Re 3
DOUBLE = find_plan(1000, "1.5", plan_type="double")  # 50 + 50: 1/3, 4/5
MULTIPLE = find_plan(1000, "1.5", plan_type="multiple")  # 5 x 20: #/3 0/3 1/4 2/5 4/5


@pytest.mark.parametrize(
    ("count", "verdict"), [(0, "accepted"), (2, "accepted"), (3, "not_accepted")]
)
def test_a_single_sample_is_judged_by_ac_and_re(count: int, verdict: str) -> None:
    assert decide_class(SINGLE, [count]).decision == verdict


def test_before_any_sample_is_drawn_the_lot_is_undecided_at_stage_1() -> None:
    standing = decide_class(SINGLE, [])
    assert (standing.decision, standing.stage, standing.items_left) == ("undecided", 1, 80)


def test_reaching_re_decides_before_the_sample_is_finished() -> None:
    standing = decide_class(SINGLE, [3], [10])
    assert (standing.decision, standing.is_early) == ("not_accepted", True)


def test_the_lot_is_accepted_early_once_the_items_left_cannot_exceed_ac() -> None:
    assert decide_class(SINGLE, [0], [77]).decision == "undecided"
    standing = decide_class(SINGLE, [0], [78])
    assert (standing.decision, standing.is_early) == ("accepted", True)
    assert decide_class(SINGLE, [1], [78]).decision == "undecided"


def test_nonconformities_are_never_accepted_early_for_one_item_can_hold_many() -> None:
    plan = find_plan(1000, "1.0", quality_measure="nonconformities_per_100_items")
    assert decide_class(plan, [0], [79]).decision == "undecided"
    assert decide_class(plan, [0], [80]).decision == "accepted"
    assert decide_class(plan, [100], [80]).decision == "not_accepted"


@pytest.mark.parametrize(
    ("counts", "decision", "stage"),
    [
        ([1], "accepted", 1),
        ([2], "undecided", 2),
        ([3], "not_accepted", 1),
        ([2, 2], "accepted", 2),
        ([2, 3], "not_accepted", 2),
    ],
)
def test_double_sampling_goes_on_only_between_ac_and_re(
    counts: list[int], decision: str, stage: int
) -> None:
    standing = decide_class(DOUBLE, counts)
    assert (standing.decision, standing.stage) == (decision, stage)


def test_no_lot_is_accepted_at_a_stage_where_acceptance_is_not_permitted() -> None:
    assert decide_class(MULTIPLE, [0]).decision == "undecided"
    assert decide_class(MULTIPLE, [0, 0]).decision == "accepted"
    assert decide_class(MULTIPLE, [1, 0, 1, 1, 1]).decision == "accepted"
    assert decide_class(MULTIPLE, [1, 0, 1, 1, 2]).decision == "not_accepted"


def test_a_stage_in_progress_reports_the_items_left() -> None:
    standing = decide_class(DOUBLE, [2, 0], [50, 10])
    assert (standing.decision, standing.stage, standing.items_left) == ("undecided", 2, 40)
    assert (standing.nonconforming, standing.items_inspected) == (2, 60)


def test_a_whole_lot_is_judged_by_the_numbers_of_its_plan() -> None:
    plan = find_plan(4, "1.0")
    assert decide_class(plan, [0]).decision == "accepted"
    assert decide_class(plan, [1]).decision == "not_accepted"
    assert decide_class(plan, [0]).items_inspected == 4


def test_a_larger_common_sample_keeps_each_class_s_own_numbers() -> None:
    assert decide_class(SINGLE, [2], [125]).decision == "accepted"
    assert decide_class(SINGLE, [3], [125]).decision == "not_accepted"


def test_one_finding_in_class_a_is_enough() -> None:
    plan = ZeroAcceptancePlan(lot_size=100, sample_size=100)
    assert decide_class(plan, [0], [40]).decision == "undecided"
    assert decide_class(plan, [1], [40]).decision == "not_accepted"
    assert decide_class(plan, [0]).decision == "accepted"


@pytest.mark.parametrize(
    ("counts", "items", "argument", "code"),
    [
        ([-1], None, "nonconforming[0]", "out-of-range"),
        ([1.5], None, "nonconforming[0]", "not-an-integer"),
        (["1"], None, "nonconforming[0]", "not-an-integer"),
        ([81], None, "nonconforming[0]", "count-above-sample"),
        ([11], [10], "nonconforming[0]", "count-above-sample"),
        ([0, 0], None, "nonconforming", "too-many-stages"),
        ("0", None, "nonconforming", "wrong-shape"),
        ([0], [], "items_inspected", "wrong-shape"),
        ([0], [-1], "items_inspected[0]", "out-of-range"),
    ],
)
def test_counts_that_cannot_be_are_refused_by_name(
    counts: list[int], items: list[int] | None, argument: str, code: str
) -> None:
    with pytest.raises(SamplingError) as caught:
        decide_class(SINGLE, counts, items)
    assert (caught.value.argument, caught.value.code) == (argument, code)
    assert caught.value.message("zh-CN") != caught.value.message("en")


def test_a_count_after_the_deciding_stage_is_refused() -> None:
    with pytest.raises(SamplingError) as caught:
        decide_class(DOUBLE, [0, 0])
    assert caught.value.code == "too-many-stages"
    with pytest.raises(SamplingError):
        decide_class(DOUBLE, [2, 0], [49, 10])


def test_a_sample_of_class_a_larger_than_the_lot_is_refused() -> None:
    with pytest.raises(SamplingError):
        ZeroAcceptancePlan(lot_size=10, sample_size=11)


def test_the_lot_needs_every_class_and_fails_with_one() -> None:
    accepted, refused = decide_class(SINGLE, [0]), decide_class(SINGLE, [3])
    open_class = decide_class(SINGLE, [])
    assert decide_lot({"A": accepted, "B": accepted}) == "accepted"
    assert decide_lot({"A": accepted, "B": open_class}) == "undecided"
    assert decide_lot({"A": open_class, "B": refused}) == "not_accepted"
    assert decide_lot({}) == "undecided"
    assert decide_lot({"B": "accepted", "C": "not_accepted"}) == "not_accepted"
