"""The change log is kept to what devices still need, and a phone that was away too long pulls anew
without losing what it has not pushed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from server.db.base import current_session
from server.db.change_log import (
    ChangeLogMark,
    SyncDeparture,
    SyncRecord,
    SyncRecordVersion,
)
from server.db.transaction import transaction
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.api.sync_client import (
    PULL,
    deletion,
    entries_of,
    entry,
    mutation,
    pull,
    push,
    slug_of,
    statuses,
)
from tests.world import World

[JOB] = [job for job in JOBS if job.name == "compact_change_log"]


def run(world: World) -> int:
    count = run_job(world.app, JOB)
    assert count is not None
    return count


def count(world: World, model: Any, *where: Any) -> int:
    with world.app.app_context(), transaction(current_session(), write=False):
        statement = select(func.count()).select_from(model).where(*where)
        return current_session().scalar(statement) or 0


def days_with_the_job(world: World, clock: Any, days: int) -> int:
    forgotten = 0
    for _ in range(days):
        forgotten += run(world)
        clock.advance(days=1)
    return forgotten


@pytest.fixture
def edited(world: World) -> tuple[World, str]:
    """An entry of three versions, and a deleted one."""
    li, kept, gone = world.person("li"), entry(), entry()
    push(li, mutation(kept), mutation(gone))
    push(li, mutation({**kept, "title": "二"}, 1), deletion(gone["id"], 1))
    push(li, mutation({**kept, "title": "三"}, 2))
    return world, kept["id"]


def test_what_is_younger_than_its_age_is_kept(edited: tuple[World, str], clock: Any) -> None:
    world, _ = edited
    assert days_with_the_job(world, clock, 90) == 0
    assert count(world, SyncRecordVersion) == 3


def test_what_has_reached_its_age_is_forgotten_once(edited: tuple[World, str], clock: Any) -> None:
    world, record_id = edited
    run(world)
    clock.advance(days=90)
    assert run(world) == 4  # three versions, one tombstone
    assert run(world) == 0
    assert count(world, SyncRecordVersion) == 0
    assert count(world, SyncRecord, SyncRecord.deleted) == 0
    world.person("li").sign_in()
    assert list(entries_of(world.person("li"))) == [record_id]


def test_what_was_superseded_lately_is_kept_however_old_it_is(world: World, clock: Any) -> None:
    """A version lives on from the write that replaced it, not from its own."""
    li, record = world.person("li"), entry()
    push(li, mutation(record))
    run(world)
    clock.advance(days=89)
    li.sign_in()
    push(li, mutation({**record, "title": "二"}, 1))
    cursor = pull(li)["cursor"]
    push(li, mutation({**record, "title": "三"}, 2))
    run(world)
    clock.advance(days=2)
    assert run(world) == 0
    assert count(world, SyncRecordVersion) == 2
    li.sign_in()
    assert [change["version"] for change in pull(li, cursor)["changes"]] == [3]


def test_the_log_is_marked_only_where_it_moved_and_old_marks_go(world: World, clock: Any) -> None:
    days_with_the_job(world, clock, 5)
    here = ChangeLogMark.organisation_id == world.organisation_id
    assert count(world, ChangeLogMark, here) == 1
    li = world.person("li")
    for _ in range(14):
        clock.advance(days=10)
        li.sign_in()
        push(li, mutation(entry()))
        run(world)
    assert count(world, ChangeLogMark, here) == 10


def test_departures_are_forgotten_with_the_tombstones(world: World, clock: Any) -> None:
    from server.access import Actor
    from server.db.change_store import publish

    li, record = world.person("li"), entry()
    push(li, mutation(record))
    with world.app.app_context(), transaction(current_session(), write=True):
        actor = Actor(li.user_id, "li", "Li", world.organisation_id)
        publish(
            current_session(),
            actor,
            "work_log_entries",
            record["id"],
            world.south,
            record,
            clock.now,
        )
    assert count(world, SyncDeparture) == 1
    run(world)
    clock.advance(days=91)
    run(world)
    assert count(world, SyncDeparture) == 0


def test_a_phone_that_was_away_too_long_pulls_anew_and_loses_nothing_unpushed(
    world: World, clock: Any
) -> None:
    li, wang = world.person("li"), world.person("wang")
    untouched, contested, deleted = entry(), entry(), entry()
    push(li, *(mutation(record) for record in (untouched, contested, deleted)))
    cursor = pull(li)["cursor"]
    outbox = [
        mutation(entry(title="离线新建")),
        mutation({**untouched, "title": "离线修改"}, 1),
        mutation({**contested, "title": "李离线改"}, 1),
        mutation({**deleted, "title": "李还在改"}, 1),
    ]
    push(wang, mutation({**contested, "title": "王改"}, 1), deletion(deleted["id"], 1))
    run(world)
    clock.advance(days=91)
    assert run(world) > 0
    li.sign_in()
    answer = li.get(PULL, query_string={"cursor": cursor})
    assert (answer.status_code, slug_of(answer)) == (410, "cursor-expired")
    whole = {change["id"] for change in pull(li)["changes"]}
    assert whole >= {untouched["id"], contested["id"]}
    assert deleted["id"] not in whole
    assert statuses(push(li, *outbox)) == ["applied", "applied", "conflict", "conflict"]
    held = {id_: change["document"]["title"] for id_, change in entries_of(li).items()}
    assert held == {
        outbox[0]["id"]: "离线新建",
        untouched["id"]: "离线修改",
        contested["id"]: "王改",
    }
    assert statuses(push(li, *outbox)) == ["duplicate", "duplicate", "conflict", "conflict"]
    from server.access import Role

    quality = world.person("q", Role.QUALITY)
    waiting = quality.get("/api/v1/sync/conflicts").json["conflicts"]
    assert {item["mutation_id"] for item in waiting} == {sent["mutation_id"] for sent in outbox[2:]}


def test_a_cursor_younger_than_the_age_goes_on(world: World, clock: Any) -> None:
    li = world.person("li")
    push(li, mutation(entry()))
    run(world)
    clock.advance(days=60)
    li.sign_in()
    cursor = pull(li)["cursor"]
    push(li, mutation(entry()))
    run(world)
    clock.advance(days=60)
    run(world)
    li.sign_in()
    assert len(pull(li, cursor)["changes"]) >= 1
