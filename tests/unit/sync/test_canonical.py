from __future__ import annotations

import json

import pytest

from sync.canonical import ascii_json, canonical_json, content_hash_of
from sync.errors import NotCanonical
from sync.records import Mutation, Operation


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def test_keys_are_sorted_and_chinese_stays_readable() -> None:
    assert canonical_json({"b": 1, "a": "验收"}) == '{"a":"验收","b":1}'


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), "\ud800", {"\udfff": 1}, deep(200_000), {1, 2}],
    ids=["nan", "infinity", "surrogate", "surrogate-key", "too-deep", "no-json"],
)
def test_what_json_does_not_allow_has_no_canonical_form(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_the_quarantine_can_keep_what_no_document_may_contain() -> None:
    for value in [float("nan"), "\ud800", deep(200_000)]:
        assert json.loads(ascii_json({"document": value}))
        assert ascii_json(value).isascii()


def test_the_order_of_keys_does_not_change_the_content() -> None:
    assert content_hash_of({"a": 1, "b": 2}) == content_hash_of({"b": 2, "a": 1})


def test_a_moved_base_and_capture_time_leave_the_content_the_same() -> None:
    one = Mutation("m", "notes", "r", Operation.UPSERT, 1, {"title": "x"}, "2026-01-01T00:00:00Z")
    two = Mutation("m", "notes", "r", Operation.UPSERT, 7, {"title": "x"}, None)
    assert one.content_hash == two.content_hash


def test_another_document_record_or_operation_is_other_content() -> None:
    mutations = [
        Mutation("m", "notes", "r", Operation.UPSERT, 1, {"title": "x"}),
        Mutation("m", "notes", "r", Operation.UPSERT, 1, {"title": "y"}),
        Mutation("m", "notes", "s", Operation.UPSERT, 1, {"title": "x"}),
        Mutation("m", "other", "r", Operation.UPSERT, 1, {"title": "x"}),
        Mutation("m", "notes", "r", Operation.DELETE, 1),
    ]
    assert len({mutation.content_hash for mutation in mutations}) == len(mutations)
