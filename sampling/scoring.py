"""What one decided lot is worth to the switching rules.

Source: GB/T 2828.1-2012, 9.3.3.2.
"""

from collections.abc import Sequence
from typing import Final

from sampling.aql import one_step_tighter
from sampling.decision import ClassDecision, decide_class
from sampling.errors import SamplingError
from sampling.plans import Plan, plan_of_cell
from sampling.switching import LotResult

SCORE_FOR_SMALL_ACCEPTANCE_NUMBER: Final = 2
SCORE_FOR_MARGIN: Final = 3
LAST_SCORING_STAGE: Final = {"double": 1, "multiple": 3}


def result_of(
    plan: Plan, nonconforming: Sequence[int], *, is_resubmitted: bool = False
) -> LotResult:
    """What a lot means to the switching rules, from its plan and its counts.

    Parameters
    ----------
    plan : Plan
        The plan the lot was inspected by.
    nonconforming : sequence of int
        One count for each stage really drawn.
    is_resubmitted : bool
        Whether the lot had been shown before.

    Raises
    ------
    SamplingError
        Counts that cannot be, or that do not decide the lot yet.
    """
    standing = decide_class(plan, nonconforming)
    if standing.decision == "undecided":
        raise SamplingError(
            "undecided-lot", "nonconforming", list(nonconforming), ("one per stage drawn",)
        )
    gain = score_gain(plan, standing)
    return LotResult(standing.decision, gain, plan.inspection_severity, is_resubmitted)


def score_gain(plan: Plan, standing: ClassDecision) -> int:
    """What a decided lot adds to the switching score; 0 sets it back.

    Single sampling: Ac 0 or 1, accepted: 2. Ac 2 or more, and it would have been accepted with
    the AQL one step tighter: 3. Double sampling, accepted on the first sample: 3. Multiple
    sampling, accepted by the third: 3.

    Notes
    -----
    Source: GB/T 2828.1-2012, 9.3.3.2. The rule is that of the plan really used, so a cell that
    sends from double to single sampling scores as single. “One step tighter” is read in the row
    of the letter whose sample was really drawn.
    """
    if standing.decision != "accepted":
        return 0
    if plan.plan_type != "single":
        return SCORE_FOR_MARGIN if standing.stage <= LAST_SCORING_STAGE[plan.plan_type] else 0
    acceptance = plan.stages[0].acceptance_number or 0
    if acceptance <= 1:
        return SCORE_FOR_SMALL_ACCEPTANCE_NUMBER
    tighter_aql = one_step_tighter(plan.aql)
    if tighter_aql is None:
        return 0
    tighter = plan_of_cell(
        plan.edition, "single", plan.inspection_severity, plan.plan_code_letter, tighter_aql
    )
    limit = tighter.stages[0].acceptance_number or 0
    return SCORE_FOR_MARGIN if standing.nonconforming <= limit else 0
