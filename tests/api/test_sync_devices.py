"""Seeing how devices sync: clocks, what waits on them, their last sessions; and that looking costs
pollers nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, func, select

from schemas.fields import time_text
from server.access import Role
from server.db.base import current_session, db
from server.db.change_log import QuarantinedMutation, SyncConflict, SyncMutation
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.sync_api.models import SyncSession
from server.sync_api.seeing import Writer, counting
from server.sync_api.sessions import write_down_in
from server.sync_api.tally import DEVICES_MOST
from tests.api.sync_client import PULL, PUSH, entry, mutation, push, slug_of
from tests.world import Person, World

DEVICES = "/api/v1/sync/devices"


@pytest.fixture
def li(world: World) -> Person:
    return world.person("li")


@pytest.fixture
def boss(world: World) -> Person:
    return world.person("boss", Role.MANAGER)


def says(clock: Any, ahead_ms: int = 0, **more: str) -> dict[str, str]:
    told = time_text(clock.now + timedelta(milliseconds=ahead_ms))
    return {"Yanshou-Device-Time": told, **more}


def poll(person: Person, **headers: str) -> None:
    assert person.get(PULL, headers=headers).status_code == 200


def push_with(person: Person, headers: dict[str, str], *mutations: Any) -> Any:
    body = {"device_id": person.device_id, "mutations": list(mutations)}
    return person.post(PUSH, json=body, headers=headers)


def device(boss: Person, person: Person) -> dict[str, Any]:
    answer = boss.get(f"{DEVICES}/{person.device_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def sessions(boss: Person, person: Person) -> list[dict[str, Any]]:
    answer = boss.get(f"{DEVICES}/{person.device_id}/sessions")
    assert answer.status_code == 200, answer.text
    shown: list[dict[str, Any]] = answer.json["sessions"]
    return shown


def test_a_device_shows_its_last_sync_its_clock_its_version_and_what_waits_on_it(
    li: Person, boss: Person, clock: Any
) -> None:
    assert device(boss, li)["last_sync_at"] is None
    told = {
        **says(clock, 90_000),
        "Yanshou-Unpushed": "17",
        "Yanshou-App-Version": "2.4.1",
        "Yanshou-Last-Error": quote("存储空间不足"),
    }
    poll(li, **told)
    clock.advance(minutes=1)
    push_with(li, says(clock, 90_500), mutation(entry()))
    seen = device(boss, li)
    assert (seen["clock_offset_ms"], seen["unpushed_count"]) == (90_500, 17)
    assert (seen["app_version"], seen["reported_error"]) == ("2.4.1", "存储空间不足")
    assert seen["last_sync_at"] == seen["last_push_at"] == time_text(clock.now)
    assert seen["last_pull_at"] == time_text(clock.now - timedelta(minutes=1))
    assert (seen["user_id"], seen["last_error"]) == (li.user_id, None)
    listed = boss.get(DEVICES).json["devices"]
    assert listed[0] == seen
    assert listed[-1]["last_sync_at"] is None


def test_the_clocks_offset_is_kept_with_every_mutation_and_nothing_is_dated_anew(
    world: World, li: Person, clock: Any
) -> None:
    base, captured_at = entry(), "2026-03-01T08:00:00Z"
    good = mutation(base, captured_at=captured_at)
    bad = mutation(entry(colour="red"), captured_at=captured_at)
    push_with(li, says(clock, -7_200_000), good, bad)
    push(world.person("wang"), mutation({**base, "title": "王"}, 1))
    clash = mutation({**base, "title": "李"}, 1, captured_at=captured_at)
    push_with(li, says(clock, -7_200_001), mutation({**base, "text": "x"}, 1), clash)
    with world.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        rows = {row.mutation_id: row for row in session.scalars(select(SyncMutation))}
        [refused] = session.scalars(select(QuarantinedMutation))
        [conflict] = session.scalars(select(SyncConflict))
    assert rows[good["mutation_id"]].clock_offset_ms == refused.clock_offset_ms == -7_200_000
    assert conflict.clock_offset_ms == -7_200_001
    kept = rows[good["mutation_id"]]
    assert (kept.captured_at, kept.received_at) == (captured_at, clock.now)


@pytest.mark.parametrize("told", ["", "yesterday", "2026-03-02T01:30:00", "9" * 400, "\x7f"])
def test_a_device_that_tells_no_time_or_nonsense_syncs_as_any_other(
    sqlite_world: World, told: str
) -> None:
    li, boss = sqlite_world.person("li"), sqlite_world.person("boss", Role.MANAGER)
    headers = {"Yanshou-Device-Time": told, "Yanshou-Unpushed": told, "Yanshou-App-Version": ""}
    [result] = push_with(li, headers, mutation(entry())).json["results"]
    assert result["status"] == "applied"
    seen = device(boss, li)
    assert (seen["clock_offset_ms"], seen["app_version"]) == (None, None)
    assert seen["last_push_at"] is not None


def test_requests_without_a_long_pause_are_one_session(
    world: World, li: Person, boss: Person, clock: Any
) -> None:
    for _ in range(4):
        poll(li)
        clock.advance(seconds=30)
    push(li, mutation(entry()), mutation(entry(colour="red")))
    sessions(boss, li)  # what was written down already is added to
    poll(li)
    clock.advance(minutes=6)
    poll(li)
    last, first = sessions(boss, li)
    assert (first["number"], first["pulls"], first["pushes"]) == (1, 5, 1)
    assert (first["applied"], first["rejected"], first["duplicate"]) == (1, 1, 0)
    assert (last["number"], last["pulls"], last["pushes"]) == (2, 1, 0)
    assert first["ended_at"] < last["began_at"] == last["ended_at"]


def test_the_changes_sent_are_counted_at_every_door(li: Person, boss: Person) -> None:
    push(li, mutation(entry()), mutation(entry()))
    li.get(PULL, query_string={"collections": "work_log_entries"})
    li.get("/api/v1/sync/rxdb/work_log_entries/pull")
    [session] = sessions(boss, li)
    assert (session["pulls"], session["changes_sent"]) == (2, 4)
    li.get("/api/v1/sync/watermelondb")
    [session] = sessions(boss, li)
    assert session["changes_sent"] > 6


def test_an_hour_at_most_is_one_session(li: Person, boss: Person, clock: Any) -> None:
    for _ in range(130):
        poll(li)
        clock.advance(seconds=60)
    assert [session["pulls"] for session in sessions(boss, li)] == [8, 61, 61]


def test_a_colleague_on_the_same_phone_has_sessions_of_their_own(
    world: World, li: Person, boss: Person
) -> None:
    wang = world.person("wang")
    wang.device_id = li.device_id
    wang.sign_in()
    poll(li)
    poll(wang)
    assert {row["user_id"] for row in sessions(boss, li)} == {li.user_id, wang.user_id}


def test_a_request_refused_as_a_whole_is_seen_with_its_reason(
    li: Person, boss: Person, clock: Any
) -> None:
    answer = li.get(PULL, query_string={"cursor": "garbage"})
    li.post(PUSH, json={"device_id": "another", "mutations": []})
    seen = device(boss, li)
    assert slug_of(answer) == "cursor-invalid"
    assert (seen["last_error"], seen["last_error_at"]) == ("device-mismatch", time_text(clock.now))
    [session] = sessions(boss, li)
    assert (session["refused"], session["pulls"], session["pushes"]) == (2, 1, 1)


def test_a_revoked_device_that_hands_over_its_work_is_seen(
    world: World, li: Person, boss: Person
) -> None:
    boss.post(f"/api/v1/devices/{li.device_id}/revoke")
    push(li, mutation(entry()))
    seen = device(boss, li)
    assert seen["revoked_at"] is not None
    assert sessions(boss, li)[0]["rejected"] == 1


def test_only_the_last_100_sessions_of_a_device_are_kept(
    world: World, li: Person, boss: Person, clock: Any
) -> None:
    for _ in range(105):
        poll(li)
        clock.advance(minutes=10)
        write_down_in(world.app, counting(world.app))
    shown = sessions(boss, li)
    assert [row["number"] for row in shown] == list(range(105, 5, -1))
    with world.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            assert session.scalar(select(func.count()).select_from(SyncSession)) == 100


def test_a_poll_writes_nothing(world: World, li: Person) -> None:
    poll(li)
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement.split()[0].upper())

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    poll(li)
    event.remove(engine, "before_cursor_execute", note)
    assert "SELECT" in statements
    assert not {"INSERT", "UPDATE", "DELETE"} & set(statements)


def test_a_thousand_devices_are_written_down_in_few_statements(world: World, li: Person) -> None:
    """Six statements or so for a hundred devices, in transactions that let others in between."""
    poll(li)
    tallies = counting(world.app)
    [(who, [tally])] = tallies.take().items()
    tallies.put_back([(who._replace(device_id=f"d{number}"), [tally]) for number in range(1000)])
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert write_down_in(world.app, tallies) == 1000
    event.remove(engine, "before_cursor_execute", note)
    assert count < 100


def test_what_could_not_be_written_waits_for_the_next_time(
    world: World, li: Person, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.sync_api import sessions as module

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    poll(li)
    with monkeypatch.context() as broken:
        broken.setattr(module, "_write", fail)
        assert write_down_in(world.app, counting(world.app)) == 0
    poll(li)
    assert [row["pulls"] for row in sessions(boss, li)] == [2]


def test_the_memory_for_counting_is_bounded(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    poll(li)
    tallies = counting(sqlite_world.app)
    [(who, [tally])] = tallies.take().items()
    tallies.put_back((who._replace(device_id=str(n)), [tally]) for n in range(DEVICES_MOST))
    poll(li)
    assert tallies.totals.uncounted == 1
    assert len(tallies.take()) == DEVICES_MOST


def test_the_writer_writes_by_itself_and_once_more_when_it_is_stopped(
    world: World, li: Person
) -> None:
    wrote = threading.Event()
    tallies = counting(world.app)
    taking = tallies.take

    def take() -> Any:
        taken = taking()
        if taken:
            wrote.set()
        return taken

    tallies.take = take  # type: ignore[method-assign]
    poll(li)
    writer = Writer(world.app, every_seconds=0.01).start()
    assert wrote.wait(10)
    writer.stop()
    poll(li)
    idle = Writer(world.app, every_seconds=3600).start()
    idle.stop()
    with world.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            assert session.scalars(select(SyncSession.pulls)).all() == [2]


def test_other_organisations_and_other_roles_see_no_device(world: World, li: Person) -> None:
    poll(li)
    abroad = world.person("abroad", Role.ADMIN, [world.abroad])
    for path in (f"{DEVICES}/{li.device_id}", f"{DEVICES}/{li.device_id}/sessions"):
        assert abroad.get(path).status_code == 404
        assert world.person("q", Role.QUALITY).get(path).status_code == 403
        assert li.get(path).status_code == 403
    shown = {row["device_id"] for row in abroad.get(DEVICES).json["devices"]}
    assert shown == {abroad.device_id}


def test_the_engines_counters_are_in_the_metrics(world: World, li: Person) -> None:
    push(li, mutation(entry()), mutation(entry(colour="red")))
    li.get(PULL)
    li.get(PULL, query_string={"cursor": "garbage"})
    text = world.client.get("/metrics").text

    def value(start: str) -> float:
        [line] = [line for line in text.splitlines() if line.startswith(start)]
        return float(line.rsplit(" ", 1)[1])

    assert value('yanshou_sync_mutations_answered_total{status="applied"') == 1
    assert value('yanshou_sync_mutations_answered_total{status="rejected"') == 1
    assert value('yanshou_sync_requests_total{direction="pull",outcome="ok"') == 1
    assert value('yanshou_sync_requests_total{direction="pull",outcome="cursor-invalid"') == 1
    assert value('yanshou_sync_requests_total{direction="push",outcome="ok"') == 1
    assert value('yanshou_sync_seconds_total{direction="push"') > 0
    assert value("yanshou_sync_changes_sent_total{") > 0
