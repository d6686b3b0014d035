from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sync.decide import Apply, Conflict, Decision, Nothing, decide
from sync.policy import MAP_MAX, SERVER, MergePolicy, by_id, sealed_by
from sync.records import Head, Mutation, Operation, PastVersion

MY_ID = "my device"
ME: str | None = MY_ID
OTHER: str | None = "another device"
NOBODY: str | None = None
POLICY = MergePolicy(fields={"number": SERVER, "marks": MAP_MAX})
SIGNED = MergePolicy(fields={"signatures": by_id()}, must_not_merge=sealed_by("signatures"))
GONE: dict[str, Any] | None = None
Versions = Sequence[tuple[str | None, dict[str, Any] | None]]


def decided(
    versions: Versions,
    base_version: int | None,
    document: dict[str, Any] | None,
    *,
    policy: MergePolicy = POLICY,
    oldest_kept: int = 1,
) -> Decision:
    """Decide about a mutation of mine on a record with these (author, document) versions."""
    history, document_before = list[PastVersion](), dict[str, Any]()
    for number, (author, state) in enumerate(versions, start=1):
        document_before = state if state is not None else document_before
        history.append(PastVersion(number, state is None, document_before, author))
    head = None
    if history:
        last = history[-1]
        head = Head("notes", "r", last.version, last.deleted, last.document, "s", last.device_id)
    operation = Operation.DELETE if document is None else Operation.UPSERT
    first = max(base_version if base_version is not None else 1, oldest_kept)
    mutation = Mutation("m", "notes", "r", operation, base_version, document)
    return decide(policy, head, history[first - 1 :], mutation, MY_ID)


def test_a_new_record_applies_without_the_fields_the_server_owns() -> None:
    decision = decided([], None, {"title": "a", "number": "forged"})
    assert decision == Apply({"title": "a"}, merged=False, changed_fields=("title",))


def test_an_edit_of_the_current_version_applies_whole() -> None:
    decision = decided([(OTHER, {"title": "a", "text": "t", "number": "1"})], 1, {"title": "b"})
    assert decision == Apply(
        {"title": "b", "number": "1"}, merged=False, changed_fields=("text", "title")
    )


def test_what_is_already_so_changes_nothing() -> None:
    assert decided([(OTHER, {"title": "a", "text": ""})], None, {"title": "a"}) == Nothing()
    assert decided([(OTHER, {"title": "a"})], 9, {"title": "a"}) == Nothing()


def test_different_fields_merge_and_say_so() -> None:
    decision = decided(
        [(OTHER, {"title": "a", "text": ""}), (OTHER, {"title": "A", "text": ""})],
        1,
        {"title": "a", "text": "t"},
    )
    assert decision == Apply({"title": "A", "text": "t"}, merged=True, changed_fields=("text",))


def test_the_same_field_is_a_conflict_naming_it() -> None:
    decision = decided([(ME, {"title": "a"}), (OTHER, {"title": "b"})], 1, {"title": "c"})
    assert decision == Conflict(("title",), "both-changed")


def test_a_change_that_was_already_overtaken_changes_nothing_but_shows_the_others() -> None:
    versions: Versions = [(OTHER, {"title": "a"}), (OTHER, {"title": "b", "text": "t"})]
    assert decided(versions, 1, {"title": "a"}) == Nothing(merged=True)


def test_a_lost_answer_of_the_creation_followed_by_an_edit_applies() -> None:
    decision = decided([(ME, {"title": "a"})], None, {"title": "b"})
    assert decision == Apply({"title": "b"}, merged=False, changed_fields=("title",))


def test_any_base_within_the_devices_own_run_applies() -> None:
    versions: Versions = [(OTHER, {"title": "a"}), (ME, {"title": "b"}), (ME, {"title": "c"})]
    for base in (1, 2, 3):
        assert isinstance(decided(versions, base, {"title": "d"}), Apply)


def test_an_edit_after_the_own_write_was_merged_keeps_both_sides_once_more() -> None:
    versions: Versions = [
        (OTHER, {"title": "a", "text": ""}),
        (OTHER, {"title": "A", "text": ""}),
        (ME, {"title": "A", "text": "mine"}),
    ]
    decision = decided(versions, 1, {"title": "a", "text": "mine, longer"})
    assert decision == Apply(
        {"title": "A", "text": "mine, longer"}, merged=True, changed_fields=("text",)
    )


def test_a_run_interrupted_by_somebody_else_conflicts_only_where_they_wrote() -> None:
    versions: Versions = [
        (ME, {"title": "a", "text": ""}),
        (ME, {"title": "b", "text": ""}),
        (OTHER, {"title": "b", "text": "theirs"}),
    ]
    assert isinstance(decided(versions, 1, {"title": "c", "text": ""}), Apply)
    assert decided(versions, 1, {"title": "c", "text": "mine"}) == Conflict(
        ("text",), "both-changed"
    )


def test_two_devices_that_make_the_same_id_conflict_on_what_differs() -> None:
    decision = decided([(OTHER, {"title": "a", "text": "t"})], None, {"title": "b", "text": "t"})
    assert decision == Conflict(("title",), "both-changed")


@pytest.mark.parametrize("base_version", [0, 7])
def test_a_base_that_never_was_is_a_conflict_not_an_overwrite(base_version: int) -> None:
    decision = decided([(ME, {"title": "a"})], base_version, {"title": "b"})
    assert decision == Conflict(("title",), "no-common-base")


def test_a_base_compacted_away_is_a_conflict_not_an_overwrite() -> None:
    versions: Versions = [(ME, {"title": "a"}), (OTHER, {"text": "x"}), (OTHER, {"text": "y"})]
    decision = decided(versions, 1, {"title": "b", "text": "y"}, oldest_kept=2)
    assert decision == Conflict(("title",), "no-common-base")


def test_an_edit_of_a_record_the_server_does_not_know_is_kept_for_review() -> None:
    assert decided([], 6, {"title": "a"}) == Conflict(("deleted",), "base-unknown")


def test_an_edit_of_what_somebody_else_deleted_is_a_conflict() -> None:
    versions: Versions = [(ME, {"title": "a"}), (OTHER, GONE)]
    assert decided(versions, 1, {"title": "b"}) == Conflict(("deleted",), "deleted-by-other")
    assert decided(versions, 1, {"title": "a"}) == Conflict(("deleted",), "deleted-by-other")


def test_an_edit_of_what_a_desk_deleted_is_a_conflict() -> None:
    versions: Versions = [(ME, {"title": "a"}), (NOBODY, GONE)]
    assert decided(versions, 1, {"title": "b"}) == Conflict(("deleted",), "deleted-by-other")


def test_the_own_deletion_gives_way_to_the_own_next_edit() -> None:
    versions: Versions = [(OTHER, {"title": "a"}), (ME, GONE)]
    assert decided(versions, 1, {"title": "a"}) == Apply(
        {"title": "a"}, merged=False, changed_fields=()
    )


def test_who_has_seen_the_tombstone_may_bring_the_record_back() -> None:
    versions: Versions = [(ME, {"title": "a"}), (OTHER, GONE)]
    assert isinstance(decided(versions, 2, {"title": "again"}), Apply)


def test_deleting_the_version_one_has_seen_applies() -> None:
    assert decided([(OTHER, {"title": "a"})], 1, GONE) == Apply(
        None, merged=False, changed_fields=("deleted",)
    )


def test_deleting_what_somebody_else_changed_since_is_a_conflict() -> None:
    versions: Versions = [(ME, {"title": "a"}), (OTHER, {"title": "b"})]
    assert decided(versions, 1, GONE) == Conflict(("title",), "changed-by-other")


def test_a_field_the_server_filled_in_does_not_stand_in_the_way_of_a_deletion() -> None:
    versions: Versions = [(ME, {"title": "a"}), (NOBODY, {"title": "a", "number": "R-1"})]
    assert isinstance(decided(versions, 1, GONE), Apply)


def test_deleting_what_is_deleted_or_was_never_there_changes_nothing() -> None:
    assert decided([(ME, {"title": "a"}), (OTHER, GONE)], 1, GONE) == Nothing()
    assert decided([], 3, GONE) == Nothing()


def test_a_field_the_server_filled_in_leaves_an_edit_plain() -> None:
    versions: Versions = [(ME, {"title": "a"}), (NOBODY, {"title": "a", "number": "R-1"})]
    assert decided(versions, 1, {"title": "b"}) == Apply(
        {"title": "b", "number": "R-1"}, merged=False, changed_fields=("title",)
    )


def test_a_signature_is_not_merged_over_content_its_signer_has_not_seen() -> None:
    versions: Versions = [(ME, {"title": "a"}), (OTHER, {"title": "b"})]
    mine = {"title": "a", "signatures": [{"id": "1"}]}
    assert decided(versions, 1, mine, policy=SIGNED) == Conflict(("signatures",), "sealed")


def test_an_edit_is_not_merged_under_a_signature_it_would_change() -> None:
    versions: Versions = [
        (ME, {"title": "a"}),
        (OTHER, {"title": "a", "signatures": [{"id": "1"}]}),
    ]
    assert decided(versions, 1, {"title": "a", "text": "more"}, policy=SIGNED) == Conflict(
        ("signatures",), "sealed"
    )


def test_my_own_earlier_signature_does_not_seal_against_my_own_next_edit() -> None:
    signed = {"title": "a", "signatures": [{"id": "1"}]}
    versions: Versions = [(OTHER, {"title": "a"}), (ME, signed)]
    assert isinstance(decided(versions, 1, {**signed, "text": "t"}, policy=SIGNED), Apply)


def test_who_wrote_under_my_signature_saw_it_and_does_not_seal_off_my_next_edit() -> None:
    signed = {"title": "a", "signatures": [{"id": "1"}]}
    versions: Versions = [(OTHER, {"title": "a"}), (ME, signed), (OTHER, {**signed, "text": "t"})]
    decision = decided(versions, 1, {**signed, "title": "b"}, policy=SIGNED)
    assert decision == Apply(
        {**signed, "title": "b", "text": "t"}, merged=True, changed_fields=("title",)
    )
