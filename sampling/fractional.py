"""Plans with fractional acceptance numbers: the option of clause 13, off unless asked for.

Where Tables 2 have an arrow between Ac 0 and Ac 1, Tables 11 keep the letter's own sample size
and give Ac 1/5, 1/3 or 1/2. A fraction means: one nonconforming item is forgiven when enough clean
samples went before. Source: GB/T 2828.1-2012, clause 13 and Tables 11-A, 11-B, 11-C. Needs the
approval of the responsible authority and is not to be combined with skip-lot sampling.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sampling.aql import canonical_aql, check_quality_measure
from sampling.code_letters import check_lot_size, find_code_letter
from sampling.errors import check_choice, check_integer
from sampling.tables import CONFIDENCE_MARKS, load_edition, load_table
from sampling.vocabulary import (
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    LotVerdict,
)

_PARTS: Final = {"normal": "A", "tightened": "B", "reduced": "C"}
_SCORE_OF: Final = {
    Fraction(0): 0,
    Fraction(1, 5): 2,
    Fraction(1, 3): 3,
    Fraction(1, 2): 5,
}
SCORE_OF_WHOLE_NUMBERS: Final = 7
SCORE_THAT_FORGIVES: Final = 9


@dataclass(frozen=True, slots=True)
class FractionalPlan:
    """A single sampling plan whose acceptance number may be a fraction.

    Attributes
    ----------
    lot_size, sample_size : int
        N, and n of the plan's letter.
    acceptance_number : Fraction
        0, 1/5, 1/3, 1/2, or a whole number.
    code_letter, plan_code_letter : str
        Table 1's letter, and that of the plan.
    confidence : str
        Worst mark of the cells on the way.
    """

    lot_size: int
    aql: str
    inspection_level: str
    inspection_severity: str
    quality_measure: str
    code_letter: str
    plan_code_letter: str
    sample_size: int
    acceptance_number: Fraction
    confidence: str
    edition: str

    @property
    def full_inspection(self) -> bool:
        """Whether the sample would take the whole lot."""
        return self.sample_size >= self.lot_size

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the acceptance number as text, e.g. ``1/3``."""
        return {
            "standard": load_edition(self.edition)["standard"],
            "lot_size": self.lot_size,
            "aql": self.aql,
            "inspection_level": self.inspection_level,
            "inspection_severity": self.inspection_severity,
            "plan_type": "fractional",
            "code_letter": self.code_letter,
            "plan_code_letter": self.plan_code_letter,
            "sample_size": self.sample_size,
            "acceptance_number": str(self.acceptance_number),
            "full_inspection": self.full_inspection,
            "confidence": self.confidence,
        }


class FractionalDecision(NamedTuple):
    """What became of a lot, and the acceptance score it leaves.

    Attributes
    ----------
    decision : str
        ``accepted`` or ``not_accepted``.
    acceptance_number : int
        The whole number that was applied, 0 or 1 for a fraction.
    score_applied : int
        Acceptance score with this lot's share, which chose that number.
    score_after : int
        Score for the next lot: zero as soon as anything nonconforming was found.
    """

    decision: LotVerdict
    acceptance_number: int
    score_applied: int
    score_after: int


def find_fractional_plan(
    lot_size: int,
    aql: str | Decimal,
    inspection_level: str = "II",
    inspection_severity: str = "normal",
    *,
    quality_measure: str | None = None,
    edition: str = DEFAULT_EDITION,
) -> FractionalPlan:
    """The plan of Tables 11 for one lot. Parameters and errors as for `find_plan`.

    Notes
    -----
    Source: GB/T 2828.1-2012, 13.1, Tables 11-A, 11-B and 11-C.
    """
    check_lot_size(lot_size)
    printed = canonical_aql(aql)
    measure = check_quality_measure(printed, quality_measure)
    check_choice("inspection_level", inspection_level, INSPECTION_LEVELS)
    check_choice("inspection_severity", inspection_severity, INSPECTION_SEVERITIES)
    letter = find_code_letter(lot_size, inspection_level, edition)
    rows = load_table(edition, f"11-{_PARTS[inspection_severity]}")["rows"]
    column = load_edition(edition)["aqls"].index(printed)
    place = next(at for at, row in enumerate(rows) if row["code_letter"] == letter)
    marks = set()
    while rows[place]["cells"][column] in "↓↑":
        marks.add(rows[place]["confidence"][column])
        place += 1 if rows[place]["cells"][column] == "↓" else -1
    row = rows[place]
    marks.add(row["confidence"][column])
    return FractionalPlan(
        lot_size=lot_size,
        aql=printed,
        inspection_level=inspection_level,
        inspection_severity=inspection_severity,
        quality_measure=measure,
        code_letter=letter,
        plan_code_letter=row["code_letter"],
        sample_size=row["sample_sizes"][0],
        acceptance_number=Fraction(row["cells"][column]),
        confidence=next(CONFIDENCE_MARKS[mark] for mark in "usc" if mark in marks),
        edition=edition,
    )


def judge_fractional(
    acceptance_number: Fraction, score_before: int, nonconforming: int
) -> FractionalDecision:
    """Judge one lot by the acceptance score.

    Parameters
    ----------
    acceptance_number : Fraction
        Of the lot's plan.
    score_before : int
        Acceptance score the lots before left; 0 at the start of normal, tightened or reduced
        inspection.
    nonconforming : int
        Nonconforming items (or nonconformities) in the sample.

    Returns
    -------
    FractionalDecision

    Notes
    -----
    Source: GB/T 2828.1-2012, 13.2.1. The score gains 0, 2, 3, 5 or 7 for Ac 0, 1/5, 1/3, 1/2 or a
    whole number; a fraction counts as 0 up to a score of 8 and as 1 from 9. With a constant plan
    this is the same as asking for 4, 2 or 1 clean samples before.
    """
    check_integer("score_before", score_before, 0)
    check_integer("nonconforming", nonconforming, 0)
    score = score_before + _SCORE_OF.get(acceptance_number, SCORE_OF_WHOLE_NUMBERS)
    if acceptance_number.denominator == 1:
        applied = int(acceptance_number)
    else:
        applied = 1 if score >= SCORE_THAT_FORGIVES else 0
    decision: LotVerdict = "accepted" if nonconforming <= applied else "not_accepted"
    return FractionalDecision(decision, applied, score, 0 if nonconforming else score)
