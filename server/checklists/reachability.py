"""Conditions that go in a circle, and items that no answers can bring up.

Reachability is tried out: what a condition asks about has few values that matter (each option, each
side of each bound, no answer), so all combinations are gone through, up to a limit for each item
and for all of them; beyond it an item counts as reachable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from schemas.checklists import STORAGE_CLASSES
from schemas.conditions import CONDITION_FACTS, RANGE_TESTS
from schemas.master_data import SPECIES
from server.checklists.conditions import Surroundings, holds
from server.checklists.references import Condition, asked_items, conditions_of, tests_in

_MOST_COMBINATIONS = 2500
_MOST_ALTOGETHER = 20_000
_MOST_ITEMS = 12
_FACT_VALUES: Mapping[str, tuple[str, ...]] = {
    "storage_class": STORAGE_CLASSES,
    "species": SPECIES,
}
_STEP = Decimal("0.000001")
Template = Mapping[str, Any]


def circles(template: Template, part: str) -> list[list[str]]:
    """Items whose conditions, followed from one to the next, come back to them."""
    shown = conditions_of(template, part)
    edges = {
        item["id"]: asked_items(
            [
                *shown.get(item["id"], ()),
                *([item["required_when"]] if item["required_when"] else ()),
            ]
        )
        for item in template[part]
    }
    found: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        if start not in done:
            circle = _circle_from(start, edges, done)
            found += [circle] if circle else []
    return found


def _circle_from(start: str, edges: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """The first circle met when walking on from *start*; without recursion, chains may be long."""
    path, waiting = [start], [iter(edges.get(start, ()))]
    while path:
        following = next(waiting[-1], None)
        if following is None:
            done.add(path.pop())
            waiting.pop()
        elif following in path:
            done.update(path)
            return path[path.index(following) :]
        elif following not in done:
            path.append(following)
            waiting.append(iter(edges.get(following, ())))
    return []


def unreachable(template: Template, part: str) -> Iterator[int]:
    """The positions of items that no combination of answers and facts shows."""
    conditions = conditions_of(template, part)
    items = {item["id"]: item for item in template[part]}
    tries = iter(range(_MOST_ALTOGETHER))
    for position, item in enumerate(template[part]):
        if item["id"] in conditions and not _can_be_reached(
            template, items, item, conditions, tries
        ):
            yield position


def _can_be_reached(
    template: Template,
    items: Mapping[str, Any],
    item: Mapping[str, Any],
    conditions: Mapping[str, list[Condition]],
    tries: Iterator[int],
) -> bool:
    asked = _asked_transitively(item["id"], conditions)
    if len(asked) > _MOST_ITEMS:
        return True
    tests = [
        test
        for item_id in (item["id"], *asked)
        for condition in conditions.get(item_id, ())
        for test in tests_in(condition)
    ]
    facts = {test["fact"] for test in tests if "fact" in test}
    choices = [_answers_worth_trying(items[item_id], tests) for item_id in asked]
    fact_values = [_FACT_VALUES[name] for name in CONDITION_FACTS if name in facts]
    if prod(map(len, (*choices, *fact_values))) > _MOST_COMBINATIONS:
        return True
    names = [name for name in CONDITION_FACTS if name in facts]
    own = [items[item_id] for item_id in (*asked, item["id"])]
    for values in product(*choices, *fact_values):
        if next(tries, None) is None:
            return True
        answers = {
            item_id: [answer]
            for item_id, answer in zip(asked, values, strict=False)
            if answer is not None
        }
        known = dict(zip(names, values[len(asked) :], strict=True))
        around = Surroundings.of(template, own, answers, known)
        if all(holds(condition, around) is True for condition in conditions[item["id"]]):
            return True
    return False


def _asked_transitively(item_id: str, conditions: Mapping[str, list[Condition]]) -> list[str]:
    found: list[str] = []
    waiting = asked_items(conditions[item_id])
    while waiting and len(found) <= _MOST_ITEMS:
        following = waiting.pop(0)
        if following not in found:
            found.append(following)
            waiting += asked_items(conditions.get(following, []))
    return found


def _answers_worth_trying(
    item: Mapping[str, Any], tests: list[Condition]
) -> list[dict[str, Any] | None]:
    """One answer for each case that *tests* can tell apart, and none."""
    about = [test for test in tests if test.get("item") == item["id"]]
    if item["type"] in {"check", "signature"}:
        return [None, {"is_ok": True}, {"is_ok": False}]
    named = {value for test in about for value in test.get("in", ())}
    bounds = {Decimal(test[name]) for test in about for name in RANGE_TESTS if name in test}
    values = {f"{bound + step:f}" for bound in bounds for step in (-_STEP, Decimal(0), _STEP)}
    if item["type"] == "choice":
        return [None, *({"value": option["value"]} for option in item["options"])]
    return [None, *({"value": value} for value in sorted(named | values | {"1"}))]
