"""Every route says who may use it, and keeps everybody else out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from server.access import ROLE_PERMISSIONS, Permission, Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.guard import guard_routes, public
from server.identity.models import User
from tests.rectification_world import Inspected
from tests.world import Person, World

NOBODYS_ID = "0192e000-0000-7000-8000-000000000000"
READING = {"GET", "HEAD", "OPTIONS"}
OPEN_TO_ALL = {
    "/",
    "/a",
    "/desk",
    "/api/docs",
    "/api/openapi.json",
    "/api/v1/auth/login",
    "/api/v1/setup",
    "/favicon.ico",
    "/healthz",
    "/install",
    "/install/ca.crt",
    "/install/qr.svg",
    "/metrics",
    "/readyz",
    "/service-worker.js",
    "/setup",
}
"""Routes that need no sign-in. A new one is added here on purpose, or not at all. ``/metrics``
answers to a token of its own, or to this machine alone; ``/api/v1/setup`` to the set-up code of a
server without any organisation, and to nobody afterwards."""

HANDING_OVER = {
    ("POST", "/api/v1/sync/push"),
    ("POST", f"/api/v1/sync/rxdb/{NOBODYS_ID}/push"),
    ("POST", "/api/v1/sync/watermelondb"),
    ("POST", "/api/v1/uploads"),
    ("HEAD", f"/api/v1/uploads/{NOBODYS_ID}"),
    ("PATCH", f"/api/v1/uploads/{NOBODYS_ID}"),
}
"""Where the token of a revoked device or a disabled account still hands over what was captured
before, for review; see ``tests/api/test_sync_revoked.py``."""

FOR_GUESTS = "/api/v1/answer"
"""Here, and nowhere else, the token of a link to one notice opens something."""

OPEN_FOLDERS = ("/app/",)
"""Under these lie the files of the pages: program text, never data."""


def routes_of(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path of every route; where an id belongs stands one nobody has."""
    for rule in app.url_map.iter_rules():
        path = re.sub("<[^>]+>", NOBODYS_ID, str(rule))
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield method, path


def is_open(path: str) -> bool:
    return path in OPEN_TO_ALL or path.startswith(OPEN_FOLDERS)


def is_for_guests(path: str) -> bool:
    return path == FOR_GUESTS or path.startswith(f"{FOR_GUESTS}/")


def guest_routes(app: Flask) -> list[tuple[str, str]]:
    found = [(method, path) for method, path in routes_of(app) if is_for_guests(path)]
    assert len(found) >= 5
    return found


def guarded_routes(app: Flask) -> list[tuple[str, str]]:
    found = [
        (method, path)
        for method, path in routes_of(app)
        if not is_open(path) and not is_for_guests(path)
    ]
    assert len(found) > 20
    return found


def refusals(app: Flask, token: str | None) -> dict[tuple[str, str], TestResponse]:
    """The answer of every guarded route to *token*."""
    client = app.test_client()
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return {
        (method, path): client.open(path, method=method, headers=headers, json=_body(method))
        for method, path in guarded_routes(app)
    }


def _body(method: str) -> object:
    return None if method in READING else {}


def others_than(
    status: int, answers: dict[tuple[str, str], TestResponse]
) -> dict[tuple[str, str], int]:
    return {
        route: answer.status_code
        for route, answer in answers.items()
        if answer.status_code != status
    }


# -- who comes with nothing, or with what is no longer good --------------------------------------


def no_token(_world: World, _person: Person) -> str | None:
    return None


def garbage(_world: World, _person: Person) -> str:
    return "x" * 43


def of_another_kind(_world: World, person: Person) -> str:
    return person.token[:-1] + ("A" if person.token[-1] != "A" else "B")


def logged_out(_world: World, person: Person) -> str:
    assert person.post("/api/v1/auth/logout").status_code == 204
    return person.token


def expired(world: World, person: Person) -> str:
    world.app.extensions["yanshou.clock"].now += timedelta(days=31)
    return person.token


def of_a_disabled_user(world: World, person: Person) -> str:
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            session.execute(update(User).where(User.id == person.user_id).values(is_active=False))
    return person.token


@pytest.mark.parametrize(
    "make_token",
    [no_token, garbage, of_another_kind, logged_out, expired, of_a_disabled_user],
    ids=lambda function: function.__name__,
)
def test_every_route_refuses_who_is_not_signed_in(
    sqlite_world: World, make_token: Callable[[World, Person], str | None]
) -> None:
    person = sqlite_world.person("boss", Role.ADMIN)
    answers = refusals(sqlite_world.app, make_token(sqlite_world, person))
    assert others_than(401, answers).keys() == (
        HANDING_OVER if make_token is of_a_disabled_user else set()
    )


def test_every_route_refuses_a_revoked_device(sqlite_world: World) -> None:
    person = sqlite_world.person("boss", Role.ADMIN)
    other = sqlite_world.person("other", Role.ADMIN)
    assert other.post(f"/api/v1/devices/{person.device_id}/revoke").status_code == 200
    answers = refusals(sqlite_world.app, person.token)
    assert others_than(403, answers).keys() == HANDING_OVER
    bodies = [
        answer.json
        for (method, path), answer in answers.items()
        if method != "HEAD" and (method, path) not in HANDING_OVER
    ]
    assert {body["type"] for body in bodies} == {"/problems/device-revoked"}


# -- who is signed in and may not ----------------------------------------------------------------

OWN_BUSINESS = ("/api/v1/auth/logout", "/api/v1/sync/")
"""Writing routes that everybody may call. The doors of sync refuse mutation by mutation, so that
what a phone captured is kept; see ``tests/api/test_sync_api.py``."""


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SUPPLIER_CONTACT])
def test_who_only_reads_may_write_nowhere(sqlite_world: World, role: Role) -> None:
    reader = sqlite_world.person("reader", role)
    for method, path in guarded_routes(sqlite_world.app):
        if method in READING or path.startswith(OWN_BUSINESS):
            continue
        answer = reader.request(method, path, json={})
        assert answer.status_code == 403, (method, path, answer.text)


def test_a_suppliers_contact_reads_nothing_but_the_own_account(sqlite_world: World) -> None:
    contact = sqlite_world.person("contact", Role.SUPPLIER_CONTACT)
    may = {
        (method, path)
        for method, path in guarded_routes(sqlite_world.app)
        if method == "GET" and contact.get(path).status_code != 403
    }
    assert may == {("GET", "/api/v1/auth/me")}


def test_every_view_is_open_on_purpose_or_asks_for_one_permission(sqlite_world: World) -> None:
    views = sqlite_world.app.view_functions
    assert {name: view for name, view in views.items() if not hasattr(view, "access")} == {}
    for endpoint, view in views.items():
        is_known = view.access in {"public", "answer_link"}
        assert is_known or isinstance(view.access, Permission), endpoint


# -- who holds a link to answer one notice ---------------------------------------------------------


def answer_token(inspected: Inspected) -> str:
    action = inspected.issued()
    path = f"/api/v1/corrective-actions/{action['id']}/answer-links"
    made = inspected.manager.post(path, json={})
    assert made.status_code == 201, made.text
    return str(made.json["token"])


def test_a_link_opens_no_route_but_those_of_its_notice(sqlite_world: World) -> None:
    token = answer_token(Inspected(sqlite_world))
    assert others_than(401, refusals(sqlite_world.app, token)) == {}


def test_the_routes_of_links_open_to_links_alone(sqlite_world: World) -> None:
    boss = sqlite_world.person("boss", Role.ADMIN)
    client = sqlite_world.app.test_client()
    for method, path in guest_routes(sqlite_world.app):
        # Wrong links are slowed down; a minute later there is room again.
        sqlite_world.app.extensions["yanshou.clock"].now += timedelta(minutes=1)
        assert client.open(path, method=method).status_code == 401, (method, path)
        for token in (boss.token, "x" * 32):
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.open(path, method=method, headers=headers, json=_body(method))
            assert answer.status_code == 404, (method, path)


def test_metrics_are_not_for_other_machines(sqlite_world: World) -> None:
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    answer = sqlite_world.app.test_client().get("/metrics", environ_base=stranger)
    assert answer.status_code in {401, 403, 404}


def test_every_permission_is_held_by_some_role_and_none_by_a_mere_supplier() -> None:
    held = set().union(*ROLE_PERMISSIONS.values())
    assert held == set(Permission)
    assert ROLE_PERMISSIONS[Role.SUPPLIER_CONTACT] == {Permission.READ_OWN_ACCOUNT}


# -- a route that says nothing -------------------------------------------------------------------


def test_a_route_without_an_access_rule_stops_the_application_from_starting() -> None:
    app = Flask("forgetful")
    app.add_url_rule("/", "open", public(lambda: "open"))
    app.add_url_rule("/secrets", "secrets", lambda: "secret")
    with pytest.raises(RuntimeError, match="secrets"):
        guard_routes(app, lambda: pytest.fail("nobody is asked"))
