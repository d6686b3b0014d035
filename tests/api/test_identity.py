"""Signing in and out, throttling, tokens and devices."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import AccessToken, User
from tests.world import PASSWORD


def login(world, username="li", password=PASSWORD, address="10.0.0.1", device_id=None):
    return world.client.post(
        "/api/v1/auth/login",
        json={
            "username": username,
            "password": password,
            "device": {"id": device_id or str(uuid4()), "name": "手机"},
        },
        environ_overrides={"REMOTE_ADDR": address},
    )


def test_a_signed_in_person_sees_the_own_account(world):
    inspector = world.person("li", Role.INSPECTOR)
    account = inspector.get("/api/v1/auth/me").json
    assert account["username"] == "li"
    assert account["role"] == "inspector"
    assert [site["site_id"] for site in account["sites"]] == [world.north]


def test_signing_out_ends_the_token(world):
    inspector = world.person("li", Role.INSPECTOR)
    assert inspector.post("/api/v1/auth/logout").status_code == 204
    assert inspector.get("/api/v1/auth/me").status_code == 401


def test_a_token_ends_at_its_expiry(world, clock, settings):
    inspector = world.person("li")
    clock.advance(seconds=settings.token_ttl_seconds - 1)
    assert inspector.get("/api/v1/auth/me").status_code == 200
    clock.advance(seconds=1)
    assert inspector.get("/api/v1/auth/me").status_code == 401


def test_the_database_holds_neither_token_nor_password(world):
    token = world.person("li").token
    with world.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            hashes = session.scalars(select(AccessToken.token_hash)).all()
            password_hash = session.scalar(select(User.password_hash))
    assert token not in hashes
    assert len(hashes[0]) == 64
    assert password_hash.startswith("$argon2id$")


def test_the_sixth_attempt_in_a_row_waits_even_with_the_right_password(world, clock):
    world.person("li")
    for _ in range(5):
        assert login(world, password="wrong").status_code == 401
    refused = login(world)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert login(world).status_code == 200


def test_wrong_passwords_from_elsewhere_do_not_lock_a_person_out(world):
    world.person("li")
    for _ in range(5):
        login(world, password="wrong", address="203.0.113.9")
    assert login(world, address="203.0.113.9").status_code == 429
    assert login(world, address="10.0.0.1").status_code == 200


def test_guessing_one_name_from_many_addresses_is_stopped_in_the_end(world):
    world.person("li")
    for number in range(50):
        login(world, password="wrong", address=f"203.0.113.{number}")
    assert login(world, address="10.0.0.1").status_code == 429


def test_an_unknown_name_is_answered_like_a_wrong_password(world):
    world.person("li")
    unknown, wrong = login(world, "nobody"), login(world, password="wrong")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json == wrong.json


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_a_revoked_device_is_refused_at_its_next_request_and_at_sign_in(world, role):
    inspector, boss = world.person("li"), world.person("boss", role)
    path = f"/api/v1/devices/{inspector.device_id}/revoke"
    assert boss.post(path).json["revoked_at"] is not None
    refused = inspector.get("/api/v1/auth/me")
    assert refused.status_code == 403
    assert refused.json["type"] == "/problems/device-revoked"
    assert login(world, device_id=inspector.device_id).status_code == 403


def test_a_disabled_user_is_refused_at_the_next_request(world):
    inspector = world.person("li")
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            session.execute(
                update(User).where(User.id == inspector.user_id).values(is_active=False)
            )
    assert inspector.get("/api/v1/auth/me").status_code == 401
    assert login(world).status_code == 401


def test_an_administrator_of_another_organisation_sees_no_device_of_ours(world):
    inspector = world.person("li")
    foreign = world.person("foreign", Role.ADMIN, [world.abroad])
    assert foreign.post(f"/api/v1/devices/{inspector.device_id}/revoke").status_code == 404
    listed = foreign.get("/api/v1/devices").json["devices"]
    assert inspector.device_id not in {device["id"] for device in listed}


def test_problems_speak_the_readers_language(world):
    for language, title in (("zh-CN", "需要登录"), ("en", "Sign-in needed"), ("fr", "需要登录")):
        answer = world.client.get("/api/v1/auth/me", headers={"Accept-Language": language})
        assert answer.json["title"] == title
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        ("GET", "/api/v1/nowhere", {}, 404),
        ("DELETE", "/api/v1/auth/login", {}, 405),
        ("POST", "/api/v1/auth/login", {"data": b"x" * (4 * 1024 * 1024 + 1)}, 413),
        ("POST", "/api/v1/auth/login", {"data": b"a=b", "content_type": "text/plain"}, 415),
        ("POST", "/api/v1/auth/login", {"data": b"{", "content_type": "application/json"}, 400),
        ("POST", "/api/v1/auth/login", {"json": {}}, 422),
    ],
)
def test_every_refusal_is_a_problem(sqlite_world, method, path, arguments, status):
    if status == 413:
        arguments = {**arguments, "content_type": "application/json"}
    answer = sqlite_world.client.open(path, method=method, **arguments)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"].startswith("/problems/")
    if status == 405:
        assert "POST" in answer.headers["Allow"]


def test_an_unexpected_error_is_a_problem_without_its_inside(sqlite_world):
    person = sqlite_world.person("li")
    with sqlite_world.app.app_context(), transaction(current_session(), write=True):
        current_session().execute(text("DROP TABLE document_counters"))
        current_session().execute(text("ALTER TABLE goods_receipts RENAME TO gone"))
    answer = person.get("/api/v1/goods-receipts")
    assert answer.status_code == 500
    assert answer.json["type"] == "/problems/internal-error"
    assert answer.headers["X-Request-Id"] in answer.json["detail"]
    assert "goods_receipts" not in answer.text
