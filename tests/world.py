"""A small world for tests: two organisations, sites, people, and a way to speak as one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.access import Actor, Role
from server.db.base import current_session
from server.db.transaction import transaction
from server.http.context import current_settings, current_time
from server.identity.service import make_actor
from server.identity.setup import create_organisation, create_site, create_user

PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """Somebody signed in on a device; ``get``, ``post`` … speak with their token."""

    client: FlaskClient
    username: str
    user_id: str
    site_ids: list[str]
    device_id: str = field(default_factory=lambda: str(uuid4()))
    token: str = ""

    def sign_in(self) -> Person:
        answer = self.client.post(
            "/api/v1/auth/login",
            json={
                "username": self.username,
                "password": PASSWORD,
                "device": {"id": self.device_id, "name": f"{self.username}'s phone"},
            },
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json["access_token"]
        return self

    def request(self, method: str, path: str, **arguments: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **arguments)

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("POST", path, **arguments)

    def put(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("PUT", path, **arguments)

    def patch(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("PATCH", path, **arguments)

    def head(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("HEAD", path, **arguments)

    def delete(self, path: str, **arguments: Any) -> TestResponse:
        return self.request("DELETE", path, **arguments)


class World:
    """Organisation one has the sites ``north`` and ``south``; organisation two has ``abroad``."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        with app.app_context(), transaction(current_session(), write=True):
            session, now = current_session(), current_time()
            one = create_organisation(session, "第一中学后勤", now)
            two = create_organisation(session, "别的单位", now)
            self.organisation_id, self.other_organisation_id = one.id, two.id
            self.north = create_site(session, one.id, "N1", "北区食堂", now).id
            self.south = create_site(session, one.id, "S1", "南区食堂", now).id
            self.abroad = create_site(session, two.id, "A1", "外单位食堂", now).id
        self._signed_in: dict[str, Person] = {}

    def person(
        self, name: str, role: Role = Role.INSPECTOR, sites: list[str] | None = None
    ) -> Person:
        """A signed-in person called *name*, made at the first call; by default at ``north``."""
        if name not in self._signed_in:
            self._signed_in[name] = self._make(name, role, sites or [self.north]).sign_in()
        return self._signed_in[name]

    def _make(self, name: str, role: Role, sites: list[str]) -> Person:
        abroad = self.abroad in sites
        organisation_id = self.other_organisation_id if abroad else self.organisation_id
        with self.app.app_context(), transaction(current_session(), write=True):
            user = create_user(
                current_session(),
                current_settings(),
                organisation_id,
                name,
                name.title(),
                PASSWORD,
                [(role, site) for site in sites],
                current_time(),
            )
            return Person(self.app.test_client(), name, user.id, sites)

    def actor(self, person: Person) -> Actor:
        """*person* as services see them. Call inside an application context and transaction."""
        from server.db.scope import unscoped
        from server.identity.models import User

        session = current_session()
        with unscoped(session):
            return make_actor(session, session.get_one(User, person.user_id), person.device_id)
