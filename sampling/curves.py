"""Operating characteristic curves: a plan's behaviour over all qualities, with its key figures.

Source: GB/T 2828.1-2012, clause 12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sampling.errors import SamplingError
from sampling.plans import Plan
from sampling.probability import (
    Outcome,
    check_quality,
    distribution_for,
    evaluate,
    outgoing_quality_limit,
    producer_risk,
    quality_at,
)

_DEFAULT_POINTS: Final = 40


@dataclass(frozen=True, slots=True)
class OperatingCharacteristic:
    """The curve of a plan and the figures people ask for.

    Attributes
    ----------
    plan : Plan
        The plan.
    distribution : str
        Law used.
    points : tuple of (str, Outcome)
        Quality as decimal text, and what becomes of lots of it.
    producer_risk : float
        1 − P(accept) at the AQL.
    quality_95, quality_50, consumer_quality_10 : float or None
        Quality accepted with 95, 50 and 10 % [unit of the AQL].
    aoql : float
        Average outgoing quality limit [unit of the AQL].
    """

    plan: Plan
    distribution: str
    points: tuple[tuple[str, Outcome], ...]
    producer_risk: float
    quality_95: float | None
    quality_50: float | None
    consumer_quality_10: float | None
    aoql: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, in the shape other programs rely on."""
        return {
            "plan": self.plan.to_dict(),
            "confidence": self.plan.confidence,
            "distribution": self.distribution,
            "points": [
                {"p": quality, "pa": outcome.pa, "asn": outcome.asn, "aoq": outcome.aoq}
                for quality, outcome in self.points
            ],
            "producer_risk": self.producer_risk,
            "quality_95": self.quality_95,
            "quality_50": self.quality_50,
            "consumer_quality_10": self.consumer_quality_10,
            "aoql": self.aoql,
        }


def operating_characteristic(
    plan: Plan,
    at: Sequence[str] | None = None,
    distribution: str | None = None,
    *,
    curtailed: bool = False,
) -> OperatingCharacteristic:
    """The operating characteristic curve of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    at : sequence of str, optional
        Qualities as decimal text [unit of the AQL]; left out, 40 even steps from 0 to where
        about one lot in a hundred is accepted.
    distribution : str, optional
        See `evaluate`.
    curtailed : bool
        See `evaluate`.

    Raises
    ------
    SamplingError
        A quality that is no decimal number or out of range, or an unknown distribution.
    """
    name = distribution_for(plan, distribution)
    qualities = default_qualities(plan, name) if at is None else tuple(at)
    points = []
    for place, text in enumerate(qualities):
        value = _decimal(text, f"at[{place}]", name)
        points.append((text, evaluate(plan, float(value), name, curtailed=curtailed)))
    return OperatingCharacteristic(
        plan=plan,
        distribution=name,
        points=tuple(points),
        producer_risk=producer_risk(plan, name),
        quality_95=quality_at(plan, 0.95, name),
        quality_50=quality_at(plan, 0.50, name),
        consumer_quality_10=quality_at(plan, 0.10, name),
        aoql=outgoing_quality_limit(plan, name),
    )


def default_qualities(plan: Plan, distribution: str) -> tuple[str, ...]:
    """Even steps, written with two significant digits, from 0 to where hardly a lot passes."""
    end = quality_at(plan, 0.01, distribution)
    step = Decimal(f"{(end if end else 100.0) / _DEFAULT_POINTS:.1e}")
    largest = Decimal(10**6 if distribution == "poisson" else 100)
    texts = (format((step * place).normalize(), "f") for place in range(_DEFAULT_POINTS + 1))
    return tuple(text for text in texts if Decimal(text) <= largest)


def _decimal(text: object, argument: str, distribution: str) -> Decimal:
    if isinstance(text, str) and text.strip() == text and text.replace(".", "", 1).isascii():
        digits = text.replace(".", "", 1)
        if digits.isdigit() and len(text) <= 30:
            value = Decimal(text)
            check_quality(value, distribution, argument)
            return value
    raise SamplingError("not-a-number", argument, text, ("0.1", "1", "2.5"))
