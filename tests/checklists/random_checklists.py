"""Random checklists and answers, sensible and not, each from one seed."""

from __future__ import annotations

from random import Random
from typing import Any

from schemas.checklists import GATES, ITEM_TYPES, STORAGE_CLASSES

IDS = ("a", "b", "c", "d", "温度", "f")
OPTIONS = ("steam", "chlorine", "none")
BOUNDS = ("-18", "-9", "0", "0.5", "7", "8", "37.2", "100")
NUMBERS = ("0", "7", "8", "-18", "18", "－18．5℃", "零下9度", "８", "37.20", "-0", "7kg", "9.001")
WORDS = ("", " ", "x", "３", "1e3", "\u0085", "\ufeff7", "constructor", "__proto__", "İ", "😀")
DAYS = ("2026-02-28", "2024-02-29", "2026-02-29", "2026-3-1", "0000-01-01", "2026-12-31")
TIMES = (
    "2026-03-02T08:00:00Z",
    "2026-03-04T08:00:00Z",
    "2026-03-04T07:59:59.999999+00:00",
    "2026-03-04T16:00+08:00",
    "2026-03-01T24:00:00.5-08:30",
    "2026-02-30T08:00:00Z",
    "2026-03-02T08:00:60Z",
    "2026-03-02T08:00:00",
    "2026-03-02T08:00:00+25:00",
)
PLACES = ("37.4,118.6", "90,180", "90.000000001,0", "-91,0", "1,2,3")
BY_TYPE = {
    "temperature": NUMBERS,
    "number": NUMBERS,
    "count": ("0", "1", "3", "007", "-1", "２"),
    "date": DAYS,
    "time": TIMES,
    "choice": (*OPTIONS, "boil"),
    "location": PLACES,
}
FACT_DAYS = (None, "2026-01-01", "2026-03-01", "2024-02-29", "2027-01-01", "2026-06-01")
_EVERYTHING = (None, *WORDS, *NUMBERS, *DAYS, *TIMES, *PLACES, *OPTIONS)


def random_case(seed: int) -> dict[str, Any]:
    """A checklist, answers to it, the facts, and which items failed before."""
    random = Random(seed)
    items = [_item(random, item_id) for item_id in IDS]
    return {
        "template": {
            "code": "RANDOM",
            "gates": list(GATES[:2]),
            "sections": [
                {"id": name, "zh": "区", "en": "part", "when": _maybe_condition(random)}
                for name in ("s1", "s2")
            ],
            "items": items,
            "grading": _grading(random),
        },
        "answers": [answer for item in items for answer in _answers(random, item)],
        "facts": _facts(random),
        "repeated": random.sample(IDS, random.randrange(3)),
    }


def _item(random: Random, item_id: str) -> dict[str, Any]:
    type_ = random.choice(ITEM_TYPES)
    return {
        "id": item_id,
        "zh": f"项目{item_id}",
        "en": f"item {item_id}",
        "type": type_,
        "gate": random.choice((None, *GATES[:2])),
        "section": random.choice((None, None, None, "s1", "s2", "gone")),
        "nonconformity_class": random.choice("ABC"),
        "photo": random.choice(("none", "on_failure", "always")),
        "may_be_not_applicable": random.random() < 0.5,
        "when": _maybe_condition(random),
        "is_required": random.random() < 0.7,
        "required_when": _maybe_condition(random),
        "weight": random.choice(("0", "1", "2.5", "0.001", "1000")),
        "fact": random.choice((None,) * 6 + ("licences_are_valid", "is_signed")),
        "unit": random.choice((None, "°C", "°C", "kg", "箱")),
        "is_number_required": random.random() < 0.5,
        "limits": _limits(random, type_),
        "options": [
            {"value": value, "zh": f"选{value}", "en": value, "is_ok": value != "none"}
            for value in OPTIONS
        ],
    }


def _range(random: Random) -> dict[str, str]:
    return {name: random.choice(BOUNDS) for name in ("min", "max") if random.random() < 0.6}


def _limits(random: Random, type_: str) -> dict[str, Any] | None:
    if type_ == "date":
        return {"min_remaining_ratio": random.choice(("0", "0.33", "0.5", "1"))}
    if type_ == "time":
        hours = random.choice(("48", "0.5", "47.9"))
        return {"min_hours": hours, "after_item": random.choice(IDS)}
    by_choice = {value: _range(random) for value in OPTIONS if random.random() < 0.7}
    by_class = {value: _range(random) for value in STORAGE_CLASSES if random.random() < 0.7}
    return random.choice(
        [
            None,
            _range(random),
            _range(random),
            {"product_limits_first": True, **_range(random)},
            {"max_rule": "label_plus_3"},
            {"max_rule": "label_plus_3", "fallback_max": random.choice(BOUNDS)},
            {"by_storage_class": by_class},
            {"by_choice": {"item": random.choice(IDS), "limits": by_choice}},
        ]
    )


def _maybe_condition(random: Random) -> dict[str, Any] | None:
    return _condition(random, 3) if random.random() < 0.3 else None


def _condition(random: Random, depth: int) -> dict[str, Any]:
    if depth and random.random() < 0.4:
        join = random.choice(("all", "any", "not"))
        if join == "not":
            return {"not": _condition(random, depth - 1)}
        return {join: [_condition(random, depth - 1) for _ in range(random.randint(1, 3))]}
    if random.random() < 0.2:
        return {"fact": "storage_class", "in": random.sample(STORAGE_CLASSES, 2)}
    test = random.choice(
        [
            {"in": random.sample(("ok", "not_ok", *OPTIONS, "x", "7"), 2)},
            {"is_answered": random.random() < 0.5},
            {"at_least": random.choice(BOUNDS), "below": random.choice(BOUNDS)},
            {"above": random.choice(BOUNDS)},
            {"at_most": random.choice(BOUNDS)},
        ]
    )
    return {"item": random.choice(IDS), **test}


def _grading(random: Random) -> dict[str, Any] | None:
    def counts() -> dict[str, int]:
        return {class_: random.randrange(3) for class_ in "ABC"}

    return random.choice(
        [
            None,
            {"method": "classes", "pass": counts(), "basic": counts()},
            {
                "method": "percent",
                "pass_percent": random.choice(("100", "90", "66.67")),
                "basic_percent": random.choice(("0", "50", "33.33")),
            },
        ]
    )


def _answers(random: Random, item: dict[str, Any]) -> list[dict[str, Any]]:
    count = random.choice((0, 1, 1, 1, 1, 2))
    return [_answer(random, item) for _ in range(count)]


def _answer(random: Random, item: dict[str, Any]) -> dict[str, Any]:
    fitting = BY_TYPE.get(item["type"], WORDS)
    answer: dict[str, Any] = {"item_id": item["id"]}
    parts: dict[str, Any] = {
        "id": random.choice(("1", "2")),
        "value": random.choice(fitting if random.random() < 0.85 else _EVERYTHING),
        "is_ok": random.choice((None, True, True, True, False)),
        "number": random.choice(("", " ", "JY1")),
        "attachment_ids": random.choice(([], ["p"])),
    }
    answer |= {name: part for name, part in parts.items() if random.random() < 0.8}
    if random.random() < 0.15:
        answer["not_applicable"] = True
    return answer


def _facts(random: Random) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "storage_class": random.choice((None, *STORAGE_CLASSES)),
        "temperature_min": random.choice((None, None, None, *BOUNDS)),
        "temperature_max": random.choice((None, None, None, *BOUNDS)),
        "label_temperature_max": random.choice((None, *BOUNDS)),
        "has_shelf_life": random.choice((None, True, False)),
        "licences_are_valid": random.choice((None, True, False)),
        "is_signed": random.choice((None, True, False)),
        **{name: random.choice(FACT_DAYS) for name in ("produced_on", "expires_on")},
        "delivered_on": random.choice(FACT_DAYS),
    }
    return {name: fact for name, fact in facts.items() if random.random() < 0.8}
