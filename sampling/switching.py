"""Normal, tightened, reduced, discontinued: the switching rules as a fold over lots.

Source: GB/T 2828.1-2012, clause 9. A state knows what it has counted and why it is what it is;
`advance` gives the next one. Nothing here knows a clock or a database, so a history can be folded
again whenever a late lot turns up. Each nonconformity class has a state of its own (9.2).
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sampling.errors import SamplingError, check_choice
from sampling.vocabulary import INSPECTION_SEVERITIES, LotVerdict, word

Severity: TypeAlias = Literal["normal", "tightened", "reduced", "discontinued"]

LOTS_LOOKED_BACK_ON: Final = 5  # 9.3.1: two out of five or fewer consecutive lots
REFUSALS_TO_TIGHTEN: Final = 2
ACCEPTANCES_TO_NORMAL: Final = 5  # 9.3.2
SCORE_FOR_REDUCED: Final = 30  # 9.3.3.1 a)
REFUSALS_TO_DISCONTINUE: Final = 5  # 9.4

# reason → (zh-CN, en); {…} are filled from the state.
REASONS: Final[dict[str, tuple[str, str]]] = {
    "start": ("检验开始：{severity}", "start of inspection: {severity}"),
    "stays": ("维持{severity}", "{severity} goes on"),
    "refusals": (
        "最近 {window} 批中有 {refused} 批不接收 → 加严检验（9.3.1）",
        "{refused} of the last {window} lots not accepted → tightened (9.3.1)",
    ),
    "acceptances": (
        "加严检验下连续 {run} 批接收 → 正常检验（9.3.2）",
        "{run} consecutive lots accepted on tightened inspection → normal (9.3.2)",
    ),
    "score": (
        "转移得分 {score}，生产稳定且负责部门同意 → 放宽检验（9.3.3）",
        "switching score {score}, production steady and the responsible authority in favour "
        "→ reduced (9.3.3)",
    ),
    "refused-on-reduced": (
        "放宽检验下 1 批不接收 → 正常检验（9.3.4 a）",
        "a lot not accepted on reduced inspection → normal (9.3.4 a)",
    ),
    "production-irregular": (
        "生产不稳定或延迟 → 正常检验（9.3.4 b）",
        "production irregular or delayed → normal (9.3.4 b)",
    ),
    "reduced-not-desirable": (
        "负责部门认为有必要恢复 → 正常检验（9.3.4 c）",
        "the responsible authority wants it back → normal (9.3.4 c)",
    ),
    "too-many-refusals": (
        "加严检验下累计 {refused} 批不接收 → 暂停检验（9.4）",
        "{refused} lots not accepted since tightened inspection began → discontinued (9.4)",
    ),
    "resumed": (
        "供方已采取措施并获负责部门同意 → 加严检验（9.4）",
        "the supplier has acted and the responsible authority agrees → tightened (9.4)",
    ),
}


@dataclass(frozen=True, slots=True)
class SwitchingState:
    """What inspection of the next lot is to be, and everything counted towards the next change.

    Attributes
    ----------
    severity : str
        ``normal``, ``tightened``, ``reduced`` or ``discontinued``: for the next lot.
    switching_score : int or None
        Counter towards reduced inspection; None unless `severity` is ``normal``.
    recent : tuple of bool
        Normal inspection: whether the last lots, at most five, were accepted, latest last.
    accepted_in_a_row : int
        Tightened inspection: consecutive lots accepted, up to the latest.
    refused_since_tightened : int
        Tightened inspection: lots not accepted since it began.
    production_steady, reduced_desirable : bool
        What was declared last (9.3.3.1 b and c).
    reason : str
        Key of `REASONS`: why the severity is what it is, or that it stays.
    reason_facts : tuple of (str, int)
        The figures of that reason.
    """

    severity: Severity = "normal"
    switching_score: int | None = 0
    recent: tuple[bool, ...] = ()
    accepted_in_a_row: int = 0
    refused_since_tightened: int = 0
    production_steady: bool = False
    reduced_desirable: bool = False
    reason: str = "start"
    reason_facts: tuple[tuple[str, int], ...] = ()

    def explain(self, language: str = "zh-CN") -> str:
        """Why the severity is what it is, in one sentence (``zh-CN`` or ``en``)."""
        chinese = language.lower().startswith("zh")
        template = REASONS[self.reason][0 if chinese else 1]
        return template.format(severity=word(self.severity, language), **dict(self.reason_facts))

    def outlook(self, language: str = "zh-CN") -> str:
        """What has been counted towards the next change, in one sentence."""
        return _outlook(self, language.lower().startswith("zh"))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, with the explanation in both languages."""
        return {
            "severity": self.severity,
            "switching_score": self.switching_score,
            "recent": list(self.recent),
            "accepted_in_a_row": self.accepted_in_a_row,
            "refused_since_tightened": self.refused_since_tightened,
            "production_steady": self.production_steady,
            "reduced_desirable": self.reduced_desirable,
            "reason": self.reason,
            "reason_facts": dict(self.reason_facts),
            "explanation": {"zh-CN": self.explain("zh-CN"), "en": self.explain("en")},
            "outlook": {"zh-CN": self.outlook("zh-CN"), "en": self.outlook("en")},
        }


class LotResult(NamedTuple):
    """What the switching rules need to know of one inspected lot.

    Attributes
    ----------
    decision : str
        ``accepted`` or ``not_accepted``.
    score_gain : int
        What the lot adds to the switching score, 2 or 3; 0 sets it back to zero.
    inspected_under : str
        Severity the lot was really inspected under.
    is_resubmitted : bool
        A lot shown again after non-acceptance: it never counts.
    """

    decision: LotVerdict
    score_gain: int
    inspected_under: str
    is_resubmitted: bool = False


def start_switching(
    severity: str = "normal", *, production_steady: bool = False, reduced_desirable: bool = False
) -> SwitchingState:
    """The state before the first lot.

    Parameters
    ----------
    severity : str
        ``normal`` unless the responsible authority directs otherwise (9.1).
    production_steady, reduced_desirable : bool
        Conditions b) and c) of 9.3.3.1, as declared at the start.

    Raises
    ------
    SamplingError
        An unknown severity.
    """
    check_choice("start_severity", severity, INSPECTION_SEVERITIES)
    opening = SwitchingState(
        production_steady=production_steady, reduced_desirable=reduced_desirable
    )
    if severity == "normal":
        return opening
    return _enter(opening, "tightened" if severity == "tightened" else "reduced", "start")


def declare(
    state: SwitchingState,
    *,
    production_steady: bool | None = None,
    reduced_desirable: bool | None = None,
    resume_approved: bool = False,
) -> SwitchingState:
    """What was declared between two lots, and what follows from it at once.

    Parameters
    ----------
    state : SwitchingState
        State before.
    production_steady, reduced_desirable : bool, optional
        New declarations; they hold until declared otherwise.
    resume_approved : bool
        The supplier has acted and the responsible authority agrees; means something only while
        inspection is discontinued.

    Returns
    -------
    SwitchingState
        Reduced inspection ends when production is no longer steady or reduced inspection no
        longer wanted; a score of 30 that was waiting for approval takes effect.

    Notes
    -----
    Source: GB/T 2828.1-2012, 9.3.3.1, 9.3.4 b) and c), 9.4.
    """
    if production_steady is not None or reduced_desirable is not None:
        state = replace(
            state,
            production_steady=(
                state.production_steady if production_steady is None else production_steady
            ),
            reduced_desirable=(
                state.reduced_desirable if reduced_desirable is None else reduced_desirable
            ),
        )
    if state.severity == "discontinued":
        return _enter(state, "tightened", "resumed") if resume_approved else state
    if state.severity == "reduced" and production_steady is False:
        return _enter(state, "normal", "production-irregular")
    if state.severity == "reduced" and reduced_desirable is False:
        return _enter(state, "normal", "reduced-not-desirable")
    return _reduced_if_earned(state)


def advance(state: SwitchingState, result: LotResult) -> SwitchingState:
    """The state after one more lot.

    Parameters
    ----------
    state : SwitchingState
        State for this lot.
    result : LotResult
        What became of it.

    Returns
    -------
    SwitchingState
        A resubmitted lot leaves the state as it was. A lot inspected under another severity
        than the state's (possible when lots arrive late) counts where it was not accepted, and
        neither adds to nor breaks a run where it was accepted.

    Raises
    ------
    SamplingError
        Inspection is discontinued.

    Notes
    -----
    Source: GB/T 2828.1-2012, 9.3.1 to 9.4.
    """
    if state.severity == "discontinued":
        raise SamplingError(
            "inspection-discontinued", "inspection_severity", "discontinued", ("resume_approved",)
        )
    if result.is_resubmitted:
        return _stays(state)
    is_accepted = result.decision == "accepted"
    if is_accepted and result.inspected_under != state.severity:
        return _stays(state)
    if state.severity == "normal":
        return _after_normal(state, is_accepted, result.score_gain)
    if state.severity == "tightened":
        return _after_tightened(state, is_accepted)
    return _stays(state) if is_accepted else _enter(state, "normal", "refused-on-reduced")


def _after_normal(state: SwitchingState, is_accepted: bool, score_gain: int) -> SwitchingState:
    recent = (*state.recent, is_accepted)[-LOTS_LOOKED_BACK_ON:]
    refused = recent.count(False)
    if refused >= REFUSALS_TO_TIGHTEN:
        window = len(recent) - recent.index(False)
        return _enter(state, "tightened", "refusals", refused=refused, window=window)
    score = (state.switching_score or 0) + score_gain if is_accepted and score_gain else 0
    counted = replace(state, recent=recent, switching_score=score, reason="stays", reason_facts=())
    return _reduced_if_earned(counted)


def _after_tightened(state: SwitchingState, is_accepted: bool) -> SwitchingState:
    if is_accepted:
        run = state.accepted_in_a_row + 1
        if run >= ACCEPTANCES_TO_NORMAL:
            return _enter(state, "normal", "acceptances", run=run)
        return replace(state, accepted_in_a_row=run, reason="stays", reason_facts=())
    refused = state.refused_since_tightened + 1
    if refused >= REFUSALS_TO_DISCONTINUE:
        return _enter(state, "discontinued", "too-many-refusals", refused=refused)
    return replace(
        state,
        accepted_in_a_row=0,
        refused_since_tightened=refused,
        reason="stays",
        reason_facts=(),
    )


def _reduced_if_earned(state: SwitchingState) -> SwitchingState:
    score = state.switching_score
    if (
        state.severity == "normal"
        and score is not None
        and score >= SCORE_FOR_REDUCED
        and state.production_steady
        and state.reduced_desirable
    ):
        return _enter(state, "reduced", "score", score=score)
    return state


def _enter(state: SwitchingState, severity: Severity, reason: str, **facts: int) -> SwitchingState:
    """A new severity starts with empty counters; only the declarations are kept."""
    return SwitchingState(
        severity=severity,
        switching_score=0 if severity == "normal" else None,
        production_steady=state.production_steady,
        reduced_desirable=state.reduced_desirable,
        reason=reason,
        reason_facts=tuple(facts.items()),
    )


def _stays(state: SwitchingState) -> SwitchingState:
    return replace(state, reason="stays", reason_facts=())


def _outlook(state: SwitchingState, chinese: bool) -> str:
    if state.severity == "normal":
        refused, lots = state.recent.count(False), len(state.recent)
        score = state.switching_score
        return (
            f"最近 {lots} 批中 {refused} 批不接收；转移得分 {score}/{SCORE_FOR_REDUCED}"
            if chinese
            else f"{refused} of the last {lots} lots not accepted; "
            f"switching score {score} of {SCORE_FOR_REDUCED}"
        )
    if state.severity == "tightened":
        run, refused = state.accepted_in_a_row, state.refused_since_tightened
        return (
            f"连续接收 {run}/{ACCEPTANCES_TO_NORMAL} 批；"
            f"累计不接收 {refused}/{REFUSALS_TO_DISCONTINUE} 批"
            if chinese
            else f"{run} of {ACCEPTANCES_TO_NORMAL} lots accepted in a row; "
            f"{refused} of {REFUSALS_TO_DISCONTINUE} not accepted so far"
        )
    if state.severity == "reduced":
        return (
            "1 批不接收或生产不稳定即恢复正常检验"
            if chinese
            else "one lot not accepted, or irregular production, brings back normal inspection"
        )
    return (
        "供方采取措施并经负责部门同意后，从加严检验恢复"
        if chinese
        else "resumes with tightened inspection once the supplier has acted and the "
        "responsible authority agrees"
    )
