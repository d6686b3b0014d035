"""Which limits hold for an item: fixed, by storage class, by the label, by another answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from server.checklists.conditions import Item, Surroundings
from server.checklists.measurement import plain_text
from server.checklists.reasons import Reason

# How much warmer than its label a chilled product may be at the ramp.
_LABEL_ALLOWANCE = Decimal(3)


def bounds(item: Item, around: Surroundings) -> tuple[Decimal | None, Decimal | None]:
    """The smallest and the largest value allowed; None where there is no such limit."""
    limits = item.get("limits") or {}
    if limits.get("product_limits_first"):
        own = {
            "min": around.facts.get("temperature_min"),
            "max": around.facts.get("temperature_max"),
        }
        if own["min"] is not None or own["max"] is not None:
            return _pair(own)
    if "by_storage_class" in limits:
        storage_class = around.facts.get("storage_class")
        return _pair(limits["by_storage_class"].get(storage_class, {}))
    if "by_choice" in limits:
        choice = around.chosen(limits["by_choice"]["item"])
        return _pair(limits["by_choice"]["limits"].get(choice, {}))
    if limits.get("max_rule") == "label_plus_3":
        label = around.facts.get("label_temperature_max")
        if label is not None:
            return None, Decimal(label) + _LABEL_ALLOWANCE
        return _pair({"max": limits.get("fallback_max")})
    return _pair(limits)


def _pair(limits: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    smallest, largest = limits.get("min"), limits.get("max")
    return (
        None if smallest is None else Decimal(smallest),
        None if largest is None else Decimal(largest),
    )


def out_of_bounds(item: Item, number: Decimal, around: Surroundings) -> list[Reason]:
    smallest, largest = bounds(item, around)
    shown = {"value": plain_text(number), "unit": item.get("unit") or ""}
    if largest is not None and number > largest:
        return [Reason("above_max", {**shown, "max": plain_text(largest)})]
    if smallest is not None and number < smallest:
        return [Reason("below_min", {**shown, "min": plain_text(smallest)})]
    return []


@dataclass(frozen=True, slots=True)
class Life:
    """The dates of the goods, as far as they are known."""

    produced_on: date | None
    expires_on: date | None
    delivered_on: date | None

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Life:
        def day(name: str) -> date | None:
            return date.fromisoformat(facts[name]) if facts.get(name) else None

        return cls(day("produced_on"), day("expires_on"), day("delivered_on"))

    def is_missing_for(self, ratio: str | None) -> bool:
        """Whether a date is missing that judging the remaining shelf life needs."""
        if self.expires_on is None or self.delivered_on is None:
            return True
        return ratio is not None and self.produced_on is None

    def faults(self, ratio: str | None) -> list[Reason]:
        """What is wrong with the dates; *ratio* is the share of the life that must be left."""
        produced, expires, delivered = self.produced_on, self.expires_on, self.delivered_on
        shown = {
            name: value.isoformat()
            for name, value in (
                ("produced_on", produced),
                ("expires_on", expires),
                ("delivered_on", delivered),
            )
            if value is not None
        }
        if produced and delivered and produced > delivered:
            return [Reason("produced_after_delivery", shown)]
        if produced and expires and expires < produced:
            return [Reason("expires_before_production", shown)]
        if expires and delivered and expires < delivered:
            return [Reason("expired", shown)]
        if ratio is None or produced is None or expires is None or delivered is None:
            return []
        life_days, remaining_days = (expires - produced).days, (expires - delivered).days
        if remaining_days >= Decimal(ratio) * life_days:
            return []
        left = {"life_days": life_days, "remaining_days": remaining_days, "ratio": ratio}
        return [Reason("remaining_life_short", left)]
