"""Comparison, lever, protection, isolated lots, microbiology and fractional numbers."""

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest

from sampling import SamplingError, decide_class, find_plan
from sampling.comparison import compare_types, plans_that_protect, pull_lever
from sampling.fractional import find_fractional_plan, judge_fractional
from sampling.isolated import find_isolated_lot_plan
from sampling.microbiology import (
    MicrobiologicalPlan,
    acceptance_probability,
    judge_results,
)
from sampling.probability import evaluate


def test_types_side_by_side_cost_less_on_average_and_protect_alike() -> None:
    single, double, multiple = compare_types(1000, "1.5")
    assert [item.plan.plan_type for item in (single, double, multiple)] == [
        "single",
        "double",
        "multiple",
    ]
    assert single.asn_at_aql > double.asn_at_aql > multiple.asn_at_aql
    assert double.items_at_most == 100
    for other in (double, multiple):
        assert other.quality_50 == pytest.approx(single.quality_50, rel=0.05)


def test_ten_lots_of_50_cost_130_items_and_one_of_500_costs_50() -> None:
    lever = pull_lever([50] * 10, "4.0")
    assert (lever.items_separate, lever.items_merged, lever.items_saved) == (130, 50, 80)
    each = 1 - lever.separate[0].producer_risk
    assert lever.all_accepted_separate == pytest.approx(each**10)


def test_lots_that_differ_may_not_be_merged() -> None:
    like = {"product": "大米", "supplier": "甲", "supplier_batch_number": "A1"}
    pull_lever([50, 60], "4.0", alike=[like, dict(like)])
    with pytest.raises(SamplingError) as caught:
        pull_lever([50, 60], "4.0", alike=[like, {**like, "supplier_batch_number": "A2"}])
    assert (caught.value.argument, caught.value.code) == ("supplier_batch_number", "lots-not-alike")
    with pytest.raises(SamplingError):
        pull_lever([50, 60], "4.0", alike=[like])


def test_a_lever_needs_two_lots() -> None:
    with pytest.raises(SamplingError):
        pull_lever([50], "4.0")


def test_plans_that_protect_keep_the_risk_and_open_ever_more_items_for_ever_kinder_aqls() -> None:
    chosen = plans_that_protect(1000, 5.0, 0.10)
    assert chosen
    for item in chosen:
        assert evaluate(item.plan, 5.0).pa <= 0.10
    items = [item.items_at_most for item in chosen]
    aqls = [Decimal(item.plan.aql) for item in chosen]
    assert items == sorted(items)
    assert aqls == sorted(set(aqls))


def test_a_protection_no_plan_gives_is_refused() -> None:
    with pytest.raises(SamplingError) as caught:
        plans_that_protect(1000, 0.0)
    assert caught.value.code == "no-such-plan"
    with pytest.raises(SamplingError):
        plans_that_protect(1000, 5.0, 1.5)


@pytest.mark.parametrize("acceptance_number", [0, 1, 3])
def test_an_isolated_lot_gets_the_smallest_sample_that_keeps_the_consumer_s_risk(
    acceptance_number: int,
) -> None:
    plan = find_isolated_lot_plan(500, "5.0", acceptance_number)

    def risk(size: int) -> float:
        ways = sum(
            comb(25, found) * comb(475, size - found) for found in range(acceptance_number + 1)
        )
        return ways / comb(500, size)

    assert plan.consumer_risk == pytest.approx(risk(plan.sample_size))
    assert risk(plan.sample_size) <= 0.10 < risk(plan.sample_size - 1)
    assert decide_class(plan, [acceptance_number]).decision == "accepted"
    assert plan.to_dict()["basis"] == "computed"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((500, "0"), "limiting_quality"),
        ((500, "101"), "limiting_quality"),
        ((500, 5.0), "limiting_quality"),
        ((500, "x"), "limiting_quality"),
        ((500, "NaN"), "limiting_quality"),
        ((10, "5", 1), "acceptance_number"),
        ((1, "5"), "lot_size"),
        ((500, "5", 0, 0.0), "risk"),
    ],
)
def test_an_isolated_lot_asked_for_wrongly_is_refused_by_name(
    arguments: tuple[object, ...], named: str
) -> None:
    with pytest.raises(SamplingError) as caught:
        find_isolated_lot_plan(*arguments)  # type: ignore[arg-type]
    assert caught.value.argument == named


SALMONELLA = MicrobiologicalPlan(n=5, c=0, m=Decimal(0))
COLONIES = MicrobiologicalPlan(n=5, c=2, m=Decimal(10_000), M=Decimal(100_000))


@pytest.mark.parametrize(
    ("plan", "results", "decision"),
    [
        (SALMONELLA, [0, 0, 0, 0, 0], "accepted"),
        (SALMONELLA, [0, 0, 1, 0, 0], "not_accepted"),
        (COLONIES, [10_000] * 5, "accepted"),
        (COLONIES, [10_001, 100_000, 1, 1, 1], "accepted"),
        (COLONIES, [10_001, 100_000, 10_001, 1, 1], "not_accepted"),
        (COLONIES, [100_001, 1, 1, 1, 1], "not_accepted"),
    ],
)
def test_microbiological_results_are_judged_by_n_c_m_and_upper_limit(
    plan: MicrobiologicalPlan, results: list[int], decision: str
) -> None:
    assert judge_results(plan, [Decimal(result) for result in results]).decision == decision


def test_microbiological_risks_are_binomial_and_trinomial() -> None:
    assert acceptance_probability(SALMONELLA, 0.2) == pytest.approx(0.8**5)
    expected = sum(comb(5, i) * 0.25**i * 0.7 ** (5 - i) for i in range(3))
    assert acceptance_probability(COLONIES, 0.3, 0.05) == pytest.approx(expected)
    assert acceptance_probability(COLONIES, 0.0) == 1
    assert acceptance_probability(COLONIES, 1.0, 1.0) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: MicrobiologicalPlan(0, 0, Decimal(1)),
        lambda: MicrobiologicalPlan(5, 6, Decimal(1)),
        lambda: MicrobiologicalPlan(5, 1, Decimal(10), Decimal(1)),
        lambda: MicrobiologicalPlan(5, 1, 1.5),  # type: ignore[arg-type]
        lambda: judge_results(COLONIES, [Decimal(1)]),
        lambda: judge_results(SALMONELLA, [Decimal(-1)] * 5),
        lambda: acceptance_probability(SALMONELLA, 0.2, 0.1),
        lambda: acceptance_probability(COLONIES, 0.2, 0.3),
        lambda: acceptance_probability(COLONIES, 1.2),
    ],
)
def test_microbiological_input_that_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(SamplingError):
        wrong()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("lot_size", "severity", "sample_size", "acceptance_number"),
    [
        (180, "normal", 32, Fraction(1, 2)),
        (450, "normal", 50, Fraction(1)),
        (80, "normal", 13, Fraction(0)),
        (120, "normal", 20, Fraction(1, 3)),
        (180, "tightened", 32, Fraction(1, 3)),
        (300, "tightened", 50, Fraction(1, 2)),
        (120, "tightened", 20, Fraction(0)),
        (180, "reduced", 13, Fraction(1, 3)),
        (120, "reduced", 8, Fraction(1, 5)),
        (20, "normal", 13, Fraction(0)),
    ],
)
def test_fractional_plans_keep_the_letter_s_own_sample(
    lot_size: int, severity: str, sample_size: int, acceptance_number: Fraction
) -> None:
    plan = find_fractional_plan(lot_size, "1.0", inspection_severity=severity)
    assert (plan.sample_size, plan.acceptance_number) == (sample_size, acceptance_number)
    assert plan.to_dict()["acceptance_number"] == str(acceptance_number)


def test_plans_are_whole_unless_fractions_are_asked_for() -> None:
    assert find_plan(180, "1.0").plan_code_letter == "H"
    assert find_fractional_plan(180, "1.0").plan_code_letter == "G"


@pytest.mark.parametrize(
    ("fraction", "clean_lots_before"),
    [(Fraction(1, 2), 1), (Fraction(1, 3), 2), (Fraction(1, 5), 4)],
)
def test_one_finding_is_forgiven_after_enough_clean_samples(
    fraction: Fraction, clean_lots_before: int
) -> None:
    for clean in range(6):
        score = 0
        for _ in range(clean):
            score = judge_fractional(fraction, score, 0).score_after
        decision = judge_fractional(fraction, score, 1).decision
        assert (decision == "accepted") == (clean >= clean_lots_before)
        assert judge_fractional(fraction, score, 2).decision == "not_accepted"


def test_the_acceptance_score_moves_with_every_plan_and_falls_to_zero_on_a_finding() -> None:
    step = judge_fractional(Fraction(1, 2), 0, 0)
    assert (step.score_applied, step.score_after, step.acceptance_number) == (5, 5, 0)
    step = judge_fractional(Fraction(1), step.score_after, 0)
    assert (step.score_after, step.acceptance_number) == (12, 1)
    step = judge_fractional(Fraction(0), step.score_after, 0)
    assert (step.score_after, step.acceptance_number) == (12, 0)
    step = judge_fractional(Fraction(1, 3), step.score_after, 1)
    assert (step.decision, step.score_applied, step.score_after) == ("accepted", 15, 0)
