"""Compressed bodies both ways, and the bound on what a small body may unpack to."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from tests.api.sync_client import PULL, PUSH, entries_of, entry, mutation, push, slug_of
from tests.world import Person, World

TABLES = "/api/v1/sampling/tables"


def bare_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


def push_packed(person: Person, body: bytes, coding: str) -> Any:
    headers = {"Content-Encoding": coding}
    return person.post(PUSH, data=body, content_type="application/json", headers=headers)


def body_of(person: Person, *mutations: Any) -> bytes:
    return json.dumps({"device_id": person.device_id, "mutations": mutations}).encode()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare_deflate)],
)
def test_a_push_may_come_compressed(sqlite_world: World, coding: str, packed: Any) -> None:
    li, sent = sqlite_world.person("li"), entry()
    answer = push_packed(li, packed(body_of(li, mutation(sent))), coding)
    assert answer.json["results"][0]["status"] == "applied"
    assert set(entries_of(li)) == {sent["id"]}


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_body_that_unpacks_to_too_much_is_refused(
    sqlite_world: World, coding: str, packed: Any
) -> None:
    li = sqlite_world.person("li")
    bomb = packed(b" " * 200_000_000)
    answer = push_packed(li, bomb, coding)
    assert (answer.status_code, slug_of(answer)) == (413, "too-large")


def test_a_body_within_the_limit_when_unpacked_is_taken(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    body = body_of(li, mutation(entry()))
    padded = body + b" " * (4 * 1024 * 1024 - len(body))
    assert push_packed(li, gzip.compress(padded), "gzip").status_code == 200
    assert push_packed(li, gzip.compress(padded + b" "), "gzip").status_code == 413


@pytest.mark.parametrize(
    "spoil",
    [lambda b: b[:-9], lambda b: b + b"more", lambda b: b"{}", lambda b: b"", lambda b: b[:20]],
)
def test_a_compressed_body_that_is_not_whole_is_refused(sqlite_world: World, spoil: Any) -> None:
    li = sqlite_world.person("li")
    answer = push_packed(li, spoil(gzip.compress(body_of(li, mutation(entry())))), "gzip")
    assert (answer.status_code, slug_of(answer)) == (400, "malformed-body")
    assert entries_of(li) == {}


def test_an_unknown_coding_is_refused(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    answer = push_packed(li, body_of(li), "br")
    assert (answer.status_code, slug_of(answer)) == (415, "unsupported-media-type")


def test_a_long_answer_is_compressed_for_those_who_take_it(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    push(li, *(mutation(entry(text="一切正常" * 20)) for _ in range(20)))
    plain = li.get(PULL)
    packed = li.get(PULL, headers={"Accept-Encoding": "br, gzip"})
    refused = li.get(PULL, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert json.loads(gzip.decompress(packed.data))["changes"] == plain.json["changes"]
    for answer in (plain, refused):
        assert "Content-Encoding" not in answer.headers
    for answer in (plain, packed, refused):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_short_answer_is_left_as_it_is(sqlite_world: World) -> None:
    answer = sqlite_world.client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_the_tag_of_a_compressed_answer_is_known_again(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    plain = li.get(TABLES)
    packed = li.get(TABLES, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == "W/" + plain.headers["ETag"]
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        for coding in ("gzip", "identity"):
            headers = {"If-None-Match": tag, "Accept-Encoding": coding}
            again = li.get(TABLES, headers=headers)
            assert (again.status_code, again.data) == (304, b"")


def test_head_says_what_get_would(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    headers = {"Accept-Encoding": "gzip"}
    got, asked = li.get(TABLES, headers=headers), li.head(TABLES, headers=headers)
    for name in ("Content-Length", "Content-Encoding", "ETag", "Vary"):
        assert asked.headers.get(name) == got.headers.get(name)
