"""Where a site is: who may say so, who hears of it, and that its photos are judged by it."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.access import Role
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import stored_photo
from tests.services.test_photo_examination import examine, flags
from tests.world import Person, World

HERE = {"latitude": "31.230416", "longitude": "121.473701", "radius_m": 200}


def put(person: Person, site_id: str, position: dict[str, Any]) -> TestResponse:
    return person.put(f"/api/v1/sites/{site_id}/position", json=position)


def test_phones_of_the_site_hear_where_it_is(world: World) -> None:
    boss, li = world.person("boss", Role.MANAGER), world.person("li")
    assert put(boss, world.north, HERE).json == HERE
    changes = li.get("/api/v1/sync/pull?collections=sites").json["changes"]
    [document] = [c["document"] for c in changes if c["id"] == world.north]
    assert {name: document[name] for name in HERE} == HERE
    version = changes[0]["version"]
    put(boss, world.north, HERE)
    again = li.get("/api/v1/sync/pull?collections=sites").json["changes"]
    assert again[0]["version"] == version


def test_photos_taken_before_are_judged_by_a_position_that_is_corrected(world: World) -> None:
    boss, li = world.person("boss", Role.MANAGER), world.person("li")
    document = stored_photo(li, photo(1))
    put(boss, world.north, {**HERE, "latitude": "31.3"})
    examine(world)
    assert flags(li, document)["far_from_site"]["params"] == {"distance_m": 7737, "limit_m": 200}
    put(boss, world.north, HERE)
    examine(world)
    assert flags(li, document) == {}


def test_only_those_who_keep_the_sites_master_data_may_say_where_it_is(world: World) -> None:
    assert put(world.person("li"), world.north, HERE).status_code == 403
    elsewhere = world.person("wang", Role.MANAGER, [world.south])
    assert put(elsewhere, world.north, HERE).status_code == 404
    abroad = world.person("zhao", Role.MANAGER, [world.abroad])
    assert put(abroad, world.north, HERE).status_code == 404
    assert put(elsewhere, "no-id", HERE).status_code == 404


@pytest.mark.parametrize(
    "position",
    [
        {"latitude": "91", "longitude": "0"},
        {"latitude": "31.2", "longitude": None},
        {"latitude": "31.2"},
        {**HERE, "radius_m": 9},
        {**HERE, "radius_m": 100_001},
        {**HERE, "radius_m": "200"},
        {**HERE, "latitude": "NaN"},
        {**HERE, "name": "x"},
    ],
)
def test_position_that_is_none_is_refused(sqlite_world: World, position: dict[str, Any]) -> None:
    boss = sqlite_world.person("boss", Role.MANAGER)
    assert put(boss, sqlite_world.north, position).status_code == 422


def test_position_may_be_taken_back(sqlite_world: World) -> None:
    boss = sqlite_world.person("boss", Role.MANAGER)
    nowhere = {"latitude": None, "longitude": None, "radius_m": None}
    put(boss, sqlite_world.north, HERE)
    assert put(boss, sqlite_world.north, nowhere).json == nowhere
