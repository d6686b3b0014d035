"""Speaking sync as a phone does, for tests over HTTP."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from tests.world import Person, World

PUSH = "/api/v1/sync/push"
PULL = "/api/v1/sync/pull"


def mutation(
    document: dict[str, Any], base_version: int | None = None, **other: Any
) -> dict[str, Any]:
    """An upsert of a work log entry; *other* replaces or adds members of the mutation."""
    return {
        "mutation_id": str(uuid4()),
        "collection": "work_log_entries",
        "id": document["id"],
        "operation": "upsert",
        "base_version": base_version,
        "document": document,
        "captured_at": "2026-03-01T08:00:00Z",
        **other,
    }


def deletion(record_id: str, base_version: int | None, **other: Any) -> dict[str, Any]:
    sent = mutation({"id": record_id}, base_version, operation="delete", **other)
    del sent["document"]
    return sent


def entry(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "title": "晨会", **fields}


def push(person: Person, *mutations: Any) -> list[dict[str, Any]]:
    # Not the application's own JSON: phones may send what it would never write.
    body = json.dumps({"device_id": person.device_id, "mutations": list(mutations)})
    answer = person.post(PUSH, data=body, content_type="application/json")
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json["results"]
    return results


def pull(person: Person, cursor: str | None = None, **query: Any) -> dict[str, Any]:
    query = {**query, **({"cursor": cursor} if cursor else {})}
    answer = person.get(PULL, query_string=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json
    return page


def entries_of(person: Person) -> dict[str, dict[str, Any]]:
    """The work log as *person* pulls it from the start: id → change."""
    changes = pull(person, collections="work_log_entries")["changes"]
    assert len({change["id"] for change in changes}) == len(changes)
    return {change["id"]: change for change in changes}


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def slugs(results: list[dict[str, Any]]) -> list[str]:
    return [result["problem"]["type"].removeprefix("/problems/") for result in results]


def slug_of(answer: Any) -> str:
    slug: str = answer.json["type"]
    return slug.removeprefix("/problems/")


def quarantined(world: World) -> list[dict[str, Any]]:
    """What waits for an administrator, as one sees it."""
    from server.access import Role

    admin = world.person("admin", Role.ADMIN, [world.north, world.south])
    kept: list[dict[str, Any]] = admin.get("/api/v1/sync/quarantine").json["quarantined"]
    return kept
