"""What a pull promises, whatever the store."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sync.cursor import decode_cursor, encode_cursor
from sync.errors import CursorExpired, CursorInvalid
from sync.pull import pull_from
from sync.records import Change, ChangeReason
from tests.conformance.phone import KEY, Desk, delete, upsert
from tests.conformance.worlds import World, uid

NOTES = frozenset({"notes"})


def brief(changes: list[Change]) -> list[tuple[str, str]]:
    """Which record, and whether it came, was deleted, or left the scope."""
    names = {uid(name): name for name in "abcdefghij"}

    def kind(change: Change) -> str:
        return change.reason.value if change.reason else "deleted" if change.deleted else "there"

    return [(names[change.record_id], kind(change)) for change in changes]


# -- the plain log -------------------------------------------------------------------------------


def test_a_pull_from_the_start_brings_every_record_in_full(desk: Desk) -> None:
    desk.write("a", title="验收")
    changes, _ = desk.pull_all(desk.scope())
    (change,) = changes
    assert (change.collection, change.version, change.deleted) == ("notes", 1, False)
    assert json.loads(change.document or "") == {"id": uid("a"), "title": "验收"}


def test_a_pull_from_the_start_has_no_tombstones(desk: Desk) -> None:
    desk.write("a")
    desk.write("b")
    desk.erase("a")
    desk.write("c", "north")
    desk.write("c", "south")
    assert brief(desk.pull_all(desk.scope())[0]) == [("b", "there")]


def test_the_next_pull_brings_only_what_changed_since(desk: Desk) -> None:
    desk.write("a")
    desk.write("b")
    _, cursor = desk.pull_all(desk.scope())
    assert desk.pull(desk.scope(), cursor).changes == ()
    desk.write("a", title="new")
    desk.erase("b")
    changes, _ = desk.pull_all(desk.scope(), cursor)
    assert brief(changes) == [("a", "there"), ("b", "deleted")]
    assert [change.version for change in changes] == [2, 2]
    assert changes[1].document is None


def test_several_changes_of_one_record_come_as_one(desk: Desk) -> None:
    _, cursor = desk.pull_all(desk.scope())
    for title in ("x", "y", "z"):
        desk.write("a", title=title)
    (change,) = desk.pull_all(desk.scope(), cursor)[0]
    assert (change.version, json.loads(change.document or "")["title"]) == (3, "z")


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_add_up_to_the_whole_and_say_when_there_is_more(desk: Desk, limit: int) -> None:
    for name in "abcde":
        desk.write(name)
    cursor, pages = None, list[list[tuple[str, str]]]()
    while True:
        page = desk.pull(desk.scope(), cursor, limit)
        pages.append(brief(list(page.changes)))
        cursor = page.cursor
        if not page.has_more:
            break
    assert [row for rows in pages for row in rows] == [(name, "there") for name in "abcde"]
    assert len(pages) == -(-5 // limit)


def test_a_page_can_be_asked_for_again_after_its_answer_was_lost(desk: Desk) -> None:
    for name in "abc":
        desk.write(name)
    first = desk.pull(desk.scope(), None, 2)
    lost = desk.pull(desk.scope(), first.cursor, 2)
    assert desk.pull(desk.scope(), first.cursor, 2) == lost


def test_what_changes_while_pages_are_read_comes_in_a_later_page(desk: Desk) -> None:
    for name in "abc":
        desk.write(name)
    page = desk.pull(desk.scope(), None, 1)
    desk.erase("a")
    desk.write("b", title="new")
    rest, _ = desk.pull_all(desk.scope(), page.cursor, 1)
    assert brief(list(page.changes)) == [("a", "there")]
    assert brief(rest) == [("c", "there"), ("a", "deleted"), ("b", "there")]


def test_only_the_collections_asked_for_come(desk: Desk) -> None:
    desk.write("a")
    desk.write("b", collection="catalogue")
    assert brief(desk.pull_all(desk.scope(collections=NOTES))[0]) == [("a", "there")]


def test_a_device_hears_of_its_own_writes_too(desk: Desk, world: World) -> None:
    _, cursor = desk.pull_all(desk.scope())
    desk.push("phone", upsert("m", "a", title="x", site_id=world.site("north")))
    assert brief(desk.pull_all(desk.scope(), cursor)[0]) == [("a", "there")]
    desk.push("phone", delete("n", "a", 1))
    assert brief(desk.pull_all(desk.scope(), cursor)[0]) == [("a", "deleted")]


# -- scope ---------------------------------------------------------------------------------------


def test_only_the_own_sites_and_what_belongs_to_all_come(desk: Desk) -> None:
    desk.write("a", "north")
    desk.write("b", "south")
    desk.write("c", None)
    assert brief(desk.pull_all(desk.scope())[0]) == [("a", "there"), ("c", "there")]
    assert brief(desk.pull_all(desk.scope(sites=[]))[0]) == [("c", "there")]


def test_a_record_that_moves_away_leaves_and_one_that_moves_in_comes_in_full(desk: Desk) -> None:
    desk.write("a", "north")
    desk.write("b", "south", title="b")
    north, south = desk.scope(), desk.scope("bela", ["south"])
    in_north, in_south = desk.pull_all(north)[1], desk.pull_all(south)[1]
    desk.write("a", "south")
    desk.write("b", "north", title="b")
    changes, _ = desk.pull_all(north, in_north)
    assert brief(changes) == [("a", "out_of_scope"), ("b", "there")]
    assert changes[0].document is None
    assert json.loads(changes[1].document or "")["title"] == "b"
    assert brief(desk.pull_all(south, in_south)[0]) == [("a", "there"), ("b", "out_of_scope")]


def test_a_record_that_moves_between_two_own_sites_does_not_leave(desk: Desk) -> None:
    desk.write("a", "north")
    scope = desk.scope(sites=["north", "south"])
    _, cursor = desk.pull_all(scope)
    desk.write("a", "south")
    assert brief(desk.pull_all(scope, cursor)[0]) == [("a", "there")]


def test_a_record_deleted_after_it_moved_away_leaves_all_the_same(desk: Desk) -> None:
    desk.write("a", "north")
    _, cursor = desk.pull_all(desk.scope())
    desk.write("a", "south")
    desk.erase("a")
    assert brief(desk.pull_all(desk.scope(), cursor)[0]) == [("a", "out_of_scope")]


def test_a_record_that_no_longer_belongs_to_all_leaves_the_other_sites(desk: Desk) -> None:
    desk.write("a", None)
    _, cursor = desk.pull_all(desk.scope())
    desk.write("a", "south")
    assert brief(desk.pull_all(desk.scope(), cursor)[0]) == [("a", "out_of_scope")]


def test_a_user_who_changes_sites_gets_tombstones_and_a_backfill(desk: Desk) -> None:
    desk.write("a", "north")
    desk.write("b", "south", title="b")
    desk.write("c", None)
    desk.write("d", "both")
    _, cursor = desk.pull_all(desk.scope(sites=["north", "both"]))
    changes, cursor = desk.pull_all(desk.scope(sites=["south", "both"]), cursor)
    assert brief(changes) == [("a", "out_of_scope"), ("b", "there")]
    assert json.loads(changes[1].document or "")["title"] == "b"
    assert desk.pull(desk.scope(sites=["south", "both"]), cursor).changes == ()


def test_a_backfill_has_no_tombstones(desk: Desk) -> None:
    desk.write("a", "south")
    desk.erase("a")
    desk.write("b", "south")
    _, cursor = desk.pull_all(desk.scope())
    changes, _ = desk.pull_all(desk.scope(sites=["north", "south"]), cursor)
    assert brief(changes) == [("b", "there")]


def test_what_is_written_in_a_lost_site_before_the_next_pull_leaves_too(desk: Desk) -> None:
    desk.write("a", "north")
    desk.write("b", "north")
    _, cursor = desk.pull_all(desk.scope())
    desk.write("a", "north", title="written after the user was moved")
    desk.write("b", "elsewhere")
    changes, _ = desk.pull_all(desk.scope(sites=["south"]), cursor)
    assert sorted(brief(changes)) == [("a", "out_of_scope"), ("b", "out_of_scope")]
    assert all(change.reason is ChangeReason.OUT_OF_SCOPE for change in changes)
    assert all(change.document is None for change in changes)


def test_a_change_of_sites_is_resumed_page_by_page(desk: Desk) -> None:
    for name in "abc":
        desk.write(name, "north")
    for name in "def":
        desk.write(name, "south")
    _, cursor = desk.pull_all(desk.scope())
    desk.write("g", "south")
    desk.write("d", "south", title="again")
    page = desk.pull(desk.scope(sites=["south"]), cursor, 2)
    assert page.has_more
    rest, _ = desk.pull_all(desk.scope(sites=["south"]), page.cursor, 1)
    assert brief([*page.changes, *rest]) == [
        ("a", "out_of_scope"),
        ("b", "out_of_scope"),
        ("c", "out_of_scope"),
        ("e", "there"),
        ("f", "there"),
        ("g", "there"),
        ("d", "there"),
    ]


def test_sites_that_change_again_half_way_end_in_the_right_state(desk: Desk) -> None:
    for name, site in zip(
        "abcdef", ["north", "north", "south", "south", "east", "east"], strict=True
    ):
        desk.write(name, site)
    page = desk.pull(desk.scope(sites=["north"]), None, 1)
    held = {change.record_id for change in page.changes}
    cursor = page.cursor
    for sites in (["south"], ["east"], ["north", "south"], ["south"], ["south", "north"]):
        page = desk.pull(desk.scope(sites=sites), cursor, 1)
        held = follow(held, list(page.changes))
        cursor = page.cursor
    changes, _ = desk.pull_all(desk.scope(sites=["north", "south"]), cursor, 1)
    assert follow(held, changes) == {uid(name) for name in "abcd"}


def follow(held: set[str], changes: list[Change]) -> set[str]:
    held = set(held)
    for change in changes:
        (held.discard if change.deleted else held.add)(change.record_id)
    return held


# -- cursors that cannot be served ---------------------------------------------------------------


def test_a_cursor_of_another_user_is_invalid(desk: Desk) -> None:
    cursor = desk.pull(desk.scope("anna")).cursor
    with pytest.raises(CursorInvalid):
        desk.pull(desk.scope("bela"), cursor)


def test_a_cursor_of_another_organisation_is_invalid(desk: Desk) -> None:
    cursor = desk.pull(replace(desk.scope(), organisation_id=uid("another"))).cursor
    with pytest.raises(CursorInvalid):
        desk.pull(desk.scope(), cursor)


def test_a_cursor_from_the_future_is_invalid(desk: Desk) -> None:
    cursor = decode_cursor(desk.pull(desk.scope()).cursor, KEY)
    future = encode_cursor(replace(cursor, position=cursor.position + 1), KEY)
    with pytest.raises(CursorInvalid):
        desk.pull(desk.scope(), future)


def test_a_cursor_of_another_epoch_has_expired_wherever_it_points(desk: Desk, world: World) -> None:
    desk.write("a")
    cursor = decode_cursor(desk.pull(desk.scope()).cursor, KEY)
    world.new_epoch()
    for position in (0, cursor.position, cursor.position + 100):
        with pytest.raises(CursorExpired):
            desk.pull(desk.scope(), encode_cursor(replace(cursor, position=position), KEY))


def test_a_cursor_made_for_other_collections_has_expired(desk: Desk) -> None:
    cursor = desk.pull(desk.scope(collections=NOTES)).cursor
    with pytest.raises(CursorExpired):
        desk.pull(desk.scope(), cursor)


def test_a_cursor_older_than_what_was_compacted_has_expired(desk: Desk, world: World) -> None:
    desk.write("a")
    old = desk.pull(desk.scope()).cursor
    desk.erase("a")
    fresh = desk.pull(desk.scope()).cursor
    world.compact(desk.position())
    with pytest.raises(CursorExpired):
        desk.pull(desk.scope(), old)
    assert desk.pull(desk.scope(), fresh).changes == ()


def test_starting_over_after_an_expired_cursor_gives_the_present_state(
    desk: Desk, world: World
) -> None:
    desk.write("a")
    desk.write("b")
    desk.erase("a")
    world.compact(desk.position())
    assert brief(desk.pull_all(desk.scope())[0]) == [("b", "there")]


def test_a_door_may_carry_the_cursor_as_a_value(desk: Desk, world: World) -> None:
    desk.write("a")
    with world.transaction() as store:
        changes, cursor, has_more = pull_from(store, desk.scope(), None, 10)
        assert (brief(changes), has_more) == ([("a", "there")], False)
        assert cursor.position == store.position()


def test_a_page_without_room_is_a_mistake_of_the_caller(desk: Desk) -> None:
    with pytest.raises(ValueError, match="limit"):
        desk.pull(desk.scope(), None, 0)
