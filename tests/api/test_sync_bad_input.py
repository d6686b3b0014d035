"""Whatever arrives, the answer is clear, it is never a 500, and the state is what it was."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.api.sync_client import (
    PULL,
    PUSH,
    entries_of,
    entry,
    mutation,
    push,
    quarantined,
    slug_of,
    slugs,
    statuses,
)
from tests.world import Person, World


@pytest.fixture
def li(world: World) -> Person:
    return world.person("li")


def post_text(person: Person, text: str | bytes) -> Any:
    return person.post(PUSH, data=text, content_type="application/json")


def with_document(person: Person, document_text: str) -> str:
    """A push of one mutation whose document is given as raw JSON text."""
    sent = json.dumps(
        {"device_id": person.device_id, "mutations": [mutation({"id": str(uuid4())})]}
    )
    envelope = json.loads(sent)
    marker = json.dumps(envelope["mutations"][0]["document"])
    return sent.replace(marker, document_text)


# -- one bad document ----------------------------------------------------------------------------

BAD_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": ({"colour": "red"}, "/colour"),
    "a __proto__ key": ({"__proto__": {"polluted": True}}, "/__proto__"),
    "a number for text": ({"title": 7}, "/title"),
    "text for a map": ({"marks": "many"}, "/marks"),
    "a broken number in a map": ({"marks": {"a": 1.5}}, "/marks/a/value"),
    "2 MiB of text": ({"text": "x" * 2 * 1024 * 1024}, "/text"),
    "a NUL character": ({"title": "a\0b"}, "/title"),
    "a time that is none": ({"captured_at": "yesterday"}, "/captured_at"),
    "a site id that is none": ({"site_id": "north"}, "/site_id"),
    "an unknown field with NUL and a slash": ({"\0/~": 1}, "/\0~1~0"),
    "a whole number beyond 64 bits": ({"marks": {"a": 2**70}}, "/marks/a/value"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_bad_document_is_rejected_by_its_field_and_harms_nobody(
    world: World, li: Person, name: str
) -> None:
    fields, pointer = BAD_DOCUMENTS[name]
    good, bad = mutation(entry()), mutation(entry(**fields))
    results = push(li, bad, good)
    assert statuses(results) == ["rejected", "applied"]
    assert slugs(results[:1]) == ["validation-failed"]
    assert [error["pointer"] for error in results[0]["problem"]["errors"]] == [pointer]
    assert list(entries_of(li)) == [good["id"]]
    assert [kept["mutation_id"] for kept in quarantined(world)] == [bad["mutation_id"]]


RAW_DOCUMENTS = {
    "NaN": '{"id": "x", "title": NaN}',
    "infinity": '{"id": "x", "title": -Infinity}',
    "a lone surrogate": '{"id": "x", "title": "\\ud800"}',
    "a lone surrogate as a key": '{"id": "x", "\\udfff": 1}',
    "a list": "[1, 2]",
    "text": '"document"',
    "null": "null",
    "nesting of 600": "[" * 600 + "]" * 600,
    "nesting of 600 in a field": '{"id": "x", "text": ' + "[" * 600 + "]" * 600 + "}",
}


@pytest.mark.parametrize("name", RAW_DOCUMENTS)
def test_a_document_json_cannot_hold_is_rejected_and_kept(
    world: World, li: Person, name: str
) -> None:
    answer = post_text(li, with_document(li, RAW_DOCUMENTS[name]))
    assert answer.status_code == 200, answer.text
    assert statuses(answer.json["results"]) == ["rejected"]
    assert slugs(answer.json["results"])[0] in {"malformed-document", "validation-failed"}
    assert entries_of(li) == {}
    assert len(quarantined(world)) == 1


# -- one bad envelope ----------------------------------------------------------------------------

BAD_ENVELOPES: dict[str, Any] = {
    "no object": 7,
    "null": None,
    "empty": {},
    "mutation_id that is none": {"mutation_id": "nonsense"},
    "mutation_id that is a list": {"mutation_id": []},
    "mutation_id with a lone surrogate": {"mutation_id": "\ud800"},
    "collection with a lone surrogate": {"collection": "\ud800"},
    "collection with NUL": {"collection": "a\0b"},
    "collection that is a map": {"collection": {"a": "\ud800\0"}},
    "id with a lone surrogate and NUL": {"id": "\ud800\0"},
    "operation unknown": {"operation": "truncate"},
    "base_version as text": {"base_version": "1"},
    "base_version negative": {"base_version": -1},
    "base_version enormous": {"base_version": 10**30},
    "base_version NaN": {"base_version": float("nan")},
    "captured_at as a number": {"captured_at": 1},
    "captured_at endless": {"captured_at": "9" * 1000},
}


@pytest.mark.parametrize("name", BAD_ENVELOPES)
def test_an_envelope_that_cannot_be_read_is_answered_in_its_place_and_kept(
    world: World, li: Person, name: str
) -> None:
    broken = BAD_ENVELOPES[name]
    if isinstance(broken, dict) and broken:
        broken = {**mutation(entry()), **broken}
    first, last = mutation(entry()), mutation(entry())
    body = json.dumps({"device_id": li.device_id, "mutations": [first, broken, last]})
    answer = post_text(li, body)
    assert answer.status_code == 200, answer.text
    results = answer.json["results"]
    assert statuses(results) == ["applied", "rejected", "applied"]
    assert slugs(results[1:2]) == ["validation-failed"]
    assert entries_of(li).keys() == {first["id"], last["id"]}
    assert len(quarantined(world)) == 1
    again = post_text(li, body)
    assert statuses(again.json["results"]) == ["duplicate", "rejected", "duplicate"]
    assert len(quarantined(world)) == 1


def test_an_unknown_collection_is_rejected_with_its_mutation(world: World, li: Person) -> None:
    good, bad = mutation(entry()), mutation(entry(), collection="secrets")
    results = push(li, bad, good)
    assert statuses(results) == ["rejected", "applied"]
    assert slugs(results[:1]) == ["unknown-collection"]


def test_a_collection_of_the_server_takes_nothing_from_devices(world: World, li: Person) -> None:
    document = entry()
    results = push(li, mutation(document, collection="products"))
    assert slugs(results) == ["read-only-collection"]


def test_a_mutation_id_used_for_other_content_is_refused_and_the_first_stands(
    world: World, li: Person
) -> None:
    first = mutation(entry(title="原来的"))
    push(li, first)
    other = {**first, "document": {**first["document"], "title": "别的"}}
    elsewhere = {**first, "id": str(uuid4())}
    results = push(li, other, elsewhere)
    assert slugs(results) == ["mutation-id-reused"] * 2
    [change] = entries_of(li).values()
    assert change["document"]["title"] == "原来的"
    assert statuses(push(li, first)) == ["duplicate"]


# -- one bad body --------------------------------------------------------------------------------

BAD_BODIES: dict[str, tuple[str | bytes, int, str]] = {
    "nothing": ("", 422, "validation-failed"),
    "no JSON": ("title=晨会", 400, "malformed-body"),
    "cut in half": ('{"device_id": "a", "mutations": [{"muta', 400, "malformed-body"),
    "broken UTF-8": (b'{"device_id": "\xff\xfe"}', 400, "malformed-body"),
    "a list": ("[]", 422, "validation-failed"),
    "a number": ("7", 422, "validation-failed"),
    "null": ("null", 422, "validation-failed"),
    "mutations that are none": ('{"device_id": "a", "mutations": 7}', 422, "validation-failed"),
    "a number of 5,000 digits": ('{"a": NaN, "b": ' + "9" * 5000 + "}", 400, "malformed-body"),
    "nesting of 100,000": ("[" * 100_000 + "]" * 100_000, 400, "malformed-body"),
    "objects nested 100,000 deep": ('{"a":' * 100_000 + "1" + "}" * 100_000, 400, "malformed-body"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_push_is_refused_as_a_whole(sqlite_world: World, name: str) -> None:
    text, status, slug = BAD_BODIES[name]
    li = sqlite_world.person("li")
    answer = post_text(li, text)
    assert (answer.status_code, slug_of(answer)) == (status, slug)
    assert answer.content_type == "application/problem+json"
    assert quarantined(sqlite_world) == []


def test_another_media_type_is_refused(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    answer = li.post(PUSH, data="{}", content_type="text/plain")
    assert (answer.status_code, slug_of(answer)) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "ten"},
        {"limit": "9" * 30},
        {"collections": "x" * 1001},
        {"collections": "secrets"},
        {
            "collections": "work_log_entries,\ud800".encode("utf-8", "surrogatepass").decode(
                "latin-1"
            )
        },
        {"cursor": "c" * 4001},
    ],
    ids=lambda query: "-".join(f"{key}={value[:12]!a}" for key, value in query.items()),
)
def test_a_pull_that_makes_no_sense_is_refused(sqlite_world: World, query: dict[str, str]) -> None:
    answer = sqlite_world.person("li").get(PULL, query_string=query)
    assert answer.status_code == 422
    assert slug_of(answer) in {"validation-failed", "unknown-collection"}


@pytest.mark.parametrize("cursor", ["garbage", "e30", "A" * 200, "=", "\x00", "光标", "..", "%ff"])
def test_a_cursor_that_is_garbage_answers_400(sqlite_world: World, cursor: str) -> None:
    answer = sqlite_world.person("li").get(PULL, query_string={"cursor": cursor})
    assert answer.status_code in {400, 422}
    assert slug_of(answer) in {"cursor-invalid", "validation-failed"}
