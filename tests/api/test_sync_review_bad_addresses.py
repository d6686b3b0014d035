"""Addresses and queries of review and support that make no sense: a clear answer, never a 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from server.access import Role
from tests.api.sync_client import slug_of
from tests.world import Person, World

NONSENSE = ["x", "\0", "\ud800", "..", "a" * 5000, "'; --", "光标", "%", "1" * 40]


def escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture
def admin(world: World) -> Person:
    return world.person("admin", Role.ADMIN, [world.north])


@pytest.mark.parametrize("text", NONSENSE, ids=ascii)
def test_an_id_that_is_none_names_nothing(admin: Person, text: str) -> None:
    for path in (
        "/api/v1/sync/quarantine/{}",
        "/api/v1/sync/conflicts/{}",
        "/api/v1/sync/devices/{}",
        "/api/v1/sync/devices/{}/sessions",
    ):
        answer = admin.get(path.format(escaped(text)))
        assert answer.status_code == 404, (path, answer.text)
    for path in ("/api/v1/devices/{}/revoke", "/api/v1/devices/{}/reinstate"):
        assert admin.post(path.format(escaped(text))).status_code == 404, path
    for path in ("quarantine/{}/reapply", "quarantine/{}/discard", "quarantine/{}/reopen"):
        answer = admin.post("/api/v1/sync/" + path.format(escaped(text)), json={"reason": "x"})
        assert answer.status_code == 404, (path, answer.text)


@pytest.mark.parametrize(
    "name", ["cursor", "collection", "site_id", "user_id", "device_id", "slug"]
)
@pytest.mark.parametrize("text", NONSENSE, ids=ascii)
def test_a_filter_that_makes_no_sense_is_refused_or_finds_nothing(
    admin: Person, name: str, text: str
) -> None:
    query = f"{name}={escaped(text)}"
    for path in ("/api/v1/sync/quarantine", "/api/v1/sync/conflicts"):
        answer = admin.get(f"{path}?{query}")
        assert answer.status_code in {200, 400, 422}, (path, answer.text)
        if answer.status_code == 200:
            assert [] in answer.json.values()
        else:
            assert slug_of(answer) in {"validation-failed", "bad-request"}
