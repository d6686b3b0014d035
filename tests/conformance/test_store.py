"""The ports, method by method."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from sync.errors import RetryTransaction, problem
from sync.ports import Store
from sync.records import (
    Head,
    KeptConflict,
    KnownResult,
    LogQuery,
    LogRow,
    PastVersion,
    Publication,
    Quarantined,
    RecordKey,
    Status,
)
from tests.conformance.phone import Desk, delete, upsert
from tests.conformance.worlds import World, uid

NOTE = RecordKey("notes", uid("note"))


class Broken(Exception):
    pass


def publish(store: Store, world: World, site: str | None = "north", **fields: object) -> Head:
    site_id = world.site(site) if site else None
    document = {"id": NOTE.record_id, **fields}
    return store.publish(Publication("notes", NOTE.record_id, document, site_id))


def rows(desk: Desk, *places: str | None, departures: bool = False, after: int = 0) -> list[LogRow]:
    ids = frozenset(desk.world.site(place) if place else None for place in places)
    query = LogQuery(frozenset({"notes"}), ids, after, None, 100)
    if departures:
        query = LogQuery(
            frozenset({"notes"}),
            frozenset(),
            after,
            None,
            100,
            departed_from=ids,
            visible=ids,
        )
    with desk.world.transaction() as store:
        return list(store.log(query))


def test_an_unknown_record_has_no_head_and_no_versions(world: World) -> None:
    with world.transaction() as store:
        assert store.heads([NOTE]) == {}
        assert store.head(NOTE) is None
        assert list(store.versions(NOTE, 1, 9)) == []


def test_publishing_counts_versions_and_keeps_the_superseded_ones(world: World) -> None:
    device = world.device("phone")
    with world.transaction() as store:
        document = {"id": NOTE.record_id, "title": "一"}
        store.publish(Publication("notes", NOTE.record_id, document, world.site("north"), device))
    with world.transaction() as store:
        assert publish(store, world, title="b").version == 2
    with world.transaction() as store:
        assert store.heads([NOTE])[NOTE] == Head(
            "notes",
            NOTE.record_id,
            2,
            False,
            {"id": NOTE.record_id, "title": "b"},
            world.site("north"),
            None,
        )
        assert list(store.versions(NOTE, 1, 1)) == [PastVersion(1, False, document, device)]


def test_deleting_keeps_the_last_state_and_site_with_the_tombstone(
    world: World, desk: Desk
) -> None:
    desk.write("note", title="a")
    head = desk.erase("note")
    assert (head.version, head.deleted) == (2, True)
    assert head.document == {"id": NOTE.record_id, "title": "a"}
    assert head.site_id == world.site("north")
    assert desk.head("note") == head


def test_a_deleted_record_that_comes_back_counts_on(world: World, desk: Desk) -> None:
    desk.write("note", title="a")
    desk.erase("note")
    assert desk.write("note", title="b").version == 3
    with world.transaction() as store:
        assert [version.deleted for version in store.versions(NOTE, 1, 2)] == [False, True]


def test_a_transaction_sees_what_it_published(world: World) -> None:
    with world.transaction() as store:
        assert store.heads([NOTE]) == {}
        publish(store, world, title="a")
        head = publish(store, world, title="b")
        assert store.head(NOTE) == head
        assert store.heads([NOTE]) == {NOTE: head}
        assert [past.version for past in store.versions(NOTE, 1, 1)] == [1]


def test_a_failed_savepoint_leaves_nothing_behind(world: World, desk: Desk) -> None:
    with world.transaction() as store:
        publish(store, world, title="a")
        with suppress(Broken), store.savepoint():
            publish(store, world, site="south", title="b")
            store.keep_result(KnownResult(uid("m"), "0" * 64, NOTE, Status.APPLIED, 2))
            raise Broken
        head = store.head(NOTE)
        assert head is not None
        assert (head.version, head.document["title"]) == (1, "a")
        assert list(store.versions(NOTE, 1, 9)) == []
        assert store.known_results([uid("m")]) == {}
        assert publish(store, world, title="c").version == 2
    assert desk.title("note") == "c"
    assert rows(desk, "north", departures=True) == []


def test_savepoints_nest(world: World, desk: Desk) -> None:
    with world.transaction() as store, store.savepoint():
        publish(store, world, title="kept")
        with suppress(Broken), store.savepoint():
            publish(store, world, title="undone")
            raise Broken
    assert desk.title("note") == "kept"


def test_a_transaction_that_raises_leaves_nothing_behind(world: World, desk: Desk) -> None:
    with suppress(Broken), world.transaction() as store:
        publish(store, world, title="a")
        raise Broken
    assert desk.head("note") is None
    assert desk.position() == 0


def test_results_are_known_with_the_document_of_their_version(world: World, desk: Desk) -> None:
    with world.transaction() as store:
        head = publish(store, world, title="first")
        store.keep_result(KnownResult(uid("m"), "ab" * 32, NOTE, Status.APPLIED, 1, head.document))
    desk.write("note", title="second")
    with world.transaction() as store:
        known = store.known_results([uid("m"), uid("unknown")])
    assert known == {
        uid("m"): KnownResult(
            uid("m"),
            "ab" * 32,
            NOTE,
            Status.APPLIED,
            1,
            head.document,
            (),
            None,
            world.site("north"),
        )
    }


def test_a_conflict_is_known_with_its_fields(world: World, desk: Desk) -> None:
    desk.write("note", title="a")
    with world.transaction() as store:
        store.keep_result(
            KnownResult(uid("m"), "ab" * 32, NOTE, Status.CONFLICT, 1, fields=("lines/1/x", "z"))
        )
    with world.transaction() as store:
        known = store.known_results([uid("m")])[uid("m")]
    assert known.fields == ("lines/1/x", "z")
    assert known.document == {"id": NOTE.record_id, "title": "a"}


def test_a_rejection_gives_way_to_a_later_answer_and_nothing_else_does(world: World) -> None:
    rejected = KnownResult(
        uid("m"), "ab" * 32, NOTE, Status.REJECTED, problem=problem("forbidden", permission="x")
    )
    with world.transaction() as store:
        store.keep_result(rejected)
    with world.transaction() as store:
        assert store.known_results([uid("m")]) == {uid("m"): rejected}
        publish(store, world, title="a")
        store.keep_result(KnownResult(uid("m"), "ab" * 32, NOTE, Status.APPLIED, 1))
    with world.transaction() as store:
        assert store.known_results([uid("m")])[uid("m")].status is Status.APPLIED
    with pytest.raises(RetryTransaction), world.transaction() as store:
        store.keep_result(KnownResult(uid("m"), "ab" * 32, NOTE, Status.APPLIED, 2))


def test_quarantine_keeps_one_entry_for_a_content_until_it_is_released(world: World) -> None:
    def entry(slug: str, content_hash: str) -> Quarantined:
        return Quarantined(
            uid("m"), content_hash, NOTE, world.device("phone"), problem(slug), '{"a":"\\ud800"}'
        )

    with world.transaction() as store:
        store.quarantine(entry("first", "aa" * 32))
        store.quarantine(entry("other", "bb" * 32))
    with world.transaction() as store:
        store.quarantine(entry("second", "aa" * 32))
    kept = sorted(world.quarantined(), key=lambda item: item.content_hash)
    assert kept == [entry("second", "aa" * 32), entry("other", "bb" * 32)]
    with world.transaction() as store:
        store.release(uid("m"), "aa" * 32)
        store.release(uid("never seen"), "aa" * 32)
    assert list(world.quarantined()) == [entry("other", "bb" * 32)]


def test_conflicts_are_kept_whole(world: World, desk: Desk) -> None:
    desk.write("note", title="a")
    mutation = upsert("m", "note", 1, title="b")
    removal = delete("n", "note", 1)
    device = world.device("phone")
    kept = [
        KeptConflict(mutation, mutation.content_hash, device, ("title",), "both-changed", 1),
        KeptConflict(removal, removal.content_hash, device, ("deleted",), "base-unknown", None),
    ]
    with world.transaction() as store:
        for conflict in kept:
            store.keep_conflict(conflict)
    assert sorted(world.conflicts(), key=lambda item: item.reason) == sorted(
        kept, key=lambda item: item.reason
    )


def test_the_log_has_one_row_for_a_record_and_it_moves_up(desk: Desk) -> None:
    desk.write("one", title="a")
    desk.write("two", title="b")
    first = rows(desk, "north")
    desk.write("one", title="c")
    second = rows(desk, "north")
    assert [row.record_id for row in first] == [uid("one"), uid("two")]
    assert [row.record_id for row in second] == [uid("two"), uid("one")]
    assert second[1].version == 2
    assert second[1].sequence > second[0].sequence
    assert second[1].sequence == desk.position()
    assert json.loads(second[1].document or "") == {"id": uid("one"), "title": "c"}


def test_sequences_are_unique_to_each_record_of_a_transaction(world: World, desk: Desk) -> None:
    with world.transaction() as store:
        for name in ("a", "b", "c"):
            store.publish(Publication("notes", uid(name), {"id": uid(name)}, world.site("north")))
    sequences = [row.sequence for row in rows(desk, "north")]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 3


def test_the_log_is_read_by_place_collection_range_and_limit(world: World, desk: Desk) -> None:
    desk.write("a", "north")
    desk.write("b", "south")
    desk.write("c", None)
    desk.write("d", "north", collection="catalogue")
    desk.write("e", "north")
    desk.erase("a")
    assert [row.record_id for row in rows(desk, "north", None)] == [uid("c"), uid("e"), uid("a")]
    sequences = [row.sequence for row in rows(desk, "north", "south", None)]
    north = frozenset({world.site("north")})

    def read(**changed: object) -> list[str]:
        options: dict[str, object] = {"after": 0, "until": None, "limit": 9, **changed}
        with world.transaction() as store:
            return [
                row.record_id
                for row in store.log(LogQuery(frozenset({"notes"}), north, **options))  # type: ignore[arg-type]
            ]

    assert read() == [uid("e"), uid("a")]
    assert read(limit=1) == [uid("e")]
    assert read(include_deleted=False) == [uid("e")]
    assert read(after=sequences[2]) == [uid("a")]
    assert read(until=sequences[2]) == [uid("e")]


def test_a_record_that_moves_leaves_a_departure_until_it_returns(desk: Desk) -> None:
    desk.write("note", "north")
    desk.write("note", "south", title="moved")
    (departed,) = rows(desk, "north", departures=True)
    (present,) = rows(desk, "south")
    assert departed.departed
    assert departed.document is None
    assert (departed.record_id, departed.version) == (uid("note"), 2)
    assert departed.sequence == present.sequence
    assert rows(desk, "north", "south", departures=True) == []
    desk.write("note", "north")
    assert rows(desk, "north", departures=True) == []
    assert [row.version for row in rows(desk, "south", departures=True)] == [3]


def test_a_record_moved_on_within_one_transaction_leaves_a_departure_everywhere(
    world: World, desk: Desk
) -> None:
    desk.write("note", "north")
    with world.transaction() as store:
        publish(store, world, "south")
        publish(store, world, "east")
    assert len(rows(desk, "north", departures=True)) == 1
    assert len(rows(desk, "east")) == 1


def test_a_record_that_comes_back_within_one_transaction_never_left(
    world: World, desk: Desk
) -> None:
    desk.write("note", "north")
    with world.transaction() as store:
        publish(store, world, "south")
        publish(store, world, "north")
        # Nobody is told of a detour that nobody saw, whatever they see of the record now.
    north = frozenset({world.site("north")})
    query = LogQuery(frozenset({"notes"}), frozenset(), 0, None, 9, departed_from=north)
    with world.transaction() as store:
        assert list(store.log(query)) == []


def test_compaction_forgets_tombstones_departures_and_old_versions(
    world: World, desk: Desk
) -> None:
    desk.write("gone")
    desk.erase("gone")
    desk.write("note", "south")
    desk.write("note", "north", title="b")
    compacted = desk.position()
    desk.write("note", "north", title="c")
    world.compact(compacted)
    assert desk.head("gone") is None
    assert rows(desk, "south", departures=True) == []
    assert [row.record_id for row in rows(desk, "north")] == [uid("note")]
    with world.transaction() as store:
        assert store.oldest_position() == compacted
        assert [past.version for past in store.versions(NOTE, 1, 2)] == [2]


def test_a_restored_database_has_another_epoch(world: World) -> None:
    def epoch() -> str:
        with world.transaction() as store:
            return store.epoch()

    before = epoch()
    assert epoch() == before
    world.new_epoch()
    assert epoch() != before
