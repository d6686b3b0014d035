"""Two-class and three-class plans for microbiological limits: n, c, m and M.

A three-class plan takes n sample units. None may exceed M; at most c may lie above m and up to M.
A two-class plan has no M. Source: the scheme used by GB 4789.1 and GB 29921 (after ICMSF); the
limits themselves belong to the food's own standard and are given by the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import comb
from typing import NamedTuple

from sampling.errors import SamplingError, check_integer
from sampling.vocabulary import LotVerdict

_LARGEST_SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class MicrobiologicalPlan:
    """A plan by attributes for counts of microorganisms.

    Attributes
    ----------
    n : int
        Sample units, 1 … 1000.
    c : int
        Units allowed above `m`, 0 … n.
    m : Decimal
        Limit for good units [same unit as the results, e.g. CFU/g].
    M : Decimal or None
        Limit no unit may exceed; None for a two-class plan. Not below `m`.
    """

    n: int
    c: int
    m: Decimal
    M: Decimal | None = None

    def __post_init__(self) -> None:
        check_integer("n", self.n, 1, _LARGEST_SAMPLE)
        check_integer("c", self.c, 0, self.n)
        _limit("m", self.m)
        if self.M is not None and _limit("M", self.M) < self.m:
            raise SamplingError("out-of-range", "M", self.M, (f"≥ {self.m}",))


class MicrobiologicalVerdict(NamedTuple):
    """Decision, and the units above each limit (None without a limit M)."""

    decision: LotVerdict
    above_m: int
    above_upper_limit: int | None


def judge_results(plan: MicrobiologicalPlan, results: Sequence[Decimal]) -> MicrobiologicalVerdict:
    """Judge the results of all n units.

    Parameters
    ----------
    plan : MicrobiologicalPlan
        The plan.
    results : sequence of Decimal
        One result a unit, in the unit of the limits; exactly n, none negative.

    Returns
    -------
    MicrobiologicalVerdict
        A result equal to a limit does not exceed it.

    Raises
    ------
    SamplingError
        More or fewer results than units, or one that is no number.
    """
    if len(results) != plan.n:
        raise SamplingError("wrong-shape", "results", len(results), (str(plan.n),))
    values = [_limit(f"results[{place}]", result) for place, result in enumerate(results)]
    above_m = sum(value > plan.m for value in values)
    over = None if plan.M is None else sum(value > plan.M for value in values)
    is_accepted = above_m <= plan.c and not over
    return MicrobiologicalVerdict("accepted" if is_accepted else "not_accepted", above_m, over)


def acceptance_probability(
    plan: MicrobiologicalPlan, share_above_m: float, share_above_upper_limit: float = 0.0
) -> float:
    """Probability that a lot is accepted.

    Parameters
    ----------
    plan : MicrobiologicalPlan
        The plan.
    share_above_m : float
        Share of units above m, those above M included, 0 … 1.
    share_above_upper_limit : float
        Share of units above M, 0 … share_above_m; must be 0 for a two-class plan.

    Returns
    -------
    float
        Σ over i ≤ c of C(n, i)·marginalⁱ·goodⁿ⁻ⁱ, the trinomial with no unit above M.

    Raises
    ------
    SamplingError
        Shares outside their range.
    """
    _share("share_above_m", share_above_m, 1.0)
    _share("share_above_upper_limit", share_above_upper_limit, share_above_m)
    if plan.M is None and share_above_upper_limit:
        raise SamplingError(
            "out-of-range", "share_above_upper_limit", share_above_upper_limit, ("0",)
        )
    good, marginal = 1 - share_above_m, share_above_m - share_above_upper_limit
    return sum(
        comb(plan.n, count) * marginal**count * good ** (plan.n - count)
        for count in range(plan.c + 1)
    )


def _limit(argument: str, value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise SamplingError("not-a-number", argument, value, ("0 or more",))
    return value


def _share(argument: str, value: object, largest: float) -> None:
    allowed = (f"0 … {largest:g}",)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SamplingError("not-a-number", argument, value, allowed)
    if not 0 <= value <= largest:
        raise SamplingError("out-of-range", argument, value, allowed)
