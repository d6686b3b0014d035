"""Choosing: types of plan side by side, the lot lever, and plans for a wished-for protection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.aql import canonical_aql, check_quality_measure
from sampling.errors import SamplingError
from sampling.plans import Plan, find_plan
from sampling.probability import (
    check_quality,
    distribution_for,
    evaluate,
    outgoing_quality_limit,
    producer_risk,
    quality_at,
)
from sampling.vocabulary import AQLS, INSPECTION_LEVELS, PLAN_TYPES, QUALITY_MEASURES


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """A plan and what it costs and protects.

    Attributes
    ----------
    plan : Plan
        The plan.
    items_at_most : int
        Items to open when every stage is drawn.
    asn_at_aql : float
        Items opened on average at the AQL, without curtailment.
    producer_risk : float
        1 − P(accept) at the AQL.
    quality_95, quality_50, consumer_quality_10 : float or None
        Quality accepted with 95, 50 and 10 % [unit of the AQL].
    aoql : float
        Average outgoing quality limit [unit of the AQL].
    """

    plan: Plan
    items_at_most: int
    asn_at_aql: float
    producer_risk: float
    quality_95: float | None
    quality_50: float | None
    consumer_quality_10: float | None
    aoql: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the plan with its confidence."""
        return {
            "plan": self.plan.to_record(),
            "items_at_most": self.items_at_most,
            "asn_at_aql": self.asn_at_aql,
            "producer_risk": self.producer_risk,
            "quality_95": self.quality_95,
            "quality_50": self.quality_50,
            "consumer_quality_10": self.consumer_quality_10,
            "aoql": self.aoql,
        }


def plan_figures(plan: Plan) -> PlanFigures:
    """Cost and protection of a plan, by the law that fits its measure."""
    return PlanFigures(
        plan=plan,
        items_at_most=plan.items_to_inspect,
        asn_at_aql=evaluate(plan, float(plan.aql)).asn,
        producer_risk=producer_risk(plan),
        quality_95=quality_at(plan, 0.95),
        quality_50=quality_at(plan, 0.50),
        consumer_quality_10=quality_at(plan, 0.10),
        aoql=outgoing_quality_limit(plan),
    )


def compare_types(
    lot_size: int,
    aql: str | Decimal,
    inspection_level: str = "II",
    inspection_severity: str = "normal",
    *,
    quality_measure: str | None = None,
) -> tuple[PlanFigures, ...]:
    """Single, double and multiple sampling for the same lot, in that order.

    Where the tables have no plan of a type, its place holds the plan they send to. Parameters and
    errors as for `find_plan`.
    """
    return tuple(
        plan_figures(
            find_plan(
                lot_size,
                aql,
                inspection_level,
                inspection_severity,
                plan_type,
                quality_measure=quality_measure,
            )
        )
        for plan_type in PLAN_TYPES
    )


@dataclass(frozen=True, slots=True)
class LotLever:
    """The same goods as several lots and as one.

    Attributes
    ----------
    separate : tuple of PlanFigures
        One for each lot.
    merged : PlanFigures
        For all goods as one lot.
    items_separate, items_merged : int
        Items to open at most, all lots together.
    all_accepted_separate : float
        Probability, at the AQL, that every single lot is accepted.
    """

    separate: tuple[PlanFigures, ...]
    merged: PlanFigures
    items_separate: int
    items_merged: int
    all_accepted_separate: float

    @property
    def items_saved(self) -> int:
        """Items that need not be opened when the lots are one; negative if it costs more."""
        return self.items_separate - self.items_merged

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "separate": [figures.to_dict() for figures in self.separate],
            "merged": self.merged.to_dict(),
            "items_separate": self.items_separate,
            "items_merged": self.items_merged,
            "items_saved": self.items_saved,
            "all_accepted_separate": self.all_accepted_separate,
        }


def pull_lever(
    lot_sizes: Sequence[int],
    aql: str | Decimal,
    inspection_level: str = "II",
    inspection_severity: str = "normal",
    plan_type: str = "single",
    *,
    alike: Sequence[Mapping[str, object]] = (),
) -> LotLever:
    """What merging lots would change, if they may be merged.

    Parameters
    ----------
    lot_sizes : sequence of int
        At least two lots.
    aql, inspection_level, inspection_severity, plan_type
        As for `find_plan`.
    alike : sequence of mapping
        For each lot what must be equal before goods may be one lot: product, supplier, batch,
        production date, conditions, whatever the caller knows.

    Raises
    ------
    SamplingError
        Fewer than two lots, or lots that differ in a property: only like goods make one lot.

    Notes
    -----
    Source: GB/T 2828.1-2012, 6.1 (a lot is of one type, grade, class, size and composition, made
    under essentially the same conditions at essentially the same time).
    """
    if len(lot_sizes) < 2:
        raise SamplingError("wrong-shape", "lot_sizes", list(lot_sizes), ("≥ 2",))
    check_alike(alike, len(lot_sizes))

    def figures(size: int) -> PlanFigures:
        return plan_figures(find_plan(size, aql, inspection_level, inspection_severity, plan_type))

    by_size = {size: figures(size) for size in dict.fromkeys(lot_sizes)}
    separate = tuple(by_size[size] for size in lot_sizes)
    merged = figures(sum(lot_sizes))
    chance = 1.0
    for lot in separate:
        chance *= 1 - lot.producer_risk
    return LotLever(
        separate=separate,
        merged=merged,
        items_separate=sum(lot.items_at_most for lot in separate),
        items_merged=merged.items_at_most,
        all_accepted_separate=chance,
    )


def check_alike(alike: Sequence[Mapping[str, object]], lots: int) -> None:
    """Raise `SamplingError` when the lots differ in any property given for them."""
    if not alike:
        return
    if len(alike) != lots:
        raise SamplingError("wrong-shape", "alike", len(alike), (str(lots),))
    for key in sorted({key for lot in alike for key in lot}):
        values = list(dict.fromkeys(str(lot.get(key)) for lot in alike))
        if len(values) > 1:
            raise SamplingError("lots-not-alike", key, " / ".join(values), ("equal for all lots",))


def plans_that_protect(
    lot_size: int,
    quality: float,
    risk: float = 0.10,
    *,
    plan_type: str = "single",
    inspection_severity: str = "normal",
    quality_measure: str = QUALITY_MEASURES[0],
) -> tuple[PlanFigures, ...]:
    """Which AQL and level keep bad lots out: fewest items first.

    Parameters
    ----------
    lot_size : int
        Items in the lot.
    quality : float
        Quality that must hardly ever be accepted [unit of the AQL], above 0.
    risk : float
        Largest probability of accepting it, between 0 and 1.
    plan_type, inspection_severity, quality_measure
        As for `find_plan`.

    Returns
    -------
    tuple of PlanFigures
        For each number of items only the plan kindest to the supplier (largest AQL), and only
        plans that open more items when they are kinder; the last is the kindest of all.

    Raises
    ------
    SamplingError
        An argument out of range, or no plan of the standard protects so well.
    """
    plans = _plans_at(lot_size, plan_type, inspection_severity, quality_measure)
    law = distribution_for(plans[0], None)
    check_quality(quality, law, "quality")
    if isinstance(risk, bool) or not isinstance(risk, int | float) or not 0 < risk < 1:
        raise SamplingError("out-of-range", "risk", risk, ("0 … 1",))
    safe = [plan for plan in plans if evaluate(plan, quality).pa <= risk]
    if not safe:
        raise SamplingError("no-such-plan", "quality", quality, ("≥ 0",))
    safe.sort(key=lambda plan: (plan.items_to_inspect, -Decimal(plan.aql)))
    chosen: list[Plan] = []
    for plan in safe:
        if not chosen or Decimal(plan.aql) > Decimal(chosen[-1].aql):
            chosen.append(plan)
    return tuple(plan_figures(plan) for plan in chosen)


def _plans_at(lot_size: int, plan_type: str, severity: str, measure: str) -> list[Plan]:
    """Every different plan the levels and AQLs offer for a lot."""
    found: dict[tuple[object, ...], Plan] = {}
    for aql in AQLS:
        try:
            check_quality_measure(canonical_aql(aql), measure)
        except SamplingError as error:
            if error.code == "aql-only-per-100-items":
                continue
            raise
        for level in INSPECTION_LEVELS:
            plan = find_plan(lot_size, aql, level, severity, plan_type, quality_measure=measure)
            found.setdefault((aql, plan.table_plan), plan)
    return list(found.values())
