"""Looking up what happened, within what one may see."""

from __future__ import annotations

from typing import Any

from server.access import Role
from tests.api.sync_client import entry, mutation, push
from tests.services.test_audit_log import chain
from tests.world import Person, World

PATH = "/api/v1/audit-entries"


def found(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = person.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json["entries"]
    return entries


def test_the_history_of_a_record_is_what_the_chain_has(world: World) -> None:
    li, manager = world.person("li"), world.person("ma", Role.MANAGER)
    first = entry()
    push(li, mutation(first))
    push(li, mutation({**first, "title": "改过"}, base_version=1))
    history = found(manager, collection="work_log_entries", record_id=first["id"])
    assert [one["version"] for one in history] == [2, 1]
    hashes = {row["number"]: row["entry_hash"] for row in chain(world)}
    assert all(hashes[one["number"]] == one["entry_hash"] for one in history)
    assert {one["user_id"] for one in history} == {li.user_id}


def test_entries_are_found_by_person_device_action_and_time(world: World, clock: Any) -> None:
    li, wang = world.person("li"), world.person("wang")
    manager = world.person("ma", Role.MANAGER)
    push(li, mutation(entry()))
    clock.advance(hours=1)
    push(wang, mutation(entry()))
    assert {one["user_id"] for one in found(manager, user_id=li.user_id)} == {li.user_id}
    assert {one["device_id"] for one in found(manager, device_id=wang.device_id)} == {
        wang.device_id
    }
    later = found(manager, since="2026-03-02T02:00:00Z", action="record_written")
    assert [one["user_id"] for one in later] == [wang.user_id]
    assert found(manager, until="2026-03-02T01:00:00Z") == []


def test_nobody_sees_another_sites_or_organisations_entries(world: World) -> None:
    push(world.person("li"), mutation(entry()))
    push(world.person("wu", sites=[world.abroad]), mutation(entry()))
    north = world.person("north", Role.MANAGER)
    south = world.person("south", Role.MANAGER, [world.south])
    assert {one["site_id"] for one in found(north)} == {world.north}
    assert {one["site_id"] for one in found(south)} == {world.south}
    abroad = world.person("abroad", Role.ADMIN, [world.abroad])
    ids = {row["entry_hash"] for row in chain(world)}
    assert not ids & {one["entry_hash"] for one in found(abroad, limit=200)}


def test_sign_ins_are_for_administrators(world: World) -> None:
    admin, manager = world.person("chief", Role.ADMIN), world.person("ma", Role.MANAGER)
    assert len(found(admin, action="signed_in")) == 2
    assert found(manager, action="signed_in") == []


def test_pages_neither_repeat_nor_skip(world: World) -> None:
    admin = world.person("chief", Role.ADMIN, [world.north, world.south])
    push(admin, *(mutation(entry(site_id=world.north)) for _ in range(7)))
    everything = [one["number"] for one in found(admin, limit=200)]
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        answer = admin.get(PATH, query_string=query).json
        seen += [one["number"] for one in answer["entries"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    assert seen == everything == sorted(everything, reverse=True)


def test_inspectors_and_bad_filters_are_refused(world: World) -> None:
    assert world.person("li").get(PATH).status_code == 403
    manager = world.person("ma", Role.MANAGER)
    for query in ({"user_id": "x"}, {"since": "yesterday"}, {"cursor": "x"}):
        assert manager.get(PATH, query_string=query).status_code in {400, 422}, query
