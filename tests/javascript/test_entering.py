"""What inspectors type: days and shelf lives, quantities, temperatures; and what follows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from server.checklists.defaults import default_checklists
from server.checklists.limits import Life
from server.master_data.licences import REQUIREMENTS, licence_state
from tests.javascript.phone_code import Case, results_of

# -- days ------------------------------------------------------------------------------------------

WRITTEN_DAYS = {
    "2026-03-02": "2026-03-02",
    "20260302": "2026-03-02",
    "2026.3.2": "2026-03-02",
    "2026/3/2": "2026-03-02",
    "2026年3月2日": "2026-03-02",
    "２０２６０３０２": "2026-03-02",
    "２０２６．３．２": "2026-03-02",
    "２０２６－０３－０２": "2026-03-02",
    "260302": "2026-03-02",
    "26.03.02": "2026-03-02",
    "26/3/2": "2026-03-02",
    " 2026 3 2 ": "2026-03-02",
    "2024-02-29": "2024-02-29",
    "2026-02-29": None,
    "2026-13-01": None,
    "02/03/2026": None,
    "2.3.2026": None,
    "1989-12-31": None,
    "2200-01-01": None,
    "2026-3": None,
    "202632": None,
    "": None,
    "明天": None,
    "2026-03-02T00:00:00Z": None,
}


def test_days_are_read_as_labels_print_them():
    cases = [{"op": "parse_day", "text": text} for text in WRITTEN_DAYS]
    found = dict(zip(WRITTEN_DAYS, results_of("receiving.mjs", cases), strict=True))
    assert found == WRITTEN_DAYS


def random_day(chance: Random) -> date:
    return date(1990, 1, 1) + timedelta(days=chance.randrange(76_000))


def test_expiry_is_what_the_server_computes():
    chance = Random(3)
    cases: list[Case] = []
    expected: list[str | None] = []
    for _ in range(400):
        produced = chance.choice((None, random_day(chance)))
        printed = chance.choice((None, None, random_day(chance)))
        days = chance.choice((None, chance.randint(1, 36_500)))
        line = {
            "produced_on": produced and produced.isoformat(),
            "expires_on": printed and printed.isoformat(),
            "shelf_life_days": days,
        }
        cases.append({"op": "expiry", "line": line})
        known = None if produced is None or days is None else produced + timedelta(days)
        until = printed or known
        expected.append(until and until.isoformat())
    assert results_of("receiving.mjs", cases) == expected


LIVES: list[tuple[str, str | None, int | None]] = [
    ("180", None, 180),
    ("180天", None, 180),
    ("180 days", None, 180),
    ("１８０日", None, 180),
    ("12个月", "2026-01-31", 365),
    ("1个月", "2026-01-31", 28),
    ("1 month", "2024-01-31", 29),
    ("2年", "2024-02-29", 730),
    ("18 months", "2026-08-15", 549),
    ("12个月", None, None),
    ("0天", "2026-01-01", None),
    ("101年", "2026-01-01", None),
    ("40000", None, None),
    ("-3天", None, None),
    ("六个月", "2026-01-01", None),
    ("12 weeks", "2026-01-01", None),
]


def test_a_shelf_life_is_counted_on_the_calendar():
    cases = [{"op": "shelf_life", "text": text, "produced": day} for text, day, _ in LIVES]
    found = results_of("receiving.mjs", cases)
    assert list(zip(LIVES, found, strict=True)) == [(one, one[2]) for one in LIVES]


def test_the_remaining_life_and_the_last_day_to_deliver_agree_with_the_checklists_rule():
    chance = Random(5)
    cases: list[Case] = []
    for _ in range(300):
        produced = random_day(chance)
        expires = produced + timedelta(chance.randint(1, 900))
        ratio = chance.choice(("0", "0.33", "0.5", "0.667", "1"))
        days = {"produced": produced.isoformat(), "expires": expires.isoformat()}
        cases.append({"op": "last_delivery", **days, "ratio": ratio})
    last_days = results_of("receiving.mjs", cases)
    for case, text in zip(cases, last_days, strict=True):
        produced, expires = (date.fromisoformat(case[name]) for name in ("produced", "expires"))
        last = date.fromisoformat(text)
        assert not Life(produced, expires, last).faults(case["ratio"])
        assert Life(produced, expires, last + timedelta(1)).faults(case["ratio"])
    life = {"produced": "2026-01-01", "expires": "2026-01-11"}
    asked: list[Case] = [
        {"op": "life", **life, "delivered": "2026-01-06"},
        {"op": "life", **life, "delivered": "2026-01-11"},
        {"op": "life", **life, "delivered": "2026-01-12"},
        {"op": "life", "produced": None, "expires": "2026-01-11", "delivered": "2026-01-06"},
    ]
    half, last_day, over, unknown = results_of("receiving.mjs", asked)
    assert half == {"life_days": 10, "remaining_days": 5, "share_left": 50, "is_expired": False}
    assert (last_day["remaining_days"], last_day["is_expired"]) == (0, False)
    assert (over["share_left"], over["is_expired"]) == (0, True)
    assert unknown is None


# -- quantities ------------------------------------------------------------------------------------


QUANTITIES = [
    ("12.50", "kg", "12.5"),
    ("１２．５ ｋｇ", "kg", "quantity.unreadable"),
    ("１２．５ kg", "kg", "12.5"),
    ("12.5公斤", "kg", "12.5"),
    ("3箱", "box", "3"),
    ("3 box", "box", "3"),
    ("3包", "box", "quantity.unreadable"),
    ("0", "kg", "0"),
    ("0.001", "kg", "0.001"),
    ("0.0001", "kg", "quantity.too_fine"),
    ("-1", "kg", "quantity.out_of_range"),
    ("9999999", "kg", "9999999"),
    ("9999999.001", "kg", "quantity.out_of_range"),
    ("1,5", "kg", "quantity.unreadable"),
    ("1e3", "kg", "quantity.unreadable"),
    ("", "kg", "quantity.unreadable"),
]


def test_quantities_are_read_exactly_or_refused_with_a_reason():
    cases = [
        {"op": "quantity", "text": text, "unit": unit, "spellings": ["箱"] * (unit == "box")}
        for text, unit, _ in QUANTITIES
    ]
    found = results_of("receiving.mjs", cases)
    assert list(zip(QUANTITIES, found, strict=True)) == [(one, one[2]) for one in QUANTITIES]


def line(delivered: str, accepted: str, rejected: str, pending: str) -> Case:
    return {
        "delivered_quantity": delivered,
        "accepted_quantity": accepted,
        "rejected_quantity": rejected,
        "pending_quantity": pending,
    }


def test_whatever_is_entered_the_parts_add_up_to_what_was_delivered():
    chance = Random(11)
    names = ("accepted_quantity", "rejected_quantity", "pending_quantity")
    amounts = ("0", "0.001", "2.5", "7", "50")
    cases: list[Case] = []
    for _ in range(300):
        accepted, rejected, pending = (chance.choice(amounts) for _ in names)
        whole = Decimal(accepted) + Decimal(rejected) + Decimal(pending)
        before = line(f"{whole.normalize():f}", accepted, rejected, pending)
        part, rest = chance.sample(names, 2)
        entered = chance.choice(amounts)
        cases.append(
            {"op": "with_part", "line": before, "part": part, "quantity": entered, "rest": rest}
        )
        cases.append({"op": "with_delivered", "line": before, "quantity": entered})
    for case, after in zip(cases, results_of("receiving.mjs", cases), strict=True):
        before, entered = case["line"], Decimal(case["quantity"])
        if after is None:
            settled = Decimal(before["accepted_quantity"]) + Decimal(before["rejected_quantity"])
            bound = settled if case["op"] == "with_delivered" else entered
            assert bound > (
                entered if case["op"] == "with_delivered" else Decimal(before["delivered_quantity"])
            )
            continue
        assert sum(Decimal(after[name]) for name in names) == Decimal(after["delivered_quantity"])
        assert Decimal(after[case.get("part", "delivered_quantity")]) == entered
    wrong = {"op": "adds_up", "line": line("50", "49.999", "0", "0")}
    right = {"op": "adds_up", "line": line("50", "49.999", "0.001", "0")}
    assert results_of("receiving.mjs", [wrong, right]) == [False, True]


def test_a_delivery_accepted_as_a_whole_stays_so_when_it_was_more():
    case = {"op": "with_delivered", "line": line("50", "50", "0", "0"), "quantity": "60"}
    assert results_of("receiving.mjs", [case]) == [line("60", "60", "0", "0")]


# -- temperatures ----------------------------------------------------------------------------------

FROZEN, CHILLED, HOT = [None, -18], [0, 8], [60, None]


PRESSES: list[tuple[Any, str | None, str, list[str | None], str | None]] = [
    (FROZEN, None, "18.5", ["-18.5"], "-18.5"),
    (FROZEN, None, "±18", ["temperature.minus_missing"], "18"),
    (CHILLED, None, "18", ["18"], "18"),
    (CHILLED, None, "4", ["4"], "4"),
    (CHILLED, None, "±2", ["-2"], "-2"),
    (HOT, None, "75.5", ["75.5"], "75.5"),
    (FROZEN, None, "±5", ["5"], "5"),  # −5 would not pass either: nothing to ask
    (CHILLED, None, "..5", ["0.5"], "0.5"),
    (CHILLED, None, "007", ["7"], "7"),
    (CHILLED, None, "1234", ["123"], "123"),
    (CHILLED, None, "3.29", ["3.2"], "3.2"),
    (CHILLED, None, "3.", ["3"], "3"),
    (FROZEN, None, "0", ["0"], "0"),
    (FROZEN, None, "18⌫9", ["-19"], "-19"),
    (FROZEN, None, "18C20", ["-20"], "-20"),
    (FROZEN, None, "", [None], None),
    (FROZEN, "-18.5", "⌫", ["-18"], "-18"),
    (FROZEN, "－18．5℃", "", ["-18.5"], "-18.5"),
    (CHILLED, "3.0", "", ["3"], "3"),
    (CHILLED, None, "x4,", ["4"], "4"),
]


def test_the_keypad_takes_what_a_thumb_presses():
    cases = [
        {"op": "keypad", "bounds": bounds, "entered": entered, "keys": [*keys, "ok"]}
        for bounds, entered, keys, _, _ in PRESSES
    ]
    for press, found in zip(PRESSES, results_of("receiving.mjs", cases), strict=True):
        assert (found["said"], found["value"]) == press[3:], press


def test_a_forgotten_minus_is_asked_about_once():
    asked, taken = "temperature.minus_missing", "18"
    keys: list[list[str]] = [
        [*"±18", "ok", "yes", "ok"],
        [*"±18", "ok", "ok", "ok"],
        [*"±18", "ok", "⌫", "9", "ok"],
    ]
    cases = [{"op": "keypad", "bounds": FROZEN, "entered": None, "keys": one} for one in keys]
    meant, insisted, another = results_of("receiving.mjs", cases)
    assert meant["said"] == [asked, "-18"]
    assert insisted["said"] == [asked, taken, taken]
    assert another["said"] == [asked, asked]


def test_typed_temperatures_may_be_full_width_and_carry_their_unit():
    written = {
        "－18．5": "-18.5",
        "零下18度": "-18",
        "-18 ℃": "-18",
        "＋４℃": "4",
        "18°F": None,
        "18,5": None,
        "": None,
    }
    cases = [{"op": "typed", "text": text} for text in written]
    assert dict(zip(written, results_of("receiving.mjs", cases), strict=True)) == written


# -- licences --------------------------------------------------------------------------------------


def test_the_papers_a_category_needs_are_the_servers():
    [theirs] = results_of("receiving.mjs", [{"op": "requirements"}])
    ours = {
        category: [
            {
                "kinds": list(one.kinds),
                "is_binding": one.is_binding,
                "is_confirmed": one.is_confirmed,
            }
            for one in needs
        ]
        for category, needs in REQUIREMENTS.items()
    }
    assert theirs == ours
    assert list(theirs) == list(ours)


def random_supplier(chance: Random) -> dict[str, Any]:
    kinds = ("business_licence", "food_production_licence", "food_operation_licence", "contract")
    days = (None, "2025-12-31", "2026-03-01", "2026-03-02", "2026-03-03", "2027-01-01")
    return {
        "categories": chance.choice(([], ["meat"], list(REQUIREMENTS))),
        "is_suspended": chance.random() < 0.1,
        "suspension_reason": chance.choice(("", None, "检查未通过")),
        "licences": [
            {
                "id": str(number),
                "kind": chance.choice((*kinds, "identity_document")),
                "number": chance.choice(("", "JY1")),
                "valid_from": chance.choice(days),
                "valid_until": chance.choice(days),
            }
            for number in range(chance.randrange(6))
        ],
    }


def test_random_suppliers_are_judged_alike_on_the_delivery_day():
    chance = Random(53)
    cases: list[Case] = []
    ours: list[Any] = []
    for _ in range(600):
        supplier = random_supplier(chance)
        categories = chance.sample(sorted(REQUIREMENTS), chance.randrange(4))
        cases.append(
            {"op": "licences", "supplier": supplier, "on": "2026-03-02", "categories": categories}
        )
        ours.append(licence_state(supplier, date(2026, 3, 2), categories).to_dict())
    for one, other in zip(ours, results_of("receiving.mjs", cases), strict=True):
        flat = [{**finding.pop("text"), **finding} for finding in other["findings"]]
        assert {**other, "findings": flat} == one
    states = {finding["state"] for one in ours for finding in one["findings"]}
    assert states == {
        "missing", "expired", "not_yet_valid", "suspended", "category_not_approved",
    }  # fmt: skip


# -- gates -----------------------------------------------------------------------------------------


def states_of(head: list[Case], items: list[Case]) -> dict[str, tuple[str, bool]]:
    template = next(one for one in default_checklists() if one["code"] == "RCV-DRY")
    facts = {"storage_class": "ambient", "delivered_on": "2026-03-02", "licences_are_valid": True}
    parts = [
        {"template": template, "answers": head, "facts": facts, "part": "head"},
        {"template": template, "answers": items, "facts": facts, "part": "items"},
    ]
    case = {"op": "gates", "gates": template["gates"], "parts": parts}
    [found] = results_of("receiving.mjs", [case])
    return {state["gate"]: (state["result"], state["is_open"]) for state in found}


def answered(part: str, gate: str, **changes: Any) -> list[Case]:
    template = next(one for one in default_checklists() if one["code"] == "RCV-DRY")
    values = {"number": "10", "text": "ok", "count": "0", "date": "2026-12-31"}
    return [
        {
            "id": item["id"],
            "item_id": item["id"],
            "is_ok": True,
            "value": values.get(item["type"]),
            "number": "1",
            "attachment_ids": ["p"],
            **changes,
        }
        for item in template[part]
        if item["gate"] == gate
    ]


def test_a_gate_opens_when_the_one_ahead_of_it_is_done():
    gates = next(one for one in default_checklists() if one["code"] == "RCV-DRY")["gates"]
    first, second, *later = gates
    begun = states_of([], [])
    assert begun[first][1] is True
    assert {begun[gate] for gate in (second, *later)} == {("not_begun", False)}
    through = states_of(answered("head_items", first), answered("items", first))
    assert through[first] == ("complete", True)
    assert through[second] == ("not_begun", True)
    assert {through[gate][1] for gate in later} == {False}


def test_a_class_a_failure_stops_the_line_at_its_gate():
    template = next(one for one in default_checklists() if one["code"] == "RCV-DRY")
    first = template["gates"][0]
    critical = next(
        item["id"]
        for item in template["head_items"]
        if item["gate"] == first and item["nonconformity_class"] == "A"
    )
    head = answered("head_items", first)
    next(one for one in head if one["item_id"] == critical)["is_ok"] = False
    found = states_of(head, answered("items", first))
    assert found[first] == ("stopped", True)
    assert {found[gate] for gate in template["gates"][1:]} == {("not_needed", False)}
