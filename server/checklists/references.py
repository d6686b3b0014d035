"""Which items a checklist's conditions ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Condition = Mapping[str, Any]


def tests_in(condition: Condition) -> Iterator[Condition]:
    """The single tests that *condition* is made of."""
    if "not" in condition:
        yield from tests_in(condition["not"])
        return
    joined = condition.get("all") or condition.get("any")
    if joined is None:
        yield condition
        return
    for part in joined:
        yield from tests_in(part)


def conditions_of(template: Mapping[str, Any], part: str) -> dict[str, list[Condition]]:
    """For each item that has any: what decides whether it is shown."""
    sections = {section["id"]: section["when"] for section in template["sections"]}
    found = {
        item["id"]: [
            condition
            for condition in (sections.get(item["section"]), item["when"])
            if condition is not None
        ]
        for item in template[part]
    }
    return {item_id: conditions for item_id, conditions in found.items() if conditions}


def asked_items(conditions: list[Condition]) -> list[str]:
    """The items that *conditions* ask about, each once, in order."""
    asked = (test["item"] for condition in conditions for test in tests_in(condition)
             if "item" in test)  # fmt: skip
    return list(dict.fromkeys(asked))
