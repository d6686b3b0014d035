"""Exact risks of a plan: acceptance, items inspected, outgoing quality.

Source: GB/T 2828.1-2012, clause 12 and Tables 5 to 10 (which print rounded figures); here every
figure is computed for the plan and the lot at hand. Qualities are in the unit of the AQL: percent
nonconforming, or nonconformities per 100 items.
"""

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Final, NamedTuple

from sampling.distributions import (
    BinomialLaw,
    HypergeometricLaw,
    Law,
    PoissonLaw,
    nonconforming_in_lot,
)
from sampling.errors import SamplingError, check_choice
from sampling.plans import Plan, Stage

DISTRIBUTIONS: Final = ("binomial", "poisson", "hypergeometric")


class Outcome(NamedTuple):
    """What becomes of lots of one quality.

    Attributes
    ----------
    pa : float
        Probability of acceptance, 0 … 1.
    asn : float
        Average sample number [items a lot].
    aoq : float
        Average outgoing quality [unit of the AQL], when lots not accepted are inspected whole
        and every nonconforming item found anywhere is replaced by a good one.
    accepted_by_stage, not_accepted_by_stage : tuple of float
        Probability of each decision at each stage; together they are 1.
    """

    pa: float
    asn: float
    aoq: float
    accepted_by_stage: tuple[float, ...]
    not_accepted_by_stage: tuple[float, ...]


def evaluate(
    plan: Plan, quality: float, distribution: str | None = None, *, curtailed: bool = False
) -> Outcome:
    """Acceptance, average sample number and outgoing quality at one quality level.

    Parameters
    ----------
    plan : Plan
        Under 100 % inspection the whole lot is the sample.
    quality : float
        Quality submitted [percent nonconforming: 0 … 100, or nonconformities per 100 items: ≥ 0].
    distribution : str, optional
        ``binomial``: percent nonconforming of a process (default for that measure);
        ``poisson``: nonconformities per 100 items (default for that measure);
        ``hypergeometric``: this one lot, whose nonconforming items are the whole number nearest
        to `quality` percent of it.
    curtailed : bool
        Stop the last stage when the rejection number is reached. Changes the average sample
        number only.

    Raises
    ------
    SamplingError
        A quality outside its range, or an unknown distribution.

    Notes
    -----
    Source: GB/T 2828.1-2012, 12.1 (operating characteristic), 12.3 to 12.5 (outgoing quality,
    average sample size).
    """
    law_name = distribution_for(plan, distribution)
    law, is_exact_lot = _law(plan, check_quality(quality, law_name), law_name)
    stages = plan.inspection_stages
    alive: list[float] = [1.0]
    lowest = drawn = 0
    asn = 0.0
    good_out = 0.0
    accepted: list[float] = []
    refused: list[float] = []
    for stage in stages:
        share = sum(alive)
        is_cut = curtailed and stage is stages[-1]
        asn += _cut_size(law, alive, lowest, drawn, stage) if is_cut else share * stage.sample_size
        counts = _after_stage(law, alive, lowest, drawn, stage)
        drawn = stage.cumulative_sample_size
        first_open = 0 if stage.acceptance_number is None else stage.acceptance_number + 1
        # Counts are indexed from `lowest`; none below it can occur any more.
        split = max(first_open - lowest, 0)
        accepted.append(sum(counts[:split]))
        refused.append(max(share - sum(counts), 0.0))
        good_out += _quality_passed(plan, quality, law, counts[:split], lowest, drawn, is_exact_lot)
        alive, lowest = counts[split:], max(first_open, lowest)
    return Outcome(min(sum(accepted), 1.0), asn, good_out, tuple(accepted), tuple(refused))


def _after_stage(
    law: Law, alive: list[float], lowest: int, drawn: int, stage: Stage
) -> list[float]:
    """P(cumulative count = lowest, lowest + 1, … Re − 1 and not decided before this stage)."""
    counts = [0.0] * (stage.rejection_number - lowest)
    for place, weight in enumerate(alive):
        if weight == 0.0:
            continue
        found = lowest + place
        below = stage.rejection_number - found
        for more, chance in enumerate(law.chances(drawn, found, stage.sample_size, below)):
            counts[place + more] += weight * chance
    return counts


def _cut_size(law: Law, alive: list[float], lowest: int, drawn: int, stage: Stage) -> float:
    return sum(
        weight
        * law.expected_until(
            drawn, lowest + place, stage.sample_size, stage.rejection_number - lowest - place
        )
        for place, weight in enumerate(alive)
        if weight
    )


def _quality_passed(
    plan: Plan,
    quality: float,
    law: Law,
    passed: list[float],
    lowest: int,
    drawn: int,
    is_exact_lot: bool,
) -> float:
    """Share of the outgoing quality that lots accepted at this stage carry."""
    if is_exact_lot and isinstance(law, HypergeometricLaw):
        left = sum(
            chance * (law.nonconforming - lowest - place) for place, chance in enumerate(passed)
        )
        return 100 * left / plan.lot_size
    return quality * sum(passed) * (plan.lot_size - drawn) / plan.lot_size


def _law(plan: Plan, quality: float, name: str) -> tuple[Law, bool]:
    if name == "binomial":
        return BinomialLaw(quality / 100), False
    if name == "poisson":
        return PoissonLaw(quality / 100), False
    return HypergeometricLaw(plan.lot_size, nonconforming_in_lot(plan.lot_size, quality)), True


def distribution_for(plan: Plan, distribution: str | None) -> str:
    """The law asked for, or the one that fits the plan's measure."""
    if distribution is None:
        is_items = plan.quality_measure == "percent_nonconforming"
        return "binomial" if is_items else "poisson"
    check_choice("distribution", distribution, DISTRIBUTIONS)
    return distribution


def check_quality(quality: object, distribution: str, argument: str = "at") -> float:
    """A quality level as a float. Raises `SamplingError` for none, or one out of range."""
    allowed = ("0 … 100",) if distribution != "poisson" else ("0 … 1000000",)
    if isinstance(quality, bool) or not isinstance(quality, int | float | Decimal):
        raise SamplingError("not-a-number", argument, quality, allowed)
    value = float(quality)
    if not isfinite(value) or not 0 <= value <= (100 if distribution != "poisson" else 1e6):
        raise SamplingError("out-of-range", argument, quality, allowed)
    return value


def quality_at(plan: Plan, pa: float, distribution: str | None = None) -> float | None:
    """The quality that is accepted with a wished-for probability.

    Parameters
    ----------
    plan : Plan
        The plan.
    pa : float
        Probability of acceptance, between 0 and 1, e.g. 0.95, 0.50 or 0.10.
    distribution : str, optional
        See `evaluate`.

    Returns
    -------
    float or None
        Quality [unit of the AQL]. For ``hypergeometric`` the smallest quality of whole items
        whose acceptance is not above `pa`. None where even the worst lot is accepted more often.

    Notes
    -----
    Source: GB/T 2828.1-2012, 12.6 (consumer's risk quality, for 10 %).
    """
    name = distribution_for(plan, distribution)
    if isinstance(pa, bool) or not isinstance(pa, int | float) or not 0 < pa < 1:
        raise SamplingError("out-of-range", "pa", pa, ("0 … 1",))
    if name == "hypergeometric":
        return _whole_items_at(plan, pa)
    high = 100.0
    if name == "poisson":
        while evaluate(plan, high, name).pa > pa and high < 1e6:
            high = min(high * 4, 1e6)
    if evaluate(plan, high, name).pa > pa:
        return None
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if evaluate(plan, middle, name).pa > pa:
            low = middle
        else:
            high = middle
    return high


def _whole_items_at(plan: Plan, pa: float) -> float | None:
    def accepted(items: int) -> float:
        return evaluate(plan, 100 * items / plan.lot_size, "hypergeometric").pa

    low, high = -1, plan.lot_size
    if accepted(high) > pa:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if accepted(middle) > pa:
            low = middle
        else:
            high = middle
    return 100 * high / plan.lot_size


def outgoing_quality_limit(plan: Plan, distribution: str | None = None) -> float:
    """AOQL: the worst average outgoing quality, whatever comes in [unit of the AQL].

    Notes
    -----
    Source: GB/T 2828.1-2012, 12.4; the lot size is taken into account, so 100 % inspection
    has a limit of 0.
    """
    name = distribution_for(plan, distribution)
    worst = quality_at(plan, 1e-4, name)
    high = worst if worst is not None else 100.0

    def outgoing(quality: float) -> float:
        return evaluate(plan, quality, name).aoq

    if name == "hypergeometric":
        return _highest_whole(plan, high)
    steps = 60
    best = max(range(steps + 1), key=lambda step: outgoing(high * step / steps))
    low, high = high * max(best - 1, 0) / steps, high * min(best + 1, steps) / steps
    return outgoing(_highest_point(outgoing, low, high))


def _highest_whole(plan: Plan, high: float) -> float:
    """Largest AOQ over whole numbers of nonconforming items, up to a quality of `high`."""
    last = nonconforming_in_lot(plan.lot_size, high)

    def outgoing(items: int) -> float:
        return evaluate(plan, 100 * items / plan.lot_size, "hypergeometric").aoq

    step = max(last // 60, 1)
    best = max(range(0, last + 1, step), key=outgoing)
    low, high_items = max(best - step, 0), min(best + step, last)
    while high_items - low > 3:
        third = (high_items - low) // 3
        if outgoing(low + third) < outgoing(high_items - third):
            low += third
        else:
            high_items -= third
    return max(outgoing(items) for items in range(low, high_items + 1))


def _highest_point(curve: Callable[[float], float], low: float, high: float) -> float:
    """Golden-section search on an interval that holds one maximum."""
    ratio = 0.6180339887498949
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = curve(left), curve(right)
    for _ in range(60):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = curve(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = curve(left)
    return (low + high) / 2


def producer_risk(plan: Plan, distribution: str | None = None) -> float:
    """1 − P(accept) at the AQL.

    Where only 100 items of each lot could be nonconforming, i.e. for the two laws of items, an
    AQL above 100 is refused.
    """
    name = distribution_for(plan, distribution)
    quality = check_quality(float(plan.aql), name, "aql")
    return max(1 - evaluate(plan, quality, name).pa, 0.0)
