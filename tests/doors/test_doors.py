"""The unmodified libraries, run in Node against a real service, replicate through the doors."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.infrastructure.node import installed_packages, node_program
from tests.infrastructure.service import Service, running_service

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("doors")) as running:
        yield running


def ask(service: Service, path: str, token: str | None = None, body: Any = None) -> Any:
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(service.address + path, data, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def sign_in(service: Service, username: str) -> dict[str, str]:
    device = {"id": str(uuid4()), "name": "Node"}
    body = {"username": username, "password": service.accounts()[username], "device": device}
    token = ask(service, "/api/v1/auth/login", body=body)["access_token"]
    return {"token": token, "device_id": device["id"]}


def run_clients(service: Service, script: str) -> dict[str, Any]:
    installed_packages(HERE)
    people = [sign_in(service, name) for name in ("inspector1", "inspector2")]
    ran = subprocess.run(
        [node_program(), str(HERE / script)],
        input=json.dumps({"address": service.address, "people": people}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    result["server"] = on_server(service, people[0]["token"], result["ids"])
    return result


def on_server(service: Service, token: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    page = ask(service, "/api/v1/sync/pull?limit=1000&collections=work_log_entries", token)
    return {
        change["id"]: {**change["document"], "version": change["version"]}
        for change in page["changes"]
        if change["id"] in ids and not change["deleted"]
    }


def check_the_end(result: dict[str, Any], fields: tuple[str, ...]) -> None:
    """Both clients hold what the server has, and nobody's work is lost or doubled."""
    server, ids = result["server"], result["ids"]
    assert set(server) == set(ids) - {ids[2]}
    for who in ("li", "wang"):
        held = {record_id: row for record_id, row in result[who].items() if record_id in ids}
        assert set(held) == set(server), who
        for record_id, document in server.items():
            theirs = {name: held[record_id][name] for name in fields}
            assert theirs == {name: document[name] for name in fields}, (who, record_id)
    assert (server[ids[0]]["title"], server[ids[0]]["text"]) == ("李改题", "王改文")
    assert server[ids[3]]["marks"] == {"a": 5, "b": 2}
    assert server[ids[4]]["text"] == "乙"


def test_two_rxdb_databases_end_with_what_the_server_has(service: Service) -> None:
    result = run_clients(service, "rxdb_clients.mjs")
    check_the_end(result, ("version", "title", "text", "marks", "site_id", "received_at"))
    # The same field on both sides: one stands, the other waits for a person.
    manager = sign_in(service, "manager1")["token"]
    waiting = ask(service, "/api/v1/sync/conflicts", manager)["conflicts"]
    assert [item["record_id"] for item in waiting] == [result["ids"][1]]


def test_two_watermelondb_databases_end_with_what_the_server_has(service: Service) -> None:
    result = run_clients(service, "watermelondb_clients.mjs")
    check_the_end(result, ("version", "title", "text", "marks", "site_id", "received_at"))
    # The library puts its own columns over the server's: who synchronizes last has the last word.
    assert result["server"][result["ids"][1]]["text"] == "王"
