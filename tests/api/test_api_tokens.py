"""Tokens of business tools: they read what they were made for, and nothing else answers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from schemas.api_tokens import READINGS
from server.access import Role
from server.api_tokens.models import ApiToken
from server.api_tokens.service import TOKEN_LENGTH
from server.db.base import current_session
from server.db.scope import unscoped
from tests.architecture.test_access import guarded_routes, guest_routes
from tests.receiving_world import TODAY, Canteen
from tests.rectification_world import Inspected
from tests.world import Person, World

TOKENS = "/api/v1/api-tokens"
REPORTS = "/api/v1/reports"


def asked(world: World, **changes: Any) -> dict[str, Any]:
    return {"name": "Power BI", "reads": list(READINGS), "site_ids": [world.north], **changes}


def made(admin: Person, body: dict[str, Any]) -> dict[str, Any]:
    answer = admin.post(TOKENS, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    token: dict[str, Any] = answer.json
    return token


def ask(world: World, token: str, path: str, method: str = "GET") -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    body = None if method in ("GET", "HEAD") else {}
    return world.app.test_client().open(path, method=method, headers=headers, json=body)


def test_nothing_answers_a_token_but_reading_within_what_it_was_made_for(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)
    clock = sqlite_world.app.extensions["yanshou.clock"]

    def opens(token: str, method: str, path: str) -> bool:
        clock.now += timedelta(seconds=2)
        answer = ask(sqlite_world, token, path, method)
        is_open = answer.status_code != 403
        if not is_open and method != "HEAD":
            assert answer.json["type"] == "/problems/api-token-scope", (path, answer.text)
        assert not is_open or answer.status_code in (200, 404, 422), (path, answer.text)
        answer.close()
        return is_open

    whole = made(admin, asked(sqlite_world))["token"]
    routes = guarded_routes(sqlite_world.app)
    opened = [(method, path) for method, path in routes if opens(whole, method, path)]
    assert {method for method, _ in opened} == {"GET", "HEAD"}
    own = {one: made(admin, asked(sqlite_world, reads=[one]))["token"] for one in READINGS}
    others = {
        one: made(admin, asked(sqlite_world, reads=[r for r in READINGS if r != one]))["token"]
        for one in READINGS
    }
    readings = {path: _reading_of(path) for method, path in opened if method == "GET"}
    assert set(readings.values()) == set(READINGS)
    for path, reading in readings.items():
        assert opens(own[reading], "GET", path), path
        assert not opens(others[reading], "GET", path), path
    for method, path in guest_routes(sqlite_world.app):
        clock.now += timedelta(minutes=1)
        assert ask(sqlite_world, whole, path, method).status_code == 404, path


_PATHS = {
    "suppliers": ("/suppliers", "/reports/supplier"),
    "products": ("/products", "/reports/products"),
    "staff": ("/staff-members", "/reports/health-certificates"),
    "goods_receipts": ("/goods-receipts", "/reports/goods-receipt", "/reports/purchase-checks"),
    "findings": ("/findings", "/reports/findings"),
    "corrective_actions": ("/corrective-actions", "/reports/corrective-actions"),
    "inspections": ("/inspections", "/reports/inspections"),
    "registers": (
        "/register",
        "/reports/sample-retention",
        "/reports/disinfection",
        "/reports/morning-checks",
        "/reports/temperature-log",
        "/reports/kitchen-waste",
        "/reports/pest-control",
    ),
    "switching": ("/switching", "/reports/switching-states"),
    "figures": ("/overview",),
}


def _reading_of(path: str) -> str:
    assert not path.endswith((".pdf", ".zip", "/answer-links")), path
    short = path.removeprefix("/api/v1")
    [reading] = [one for one, own in _PATHS.items() if short.startswith(own)]
    return reading


def test_a_token_reads_its_own_sites_until_it_is_taken_back_or_over(world: World) -> None:
    inspected = Inspected(world)
    inspected.found()
    admin = world.person("chief", Role.ADMIN, [world.north, world.south])
    clock = world.app.extensions["yanshou.clock"]
    north, south = (
        made(admin, asked(world, site_ids=[site], reads=["findings"]))
        for site in (world.north, world.south)
    )
    path = f"{REPORTS}/findings.csv?lang=en"
    assert len(ask(world, north["token"], path).text.splitlines()) == 2
    assert len(ask(world, north["token"], "/api/v1/findings").json["findings"]) == 1
    assert len(ask(world, south["token"], path).text.splitlines()) == 1
    assert ask(world, north["token"], "/api/v1/findings", "HEAD").status_code == 200

    listed = {one["id"]: one for one in admin.get(TOKENS).json["api_tokens"]}
    assert listed[north["id"]]["last_used_at"] is not None
    assert listed[north["id"]]["last_used_address"] == "127.0.0.1"
    assert north["token"].startswith(listed[north["id"]]["beginning"])
    assert north["token"] not in admin.get(TOKENS).text
    with world.app.app_context(), unscoped(current_session()):
        kept = current_session().scalars(select(ApiToken)).all()
        assert north["token"] not in str([vars(row) for row in kept])

    assert admin.post(f"{TOKENS}/{north['id']}/revoke").json["revoked_at"] is not None
    assert ask(world, north["token"], path).status_code == 401
    clock.now += timedelta(days=365)
    assert ask(world, south["token"], path).status_code == 401
    admin.sign_in()
    entries = admin.get("/api/v1/audit-entries?limit=200").json["entries"]
    told = Counter(entry["action"] for entry in entries)
    assert (told["api_token_made"], told["api_token_revoked"]) == (2, 1)


def test_who_makes_tokens_gives_no_more_than_their_own_sites_for_a_time_that_ends(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)
    other = sqlite_world.person("far", Role.ADMIN, [sqlite_world.south])
    abroad = sqlite_world.person("foreign", Role.ADMIN, [sqlite_world.abroad])
    assert sqlite_world.person("boss", Role.MANAGER).get(TOKENS).status_code == 403
    for wrong in (
        {"site_ids": [sqlite_world.north, sqlite_world.south]},
        {"site_ids": [sqlite_world.abroad]},
    ):
        assert admin.post(TOKENS, json=asked(sqlite_world, **wrong)).status_code == 404
    for pointer, wrong in (
        ("/site_ids", {"site_ids": []}),
        ("/reads", {"reads": []}),
        ("/reads/0", {"reads": ["users"]}),
        ("/expires_at", {"expires_at": "2026-03-01T00:00:00Z"}),
        ("/expires_at", {"expires_at": "2029-01-01T00:00:00Z"}),
        ("/name", {"name": ""}),
    ):
        refused = admin.post(TOKENS, json=asked(sqlite_world, **wrong))
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json["errors"]] == [pointer]
    token = made(admin, asked(sqlite_world))
    assert token["expires_at"].startswith("2027-03-02")
    for stranger in (other, abroad):
        assert stranger.get(TOKENS).json["api_tokens"] == []
        assert stranger.post(f"{TOKENS}/{token['id']}/revoke").status_code == 404
    assert ask(sqlite_world, "yst_" + "x" * 43, "/api/v1/findings").status_code == 401
    assert len(token["token"]) == TOKEN_LENGTH
    signed_in = token["token"].removeprefix("yst_")
    assert ask(sqlite_world, signed_in, "/api/v1/findings").status_code == 401


def test_a_token_is_held_to_so_many_requests_a_minute(sqlite_world: World) -> None:
    Canteen(sqlite_world)
    admin = sqlite_world.person("chief", Role.ADMIN)
    token, other = (made(admin, asked(sqlite_world))["token"] for _ in range(2))
    path = f"/api/v1/goods-receipts?delivered_from={TODAY}"
    answers = [ask(sqlite_world, token, path) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert ask(sqlite_world, other, path).status_code == 200
    sqlite_world.app.extensions["yanshou.clock"].now += timedelta(seconds=2)
    assert ask(sqlite_world, token, path).status_code == 200
