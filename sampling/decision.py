"""From the counts in the sample to the decision on the lot.

Source: GB/T 2828.1-2012, 7.3 and 11.1: single, double and multiple sampling, nonconforming items
or nonconformities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sampling.code_letters import check_lot_size
from sampling.errors import SamplingError, check_integer
from sampling.plans import Stage
from sampling.vocabulary import Verdict


class Inspectable(Protocol):
    """Anything with stages to inspect and a measure: a `Plan`, or a `ZeroAcceptancePlan`."""

    @property
    def inspection_stages(self) -> tuple[Stage, ...]: ...

    @property
    def quality_measure(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ZeroAcceptancePlan:
    """Inspection in which the first nonconforming item decides: class A, whatever the AQL.

    Attributes
    ----------
    lot_size, sample_size : int
        Items in the lot, and items of it looked at, ``1 … lot_size``.
    """

    lot_size: int
    sample_size: int
    quality_measure: str = "percent_nonconforming"

    def __post_init__(self) -> None:
        # Unlike the tables' plans it needs no lot of two: a single item can be looked at.
        if self.lot_size != 1:
            check_lot_size(self.lot_size)
        check_integer("sample_size", self.sample_size, 1, self.lot_size)

    @property
    def inspection_stages(self) -> tuple[Stage, ...]:
        """One stage with Ac 0 and Re 1."""
        return (Stage(1, self.sample_size, self.sample_size, 0, 1),)


class ClassDecision(NamedTuple):
    """Where a lot stands for one nonconformity class.

    Attributes
    ----------
    decision : str
        ``accepted``, ``not_accepted`` or ``undecided``.
    stage : int
        The stage, from 1, that decided, or that is being drawn or is to be drawn next.
    nonconforming, items_inspected : int
        Counts over all stages so far.
    acceptance_number : int or None
        Ac of that stage.
    rejection_number : int
        Re of that stage.
    items_left : int
        Items of that stage not yet inspected.
    is_early : bool
        Decided before the stage was complete, because the rest cannot change the verdict.
    """

    decision: Verdict
    stage: int
    nonconforming: int
    items_inspected: int
    acceptance_number: int | None
    rejection_number: int
    items_left: int
    is_early: bool


def decide_class(
    plan: Inspectable,
    nonconforming: Sequence[int],
    items_inspected: Sequence[int] | None = None,
) -> ClassDecision:
    """Judge one nonconformity class, at any moment of the inspection.

    Parameters
    ----------
    plan : Inspectable
        The plan of this class.
    nonconforming : sequence of int
        One count for each stage drawn so far, not cumulative: nonconforming items, or
        nonconformities, as the plan measures.
    items_inspected : sequence of int, optional
        Items inspected so far at each of those stages; left out, they were inspected whole.
        In single sampling it may be larger than the sample: where classes call for different
        sample sizes the largest is opened, and each class keeps its own Ac and Re.

    Returns
    -------
    ClassDecision
        Decided as soon as Re is reached, or as soon as the items left cannot exceed Ac.

    Raises
    ------
    SamplingError
        A count that is negative or no whole number, more nonconforming items than items, more
        counts than stages, or a count for a stage after the one that decided.

    Notes
    -----
    Source: GB/T 2828.1-2012, 11.1.1 to 11.1.3. Early decision changes no verdict; the counts of
    a stage cut short must not be used to estimate the process average.
    """
    stages = plan.inspection_stages
    counts = _checked_counts(nonconforming, stages)
    inspected = _checked_items(items_inspected, counts, stages)
    is_item_count = plan.quality_measure == "percent_nonconforming"
    found = opened = 0
    for place, (count, items) in enumerate(zip(counts, inspected, strict=True)):
        if is_item_count and count > items:
            raise SamplingError("count-above-sample", f"nonconforming[{place}]", count, [
                f"0 … {items}"
            ])  # fmt: skip
        found += count
        opened += items
        step = _judge(stages[place], found, opened, items, is_item_count)
        if step.decision != "undecided" or step.items_left:
            if place + 1 < len(counts):
                raise SamplingError(
                    "too-many-stages", "nonconforming", len(counts), (str(place + 1),)
                )
            return step
    following = stages[len(counts)]
    return ClassDecision(
        "undecided",
        following.stage,
        found,
        opened,
        following.acceptance_number,
        following.rejection_number,
        following.sample_size,
        False,
    )


def _judge(stage: Stage, found: int, opened: int, items: int, is_item_count: bool) -> ClassDecision:
    left = max(stage.sample_size - items, 0)
    acceptance = stage.acceptance_number
    # An item can hold any number of nonconformities, so only items bound what is still to come.
    worst = found + left if is_item_count or not left else None
    decision: Verdict = "undecided"
    if found >= stage.rejection_number:
        decision = "not_accepted"
    elif acceptance is not None and worst is not None and worst <= acceptance:
        decision = "accepted"
    return ClassDecision(
        decision,
        stage.stage,
        found,
        opened,
        acceptance,
        stage.rejection_number,
        left,
        decision != "undecided" and left > 0,
    )


def _checked_counts(nonconforming: object, stages: tuple[Stage, ...]) -> list[int]:
    if not isinstance(nonconforming, Sequence) or isinstance(nonconforming, str):
        raise SamplingError("wrong-shape", "nonconforming", nonconforming, ("a list of counts",))
    if len(nonconforming) > len(stages):
        raise SamplingError(
            "too-many-stages", "nonconforming", len(nonconforming), (f"0 … {len(stages)}",)
        )
    return [
        check_integer(f"nonconforming[{place}]", count, 0)
        for place, count in enumerate(nonconforming)
    ]


def _checked_items(
    items_inspected: Sequence[int] | None, counts: list[int], stages: tuple[Stage, ...]
) -> list[int]:
    if items_inspected is None:
        return [stage.sample_size for stage in stages[: len(counts)]]
    if not isinstance(items_inspected, Sequence) or len(items_inspected) != len(counts):
        raise SamplingError(
            "wrong-shape", "items_inspected", items_inspected, ("one per stage drawn",)
        )
    is_single = len(stages) == 1
    return [
        check_integer(
            f"items_inspected[{place}]", items, 0, None if is_single else stages[place].sample_size
        )
        for place, items in enumerate(items_inspected)
    ]


def decide_lot(decisions: Mapping[str, ClassDecision | Verdict]) -> Verdict:
    """The decision on the lot: accepted only if every class accepts it.

    Parameters
    ----------
    decisions : mapping of str to ClassDecision or str
        Nonconformity class (A, B, C) → where it stands.

    Returns
    -------
    str
        ``not_accepted`` as soon as one class is not accepted, ``accepted`` when all are (and
        there is at least one), else ``undecided``.

    Notes
    -----
    Source: GB/T 2828.1-2012, 7.3 (each class is judged on its own; none is averaged away).
    """
    verdicts = {
        item.decision if isinstance(item, ClassDecision) else item for item in decisions.values()
    }
    if "not_accepted" in verdicts:
        return "not_accepted"
    return "accepted" if verdicts == {"accepted"} else "undecided"
