"""When an item applies, and when it must be answered. Pure, and the same in the phone app.

A condition is true, false, or not known yet: what it asks about may still be answered. Three-valued
logic (Kleene's) joins them: ``false and unknown`` is false, ``true and unknown`` is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from server.checklists.measurement import WHITESPACE, MeasurementError, parse_measurement

Item = Mapping[str, Any]
Answer = Mapping[str, Any]
Condition = Mapping[str, Any]

_MARKED = frozenset({"check", "signature"})
_NOT_KNOWN = None
# Tests of a measured value, by name.
_RANGES: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an answer is judged by beside itself: the facts, and the other answers."""

    facts: Mapping[str, Any]
    answers: Mapping[str, Sequence[Answer]]
    items: Mapping[str, Item] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    found: dict[str, bool | None] = field(default_factory=dict)
    """Whether an item applies, once it has been worked out. None also while it is being worked
    out, so that a template whose conditions go in a circle is judged and not walked for ever."""
    needed: dict[str, bool] = field(default_factory=dict)
    """Whether an item must be answered, likewise."""

    @classmethod
    def of(
        cls,
        template: Mapping[str, Any],
        items: Sequence[Item],
        answers: Mapping[str, Sequence[Answer]],
        facts: Mapping[str, Any],
    ) -> Surroundings:
        sections = {section["id"]: section for section in template.get("sections", ())}
        return cls(facts, answers, {item["id"]: item for item in items}, sections)

    def chosen(self, item_id: str) -> str | None:
        """What was answered to another item of the same part."""
        values = [answer.get("value") for answer in self.answers.get(item_id, ())]
        return next((value for value in reversed(values) if value), None)


def applies(item: Item, around: Surroundings) -> bool | None:
    """Whether the item is asked; None without a condition, or while that is not known."""
    if item.get("when") is None and not item.get("section"):
        return _NOT_KNOWN  # most items: nothing to work out, and this is asked for every answer
    item_id = item["id"]
    if item_id not in around.found:
        around.found[item_id] = _NOT_KNOWN
        around.found[item_id] = _applies(item, around)
    return around.found[item_id]


def _applies(item: Item, around: Surroundings) -> bool | None:
    section = around.sections.get(item.get("section") or "", {})
    conditions = [part["when"] for part in (section, item) if part.get("when") is not None]
    result = _all(holds(condition, around) for condition in conditions)
    # "Not applicable" may be ticked where no condition of the item itself has settled the matter.
    return _NOT_KNOWN if result is True and item.get("when") is None else result


def is_required(item: Item, around: Surroundings) -> bool:
    """Whether an answer must be given. A condition that is not known yet asks for one."""
    condition, item_id = item.get("required_when"), item["id"]
    if condition is None:
        return bool(item.get("is_required", True))
    if item_id not in around.needed:
        around.needed[item_id] = True
        around.needed[item_id] = holds(condition, around) is not False
    return around.needed[item_id]


def holds(condition: Condition, around: Surroundings) -> bool | None:
    """Whether *condition* is true, false, or not known."""
    if "all" in condition:
        return _all(holds(part, around) for part in condition["all"])
    if "any" in condition:
        inverted = _all(_inverse(holds(part, around)) for part in condition["any"])
        return _inverse(inverted)
    if "not" in condition:
        return _inverse(holds(condition["not"], around))
    if "fact" in condition:
        known = around.facts.get(condition["fact"])
        return _NOT_KNOWN if known is None else known in condition["in"]
    return _item_holds(condition, around)


def _all(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    if False in found:
        return False
    return _NOT_KNOWN if _NOT_KNOWN in found else True


def _inverse(value: bool | None) -> bool | None:
    return _NOT_KNOWN if value is None else not value


def _item_holds(condition: Condition, around: Surroundings) -> bool | None:
    item = around.items.get(condition["item"])
    if item is None:
        return _NOT_KNOWN
    given = None if applies(item, around) is False else _given(item, around)
    if "is_answered" in condition:
        return (given is not None) is condition["is_answered"]
    if given is not None:
        return _passes(condition, item, given)
    return _NOT_KNOWN if _may_still_come(item, around) else False


def _given(item: Item, around: Surroundings) -> str | None:
    """What was answered, as conditions see it; a check is ``ok`` or ``not_ok``."""
    answers = around.answers.get(item["id"], ())
    if item["type"] in _MARKED:
        marks = {answer.get("is_ok") for answer in answers}
        return "not_ok" if False in marks else "ok" if True in marks else None
    value = (around.chosen(item["id"]) or "").strip(WHITESPACE)
    if value:
        return value
    has_photo = any(answer.get("attachment_ids") or answer.get("number") for answer in answers)
    return "" if has_photo else None


def _may_still_come(item: Item, around: Surroundings) -> bool:
    """Whether an answer is still to be expected: none if the item does not apply, was marked as
    not applicable, or may be left out."""
    if applies(item, around) is False:
        return False
    if any(answer.get("not_applicable") for answer in around.answers.get(item["id"], ())):
        return False
    return is_required(item, around)


def _passes(condition: Condition, item: Item, given: str) -> bool | None:
    if "in" in condition:
        return given in condition["in"]
    try:
        number = parse_measurement(given, item.get("unit"))
    except MeasurementError:
        return _NOT_KNOWN
    return all(
        test(number, Decimal(condition[name]))
        for name, test in _RANGES.items()
        if name in condition
    )
