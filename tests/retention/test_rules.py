"""From a record to the day until which it needs its photos."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.retention.rules import add_months, fingerprint, rules
from server.retention.terms import named_photos
from server.sync_api.registry import COLLECTIONS

WRITTEN = datetime(2026, 5, 1, 8, tzinfo=UTC)


def receipt(*shelf_lives: str | None, signed: bool = True) -> dict[str, Any]:
    lines = [
        {"id": str(n), "expires_on": None if signed else on} for n, on in enumerate(shelf_lives)
    ]
    worked_out = {str(n): {"expires_on": on} for n, on in enumerate(shelf_lives)}
    basis = {"lines": worked_out} if signed else None
    return {"delivered_on": "2026-03-02", "lines": lines, "basis": basis}


@pytest.mark.parametrize(
    ("shelf_lives", "keep_until"),
    [
        (("2027-03-02",), date(2027, 9, 2)),
        (("2026-08-31",), date(2027, 2, 28)),
        (("2026-08-31", "2027-03-02"), date(2027, 9, 2)),
        ((None,), date(2028, 3, 2)),
        (("2026-08-31", None), date(2028, 3, 2)),
        (("2028-01-01", None), date(2028, 7, 1)),
        ((), date(2028, 3, 2)),
        (("9999-12-31",), date(9999, 6, 30)),
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_a_receipt_is_kept_for_half_a_year_after_the_last_shelf_life_or_for_two_years(
    shelf_lives: tuple[str | None, ...], keep_until: date, signed: bool
) -> None:
    rule = rules()["goods_receipts"]
    assert rule.keep_until(receipt(*shelf_lives, signed=signed), WRITTEN) == keep_until


def test_the_least_term_of_the_installation_counts_from_the_day_of_the_record() -> None:
    rule = rules()["goods_receipts"]
    assert rule.keep_until(receipt("2026-03-09"), WRITTEN, 60) == date(2031, 3, 2)
    assert rule.keep_until(receipt("2040-01-01"), WRITTEN, 60) == date(2040, 7, 1)
    assert fingerprint(0) != fingerprint(60)


@pytest.mark.parametrize("status", ["open", "submitted", "returned", "verified"])
def test_a_notice_that_is_not_closed_is_kept(status: str) -> None:
    assert rules()["corrective_actions"].keep_until({"status": status}, WRITTEN) is None


def test_a_closed_notice_counts_from_its_end_and_a_withdrawn_one_from_its_last_change() -> None:
    rule = rules()["corrective_actions"]
    closed = {"status": "closed", "closed_at": "2026-04-01T00:00:00Z"}
    assert rule.keep_until(closed, WRITTEN) == date(2028, 4, 1)
    assert rule.keep_until({"status": "withdrawn", "closed_at": None}, WRITTEN) == date(2028, 5, 1)


def test_papers_of_a_supplier_in_use_have_no_end() -> None:
    rule = rules()["suppliers"]
    assert rule.keep_until({"id": "x"}, WRITTEN) is None
    assert rule.keep_until({"is_active": True}, WRITTEN) is None
    assert rule.keep_until({"is_active": False}, WRITTEN) == date(2028, 5, 1)


def test_every_rule_is_of_a_collection_that_there_is() -> None:
    assert set(rules()) <= set(COLLECTIONS)


def test_every_rule_says_what_it_rests_on_or_that_it_is_to_be_confirmed() -> None:
    for rule in rules().values():
        assert rule.is_confirmed == (rule.basis != "待核对"), rule


def test_months_end_where_they_end() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 1, 15), -2) == date(2025, 11, 15)


def test_photos_are_found_wherever_a_document_names_them() -> None:
    document = {
        "attachment_ids": ["a", "b"],
        "answers": [{"attachment_ids": ["c"]}],
        "signatures": [{"attachment_id": "d"}, {"attachment_id": None}],
        "repeat_of": {"attachment_ids": ["e"]},
        "fixed_attachment_ids": [],
    }
    assert list(named_photos(document)) == ["a", "b", "c", "d", "e"]
