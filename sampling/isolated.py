"""A lot that comes alone: plans by limiting quality, computed for the lot.

GB/T 2828.1 protects through a series of lots and its switching rules; a single lot needs a bound
on the consumer's risk itself. The tables of GB/T 2828.2 could not be confirmed and are not here.
What is here follows from the definition alone: the smallest sample that accepts a lot of the
limiting quality with at most the stated risk, by the hypergeometric law.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sampling.code_letters import check_lot_size
from sampling.distributions import HypergeometricLaw
from sampling.errors import SamplingError, check_integer
from sampling.plans import Stage

LARGEST_ACCEPTANCE_NUMBER: Final = 50


@dataclass(frozen=True, slots=True)
class IsolatedLotPlan:
    """A computed single sampling plan for one lot.

    Attributes
    ----------
    lot_size, sample_size, acceptance_number : int
        N, n and Ac; Re is Ac + 1.
    limiting_quality : str
        Percent nonconforming that must hardly ever be accepted.
    consumer_risk : float
        Probability of accepting a lot of that quality, not above the risk asked for.
    """

    lot_size: int
    sample_size: int
    acceptance_number: int
    limiting_quality: str
    consumer_risk: float
    quality_measure: str = "percent_nonconforming"

    @property
    def inspection_stages(self) -> tuple[Stage, ...]:
        """One stage, ready for `sampling.decide_class`."""
        n, ac = self.sample_size, self.acceptance_number
        return (Stage(1, n, n, ac, ac + 1),)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; says that it is computed and no table of a standard."""
        return {
            "basis": "computed",
            "lot_size": self.lot_size,
            "limiting_quality": self.limiting_quality,
            "stages": [stage._asdict() for stage in self.inspection_stages],
            "consumer_risk": self.consumer_risk,
            "full_inspection": self.sample_size >= self.lot_size,
        }


def find_isolated_lot_plan(
    lot_size: int, limiting_quality: str | Decimal, acceptance_number: int = 0, risk: float = 0.10
) -> IsolatedLotPlan:
    """The smallest sample that protects one lot at its limiting quality.

    Parameters
    ----------
    lot_size : int
        Items in the lot.
    limiting_quality : str or Decimal
        Percent nonconforming, above 0 and at most 100. The lot held to be bad has the smallest
        whole number of nonconforming items that is at least this share.
    acceptance_number : int
        Ac, 0 … 50.
    risk : float
        Largest probability of accepting such a lot, between 0 and 1.

    Raises
    ------
    SamplingError
        An argument out of range, or a lot in which Ac nonconforming items already are the
        limiting quality.
    """
    check_lot_size(lot_size)
    check_integer("acceptance_number", acceptance_number, 0, LARGEST_ACCEPTANCE_NUMBER)
    if isinstance(risk, bool) or not isinstance(risk, int | float) or not 0 < risk < 1:
        raise SamplingError("out-of-range", "risk", risk, ("0 … 1",))
    bad = _bad_items(lot_size, limiting_quality)
    if bad <= acceptance_number:
        raise SamplingError("no-such-plan", "acceptance_number", acceptance_number, (f"< {bad}",))

    def accepted(size: int) -> float:
        chances = HypergeometricLaw(lot_size, bad).chances(0, 0, size, acceptance_number + 1)
        return sum(chances)

    low, high = acceptance_number, lot_size
    while high - low > 1:
        middle = (low + high) // 2
        if accepted(middle) > risk:
            low = middle
        else:
            high = middle
    return IsolatedLotPlan(lot_size, high, acceptance_number, str(limiting_quality), accepted(high))


def _bad_items(lot_size: int, limiting_quality: object) -> int:
    allowed = ("0 … 100",)
    if not isinstance(limiting_quality, str | Decimal):
        raise SamplingError("aql-not-text", "limiting_quality", limiting_quality, allowed)
    try:
        value = Decimal(limiting_quality)
    except ArithmeticError:
        raise SamplingError("not-a-number", "limiting_quality", limiting_quality, allowed) from None
    if not value.is_finite() or not 0 < value <= 100:
        raise SamplingError("out-of-range", "limiting_quality", limiting_quality, allowed)
    exact = value * lot_size / 100
    return max(int(exact.to_integral_value(rounding="ROUND_CEILING")), 1)
