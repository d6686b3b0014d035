"""A history of lots, replayed: the plan of each lot, its decision, and what follows from it.

Source: GB/T 2828.1-2012, clause 9. The input and output are those of ``python -m sampling
switch``; plans come from the severity in force when the lot was inspected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sampling.errors import SamplingError
from sampling.plans import Plan, find_plan
from sampling.scoring import result_of
from sampling.switching import (
    LotResult,
    SwitchingState,
    advance,
    declare,
    start_switching,
)
from sampling.vocabulary import DEFAULT_EDITION

_HISTORY_KEYS: Final = (
    "plan_type",
    "inspection_level",
    "aql",
    "quality_measure",
    "edition",
    "start_severity",
    "production_steady",
    "reduced_desirable",
    "lots",
)
_LOT_KEYS: Final = ("lot_size", "nonconforming", "resubmitted", "before")
_DECLARATIONS: Final = ("production_steady", "reduced_desirable", "resume_approved")


@dataclass(frozen=True, slots=True)
class ReplayedLot:
    """One lot of a history, with the state it met and the state it left.

    Attributes
    ----------
    lot : int
        Place in the history, from 1.
    plan : Plan
        The plan it was inspected by.
    result : LotResult
        Decision and contribution to the switching score.
    before, after : SwitchingState
        State for this lot, declarations included, and for the next one.
    """

    lot: int
    plan: Plan
    result: LotResult
    before: SwitchingState
    after: SwitchingState

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, in the shape other programs rely on, with the reason in both languages.

        The score is the one this lot leaves on normal inspection, and null on any other.
        """
        plan = self.plan.to_dict()
        return {
            "lot": self.lot,
            "inspection_severity": plan["inspection_severity"],
            "code_letter": plan["code_letter"],
            "plan_code_letter": plan["plan_code_letter"],
            "stages": plan["stages"],
            "confidence": self.plan.confidence,
            "decision": self.result.decision,
            "switching_score": self.switching_score,
            "next_severity": self.after.severity,
            "explanation": {"zh-CN": self.after.explain("zh-CN"), "en": self.after.explain("en")},
        }

    @property
    def switching_score(self) -> int | None:
        """Score after this lot when it was inspected on normal inspection, else None."""
        if self.before.severity != "normal":
            return None
        if self.after.severity == "normal":
            return self.after.switching_score
        if self.after.severity == "reduced":
            return dict(self.after.reason_facts)["score"]
        return 0


def replay(history: Mapping[str, Any]) -> tuple[ReplayedLot, ...]:
    """Inspect a whole history lot by lot under the switching rules.

    Parameters
    ----------
    history : mapping
        ``plan_type``, ``inspection_level``, ``aql``, ``start_severity``, ``production_steady``,
        ``reduced_desirable`` and ``lots``; each lot has ``lot_size``, ``nonconforming`` (one
        count for each stage really drawn) and, as they apply, ``resubmitted`` and ``before``
        (what was declared before it: ``production_steady``, ``reduced_desirable``,
        ``resume_approved``).

    Returns
    -------
    tuple of ReplayedLot

    Raises
    ------
    SamplingError
        Anything out of order; an error inside a lot names it, e.g. ``lots[3].nonconforming[0]``
        (counted from 0).
    """
    _check_keys("history", history, _HISTORY_KEYS)
    lots = history.get("lots")
    if not isinstance(lots, Sequence) or isinstance(lots, str):
        raise SamplingError("wrong-shape", "lots", lots, ("a list of lots",))
    state = start_switching(
        history.get("start_severity", "normal"),
        production_steady=_flag(history, "production_steady"),
        reduced_desirable=_flag(history, "reduced_desirable"),
    )
    done: list[ReplayedLot] = []
    for place, lot in enumerate(lots):
        try:
            step = _replay_lot(history, lot, place + 1, state)
        except SamplingError as error:
            raise error.at(f"lots[{place}]") if _is_of_lot(error) else error from error
        done.append(step)
        state = step.after
    return tuple(done)


def _replay_lot(
    history: Mapping[str, Any], lot: Any, number: int, state: SwitchingState
) -> ReplayedLot:
    _check_keys("lot", lot, _LOT_KEYS)
    before = lot.get("before", {})
    _check_keys("before", before, _DECLARATIONS)
    state = declare(
        state,
        production_steady=_flag(before, "production_steady", None),
        reduced_desirable=_flag(before, "reduced_desirable", None),
        resume_approved=bool(_flag(before, "resume_approved")),
    )
    if state.severity == "discontinued":
        raise SamplingError(
            "inspection-discontinued", "before", "discontinued", ("resume_approved",)
        )
    plan = find_plan(
        lot_size=lot.get("lot_size"),
        aql=history.get("aql"),  # type: ignore[arg-type]  # refused by name when absent
        inspection_level=history.get("inspection_level", "II"),
        inspection_severity=state.severity,
        plan_type=history.get("plan_type", "single"),
        quality_measure=history.get("quality_measure"),
        edition=history.get("edition", DEFAULT_EDITION),
    )
    counts = lot.get("nonconforming")
    result = result_of(plan, counts, is_resubmitted=bool(_flag(lot, "resubmitted")))
    return ReplayedLot(number, plan, result, state, advance(state, result))


def _is_of_lot(error: SamplingError) -> bool:
    """Whether the argument at fault belongs to the lot and not to the whole history."""
    return error.argument.split("[")[0].split(".")[0] in (*_LOT_KEYS, *_DECLARATIONS, "lot")


def _check_keys(argument: str, value: object, allowed: Sequence[str]) -> None:
    if not isinstance(value, Mapping):
        raise SamplingError("wrong-shape", argument, value, ("a JSON object",))
    for key in value:
        if key not in allowed:
            raise SamplingError("not-one-of", argument, key, allowed)


def _flag(source: Mapping[str, Any], key: str, absent: bool | None = False) -> Any:
    value = source.get(key, absent)
    if value is not absent and not isinstance(value, bool):
        raise SamplingError("not-true-or-false", key, value, ("true", "false"))
    return value
