"""One test for each kind of bad input: a clear problem, and the state is what it was.

"The state" is every row of every table, but for what tells of the refusal itself: the quarantine,
the remembered answer, and the statistics.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.db import compaction
from server.db.base import Base, current_session
from server.db.transaction import transaction
from sync.cursor import decode_cursor, encode_cursor
from tests.api.sync_client import (
    PULL,
    PUSH,
    entry,
    mutation,
    pull,
    push,
    quarantined,
    slug_of,
    slugs,
    statuses,
)
from tests.world import Person, World

KEY = b"only-for-tests-" * 3
TELLING = {"quarantined_mutations", "sync_mutations", "device_syncs", "sync_sessions"}


@pytest.fixture
def li(world: World) -> Person:
    li = world.person("li")
    quarantined(world)  # its reader is made now, not in the middle of a test
    push(li, mutation(entry(title="原来的", marks={"a": 1})))
    return li


def state_of(world: World) -> dict[str, list[str]]:
    with world.app.app_context(), transaction(current_session(), write=False):
        return {
            table.name: sorted(map(repr, current_session().execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in TELLING
        }


@contextmanager
def nothing_changes(world: World) -> Iterator[None]:
    before = state_of(world)
    yield
    after = state_of(world)
    assert after == before


def refused_whole(world: World, answer: Any, status: int, slug: str) -> None:
    """A problem in the reader's language, and no trace of the request."""
    assert (answer.status_code, slug_of(answer)) == (status, slug), answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"]
    assert quarantined(world) == []


# -- cursors -------------------------------------------------------------------------------------


def pull_with(person: Person, cursor: str) -> Any:
    return person.get(PULL, query_string={"cursor": cursor})


def test_a_cursor_of_another_user(world: World, li: Person) -> None:
    cursor = pull(world.person("wang"))["cursor"]
    with nothing_changes(world):
        refused_whole(world, pull_with(li, cursor), 400, "cursor-invalid")


def test_a_cursor_of_another_epoch(world: World, li: Person) -> None:
    cursor = pull(li)["cursor"]
    with world.app.app_context(), transaction(current_session(), write=True):
        compaction.new_epoch(current_session(), world.organisation_id)
    with nothing_changes(world):
        refused_whole(world, pull_with(li, cursor), 410, "cursor-expired")


def test_a_cursor_from_the_future(world: World, li: Person) -> None:
    cursor = decode_cursor(pull(li)["cursor"], KEY)
    future = encode_cursor(replace(cursor, position=cursor.position + 1), KEY)
    with nothing_changes(world):
        refused_whole(world, pull_with(li, future), 400, "cursor-invalid")


def test_a_cursor_that_is_garbage(world: World, li: Person) -> None:
    with nothing_changes(world):
        refused_whole(world, pull_with(li, "garbage"), 400, "cursor-invalid")


# -- one bad mutation ----------------------------------------------------------------------------


def is_refused_alone(world: World, li: Person, bad: Any, slug: str) -> dict[str, Any]:
    """Refused by itself, kept whole, and sent again refused again; its neighbour is accepted."""
    with nothing_changes(world):
        [result] = push(li, bad)
        assert slugs([result]) == [slug]
        assert result["problem"]["title"]
        assert statuses(push(li, bad)) == ["rejected"]
    assert len(quarantined(world)) == 1
    assert statuses(push(li, bad, mutation(entry()))) == ["rejected", "applied"]
    problem: dict[str, Any] = result["problem"]
    return problem


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


def test_an_unknown_collection(world: World, li: Person) -> None:
    problem = is_refused_alone(world, li, mutation(entry(), collection="x"), "unknown-collection")
    assert "x" in problem["detail"]


def test_an_unknown_field(world: World, li: Person) -> None:
    bad = mutation(entry(colour="red"))
    assert pointers(is_refused_alone(world, li, bad, "validation-failed")) == ["/colour"]


def test_a_wrong_type(world: World, li: Person) -> None:
    bad = mutation(entry(title=["晨会"]))
    assert pointers(is_refused_alone(world, li, bad, "validation-failed")) == ["/title"]


def test_2_mib_of_text(world: World, li: Person) -> None:
    bad = mutation(entry(text="字" * (2 * 1024 * 1024 // 6)))
    assert len(json.dumps(bad)) > 2 * 1024 * 1024
    assert pointers(is_refused_alone(world, li, bad, "validation-failed")) == ["/text"]


def test_a_proto_key(world: World, li: Person) -> None:
    bad = mutation(entry(__proto__={"is_admin": True}))
    assert pointers(is_refused_alone(world, li, bad, "validation-failed")) == ["/__proto__"]


def test_a_proto_key_in_a_map(world: World, li: Person) -> None:
    """Where any key may stand, it is a key like any other, and comes back as it was sent."""
    sent = entry(marks=json.loads('{"__proto__": 1}'))
    [result] = push(li, mutation(sent))
    if result["status"] == "applied":
        assert result["document"]["marks"] == {"__proto__": 1}
    else:
        assert slugs([result]) == ["validation-failed"]


def test_nan(world: World, li: Person) -> None:
    is_refused_alone(world, li, mutation(entry(marks={"a": float("nan")})), "malformed-document")


def test_nan_where_nothing_is_expected(world: World, li: Person) -> None:
    is_refused_alone(world, li, mutation(entry(colour=float("nan"))), "malformed-document")


def test_a_lone_surrogate(world: World, li: Person) -> None:
    is_refused_alone(world, li, mutation(entry(title="\ud800")), "malformed-document")


def test_a_lone_surrogate_as_a_key(world: World, li: Person) -> None:
    is_refused_alone(world, li, mutation(entry(marks={"\udfff": 1})), "malformed-document")


def test_a_mutation_id_used_again_for_other_content(world: World, li: Person) -> None:
    first = mutation(entry(title="第一次"))
    push(li, first)
    other = {**first, "document": {**first["document"], "title": "别的"}}
    is_refused_alone(world, li, other, "mutation-id-reused")
    assert statuses(push(li, first)) == ["duplicate"]


# -- one bad request -----------------------------------------------------------------------------


def post(person: Person, body: bytes, **headers: str) -> Any:
    return person.post(PUSH, data=body, content_type="application/json", headers=headers)


def body_of(person: Person, count: int = 1) -> bytes:
    mutations = [mutation(entry()) for _ in range(count)]
    return json.dumps({"device_id": person.device_id, "mutations": mutations}).encode()


Make = Callable[[Person], tuple[bytes, dict[str, str]]]
GZIP = {"Content-Encoding": "gzip"}


def mutations_501(li: Person) -> tuple[bytes, dict[str, str]]:
    return body_of(li, 501), {}


def body_cut_in_half(li: Person) -> tuple[bytes, dict[str, str]]:
    body = body_of(li, 20)
    return body[: len(body) // 2], {}


def body_over_4_mib(li: Person) -> tuple[bytes, dict[str, str]]:
    return body_of(li) + b" " * 4 * 1024 * 1024, {}


def gzip_bomb(li: Person) -> tuple[bytes, dict[str, str]]:
    return gzip.compress(body_of(li) + b" " * 200_000_000, 1), GZIP


def gzip_in_gzip_bomb(li: Person) -> tuple[bytes, dict[str, str]]:
    return gzip.compress(gzip.compress(b" " * 100_000_000)), GZIP


def gzip_cut_in_half(li: Person) -> tuple[bytes, dict[str, str]]:
    packed = gzip.compress(body_of(li, 20))
    return packed[: len(packed) // 2], GZIP


def gzip_with_something_behind(li: Person) -> tuple[bytes, dict[str, str]]:
    return gzip.compress(body_of(li)) * 2, GZIP


def lone_surrogate_as_device(li: Person) -> tuple[bytes, dict[str, str]]:
    return b'{"device_id": "\\ud800", "mutations": []}', {}


BAD_REQUESTS: dict[Make, tuple[int, str]] = {
    mutations_501: (413, "too-large"),
    body_cut_in_half: (400, "malformed-body"),
    body_over_4_mib: (413, "too-large"),
    gzip_bomb: (413, "too-large"),
    gzip_in_gzip_bomb: (400, "malformed-body"),
    gzip_cut_in_half: (400, "malformed-body"),
    gzip_with_something_behind: (400, "malformed-body"),
    lone_surrogate_as_device: (422, "validation-failed"),
}


@pytest.mark.parametrize("make", BAD_REQUESTS, ids=lambda make: make.__name__)
def test_a_request_that_is_refused_whole(sqlite_world: World, make: Make) -> None:
    li = sqlite_world.person("li")
    quarantined(sqlite_world)
    body, headers = make(li)
    assert len(body) < 5 * 1024 * 1024
    with nothing_changes(sqlite_world):
        refused_whole(sqlite_world, post(li, body, **headers), *BAD_REQUESTS[make])
    assert statuses(push(li, mutation({"id": str(uuid4()), "title": "照常"}))) == ["applied"]
