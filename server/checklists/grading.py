"""The grade of a filled-in checklist: by failed items of each class, or by weighted percent.

Pure, and the same in the phone app. A class A failure decides alone, whatever the percentage. What
was "not applicable" is out of the denominator, but counted, so that overuse is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from server.checklists.outcomes import CLASSES, Evaluation, ItemOutcome

GradeWord = Literal["pass", "basic", "failed", "undecided"]
DecidedBy = Literal["class_a", "classes", "percent"]
_ONE_WORSE: Mapping[str, str] = {"C": "B", "B": "A", "A": "A"}


@dataclass(frozen=True, slots=True)
class Grade:
    """*percent* has two decimals, rounded half up; None where nothing was judged."""

    grade: GradeWord | None
    decided_by: DecidedBy | None
    percent: str | None
    failures: Mapping[str, int]
    raised: tuple[str, ...]
    judged_count: int
    not_applicable_count: int
    left_out_count: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "grade": self.grade,
            "decided_by": self.decided_by,
            "percent": self.percent,
            "failures": dict(self.failures),
            "raised": list(self.raised),
            "judged_count": self.judged_count,
            "not_applicable_count": self.not_applicable_count,
            "left_out_count": self.left_out_count,
        }


def grade(
    template: Mapping[str, Any], evaluation: Evaluation, repeated: Set[str] = frozenset()
) -> Grade:
    """How *evaluation* is graded by its *template*.

    Parameters
    ----------
    repeated : set of item ids
        Items that failed at this place not long ago. One that fails again counts one class higher.
    """
    failed = [outcome for outcome in evaluation.outcomes if outcome.outcome == "not_ok"]
    classes = [class_of_failure(outcome, repeated) for outcome in failed]
    failures = {class_: classes.count(class_) for class_ in CLASSES}
    percent = _percent(template, evaluation)
    word, decided_by = _decide(template, evaluation, failures, percent)
    outcomes = [outcome.outcome for outcome in evaluation.outcomes]
    return Grade(
        word,
        decided_by,
        None if percent is None else f"{percent // 100}.{percent % 100:02}",
        failures,
        tuple(
            outcome.item_id
            for outcome, class_ in zip(failed, classes, strict=True)
            if class_ != outcome.nonconformity_class
        ),
        outcomes.count("ok") + outcomes.count("not_ok"),
        outcomes.count("not_applicable"),
        outcomes.count("left_out"),
    )


def class_of_failure(outcome: ItemOutcome, repeated: Set[str]) -> str:
    """The class a failed item counts in: one higher if it failed here before."""
    own = outcome.nonconformity_class
    return _ONE_WORSE[own] if outcome.item_id in repeated else own


def _percent(template: Mapping[str, Any], evaluation: Evaluation) -> int | None:
    """Hundredths of a percent: the weight that passed, of all that was judged."""
    items = (*template.get("head_items", ()), *template["items"])
    weights = {item["id"]: int(Decimal(item.get("weight", "1")) * 1000) for item in items}
    earned = possible = 0
    for outcome in evaluation.outcomes:
        if outcome.outcome in {"ok", "not_ok"}:
            possible += weights[outcome.item_id]
            earned += weights[outcome.item_id] if outcome.outcome == "ok" else 0
    # Whole numbers only: a phone must come to the same hundredth.
    return None if possible == 0 else (earned * 20000 + possible) // (2 * possible)


def _decide(
    template: Mapping[str, Any],
    evaluation: Evaluation,
    failures: Mapping[str, int],
    percent: int | None,
) -> tuple[GradeWord | None, DecidedBy | None]:
    rule = template.get("grading")
    if rule is None:
        return None, None
    if failures["A"]:
        return "failed", "class_a"
    if any(outcome.outcome == "missing" for outcome in evaluation.outcomes):
        return "undecided", None
    if rule.get("method", "classes") == "percent":
        if percent is None:
            return "undecided", None
        return _by_percent(rule, percent), "percent"
    return _by_classes(rule, failures), "classes"


def _by_percent(rule: Mapping[str, Any], percent: int) -> GradeWord:
    if percent >= Decimal(rule["pass_percent"]) * 100:
        return "pass"
    return "basic" if percent >= Decimal(rule["basic_percent"]) * 100 else "failed"


def _by_classes(rule: Mapping[str, Any], failures: Mapping[str, int]) -> GradeWord:
    if all(failures[class_] <= rule["pass"][class_] for class_ in CLASSES):
        return "pass"
    is_basic = all(failures[class_] <= rule["basic"][class_] for class_ in CLASSES)
    return "basic" if is_basic else "failed"
