"""Which findings are repeats of which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.findings.recurrence import (
    Occurrence,
    earlier_of_each,
    effective_class,
    recurrence_key,
)

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(day: float, name: str = "") -> Occurrence:
    return Occurrence(name or f"f{day}", START + timedelta(days=day), "C")


def test_the_same_trouble_within_the_days_is_a_repeat_of_the_newest_one():
    found = earlier_of_each([at(0), at(10), at(30)], within_days=30)
    assert found["f0"] is None
    assert found["f10"].finding_id == "f0"
    assert found["f30"].finding_id == "f10"


def test_after_the_days_it_is_forgotten():
    assert earlier_of_each([at(0), at(91)], within_days=90)["f91"] is None
    assert earlier_of_each([at(0), at(90)], within_days=90)["f90"] is not None


def test_two_of_one_moment_are_no_repeats_of_each_other():
    found = earlier_of_each([at(0, "a"), at(0, "b")], within_days=90)
    assert found == {"a": None, "b": None}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True), st.randoms())
def test_the_order_of_arrival_does_not_matter(days, random):
    occurrences = [at(day) for day in days]
    shuffled = occurrences[:]
    random.shuffle(shuffled)
    assert earlier_of_each(occurrences, 90) == earlier_of_each(shuffled, 90)


def test_a_repeat_raises_the_class_by_one():
    assert [effective_class(c, True) for c in "CBA"] == ["B", "A", "A"]
    assert effective_class("C", False) == "C"
    assert effective_class(None, True) is None


def test_what_has_no_item_or_no_place_cannot_recur():
    finding = {
        "kind": "nonconformity",
        "checklist_code": "daily",
        "item_id": "floor",
        "place_id": "p",
        "unit_id": "u",
        "supplier_id": None,
    }
    assert recurrence_key(finding) == "daily/floor/p"
    assert recurrence_key({**finding, "place_id": None}) == "daily/floor/u"
    assert recurrence_key({**finding, "place_id": None, "unit_id": None}) is None
    assert recurrence_key({**finding, "item_id": None}) is None
    assert recurrence_key({**finding, "kind": "good_practice"}) is None
