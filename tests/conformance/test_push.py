"""What a push promises, whatever the store."""

from __future__ import annotations

import pytest

from sync.errors import Rejected, RetryTransaction, problem
from sync.push import push
from sync.records import (
    ConflictAnswer,
    Document,
    Head,
    Mutation,
    MutationResult,
    Status,
    Written,
)
from tests.conformance.notes import HANDLERS, NotesHandler, Pusher
from tests.conformance.phone import Desk, delete, upsert
from tests.conformance.worlds import World, uid


@pytest.fixture
def north(world: World) -> str:
    return world.site("north")


def slugs(results: list[MutationResult]) -> list[str | None]:
    return [result.problem["slug"] if result.problem else None for result in results]


def statuses(results: list[MutationResult]) -> list[str]:
    return [result.status.value for result in results]


# -- exactly once --------------------------------------------------------------------------------


def test_second_push_of_the_same_mutation_changes_nothing(desk: Desk, north: str) -> None:
    mutation = upsert("m", "note", title="a", site_id=north)
    (first,) = desk.push("phone", mutation)
    desk.push("phone", upsert("n", "note", 1, title="b", site_id=north))
    (again,) = desk.push("phone", mutation)
    assert first.status is Status.APPLIED
    assert (again.status, again.version, again.document) == (
        Status.DUPLICATE,
        first.version,
        first.document,
    )
    assert desk.title("note") == "b"


def test_a_duplicate_does_not_show_a_later_record_of_the_same_id(
    desk: Desk, world: World, north: str
) -> None:
    mutation = upsert("m", "note", title="first life", site_id=north)
    desk.push("phone", mutation)
    desk.erase("note")
    world.compact(desk.position())
    desk.write("note", title="second life")
    (again,) = desk.push("phone", mutation)
    assert (again.status, again.version, again.document) == (Status.DUPLICATE, 1, None)
    assert desk.title("note") == "second life"


def test_a_mutation_twice_in_one_push_takes_effect_once(desk: Desk, north: str) -> None:
    mutation = upsert("m", "note", title="a", site_id=north)
    first, again = desk.push("phone", mutation, mutation)
    assert statuses([first, again]) == ["applied", "duplicate"]
    assert again.document == first.document
    assert again.version == 1


def test_a_repeated_delete_is_a_duplicate(desk: Desk) -> None:
    desk.write("note", title="a")
    (first,) = desk.push("phone", delete("m", "note", 1))
    (again,) = desk.push("phone", delete("m", "note", 1))
    assert (first.status, first.version, first.document) == (Status.APPLIED, 2, None)
    assert (again.status, again.version, again.document) == (Status.DUPLICATE, 2, None)


def test_a_repeated_merge_repeats_the_merged_document(desk: Desk) -> None:
    desk.write("note", title="a")
    desk.write("note", title="b")
    mutation = upsert("m", "note", 1, title="a", text="mine")
    (first,) = desk.push("phone", mutation)
    (again,) = desk.push("phone", mutation)
    assert statuses([first, again]) == ["merged", "duplicate"]
    assert again.document == first.document
    assert first.document is not None
    assert (first.document["title"], first.document["text"]) == ("b", "mine")


def test_a_mutation_id_with_other_content_is_refused(desk: Desk, north: str) -> None:
    desk.push("phone", upsert("m", "note", title="a", site_id=north))
    (reused,) = desk.push("phone", upsert("m", "note", title="b", site_id=north))
    (again,) = desk.push("phone", upsert("m", "note", title="a", site_id=north))
    assert slugs([reused]) == ["mutation-id-reused"]
    assert desk.title("note") == "a"
    assert again.status is Status.DUPLICATE
    assert [kept.problem["slug"] for kept in desk.world.quarantined()] == ["mutation-id-reused"]


def test_a_moved_base_is_still_the_same_mutation(desk: Desk, north: str) -> None:
    desk.push("phone", upsert("m", "note", title="a", site_id=north))
    (again,) = desk.push("phone", upsert("m", "note", 1, title="a", site_id=north))
    assert again.status is Status.DUPLICATE


def test_a_duplicate_shows_nothing_of_a_record_that_left_the_scope(desk: Desk, north: str) -> None:
    mutation = upsert("m", "note", title="a", site_id=north)
    desk.push("phone", mutation)
    (again,) = desk.push("phone", mutation, sites=["south"])
    assert (again.status, again.version, again.document) == (Status.DUPLICATE, 1, None)


# -- a device never conflicts with itself --------------------------------------------------------


def test_an_edit_after_a_lost_answer_applies(desk: Desk, north: str) -> None:
    desk.push("phone", upsert("m", "note", title="a", site_id=north))
    (result,) = desk.push("phone", upsert("n", "note", title="b", site_id=north))
    assert (result.status, result.version) == (Status.APPLIED, 2)
    assert desk.title("note") == "b"


def test_several_edits_of_one_record_in_one_push_apply_in_order(desk: Desk, north: str) -> None:
    results = desk.push(
        "phone",
        *[upsert(f"m{n}", "note", title=f"edit {n}", site_id=north) for n in range(3)],
    )
    assert [(r.status.value, r.version) for r in results] == [
        ("applied", 1),
        ("applied", 2),
        ("applied", 3),
    ]
    assert desk.title("note") == "edit 2"


def test_the_same_edits_from_another_device_do_conflict(desk: Desk, north: str) -> None:
    desk.push("phone", upsert("m", "note", title="a", site_id=north))
    (result,) = desk.push("tablet", upsert("n", "note", title="b", site_id=north))
    assert result.status is Status.CONFLICT


# -- merge and conflict --------------------------------------------------------------------------


def test_different_fields_of_two_devices_are_merged(desk: Desk, north: str) -> None:
    desk.write("note", title="a", text="", site_id=north)
    desk.push("tablet", upsert("t", "note", 1, title="theirs", text="", site_id=north))
    (result,) = desk.push("phone", upsert("m", "note", 1, title="a", text="mine", site_id=north))
    assert (result.status, result.version) == (Status.MERGED, 3)
    assert result.document == {
        "id": uid("note"),
        "title": "theirs",
        "text": "mine",
        "site_id": north,
        "number": f"N-{uid('note')[:8]}",
    }


def test_the_same_field_of_two_devices_conflicts_and_both_sides_are_kept(
    desk: Desk, world: World
) -> None:
    desk.write("note", title="a")
    desk.push("tablet", upsert("t", "note", 1, title="theirs"))
    mine = upsert("m", "note", 1, title="mine")
    (result,) = desk.push("phone", mine)
    assert (result.status, result.version, result.document) == (Status.CONFLICT, 2, None)
    assert result.conflict is not None
    assert result.conflict.fields == ("title",)
    assert result.conflict.current is not None
    assert result.conflict.current["title"] == "theirs"
    assert desk.title("note") == "theirs"
    (kept,) = world.conflicts()
    assert kept.mutation == mine
    assert (kept.device_id, kept.fields, kept.current_version) == (
        world.device("phone"),
        ("title",),
        2,
    )


def test_a_repeated_conflict_gives_the_same_answer_and_is_kept_once(
    desk: Desk, world: World
) -> None:
    desk.write("note", title="a")
    desk.write("note", title="theirs")
    mutation = upsert("m", "note", 1, title="mine")
    (first,) = desk.push("phone", mutation)
    desk.write("note", title="later")
    (again,) = desk.push("phone", mutation)
    assert again == first
    assert len(world.conflicts()) == 1


def test_an_edit_of_what_others_deleted_conflicts_on_deleted(desk: Desk) -> None:
    desk.write("note", title="a")
    desk.erase("note")
    mutation = upsert("m", "note", 1, title="b")
    (result,) = desk.push("phone", mutation)
    assert result.conflict == ConflictAnswer(("deleted",), None)
    head = desk.head("note")
    assert head is not None
    assert head.deleted
    assert desk.push("phone", mutation) == [result]


class Strict(NotesHandler):
    """A service that writes nothing to a record once it is deleted."""

    def apply(
        self, context: Pusher, mutation: Mutation, document: Document | None, head: Head | None
    ) -> Written:
        if head is not None and head.deleted:
            raise Rejected(problem("record-not-found"))
        return super().apply(context, mutation, document, head)


def test_an_edit_of_what_others_deleted_is_kept_even_if_the_service_would_refuse_it(
    desk: Desk, world: World, north: str
) -> None:
    desk.write("note", title="a")
    desk.erase("note")
    with world.transaction() as store:
        pusher = Pusher(world.device("phone"), frozenset({north}), store)
        mutation = upsert("m", "note", 1, title="b")
        (result,) = push(store, {"notes": Strict()}, pusher, [mutation])
    assert result.status is Status.CONFLICT
    assert [conflict.mutation for conflict in world.conflicts()] == [mutation]


def test_deleting_what_others_changed_is_a_conflict(desk: Desk) -> None:
    desk.write("note", title="a")
    desk.write("note", title="b")
    (result,) = desk.push("phone", delete("m", "note", 1))
    assert result.status is Status.CONFLICT
    assert desk.title("note") == "b"


def test_a_base_version_from_the_future_overwrites_nothing(desk: Desk) -> None:
    desk.write("note", title="a")
    (result,) = desk.push("phone", upsert("m", "note", 9, title="b"))
    assert result.status is Status.CONFLICT
    assert desk.title("note") == "a"


def test_a_base_compacted_away_overwrites_nothing(desk: Desk, world: World) -> None:
    for title in ("a", "b", "c"):
        desk.write("note", title=title)
    world.compact(desk.position())
    results = desk.push(
        "phone", upsert("m", "note", 1, title="mine"), upsert("n", "note", 1, title="c")
    )
    assert statuses(results) == ["conflict", "applied"]
    assert desk.title("note") == "c"


def test_two_sides_that_are_valid_alone_but_not_together_are_a_conflict(desk: Desk) -> None:
    desk.write("note", minimum=10, maximum=90)
    desk.write("note", minimum=80, maximum=90)
    (result,) = desk.push("phone", upsert("m", "note", 1, minimum=10, maximum=50))
    assert result.status is Status.CONFLICT
    assert result.conflict is not None
    assert result.conflict.fields == ("maximum",)
    head = desk.head("note")
    assert head is not None
    assert (head.version, head.document["maximum"]) == (2, 90)


def test_a_conflicting_mutation_that_is_no_good_anyway_is_rejected(
    desk: Desk, world: World
) -> None:
    desk.write("note", title="a")
    desk.write("note", title="b")
    (result,) = desk.push("phone", upsert("m", "note", 1, title="mine", colour="red"))
    assert slugs([result]) == ["validation-failed"]
    assert list(world.conflicts()) == []
    head = desk.head("note")
    assert head is not None
    assert head.version == 2


def test_an_identical_state_needs_no_new_version(desk: Desk) -> None:
    desk.write("note", title="a")
    (result,) = desk.push("phone", upsert("m", "note", 1, title="a"))
    assert (result.status, result.version) == (Status.APPLIED, 1)


def test_deleting_what_never_arrived_is_done_already(desk: Desk) -> None:
    results = desk.push("phone", delete("m", "note", 1), delete("m", "note", 1))
    assert statuses(results) == ["applied", "duplicate"]
    assert [result.version for result in results] == [None, None]


# -- the store's own troubles --------------------------------------------------------------------


class Racing(NotesHandler):
    def apply(
        self, context: Pusher, mutation: Mutation, document: Document | None, head: Head | None
    ) -> Written:
        raise RetryTransaction("deadlock")


def test_a_lost_race_is_not_blamed_on_the_mutation(world: World, north: str) -> None:
    def pushing() -> None:
        with world.transaction() as store:
            pusher = Pusher(world.device("phone"), frozenset({north}), store)
            handlers = {**HANDLERS, "notes": Racing()}
            push(store, handlers, pusher, [upsert("m", "note", title="a")])

    with pytest.raises(RetryTransaction):
        pushing()
    assert list(world.quarantined()) == []
