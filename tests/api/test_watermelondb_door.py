"""The door for WatermelonDB: everything since a number, pushes all or nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from server.access import Role
from server.db import compaction
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.served_scopes import ServedScope
from server.db.transaction import transaction
from server.identity.models import Membership
from tests.api.sync_client import deletion, entries_of, entry, mutation, quarantined, slug_of
from tests.api.sync_client import push as push_own
from tests.world import Person, World

DOOR = "/api/v1/sync/watermelondb"
LOG = "work_log_entries"


def pull(person: Person, since: int | None = None) -> tuple[dict[str, Any], int]:
    """The changes of the work log, and the timestamp."""
    query = {"last_pulled_at": "null" if since is None else since, "schema_version": 1}
    answer = person.get(DOOR, query_string={**query, "migration": "null"})
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json["timestamp"], int)
    assert answer.json["timestamp"] >= 1
    return answer.json["changes"][LOG], answer.json["timestamp"]


def push(person: Person, since: int | None, status: int = 200, **kinds: Any) -> dict[str, Any]:
    answer = person.post(
        DOOR, json={"changes": {LOG: kinds}}, query_string={"last_pulled_at": since}
    )
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json
    return body


def ids(changes: dict[str, Any], kind: str) -> set[str]:
    return {row if isinstance(row, str) else row["id"] for row in changes[kind]}


def move(world: World, person: Person, site_id: str) -> None:
    with (
        world.app.app_context(),
        transaction(current_session(), write=True),
        unscoped(current_session()),
    ):
        moved = update(Membership).where(Membership.user_id == person.user_id)
        current_session().execute(moved.values(site_id=site_id))


def test_a_first_pull_creates_everything_and_later_ones_update_and_delete(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    kept, gone = entry(marks={"a": 1}), entry()
    push_own(li, mutation(kept), mutation(gone))
    first, since = pull(wang)
    assert (ids(first, "created"), first["updated"], first["deleted"]) == (
        {kept["id"], gone["id"]},
        [],
        [],
    )
    [row] = [row for row in first["created"] if row["id"] == kept["id"]]
    assert (row["version"], row["marks"], row["site_id"]) == (1, {"a": 1}, world.north)
    fresh = entry()
    push_own(li, mutation({**kept, "text": "改"}, 1), deletion(gone["id"], 1), mutation(fresh))
    later, after = pull(wang, since)
    assert (later["created"], ids(later, "updated"), later["deleted"]) == (
        [],
        {kept["id"], fresh["id"]},
        [gone["id"]],
    )
    assert after > since
    nothing, _ = pull(wang, after)
    assert nothing == {"created": [], "updated": [], "deleted": []}


def test_the_first_change_after_a_pull_of_an_empty_log_is_not_missed(world: World) -> None:
    li = world.person("li")
    _, since = pull(li)
    sent = entry()
    push_own(li, mutation(sent))
    assert ids(pull(li, since)[0], "updated") == {sent["id"]}


def test_a_push_creates_updates_and_deletes(world: World) -> None:
    li = world.person("li")
    old, doomed = entry(text="旧"), entry()
    push_own(world.person("wang"), mutation(old), mutation(doomed))
    first, since = pull(li)
    [row] = [row for row in first["created"] if row["id"] == old["id"]]
    new = entry(_status="created", _changed="")
    edited = {**row, "text": "新", "_status": "updated", "_changed": "text"}
    assert push(li, since, created=[new], updated=[edited], deleted=[doomed["id"]]) == {
        "applied": 3
    }
    standing = entries_of(li)
    assert standing[old["id"]]["document"]["text"] == "新"
    assert standing[new["id"]]["version"] == 1
    assert doomed["id"] not in standing


def test_a_push_sent_again_has_one_effect(world: World) -> None:
    li = world.person("li")
    _, since = pull(li)
    new = entry()
    for _ in range(2):
        push(li, since, created=[new])
    assert entries_of(li)[new["id"]]["version"] == 1


def test_one_clash_undoes_the_whole_push_and_is_named(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    push_own(li, mutation(entry(text="原文")))
    first, since = pull(wang)
    [row] = first["created"]
    push_own(li, mutation({"id": row["id"], "title": row["title"], "text": "李"}, 1))
    new = entry()
    told = push(wang, since, 409, created=[new], updated=[{**row, "text": "王"}])
    assert told["type"] == "/problems/push-not-applied"
    assert [error["pointer"] for error in told["errors"]] == [f"/changes/{LOG}/updated/0"]
    assert "text" in told["errors"][0]["detail"]
    standing = entries_of(wang)
    assert new["id"] not in standing
    assert standing[row["id"]]["document"]["text"] == "李"
    # What the library does next: pull, put its own columns over the server's row, push.
    later, after = pull(wang, since)
    [theirs] = later["updated"]
    push(wang, after, created=[new], updated=[{**theirs, "text": "王"}])
    assert entries_of(wang)[row["id"]]["document"]["text"] == "王"


def test_a_refused_change_undoes_the_push_and_is_kept_for_an_administrator(world: World) -> None:
    li = world.person("li")
    bad, good = entry(colour="red"), entry()
    told = push(li, None, 409, created=[good, bad])
    assert [error["pointer"] for error in told["errors"]] == [f"/changes/{LOG}/created/1"]
    assert "/colour" in told["errors"][0]["detail"]
    assert entries_of(li) == {}
    assert [item["record_id"] for item in quarantined(world)] == [bad["id"]]


def test_a_deletion_counts_from_what_the_client_had_pulled(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent = entry(text="原文")
    push_own(li, mutation(sent))
    _, since = pull(wang)
    push_own(li, mutation({**sent, "text": "李改"}, 1))
    push(wang, since, 409, deleted=[sent["id"]])
    _, after = pull(wang, since)
    push(wang, after, deleted=[sent["id"]])
    assert entries_of(wang) == {}


def test_a_column_the_client_does_not_have_is_left_as_it_was(world: World) -> None:
    li = world.person("li")
    sent = entry(text="留着", marks={"a": 1})
    push_own(world.person("wang"), mutation(sent))
    _, since = pull(li)
    push(li, since, updated=[{"id": sent["id"], "title": "新"}])
    document = entries_of(li)[sent["id"]]["document"]
    assert (document["title"], document["text"], document["marks"]) == ("新", "留着", {"a": 1})


def test_a_user_who_moves_takes_leave_even_if_the_answer_is_lost(world: World) -> None:
    li, sun = world.person("li"), world.person("sun", Role.INSPECTOR, [world.south])
    north, south = entry(title="北"), entry(title="南")
    push_own(li, mutation(north))
    push_own(sun, mutation(south))
    _, since = pull(li)
    move(world, li, world.south)
    for _ in range(2):  # the first answer does not arrive
        moved, after = pull(li, since)
        assert (ids(moved, "deleted"), ids(moved, "updated")) == ({north["id"]}, {south["id"]})
    assert pull(li, after)[0] == {"created": [], "updated": [], "deleted": []}


def test_a_user_who_moves_to_and_fro_between_lost_answers_ends_with_the_right_records(
    world: World,
) -> None:
    li, sun = world.person("li"), world.person("sun", Role.INSPECTOR, [world.south])
    north, south = entry(title="北"), entry(title="南")
    push_own(li, mutation(north))
    push_own(sun, mutation(south))
    _, since = pull(li)
    move(world, li, world.south)
    pull(li, since)  # lost
    move(world, li, world.north)
    _, since = pull(li, since)
    move(world, li, world.south)
    moved, _ = pull(li, since)
    assert (ids(moved, "deleted"), ids(moved, "updated")) == ({north["id"]}, {south["id"]})


def test_pulls_write_only_when_the_scope_differs(world: World) -> None:
    li = world.person("li")
    since = None
    for _ in range(3):
        _, since = pull(li, since)
    with world.app.app_context(), transaction(current_session(), write=False):
        rows = current_session().scalar(select(func.count()).select_from(ServedScope))
    assert rows == 1


def test_a_number_of_another_epoch_of_another_device_or_compacted_away_has_expired(
    world: World,
) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent = entry()
    push_own(li, mutation(sent), mutation(entry()))
    _, since = pull(li)
    push_own(li, deletion(sent["id"], 1))
    other = wang.get(DOOR, query_string={"last_pulled_at": 1})
    assert (other.status_code, slug_of(other)) == (410, "cursor-expired")
    with world.app.app_context(), transaction(current_session(), write=True):
        compaction.compact(current_session(), world.organisation_id, since + 1)
    compacted = li.get(DOOR, query_string={"last_pulled_at": since})
    assert (compacted.status_code, slug_of(compacted)) == (410, "cursor-expired")
    _, since = pull(li)
    with world.app.app_context(), transaction(current_session(), write=True):
        compaction.new_epoch(current_session(), world.organisation_id)
    restored = li.get(DOOR, query_string={"last_pulled_at": since})
    assert (restored.status_code, slug_of(restored)) == (410, "cursor-expired")
    pull(li)


def test_another_site_is_neither_shown_nor_changed(world: World) -> None:
    li = world.person("li")
    stranger = world.person("stranger", Role.INSPECTOR, [world.south])
    secret = entry(text="北区")
    push_own(li, mutation(secret))
    changes, since = pull(stranger)
    assert changes["created"] == []
    push(stranger, since, 409, updated=[{**secret, "version": 1, "text": "南区"}])
    push(stranger, since, 409, deleted=[secret["id"]])
    assert entries_of(li)[secret["id"]]["document"]["text"] == "北区"


@pytest.mark.parametrize(
    "changes",
    [
        None,
        [],
        {LOG: []},
        {LOG: {"created": {}}},
        {LOG: {"updated": ["x"]}},
        {LOG: {"deleted": [{}]}},
    ],
)
def test_a_push_of_another_shape_is_refused_where_it_is_wrong(
    sqlite_world: World, changes: Any
) -> None:
    answer = sqlite_world.person("li").post(DOOR, json={"changes": changes})
    assert (answer.status_code, slug_of(answer)) == (422, "validation-failed")


@pytest.mark.parametrize("since", ["-1", "1.5", "٣", "99999999", "9" * 20, "nonsense"])
def test_a_number_that_is_none_of_ours_is_refused(sqlite_world: World, since: str) -> None:
    li = sqlite_world.person("li")
    pull(li)
    answer = li.get(DOOR, query_string={"last_pulled_at": since})
    assert (answer.status_code, slug_of(answer)) == (400, "cursor-invalid")


def test_a_push_beyond_ten_times_the_usual_number_is_refused(sqlite_world: World) -> None:
    changes = {LOG: {"deleted": [str(uuid4())] * 5001}}
    answer = sqlite_world.person("li").post(DOOR, json={"changes": changes})
    assert (answer.status_code, slug_of(answer)) == (413, "too-large")


def test_an_unknown_collection_undoes_the_push(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    changes = {"nothing": {"created": [{"id": str(uuid4())}]}}
    answer = li.post(DOOR, json={"changes": changes})
    assert (answer.status_code, slug_of(answer)) == (409, "push-not-applied")
