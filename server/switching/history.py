"""The history of one supplier, product and class, folded. Pure: no database, no clock.

Lots and approvals come in order of inspection, not of arrival. Every lot keeps the standing it
left behind, so a late lot is folded in from the lot before it and not from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from sampling import ClassDecision, find_plan
from sampling.refolding import Declaration, FoldedLot, fold_results
from sampling.scoring import score_gain
from sampling.switching import LotResult, SwitchingState, declare, start_switching
from schemas.fields import parse_time, time_text

DECLARATIONS: Final[Mapping[str, Declaration]] = {
    "production_steady": Declaration(production_steady=True),
    "production_unsteady": Declaration(production_steady=False),
    "reduced_approved": Declaration(reduced_desirable=True),
    "reduced_withdrawn": Declaration(reduced_desirable=False),
    "restart_approved": Declaration(resume_approved=True),
}
"""What each kind of action declares (GB/T 2828.1-2012, 9.3.3.1 b and c, 9.3.4, 9.4)."""


@dataclass(frozen=True, slots=True)
class DecidedLot:
    """What one line of a signed receipt means to the history of one class."""

    product_id: str
    nonconformity_class: str
    line_id: str
    inspected_at: datetime
    result: LotResult


@dataclass(frozen=True, slots=True)
class LotEvent:
    """A decided lot in the history; *number* counts arrivals and breaks ties of time."""

    inspected_at: datetime
    number: int
    result: LotResult


@dataclass(frozen=True, slots=True)
class ActionEvent:
    recorded_at: datetime
    number: int
    declaration: Declaration


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a history stands. *entered* is the state as it was when the severity in force began:
    it knows the reason, which the lots since then have pushed out of *state*."""

    state: SwitchingState
    entered: SwitchingState
    entered_at: datetime | None = None

    @property
    def severity(self) -> str:
        return self.state.severity

    def then(self, state: SwitchingState, at: datetime) -> Standing:
        if state.severity == self.state.severity:
            return Standing(state, self.entered, self.entered_at)
        return Standing(state, state, at)

    def to_text(self) -> str:
        """As JSON, for the database."""
        at = None if self.entered_at is None else time_text(self.entered_at)
        kept = {"state": self.state, "entered": self.entered, "entered_at": at}
        return orjson.dumps(kept).decode()

    @classmethod
    def from_text(cls, text: str) -> Standing:
        kept = orjson.loads(text)
        at = kept["entered_at"]
        return cls(
            _state(kept["state"]), _state(kept["entered"]), None if at is None else parse_time(at)
        )


def _state(kept: dict[str, Any]) -> SwitchingState:
    facts = tuple((name, value) for name, value in kept["reason_facts"])
    return SwitchingState(**{**kept, "recent": tuple(kept["recent"]), "reason_facts": facts})


BEGINNING: Final = Standing(start_switching(), start_switching())


@dataclass(frozen=True, slots=True)
class FoldedEvent:
    """One lot in its place: the severity it was due, why it is marked if it is, what it left."""

    lot: LotEvent
    folded: FoldedLot
    standing: Standing

    @property
    def due_severity(self) -> str:
        return self.folded.before.severity

    @property
    def mark(self) -> tuple[str, str] | None:
        """Why the lot ought to have met another severity (Chinese, English), or None."""
        if not self.folded.is_under_another_severity:
            return None
        return self.folded.explain("zh-CN"), self.folded.explain("en")


def fold(
    standing: Standing, lots: Iterable[LotEvent], actions: Iterable[ActionEvent]
) -> tuple[list[FoldedEvent], Standing]:
    """Go on from *standing*: each lot in its place, and where the history stands at the end."""
    done: list[FoldedEvent] = []
    for event in _in_order(lots, actions):
        if isinstance(event, ActionEvent):
            state = declare(standing.state, **event.declaration._asdict())
            standing = standing.then(state, event.recorded_at)
            continue
        [folded] = fold_results(standing.state, [event.result])
        standing = standing.then(folded.after, event.inspected_at)
        done.append(FoldedEvent(event, folded, standing))
    return done, standing


def _in_order(
    lots: Iterable[LotEvent], actions: Iterable[ActionEvent]
) -> list[LotEvent | ActionEvent]:
    """By time; what was declared at the very moment of a lot was declared before it."""

    def place(event: LotEvent | ActionEvent) -> tuple[datetime, int, int]:
        if isinstance(event, ActionEvent):
            return event.recorded_at, 0, event.number
        return event.inspected_at, 1, event.number

    return sorted([*lots, *actions], key=place)


def decided_lots(receipt: Mapping[str, Any], now: datetime) -> Iterator[DecidedLot]:
    """The lots of a signed receipt that the switching rules count.

    Those are its lines with a sample, each once for every class with an AQL that its sample
    decided. A class inspected without an AQL (class A) has nothing to switch.
    """
    samples = {sample["line_id"]: sample for sample in receipt["samples"]}
    for line in receipt["lines"]:
        sample, line_id = samples.get(line["id"]), line["id"]
        sampling = receipt["basis"]["lines"][line_id]["sampling"]
        decisions = receipt["verdict"]["lines"][line_id]["classes"]
        if sample is None or sampling is None or decisions is None:
            continue
        for class_, rule in sampling["classes"].items():
            decision = ClassDecision(**decisions[class_])
            if rule["plan"] is None or decision.decision == "undecided":
                continue
            yield DecidedLot(
                product_id=line["product_id"],
                nonconformity_class=class_,
                line_id=line_id,
                inspected_at=inspection_time(receipt, sample, now),
                result=_result(rule["plan"], decision, sample),
            )


def inspection_time(
    receipt: Mapping[str, Any], sample: Mapping[str, Any] | None, now: datetime
) -> datetime:
    """When the goods were inspected, as the device says; never later than the server's *now*.

    A clock that runs ahead would otherwise put its lot after all others for good.
    """
    told = (sample or {}).get("captured_at") or receipt["captured_at"] or receipt.get("received_at")
    return now if told is None else min(parse_time(told), now)


def _result(
    kept: Mapping[str, Any], decision: ClassDecision, sample: Mapping[str, Any]
) -> LotResult:
    plan = find_plan(
        lot_size=kept["lot_size"],
        aql=kept["aql"],
        inspection_level=kept["inspection_level"],
        inspection_severity=kept["inspection_severity"],
        plan_type=kept["plan_type"],
        quality_measure=kept["quality_measure"],
        edition=kept["edition"],
    )
    # Items left unopened by an early acceptance could each have been nonconforming: no lot earns
    # a score that its whole sample might not have earned.
    worst = decision._replace(nonconforming=decision.nonconforming + decision.items_left)
    assert decision.decision != "undecided"
    return LotResult(
        decision=decision.decision,
        score_gain=score_gain(plan, worst),
        inspected_under=plan.inspection_severity,
        is_resubmitted=bool(sample.get("is_resubmitted")),
    )
