"""Conditions: when an item of a checklist is shown, and when it must be answered.

A condition is data: one test of a fact or of another item's answer, or several joined by ``all``,
``any`` and ``not``. ``server.checklists.conditions`` says what each means.
"""

from __future__ import annotations

from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from schemas.fields import Choice, DecimalText, Flag, Text
from schemas.messages import both

CONDITION_FACTS = ("storage_class", "species")
ITEM_ID_LONGEST = 64
DEEPEST = 6
MOST_TESTS = 40
RANGE_TESTS = ("at_least", "at_most", "above", "below")
JOINS = ("all", "any", "not")
_BOUND: dict[str, Any] = {"lowest": "-1000000000", "highest": "1000000000", "places": 6}
_ONE_FORM = both(
    "条件应为其中一种：fact 或 item 加一项比较（in、at_least/at_most/above/below、is_answered），"
    "或 all、any、not 之一",
    "A condition is a fact or an item with one test (in, at_least/at_most/above/below, "
    "is_answered), or one of all, any and not.",
)


class ConditionSchema(Schema):
    """``{"item": "T01", "in": ["steam"]}``, ``{"fact": "species", "in": ["pork"]}``,
    ``{"item": "temp", "above": "8"}``, ``{"all": [...]}``, ``{"not": {...}}``."""

    fact = Choice(CONDITION_FACTS)
    item = Text(shortest=1, longest=ITEM_ID_LONGEST)
    in_ = fields.List(
        Text(shortest=1, longest=40),
        data_key="in",
        attribute="in",
        validate=validate.Length(min=1, max=100),
    )
    at_least = DecimalText(**_BOUND)
    at_most = DecimalText(**_BOUND)
    above = DecimalText(**_BOUND)
    below = DecimalText(**_BOUND)
    is_answered = Flag()
    all_ = fields.List(
        fields.Nested(lambda: ConditionSchema()),
        data_key="all",
        attribute="all",
        validate=validate.Length(min=1, max=20),
    )
    any_ = fields.List(
        fields.Nested(lambda: ConditionSchema()),
        data_key="any",
        attribute="any",
        validate=validate.Length(min=1, max=20),
    )
    not_ = fields.Nested(lambda: ConditionSchema(), data_key="not", attribute="not")

    @pre_load
    def is_small(self, data: Any, **_kwargs: Any) -> Any:
        """Before anything is loaded: what is nested without end must not be walked into."""
        if _exceeds(data):
            raise ValidationError(
                both(
                    f"条件过于复杂：最多 {DEEPEST} 层、{MOST_TESTS} 项",
                    f"The condition is too large: {DEEPEST} levels and {MOST_TESTS} parts at most.",
                )
            )
        return data

    @validates_schema
    def is_of_one_form(self, data: dict[str, Any], **_kwargs: Any) -> None:
        sources = data.keys() & {"fact", "item"}
        tests = _tests(data)
        joins = data.keys() & set(JOINS)
        is_test = len(sources) == 1 and len(tests) == 1 and not joins
        is_join = not sources and not tests and len(joins) == 1
        if not is_test and not is_join:
            raise ValidationError(_ONE_FORM)
        if "fact" in data and "in" not in data:
            raise ValidationError(_ONE_FORM)


def _tests(data: dict[str, Any]) -> set[str]:
    """Which kinds of test are there; a range may have two ends and is one test."""
    ranged = {"range"} if data.keys() & set(RANGE_TESTS) else set()
    return ranged | (data.keys() & {"in", "is_answered"})


def _exceeds(data: Any) -> bool:
    level, seen = [data], 0
    for _depth in range(DEEPEST):
        inner = [part for condition in level for part in _parts(condition)]
        seen += len(level)
        if not inner or seen > MOST_TESTS:
            return seen > MOST_TESTS
        level = inner
    return True


def _parts(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        return []
    joined = [
        part for name in ("all", "any") if isinstance(data.get(name), list) for part in data[name]
    ]
    return [*joined, *([data["not"]] if "not" in data else [])]
