"""What comes out when answers are held against a checklist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from server.checklists.reasons import Reason
from server.errors import Text

Outcome = Literal["ok", "not_ok", "not_applicable", "left_out", "missing"]
"""``left_out``: not answered, and need not be."""
CLASSES = ("A", "B", "C")


class UnknownItem(ValueError):
    """An answer to an item that this part of the checklist does not have."""

    def __init__(self, item_id: str, answer_id: str | None, checklist: str) -> None:
        self.item_id, self.answer_id = item_id, answer_id
        self.text = Text(
            "检查表 {checklist} 的这一部分没有项目“{item_id}”",
            "This part of checklist {checklist} has no item “{item_id}”",
        )
        self.params = {"checklist": checklist, "item_id": item_id}
        super().__init__(self.text.render("en", **self.params))


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """How one item came out, over all answers given to it."""

    item_id: str
    gate: str | None
    nonconformity_class: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    count: int | None = None
    answer_ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "item_id": self.item_id,
            "gate": self.gate,
            "nonconformity_class": self.nonconformity_class,
            "outcome": self.outcome,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "count": self.count,
            "answer_ids": list(self.answer_ids),
        }


@dataclass(frozen=True, slots=True)
class MissingPhoto:
    item_id: str
    title: Text

    def to_dict(self) -> dict[str, str]:
        return {"item_id": self.item_id, "zh": self.title.zh, "en": self.title.en}


@dataclass(frozen=True, slots=True)
class Question:
    """An answer that is probably a slip of the finger: whoever gave it is asked once."""

    item_id: str
    code: str
    params: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return {"item_id": self.item_id, "code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class GateState:
    """Whether one gate has everything it asks for, and what failed in it."""

    gate: str
    is_complete: bool
    missing: tuple[str, ...]
    failed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "gate": self.gate,
            "is_complete": self.is_complete,
            "missing": list(self.missing),
            "failed": list(self.failed),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    outcomes: tuple[ItemOutcome, ...]
    missing_photos: tuple[MissingPhoto, ...]
    gates: tuple[GateState, ...]
    questions: tuple[Question, ...] = ()

    @property
    def failures(self) -> dict[str, int]:
        """Failed items of each class."""
        failed = [o.nonconformity_class for o in self.outcomes if o.outcome == "not_ok"]
        return {class_: failed.count(class_) for class_ in CLASSES}

    @property
    def counts(self) -> dict[str, int]:
        """What the count items found in the sample, added up for each class."""
        return {
            class_: sum(o.count or 0 for o in self.outcomes if o.nonconformity_class == class_)
            for class_ in CLASSES
        }

    @property
    def is_complete(self) -> bool:
        return not self.missing_photos and all(o.outcome != "missing" for o in self.outcomes)

    @property
    def not_applicable_count(self) -> int:
        return sum(o.outcome == "not_applicable" for o in self.outcomes)

    def exceeded(self, acceptance: Mapping[str, Any]) -> tuple[str, ...]:
        """The classes with more failed items than *acceptance* allows; A comes first.

        Each class is judged alone: a class A failure is never outweighed by the others.
        """
        failures = self.failures
        return tuple(class_ for class_ in CLASSES if failures[class_] > acceptance[class_])

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "missing_photos": [photo.to_dict() for photo in self.missing_photos],
            "gates": [gate.to_dict() for gate in self.gates],
            "questions": [question.to_dict() for question in self.questions],
            "failures": self.failures,
            "counts": self.counts,
            "is_complete": self.is_complete,
            "not_applicable_count": self.not_applicable_count,
        }
