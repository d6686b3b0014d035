"""An entry after everything that happened to it. Pure.

Events are folded in the order in which they were made, not in which they arrived: two phones that
were offline lead to the same entry whoever came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of an entry now. Its own answers stay as they were first recorded."""

    answers: tuple[Document, ...]
    measure: str
    discarded: Document | None = None
    voided: Document | None = None
    held: Document | None = None

    @property
    def status(self) -> str:
        if self.voided is not None:
            return "void"
        return "recorded" if self.discarded is None else "discarded"


def in_order(events: Sequence[Document]) -> list[Document]:
    return sorted(events, key=lambda event: (event["captured_at"], event["id"]))


def standing_of(entry: Document, events: Sequence[Document]) -> Standing:
    """*entry* with *events* applied."""
    answers, measure = tuple(entry["answers"]), entry["measure"]
    last: dict[str, Document | None] = {}
    for event in in_order(events):
        kind = event["kind"]
        if kind == "correction":
            answers = _corrected(answers, event["answers"])
            measure = measure if event["measure"] is None else event["measure"]
        elif kind == "release":
            last["hold"] = None
        else:
            last[kind] = event
    return Standing(answers, measure, last.get("discard"), last.get("void"), last.get("hold"))


def _corrected(
    answers: Sequence[Document], corrections: Sequence[Document]
) -> tuple[Document, ...]:
    """A corrected item has the correction's answers only."""
    items = {answer["item_id"] for answer in corrections}
    kept = [answer for answer in answers if answer["item_id"] not in items]
    return (*kept, *corrections)
