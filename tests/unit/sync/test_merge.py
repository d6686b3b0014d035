from __future__ import annotations

from typing import Any

import pytest

from sync.merge import merge_record
from sync.policy import (
    COUNTER,
    FIXED,
    KEY_BY_KEY,
    MAP_MAX,
    REGISTER,
    SERVER,
    SET,
    FieldPolicy,
    MergePolicy,
    by_id,
)
from sync.timeline import Timeline

LINES = MergePolicy(
    fields={
        "lines": by_id(
            MergePolicy(fields={"id": FIXED, "number": SERVER}, groups=(("accepted", "rejected"),))
        )
    }
)


def merge(
    policy: MergePolicy, base: Any, theirs: Any, mine: Any, *, own: tuple[bool, ...] = (False,)
) -> tuple[dict[str, Any], list[str]]:
    """Merge over one foreign version; more versions can be given as a tuple with *own*."""
    versions = theirs if isinstance(theirs, tuple) else (theirs,)
    clashes: list[str] = []
    result = merge_record(policy, "", Timeline((base, *versions), (False, *own)), mine, clashes)
    return result, sorted(clashes)


def field(policy: FieldPolicy, base: Any, theirs: Any, mine: Any) -> Any:
    """The merged value of one field, or its clashes."""
    merged, clashes = merge(
        MergePolicy(fields={"f": policy}), {"f": base}, {"f": theirs}, {"f": mine}
    )
    return clashes or merged.get("f")


def test_different_fields_of_both_sides_stand_together() -> None:
    base = {"title": "a", "text": "b"}
    merged, clashes = merge(MergePolicy(), base, {**base, "title": "A"}, {**base, "text": "B"})
    assert (merged, clashes) == ({"title": "A", "text": "B"}, [])


def test_the_same_field_changed_to_different_values_is_a_conflict() -> None:
    assert field(REGISTER, "a", "b", "c") == ["f"]


def test_the_same_field_changed_to_the_same_value_is_no_conflict() -> None:
    assert field(REGISTER, "a", "b", "b") == "b"


def test_true_is_not_one_but_one_point_zero_is() -> None:
    assert field(REGISTER, 0, 1, True) == ["f"]
    assert field(REGISTER, 0, 1, 1.0) == 1


def test_a_field_removed_here_and_changed_there_is_a_conflict() -> None:
    assert merge(MergePolicy(), {"f": 1}, {"f": 2}, {})[1] == ["f"]
    assert merge(MergePolicy(), {"f": 1}, {}, {"f": 2})[1] == ["f"]


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_a_field_the_device_never_knew_does_not_clash_while_it_was_empty(empty: Any) -> None:
    merged, clashes = merge(MergePolicy(), {"f": empty}, {"f": "theirs"}, {"title": "mine"})
    assert (merged, clashes) == ({"f": "theirs", "title": "mine"}, [])


def test_a_field_changed_only_by_the_same_device_is_overwritten_by_its_next_edit() -> None:
    base = {"title": "a", "text": "x"}
    own = {"title": "b", "text": "x"}
    foreign = {"title": "b", "text": "y"}
    mine = {"title": "c", "text": "x"}
    merged, clashes = merge(MergePolicy(), base, (own, foreign), mine, own=(True, False))
    assert (merged, clashes) == ({"title": "c", "text": "y"}, [])


def test_somebody_who_overwrote_my_value_knowingly_is_not_overwritten_by_it_again() -> None:
    base, own, foreign = {"title": "a"}, {"title": "b"}, {"title": "c"}
    mine = {"title": "b", "text": "new"}
    merged, clashes = merge(MergePolicy(), base, (own, foreign), mine, own=(True, False))
    assert (merged, clashes) == ({"title": "c", "text": "new"}, [])


def test_taking_my_own_edit_back_clashes_with_somebody_who_built_on_it() -> None:
    base, own, foreign = {"title": "a"}, {"title": "b"}, {"title": "c"}
    assert merge(MergePolicy(), base, (own, foreign), {"title": "a"}, own=(True, False))[1] == [
        "title"
    ]


def test_an_old_edit_does_not_overwrite_a_foreign_change_under_a_newer_own_one() -> None:
    base, foreign, own = {"title": "a"}, {"title": "b"}, {"title": "c"}
    _, clashes = merge(MergePolicy(), base, (foreign, own), {"title": "d"}, own=(False, True))
    assert clashes == ["title"]


def test_server_fields_ignore_what_the_client_sends() -> None:
    policy = MergePolicy(fields={"number": SERVER})
    base = {"number": None, "title": "a"}
    theirs = {"number": "R-1", "title": "a"}
    merged, clashes = merge(policy, base, theirs, {"number": "forged", "title": "b"})
    assert (merged, clashes) == ({"number": "R-1", "title": "b"}, [])


def test_fixed_fields_keep_the_value_of_the_creation() -> None:
    assert field(FIXED, "site-1", "site-1", "site-2") == "site-1"


def test_fields_of_a_group_clash_together_and_name_what_differs() -> None:
    line = {"id": "1", "accepted": 5, "rejected": 0}
    base = {"lines": [line]}
    theirs = {"lines": [{**line, "accepted": 4}]}
    mine = {"lines": [{**line, "rejected": 1}]}
    assert merge(LINES, base, theirs, mine)[1] == ["lines/1/accepted", "lines/1/rejected"]


def test_a_group_changed_by_one_side_is_taken_whole_beside_other_fields() -> None:
    line = {"id": "1", "accepted": 5, "rejected": 0, "note": ""}
    theirs = {"lines": [{**line, "note": "wet"}]}
    mine = {"lines": [{**line, "accepted": 3, "rejected": 2}]}
    merged, clashes = merge(LINES, {"lines": [line]}, theirs, mine)
    assert clashes == []
    assert merged["lines"] == [{"id": "1", "accepted": 3, "rejected": 2, "note": "wet"}]


def test_items_added_by_both_sides_all_stand_in_the_order_of_their_ids() -> None:
    base = {"lines": [{"id": "5"}]}
    theirs = {"lines": [{"id": "5"}, {"id": "9"}]}
    mine = {"lines": [{"id": "5"}, {"id": "7"}]}
    merged, _ = merge(LINES, base, theirs, mine)
    assert [line["id"] for line in merged["lines"]] == ["5", "7", "9"]
    assert merged == merge(LINES, base, mine, theirs)[0]


def test_an_item_removed_here_and_untouched_there_is_gone() -> None:
    base = {"lines": [{"id": "1"}, {"id": "2"}]}
    theirs = {"lines": [{"id": "1", "note": "x"}, {"id": "2"}]}
    assert merge(LINES, base, theirs, {"lines": [{"id": "1"}]})[0]["lines"] == [
        {"id": "1", "note": "x"}
    ]


def test_an_item_removed_here_and_edited_there_is_a_conflict_both_ways() -> None:
    base = {"lines": [{"id": "1", "note": "a"}]}
    edited = {"lines": [{"id": "1", "note": "b"}]}
    assert merge(LINES, base, edited, {"lines": []})[1] == ["lines/1"]
    assert merge(LINES, base, {"lines": []}, edited)[1] == ["lines/1"]


def test_rearranging_a_list_survives_an_edit_of_one_of_its_items() -> None:
    base = {"lines": [{"id": "1"}, {"id": "2"}, {"id": "3"}]}
    edited = {"lines": [{"id": "1"}, {"id": "2", "note": "x"}, {"id": "3"}]}
    rearranged = {"lines": [{"id": "3"}, {"id": "1"}, {"id": "2"}]}
    expected = [{"id": "3"}, {"id": "1"}, {"id": "2", "note": "x"}]
    assert merge(LINES, base, edited, rearranged)[0]["lines"] == expected
    assert merge(LINES, base, rearranged, edited)[0]["lines"] == expected


def test_server_fields_of_items_are_kept_and_cannot_be_brought_in() -> None:
    base = {"title": "a", "lines": [{"id": "1", "number": "L-1"}]}
    theirs = {"title": "b", "lines": [{"id": "1", "number": "L-1"}]}
    mine = {"title": "a", "lines": [{"id": "1", "number": "x"}, {"id": "2", "number": "y"}]}
    merged, clashes = merge(LINES, base, theirs, mine)
    assert clashes == []
    assert merged["lines"] == [{"id": "1", "number": "L-1"}, {"id": "2"}]


def test_marks_merge_key_by_key_and_the_larger_value_wins() -> None:
    assert field(MAP_MAX, {"a": 1, "b": 1}, {"a": 5, "b": 1}, {"a": 3, "b": 2, "c": 4}) == {
        "a": 5,
        "b": 2,
        "c": 4,
    }


def test_maps_merge_key_by_key_and_clash_by_key() -> None:
    base = {"a": 1, "b": 1}
    assert field(KEY_BY_KEY, base, {"a": 2, "b": 1}, {"a": 1, "b": 3}) == {"a": 2, "b": 3}
    assert field(KEY_BY_KEY, base, {"b": 1}, {"a": 1}) == {}
    assert field(KEY_BY_KEY, {}, {"a": ""}, {"b": ""}) == {"a": "", "b": ""}
    assert field(KEY_BY_KEY, {"x/y": 1}, {"x/y": 2}, {"x/y": 3}) == ["f/x~1y"]


def test_sets_take_the_additions_and_removals_of_both_sides() -> None:
    assert field(SET, ["a", "b"], ["a", "b", "d"], ["b", "c"]) == ["b", "c", "d"]


def test_counters_add_up_the_differences_of_both_sides() -> None:
    assert field(COUNTER, 10, 13, 8) == 11
    policy = MergePolicy(fields={"n": COUNTER})
    merged, _ = merge(policy, {"n": 10}, ({"n": 12}, {"n": 15}), {"n": 13}, own=(True, False))
    assert merged["n"] == 16  # mine: 10 → 12 (stored) → 13; theirs added 3


def test_a_set_remembers_what_the_device_itself_added_before() -> None:
    policy = MergePolicy(fields={"tags": SET})
    base, own, foreign = {"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags": ["a", "b", "c"]}
    merged, _ = merge(policy, base, (own, foreign), {"tags": ["a"]}, own=(True, False))
    assert merged["tags"] == ["a", "c"]  # mine: b added, then taken out again


def test_a_counter_taken_back_after_a_merge_is_really_taken_back() -> None:
    policy = MergePolicy(fields={"n": COUNTER})
    versions = ({"n": 12}, {"n": 13})  # theirs added 2, then mine added 1
    merged, _ = merge(policy, {"n": 10}, versions, {"n": 10}, own=(False, True))
    assert merged["n"] == 12


ODD = [None, 0, True, "text", [], [1], [{"id": 1}], [{"id": "1"}, {"id": "1"}], {}, {"a": "x"}]


@pytest.mark.parametrize("policy", [MAP_MAX, KEY_BY_KEY, SET, COUNTER, by_id(), REGISTER])
def test_values_of_unexpected_shape_are_registers_and_never_an_error(policy: FieldPolicy) -> None:
    for base in ODD:
        for theirs in ODD:
            for mine in ODD:
                field(policy, base, theirs, mine)
    assert field(policy, 1, "theirs", ["mine"]) == ["f"]
