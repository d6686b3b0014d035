"""What a push refuses, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sync.errors import problem
from sync.records import (
    Mutation,
    MutationResult,
    Operation,
    Status,
)
from tests.conformance.phone import Desk, delete, upsert
from tests.conformance.worlds import World, uid


@pytest.fixture
def north(world: World) -> str:
    return world.site("north")


def slugs(results: list[MutationResult]) -> list[str | None]:
    return [result.problem["slug"] if result.problem else None for result in results]


def statuses(results: list[MutationResult]) -> list[str]:
    return [result.status.value for result in results]


def test_a_rejected_mutation_goes_to_quarantine_with_its_payload(desk: Desk, world: World) -> None:
    mutation = upsert("m", "note", title="a", colour="red")
    (result,) = desk.push("phone", mutation)
    assert result.problem == {
        "slug": "validation-failed",
        "params": {},
        "errors": [{"pointer": "/colour"}],
    }
    (kept,) = world.quarantined()
    assert kept.problem == result.problem
    assert json.loads(kept.payload) == {
        "mutation_id": mutation.mutation_id,
        "collection": "notes",
        "id": uid("note"),
        "operation": "upsert",
        "base_version": None,
        "document": {"id": uid("note"), "title": "a", "colour": "red"},
        "captured_at": "2026-05-04T03:02:01Z",
    }


def test_a_rejected_mutation_leaves_no_trace_of_its_half_done_work(desk: Desk) -> None:
    desk.push("phone", upsert("m", "note", title="a", colour="red"))
    assert desk.head("note") is None
    assert desk.pull(desk.scope()).changes == ()


def test_one_bad_mutation_does_not_harm_its_neighbours(desk: Desk, north: str) -> None:
    results = desk.push(
        "phone",
        upsert("1", "one", title="a", site_id=north),
        upsert("2", "two", title="a", colour="red", site_id=north),
        upsert("3", "three", title="boom", site_id=north),
        Mutation(uid("4"), "nonsense", uid("four"), Operation.UPSERT, None, {}),
        upsert("5", "five", title="\ud800", site_id=north),
        upsert("6", "six", title="a", site_id=north),
    )
    assert slugs(results) == [
        None,
        "validation-failed",
        "internal-error",
        "unknown-collection",
        "malformed-document",
        None,
    ]
    assert desk.title("one") == desk.title("six") == "a"
    assert desk.head("three") is None


@pytest.mark.parametrize("value", [float("nan"), "\ud800"], ids=["nan", "surrogate"])
def test_a_document_json_does_not_allow_is_quarantined_readably(
    desk: Desk, world: World, value: object
) -> None:
    mutation = upsert("m", "note", title=value)
    assert slugs(desk.push("phone", mutation)) == ["malformed-document"]
    assert slugs(desk.push("phone", mutation)) == ["malformed-document"]
    (kept,) = world.quarantined()
    assert json.loads(kept.payload)["mutation_id"] == mutation.mutation_id


def test_an_upsert_without_a_document_is_malformed(desk: Desk) -> None:
    mutation = Mutation(uid("m"), "notes", uid("note"), Operation.UPSERT)
    assert slugs(desk.push("phone", mutation)) == ["malformed-document"]


def test_a_rejection_is_judged_again_when_it_is_sent_again(desk: Desk, world: World) -> None:
    mutation = upsert("m", "note", title="a")
    (refused,) = desk.push("phone", mutation, only_reads=True)
    (accepted,) = desk.push("phone", mutation)
    assert slugs([refused]) == ["forbidden"]
    assert (accepted.status, accepted.version) == (Status.APPLIED, 1)
    assert list(world.quarantined()) == []
    assert statuses(desk.push("phone", mutation)) == ["duplicate"]


def test_a_rejection_sent_again_is_quarantined_once_with_the_newest_reason(
    desk: Desk, world: World
) -> None:
    mutation = upsert("m", "note", title="a", colour="red")
    desk.push("phone", mutation, only_reads=True)
    desk.push("phone", mutation)
    assert [kept.problem["slug"] for kept in world.quarantined()] == ["validation-failed"]


def test_who_only_reads_is_refused_before_contents_are_compared(desk: Desk, world: World) -> None:
    desk.write("note", title="a")
    desk.write("note", title="b")
    (result,) = desk.push("phone", upsert("m", "note", 1, title="mine"), only_reads=True)
    assert slugs([result]) == ["forbidden"]
    assert list(world.conflicts()) == []


def test_work_of_a_revoked_device_goes_to_quarantine_and_not_to_the_bin(
    desk: Desk, world: World, north: str
) -> None:
    done = upsert("done", "one", title="a", site_id=north)
    desk.push("phone", done)
    late = upsert("late", "two", title="b", site_id=north)
    results = desk.push("phone", done, late, refusal=problem("device-revoked"))
    assert statuses(results) == ["duplicate", "rejected"]
    assert slugs(results) == [None, "device-revoked"]
    assert [kept.mutation_id for kept in world.quarantined()] == [late.mutation_id]
    assert desk.head("two") is None


# -- scope ---------------------------------------------------------------------------------------


def test_a_record_of_another_site_does_not_exist_for_the_pusher(desk: Desk, world: World) -> None:
    desk.write("note", "south", title="secret")
    desk.write("note", "south", title="secret too")
    guesses = [
        upsert("1", "note", title="mine"),
        upsert("2", "note", 1, title="secret"),
        upsert("3", "note", 2, title="secret too"),
        delete("4", "note", 2),
    ]
    results = desk.push("phone", *guesses)
    assert slugs(results) == ["record-not-found"] * 4
    assert "secret" not in repr([(r.document, r.conflict, r.problem) for r in results])
    assert list(world.conflicts()) == []
    assert desk.title("note") == "secret too"


def test_a_tombstone_of_another_site_does_not_exist_either(desk: Desk) -> None:
    desk.write("note", "south", title="secret")
    desk.erase("note")
    assert slugs(desk.push("phone", delete("m", "note", 2))) == ["record-not-found"]


def test_a_read_only_collection_says_so(desk: Desk) -> None:
    mutation = Mutation(uid("m"), "catalogue", uid("p"), Operation.UPSERT, None, {"id": uid("p")})
    assert slugs(desk.push("phone", mutation)) == ["read-only-collection"]


def test_a_corrected_mutation_is_still_known_by_what_the_device_sent(
    desk: Desk, world: World
) -> None:
    sent = upsert("m", "note", title="a", colour="red")
    desk.push("phone", sent)
    document = {"id": uid("note"), "title": "a"}
    corrected = replace(sent, document=document, sent_content_hash=sent.content_hash)
    assert statuses(desk.push("phone", corrected)) == ["applied"]
    assert list(world.quarantined()) == []
    assert statuses(desk.push("phone", sent)) == ["duplicate"]
    assert statuses(desk.push("phone", corrected)) == ["duplicate"]
