"""Folding decided lots again, when one arrives late.

A lot decided in the field stays decided: its plan and its verdict are on the record. What a late
lot can change is the severity that lots after it ought to have met. The fold takes the results as
they stand, in order of inspection, and says for each lot whether it was inspected under the
severity the rules call for.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sampling.switching import LotResult, SwitchingState, advance, declare
from sampling.vocabulary import word


class Declaration(NamedTuple):
    """Something declared between two lots; see `sampling.switching.declare`."""

    production_steady: bool | None = None
    reduced_desirable: bool | None = None
    resume_approved: bool = False


class FoldedLot(NamedTuple):
    """One decided lot between the state it ought to have met and the state it leaves."""

    result: LotResult
    before: SwitchingState
    after: SwitchingState

    @property
    def is_under_another_severity(self) -> bool:
        """Whether the lot was inspected under a severity other than the one called for."""
        return self.result.inspected_under != self.before.severity

    def explain(self, language: str = "zh-CN") -> str:
        """Why the lot is marked, or the state it leaves when it is not."""
        if not self.is_under_another_severity:
            return self.after.explain(language)
        done = word(self.result.inspected_under, language)
        due = word(self.before.severity, language)
        why = self.before.outlook(language)
        if language.lower().startswith("zh"):
            return f"该批按{done}，按检验先后应为{due}（{why}）；判定不变"
        return (
            f"inspected under {done}; in order of inspection it was due {due} ({why}); "
            "the decision stands"
        )


def fold_results(
    state: SwitchingState, events: Iterable[LotResult | Declaration]
) -> tuple[FoldedLot, ...]:
    """Fold decided lots and declarations, in order of inspection.

    Parameters
    ----------
    state : SwitchingState
        State before the first event.
    events : iterable of LotResult or Declaration
        What happened, oldest first.

    Returns
    -------
    tuple of FoldedLot
        One for each lot. A lot inspected while inspection was discontinued is kept and marked,
        and changes nothing.
    """
    folded: list[FoldedLot] = []
    for event in events:
        if isinstance(event, Declaration):
            state = declare(state, **event._asdict())
            continue
        after = state if state.severity == "discontinued" else advance(state, event)
        folded.append(FoldedLot(event, state, after))
        state = after
    return tuple(folded)
