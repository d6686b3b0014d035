"""Administrators give people other sites and roles, and end accounts; phones follow at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from tests.api.sync_client import PULL, entry, mutation, push, slug_of, slugs
from tests.world import Person, World

USERS = "/api/v1/users"


def chief(world: World) -> Person:
    return world.person("chief", Role.ADMIN, [world.north, world.south])


def change(admin: Person, person: Person, **changes: Any) -> Any:
    answer = admin.patch(f"{USERS}/{person.user_id}", json=changes)
    assert answer.status_code == 200, answer.text
    return answer.json


def inspecting(*sites: str | None) -> list[dict[str, Any]]:
    return [{"role": "inspector", "site_id": site} for site in sites]


def pull_on(person: Person, cursor: str | None = None) -> tuple[dict[str, Any], str]:
    """What one whole pull from *cursor* brings, by id, and the cursor it ends at."""
    changes: dict[str, Any] = {}
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = person.get(PULL, query_string=query).json
        changes |= {each["id"]: each for each in page["changes"]}
        cursor = page["cursor"]
        if not page["has_more"]:
            return changes, cursor


def audit(admin: Person, *actions: str) -> list[dict[str, Any]]:
    entries = admin.get("/api/v1/audit-entries?limit=200").json["entries"]
    return [each for each in reversed(entries) if each["action"] in actions]


def test_a_phone_whose_person_is_moved_gets_tombstones_and_a_backfill_and_keeps_its_cursor(
    world: World,
) -> None:
    admin, li = chief(world), world.person("li")
    here, there = entry(site_id=world.north), entry(site_id=world.south)
    push(admin, mutation(here), mutation(there))
    held, cursor = pull_on(li)
    assert here["id"] in held
    assert there["id"] not in held

    account = change(admin, li, roles=inspecting(world.south))
    assert account["roles"] == inspecting(world.south)
    brought, cursor = pull_on(li, cursor)
    assert brought[here["id"]]["deleted"]
    assert brought[here["id"]]["reason"] == "out_of_scope"
    assert brought[there["id"]]["document"]["title"] == there["title"]
    assert slugs(push(li, mutation(entry(site_id=world.north)))) == ["record-not-found"]

    change(admin, li, roles=inspecting(None))
    brought, cursor = pull_on(li, cursor)
    assert not brought[here["id"]]["deleted"]
    assert brought.get(there["id"], {"deleted": False})["deleted"] is False

    [moved, spread] = audit(admin, "user_changed")
    assert moved["details"]["user_id"] == li.user_id
    assert moved["details"]["gained"] == inspecting(world.south)
    assert moved["details"]["lost"] == inspecting(world.north)
    assert spread["details"]["gained"] == inspecting(None)
    assert moved["user_id"] == admin.user_id


def test_colleagues_phones_learn_who_works_with_them(world: World) -> None:
    admin, li, bo = chief(world), world.person("li"), world.person("bo")
    members, cursor = pull_on(bo)
    [membership] = [
        each["document"]
        for each in members.values()
        if each["document"].get("user_id") == li.user_id
    ]
    change(admin, li, is_active=False, display_name="李先生")
    brought, cursor = pull_on(bo, cursor)
    assert brought[membership["id"]]["document"]["is_active"] is False
    assert brought[membership["id"]]["document"]["display_name"] == "李先生"
    change(admin, li, roles=inspecting(world.south))
    brought, cursor = pull_on(bo, cursor)
    assert brought[membership["id"]]["deleted"]


def test_a_disabled_account_opens_nothing_and_its_work_waits_for_review(world: World) -> None:
    admin, li = chief(world), world.person("li")
    before = li.token
    assert change(admin, li, is_active=False)["is_active"] is False
    assert li.get("/api/v1/auth/me").status_code == 401
    assert li.get(PULL).status_code == 401
    assert slugs(push(li, mutation(entry()))) == ["work-of-disabled-user"]
    with pytest.raises(AssertionError, match="401"):
        li.sign_in()

    change(admin, li, is_active=True)
    assert li.get("/api/v1/auth/me").status_code == 401, "an old sign-in came back to life"
    assert li.sign_in().token != before
    assert li.get(PULL).status_code == 200
    actions = [each["action"] for each in audit(admin, "user_disabled", "user_enabled")]
    assert actions == ["user_disabled", "user_enabled"]


def test_what_is_so_already_leaves_no_trace(world: World) -> None:
    admin, li = chief(world), world.person("li")
    _, cursor = pull_on(admin)
    change(admin, li)
    change(admin, li, is_active=True, display_name="Li", roles=inspecting(world.north) * 2)
    assert pull_on(admin, cursor)[0] == {}
    assert audit(admin, "user_changed", "user_enabled") == []
    assert li.get(PULL).status_code == 200


def test_accounts_are_listed_for_those_who_manage_them(sqlite_world: World) -> None:
    world = sqlite_world
    admin, li = chief(world), world.person("li")
    world.person("sun", sites=[world.south])
    foreign = world.person("foreign", sites=[world.abroad])
    local = world.person("local", Role.ADMIN, [world.north])
    names = [each["username"] for each in admin.get(USERS).json["users"]]
    assert names == ["chief", "li", "local", "sun"]
    names = [each["username"] for each in local.get(USERS).json["users"]]
    assert names == ["chief", "li", "local"]
    account = local.get(f"{USERS}/{li.user_id}").json
    assert account["roles"] == inspecting(world.north)
    assert "password" not in str(account)
    assert admin.get(f"{USERS}/{foreign.user_id}").status_code == 404


def test_nobody_manages_beyond_the_own_sites(sqlite_world: World) -> None:
    world = sqlite_world
    local = world.person("local", Role.ADMIN, [world.north])
    li, sun = world.person("li"), world.person("sun", sites=[world.south])
    both = world.person("both", sites=[world.north, world.south])
    li_at, sun_at, both_at = (f"{USERS}/{each.user_id}" for each in (li, sun, both))
    assert local.patch(sun_at, json={"is_active": False}).status_code == 404
    for at, changes in [
        (li_at, {"roles": inspecting(world.north, world.south)}),
        (li_at, {"roles": inspecting(None)}),
        (both_at, {"roles": inspecting(world.north)}),
        (both_at, {"is_active": False}),
        (both_at, {"display_name": "别人"}),
    ]:
        answer = local.patch(at, json=changes)
        assert (answer.status_code, slug_of(answer)) == (403, "forbidden"), changes
    assert local.patch(both_at, json={"roles": inspecting(world.south)}).status_code == 200
    manager = world.person("manager", Role.MANAGER)
    assert manager.patch(li_at, json={"display_name": "别人"}).status_code == 403
    assert sun.get("/api/v1/auth/me").status_code == 200


def test_administrators_do_not_lock_themselves_out(sqlite_world: World) -> None:
    admin = chief(sqlite_world)
    for changes in ({"is_active": False}, {"roles": []}):
        answer = admin.patch(f"{USERS}/{admin.user_id}", json=changes)
        assert (answer.status_code, slug_of(answer)) == (409, "own-account")
    assert change(admin, admin, display_name="总管")["display_name"] == "总管"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"roles": [{"role": "king", "site_id": None}]}, "/roles/0/role"),
        ({"roles": [{"site_id": None}]}, "/roles/0/role"),
        ({"roles": [{"role": "quality", "site_id": "x"}]}, "/roles/0/site_id"),
        ({"roles": [{"role": "quality", "site_id": "ABROAD"}]}, "/roles/0/site_id"),
        ({"is_active": "no"}, "/is_active"),
        ({"display_name": " "}, "/display_name"),
        ({"password_hash": "x"}, "/password_hash"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(
    sqlite_world: World, changes: dict[str, Any], pointer: str
) -> None:
    admin, li = chief(sqlite_world), sqlite_world.person("li")
    for role in changes.get("roles", ()):
        if role.get("site_id") == "ABROAD":
            role["site_id"] = sqlite_world.abroad
    answer = admin.patch(f"{USERS}/{li.user_id}", json=changes)
    assert (answer.status_code, slug_of(answer)) == (422, "validation-failed")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert admin.patch(f"{USERS}/nobody", json={}).status_code == 404
    assert push(li, mutation(entry()))[0]["status"] == "applied"


def test_an_administrator_makes_an_account_and_sets_a_forgotten_password(
    sqlite_world: World,
) -> None:
    world, admin = sqlite_world, chief(sqlite_world)
    made = {
        "id": str(uuid4()),
        "username": "zhou.min",
        "display_name": "周敏",
        "password": "first password",
        "roles": inspecting(world.north),
    }
    answer = admin.post(USERS, json=made)
    assert answer.status_code == 201, answer.text
    assert answer.json["roles"] == inspecting(world.north)
    assert "password" not in answer.text
    assert admin.post(USERS, json=made).json == answer.json, "a lost answer does no harm"

    taken = admin.post(USERS, json={**made, "id": str(uuid4())})
    assert (taken.status_code, taken.json["errors"][0]["pointer"]) == (422, "/username")
    short = admin.post(USERS, json={**made, "id": str(uuid4()), "password": "short"})
    assert (short.status_code, short.json["errors"][0]["pointer"]) == (422, "/password")
    nowhere = admin.post(USERS, json={**made, "id": str(uuid4()), "username": "x1", "roles": []})
    assert (nowhere.status_code, nowhere.json["errors"][0]["pointer"]) == (422, "/roles")

    zhou = sign_in(world, "first password")
    assert zhou.status_code == 200
    token = {"Authorization": f"Bearer {zhou.json['access_token']}"}
    path = f"{USERS}/{made['id']}/password"
    assert admin.put(path, json={"password": "second password"}).status_code == 204
    assert world.client.get("/api/v1/auth/me", headers=token).status_code == 401
    assert sign_in(world, "first password").status_code == 401
    assert sign_in(world, "second password").status_code == 200
    details = [each["details"] for each in audit(admin, "user_created", "password_set")]
    assert [each["display_name"] for each in details] == ["周敏", "周敏"]
    assert "password" not in "".join(details[1])


def sign_in(world: World, password: str) -> Any:
    device = {"id": "phone-of-zhou", "name": "phone"}
    login = {"username": "zhou.min", "password": password, "device": device}
    return world.client.post("/api/v1/auth/login", json=login)


def test_nobody_gives_an_account_or_a_password_beyond_the_sites_they_manage(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    keeper = world.person("keeper", Role.ADMIN, [world.north])
    li, far = world.person("li"), world.person("far", Role.INSPECTOR, [world.south])
    other = {"password": "0123456789"}
    made = {"username": "new.one", "display_name": "新", "password": "long enough"}
    for site in (world.south, None):
        body = {"id": str(uuid4()), **made, "roles": inspecting(site)}
        assert slug_of(keeper.post(USERS, json=body)) == "forbidden"
    assert keeper.put(f"{USERS}/{far.user_id}/password", json=other).status_code == 404
    assert li.post(USERS, json={}).status_code in (403, 422)
    assert slug_of(li.put(f"{USERS}/{far.user_id}/password", json=other)) == "forbidden"
