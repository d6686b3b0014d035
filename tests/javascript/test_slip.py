"""The rejection slip, its QR code, and when a phone is short of room: pure parts, run in Node."""

from __future__ import annotations

from typing import Any

import segno

from server.pwa.libraries import bring_libraries
from tests.javascript.phone_code import results_of

PROGRAM = "slip.mjs"
MIB = 1024**2


def ask(op: str, **given: Any) -> Any:
    bring_libraries()
    return results_of(PROGRAM, [{"op": op, **given}])[0]


def line(name: str, delivered: str, rejected: str, reason: str = "") -> dict[str, Any]:
    return {
        "id": f"line-{name}",
        "product_id": f"product-{name}",
        "unit": "box",
        "delivered_quantity": delivered,
        "rejected_quantity": rejected,
        "rejection_reason": reason,
        "supplier_batch_number": "B7",
    }


def receipt(**changed: Any) -> dict[str, Any]:
    answers = [
        {"line_id": None, "attachment_ids": ["vehicle"]},
        {"line_id": "line-pork", "attachment_ids": ["pork1", "pork2"]},
        {"line_id": "line-rice", "attachment_ids": ["rice"]},
    ]
    return {
        "id": "01a20705-cbde-72b1-8abe-beea9cc286ef",
        "provisional_number": "L-7",
        "delivered_on": "2026-03-02",
        "lines": [line("pork", "40", "12.5", "漏液"), line("rice", "10", "0")],
        "answers": answers,
        "attachment_ids": ["note", "pork1"],
        "signatures": [{"role": "driver", "name": "赵师傅", "attachment_id": "sign"}],
        "decision_reason": "冷链中断",
        **changed,
    }


def slip_of(document: dict[str, Any]) -> dict[str, Any]:
    products = {"product-pork": {"name": "冷鲜猪肉"}, "product-rice": {"name": "大米"}}
    slip: dict[str, Any] = ask(
        "slip", receipt=document, supplier={"name": "绿野合作社"}, products=products
    )
    return slip


def test_the_slip_holds_what_was_refused_and_nothing_else():
    slip = slip_of(receipt())
    assert [(one["name"], one["rejected"], one["reason"]) for one in slip["lines"]] == [
        ("冷鲜猪肉", "12.5", "漏液")
    ]
    assert (slip["number"], slip["isProvisional"]) == ("L-7", True)
    assert slip["driverSignature"]["attachment_id"] == "sign"
    assert slip["acceptorSignature"] is None
    # The refused goods first, each photo once.
    assert slip["photoIds"] == ["pork1", "pork2", "vehicle", "note"]


def test_once_the_server_has_numbered_it_the_slip_bears_that_number():
    slip = slip_of(receipt(number="YS-2026-0007"))
    assert (slip["number"], slip["isProvisional"]) == ("YS-2026-0007", False)


def test_a_draft_with_next_to_nothing_in_it_makes_a_slip_too():
    slip = slip_of({"id": "x", "provisional_number": "L-8", "delivered_on": "2026-03-02"})
    assert (slip["lines"], slip["photoIds"]) == ([], [])


def test_the_code_says_in_words_what_was_refused_and_ends_with_the_record():
    assert ask("text", slip=slip_of(receipt())).split("\n") == [
        "验收拒收单",
        "L-7",
        "2026-03-02",
        "绿野合作社",
        "冷链中断",
        "冷鲜猪肉 12.5/40 box 漏液",
        "ID 01a20705-cbde-72b1-8abe-beea9cc286ef",
    ]


def test_a_long_slip_gives_a_code_that_can_still_be_read_at_arms_length():
    many = [line("pork", "40", str(place + 1), "包装破损" * 5) for place in range(30)]
    text = ask("text", slip=slip_of(receipt(lines=many)))
    assert text.endswith("…\nID 01a20705-cbde-72b1-8abe-beea9cc286ef")
    assert ask("code", content=text)["version"] <= 12


def test_the_codes_modules_are_those_of_another_encoder():
    """Compared with segno, which others wrote from the same standard. The text fills the code to
    the last byte: what encoders put behind a shorter one is their own choice."""
    text = "绿" * 50 + "ab"
    made = ask("code", content=text)
    other = segno.make(
        text.encode(), version=8, mask=made["mask"], error="m", mode="byte", boost_error=False
    )
    assert made["version"] == 8
    assert made["rows"] == [list(row) for row in other.matrix]


def test_room_is_short_while_a_days_photos_still_fit():
    cases = [
        (0, 10_000, "fine"),
        (7_900, 10_000, "fine"),
        (8_100, 10_000, "short"),
        (700, 850, "short"),
        (100, 310, "fine"),
        (120, 310, "short"),
    ]
    given: list[dict[str, Any]] = [
        {"op": "room", "used": used * MIB, "quota": quota * MIB} for used, quota, _ in cases
    ]
    assert results_of(PROGRAM, given) == [level for _, _, level in cases]
    silent: list[dict[str, Any]] = [
        {"op": "room", "used": None, "quota": None},
        {"op": "room", "used": 5, "quota": 0},
    ]
    assert results_of(PROGRAM, silent) == ["unknown", "unknown"]


def test_sizes_are_told_in_the_unit_they_are_best_read_in():
    cases: list[dict[str, Any]] = [
        {"op": "size", "bytes": size} for size in (0, 700, 3 * MIB, 1536 * MIB)
    ]
    told = [f"{one['value']} {one['unit']}" for one in results_of(PROGRAM, cases)]
    assert told == ["0 KB", "1 KB", "3 MB", "1.5 GB"]
