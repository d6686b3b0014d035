"""The quarantine as a reviewer uses it: see, correct, carry out as the author's work, discard."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.access import Role
from server.db.base import current_session
from server.db.change_log import QuarantinedMutation, SyncMutation, SyncRecord
from server.db.transaction import transaction
from server.sync_api import quarantine
from tests.api.sync_client import (
    deletion,
    entries_of,
    entry,
    mutation,
    pull,
    push,
    slug_of,
    slugs,
    statuses,
)
from tests.receipts import begin_receipt, sign
from tests.world import Person, World

QUARANTINE = "/api/v1/sync/quarantine"


@pytest.fixture
def li(world: World) -> Person:
    return world.person("li")


@pytest.fixture
def quality(world: World) -> Person:
    return world.person("q", Role.QUALITY)


def entries(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = person.get(QUARANTINE, query_string=query)
    assert answer.status_code == 200, answer.text
    kept: list[dict[str, Any]] = answer.json["quarantined"]
    return kept


def only_entry(person: Person, **query: Any) -> dict[str, Any]:
    [kept] = entries(person, **query)
    return kept


def do(person: Person, kept: dict[str, Any], action: str, **body: Any) -> Any:
    body = {"reason": "核对过纸面记录", **body}
    return person.post(f"{QUARANTINE}/{kept['id']}/{action}", json=body)


def done(person: Person, kept: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    answer = do(person, kept, action, **body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json
    return result


def refused(li: Person, **fields: Any) -> dict[str, Any]:
    """A mutation of *li* that is in quarantine now."""
    sent = mutation(entry(**({"colour": "red"} | fields)), captured_at="2026-02-27T03:04:05Z")
    assert statuses(push(li, sent)) == ["rejected"]
    return sent


def corrected(sent: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {k: v for k, v in {**sent["document"], **fields}.items() if k != "colour"}


# -- seeing --------------------------------------------------------------------------------------


def test_an_entry_shows_what_arrived_why_it_was_refused_from_whom_and_from_which_device(
    world: World, li: Person, quality: Person
) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    assert (kept["mutation_id"], kept["record_id"]) == (sent["mutation_id"], sent["id"])
    assert (kept["site_id"], kept["outcome"], kept["is_repaired"]) == (world.north, None, False)
    assert kept["author"] == {"user_id": li.user_id, "display_name": "Li", "is_active": True}
    assert kept["device"] == {"device_id": li.device_id, "name": "li's phone", "revoked_at": None}
    detail = quality.get(f"{QUARANTINE}/{kept['id']}").json
    assert json.loads(detail["payload"]) == sent
    assert (detail["captured_at"], detail["steps"]) == (sent["captured_at"], [])


def test_the_reason_is_told_in_the_readers_language(li: Person, quality: Person) -> None:
    refused(li)
    kept = only_entry(quality)
    address = f"{QUARANTINE}/{kept['id']}"
    titles = [
        quality.get(address, headers={"Accept-Language": language}).json["problem"]["title"]
        for language in ("zh-CN", "en")
    ]
    assert titles == ["内容不符合要求", "The content does not validate"]


def test_pages_add_up_to_the_whole_and_filters_narrow_it(world: World, quality: Person) -> None:
    li, wang = world.person("li"), world.person("wang")
    for who in (li, wang, li, wang, li):
        refused(who)
    push(li, mutation(entry(), collection="secrets"))
    seen: list[str] = []
    cursor = None
    while True:
        page = quality.get(QUARANTINE, query_string={"limit": 2, "cursor": cursor}).json
        seen += [item["id"] for item in page["quarantined"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6
    assert len(entries(quality, user_id=wang.user_id)) == 2
    assert len(entries(quality, device_id=li.device_id)) == 4
    assert len(entries(quality, slug="unknown-collection")) == 1
    assert len(entries(quality, collection="work_log_entries")) == 5
    assert entries(quality, state="settled") == []
    assert quality.get(QUARANTINE, query_string={"state": "new"}).status_code == 422


def test_other_sites_and_those_who_only_capture_see_and_change_nothing(
    world: World, li: Person, quality: Person
) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    south = world.person("south", Role.QUALITY, [world.south])
    abroad = world.person("abroad", Role.ADMIN, [world.abroad])
    for stranger in (south, abroad):
        assert entries(stranger) == []
        assert stranger.get(f"{QUARANTINE}/{kept['id']}").status_code == 404
        for action in ("repair", "reapply", "discard"):
            answer = do(stranger, kept, action, **({"document": {}} if action == "repair" else {}))
            assert (answer.status_code, slug_of(answer)) == (404, "record-not-found"), action
    assert li.get(QUARANTINE).status_code == 403
    assert do(li, kept, "reapply").status_code == 403
    assert only_entry(quality) == kept
    assert sent["id"] not in entries_of(li)


def test_work_of_somebody_who_was_moved_is_seen_where_it_was_done(world: World) -> None:
    """The phone is told no more than that there is no such record for it."""
    moved = world.person("moved", sites=[world.south])
    sent = mutation(entry(site_id=world.north))
    assert slugs(push(moved, sent)) == ["record-not-found"]
    north = world.person("q", Role.QUALITY)
    south = world.person("qs", Role.QUALITY, [world.south])
    assert entries(south) == []
    kept = only_entry(north)
    assert kept["site_id"] == world.north
    assert done(north, kept, "reapply")["result"]["status"] == "applied"
    [change] = entries_of(north).values()
    assert change["document"]["site_id"] == world.north
    assert statuses(push(moved, sent)) == ["duplicate"]
    assert entries_of(moved) == {}


def test_a_site_of_another_organisation_is_no_place_to_send_refused_work_to(world: World) -> None:
    li = world.person("li")
    push(li, mutation(entry(site_id=world.abroad)))
    assert entries(world.person("abroad", Role.ADMIN, [world.abroad])) == []
    assert only_entry(world.person("q", Role.QUALITY))["site_id"] == world.north


def test_the_same_again_renews_the_reason_and_nothing_else(
    world: World, li: Person, quality: Person, clock: Any
) -> None:
    sent = refused(li)
    first = only_entry(quality)
    clock.advance(hours=1)
    push(li, sent)
    again = only_entry(quality)
    assert again["last_received_at"] > first["last_received_at"] == first["received_at"]
    assert {**again, "last_received_at": ""} == {**first, "last_received_at": ""}


# -- correcting and carrying out -----------------------------------------------------------------


def test_a_corrected_entry_is_carried_out_as_its_authors_work(
    world: World, li: Person, quality: Person, clock: Any
) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    clock.advance(days=2)
    repaired = done(quality, kept, "repair", document=corrected(sent, title="改过的"))
    assert repaired["is_repaired"]
    assert json.loads(repaired["payload"]) == sent
    assert repaired["repaired"]["document"]["title"] == "改过的"
    assert entries_of(li) == {}
    answer = done(quality, kept, "reapply")
    assert answer["result"]["status"] == "applied"
    assert answer["entry"]["outcome"] == "reapplied"
    assert answer["entry"]["settled_by"]["user_id"] == quality.user_id
    assert json.loads(answer["entry"]["payload"]) == sent
    steps = [(step["action"], step["by"]["user_id"]) for step in answer["entry"]["steps"]]
    assert steps == [("repair", quality.user_id), ("reapply", quality.user_id)]
    assert {step["reason"] for step in answer["entry"]["steps"]} == {"核对过纸面记录"}
    [change] = entries_of(li).values()
    assert change["document"]["title"] == "改过的"
    assert entries(quality) == []
    with world.app.app_context(), transaction(current_session(), write=False):
        record = current_session().scalar(select(SyncRecord).where(SyncRecord.id == sent["id"]))
        known = current_session().scalar(
            select(SyncMutation).where(SyncMutation.mutation_id == sent["mutation_id"])
        )
        assert record is not None
        assert known is not None
        assert record.user_id == li.user_id
        assert (known.user_id, known.device_id) == (li.user_id, li.device_id)
        assert known.captured_at == sent["captured_at"]
        assert (known.received_at - clock.now).days == -2


def test_the_phone_that_sends_the_same_later_hears_that_it_was_applied(
    li: Person, quality: Person
) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "repair", document=corrected(sent))
    done(quality, kept, "reapply")
    [answer] = push(li, sent)
    assert (answer["status"], answer["version"]) == ("duplicate", 1)
    assert answer["document"]["title"] == sent["document"]["title"]
    assert entries(quality) == []


def test_carrying_out_twice_has_one_effect(li: Person, quality: Person) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "repair", document=corrected(sent))
    assert done(quality, kept, "reapply")["result"]["status"] == "applied"
    again = done(quality, kept, "reapply")
    assert (again["result"]["status"], again["result"]["version"]) == ("duplicate", 1)
    assert len(again["entry"]["steps"]) == 2
    assert [change["version"] for change in entries_of(li).values()] == [1]


def test_the_phones_next_edit_meets_a_correction_as_somebody_elses(
    li: Person, quality: Person
) -> None:
    """It has not seen the correction, and must not write over it without a word."""
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "repair", document=corrected(sent, title="改过的"))
    done(quality, kept, "reapply")
    [answer] = push(li, mutation(corrected(sent, title="又改了")))
    assert (answer["status"], answer["conflict"]["fields"]) == ("conflict", ["title"])


def test_what_is_refused_again_stays_open_with_the_new_reason(
    li: Person, quality: Person, world: World
) -> None:
    push(li, mutation(entry(), collection="products"))
    kept = only_entry(quality)
    answer = done(quality, kept, "reapply")
    assert answer["result"]["status"] == "rejected"
    assert answer["entry"]["outcome"] is None
    [step] = answer["entry"]["steps"]
    assert (step["outcome"], step["problem"]["status"]) == ("rejected", 403)
    assert len(entries(quality)) == 1


def test_what_meets_anothers_change_goes_on_as_a_conflict(
    world: World, li: Person, quality: Person
) -> None:
    wang, base = world.person("wang"), entry()
    push(wang, mutation(base))
    sent = mutation({**base, "title": "李", "colour": "red"}, 1)
    push(li, sent)
    push(wang, mutation({**base, "title": "王"}, 1))
    kept = only_entry(quality)
    done(quality, kept, "repair", document={**base, "title": "李"})
    answer = done(quality, kept, "reapply")
    assert answer["result"]["status"] == "conflict"
    assert answer["entry"]["outcome"] == "conflict"
    [conflict] = quality.get("/api/v1/sync/conflicts").json["conflicts"]
    assert (conflict["mutation_id"], conflict["user_id"]) == (sent["mutation_id"], li.user_id)


def test_content_under_a_mutation_id_that_was_used_before_can_be_carried_out(
    li: Person, quality: Person
) -> None:
    first = mutation(entry())
    push(li, first)
    other = {**first, "id": str(uuid4()), "document": entry(title="另一条")}
    other["id"] = other["document"]["id"]
    assert slugs(push(li, other)) == ["mutation-id-reused"]
    kept = only_entry(quality)
    assert done(quality, kept, "reapply")["result"]["status"] == "applied"
    assert done(quality, kept, "reapply")["result"]["status"] == "duplicate"
    assert entries_of(li).keys() == {first["id"], other["id"]}


def test_an_envelope_that_could_not_be_read_is_completed_by_the_reviewer(
    li: Person, quality: Person
) -> None:
    good = mutation(entry())
    push(li, {**good, "operation": "truncate"})
    kept = only_entry(quality)
    assert slug_of(do(quality, kept, "reapply")) == "validation-failed"
    done(quality, kept, "repair", operation="upsert")
    assert done(quality, kept, "reapply")["result"]["status"] == "applied"
    assert entries_of(li).keys() == {good["id"]}


def test_what_is_no_mutation_at_all_can_be_made_one_or_discarded(
    li: Person, quality: Person
) -> None:
    push(li, "nonsense")
    kept = only_entry(quality)
    assert do(quality, kept, "repair", document={}).status_code == 422
    document = entry()
    done(
        quality,
        kept,
        "repair",
        document=document,
        id=document["id"],
        collection="work_log_entries",
        operation="upsert",
    )
    assert done(quality, kept, "reapply")["result"]["status"] == "applied"
    assert json.loads(done_detail(quality, kept)["payload"]) == "nonsense"


def done_detail(person: Person, kept: dict[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = person.get(f"{QUARANTINE}/{kept['id']}").json
    return detail


def test_a_deletion_that_was_refused_is_carried_out(
    world: World, li: Person, quality: Person
) -> None:
    base = entry()
    push(li, mutation(base))
    moved = world.person("moved", sites=[world.south])
    assert slugs(push(moved, deletion(base["id"], 1))) == ["record-not-found"]
    assert done(quality, only_entry(quality), "reapply")["result"]["status"] == "applied"
    assert [change["deleted"] for change in entries_of(li).values()] == []


BAD_CORRECTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": ({"document": {"colour": "red"}}, "/document/colour"),
    "no title": ({"document": {"title": None}}, "/document/title"),
    "another record": ({"document": {"id": str(uuid4())}}, "/document/id"),
    "a broken character": ({"document": {"title": "\ud800"}}, "/document/title"),
    "no object": ({"document": [1]}, "/document"),
    "null": ({"document": None}, "/document/id"),
    "an operation that is none": ({"operation": "truncate"}, "/operation"),
    "a reason without words": ({"document": {}, "reason": " "}, "/reason"),
}


@pytest.mark.parametrize("name", BAD_CORRECTIONS)
def test_a_correction_is_validated(sqlite_world: World, name: str) -> None:
    li, quality = sqlite_world.person("li"), sqlite_world.person("q", Role.QUALITY)
    sent = refused(li)
    kept = only_entry(quality)
    body, pointer = BAD_CORRECTIONS[name]
    if isinstance(body.get("document"), dict):
        body = {**body, "document": {**corrected(sent), **body["document"]}}
    text = json.dumps({"reason": "改", **body})
    address = f"{QUARANTINE}/{kept['id']}/repair"
    answer = quality.post(address, data=text, content_type="application/json")
    assert (answer.status_code, slug_of(answer)) == (422, "validation-failed"), answer.text
    assert pointer in {error["pointer"] for error in answer.json["errors"]}
    assert done_detail(quality, kept)["steps"] == []


def test_nobody_corrects_under_a_signature_or_adds_one(sqlite_world: World) -> None:
    li, quality = sqlite_world.person("li"), sqlite_world.person("q", Role.QUALITY)
    draft = begin_receipt(str(uuid4()), sqlite_world.north, "2026-03-02")
    sign(draft, "acceptor", li.user_id, "李")
    sign(draft, "witness", None, "王")
    signed = {**draft.document, "colour": "red"}
    sent = mutation(signed, collection="goods_receipts")
    assert statuses(push(li, sent)) == ["rejected"]
    kept = only_entry(quality)
    added = [*signed["signatures"][:1], {**signed["signatures"][1], "id": str(uuid4())}]
    for signatures in (signed["signatures"], added):
        document = {**corrected(sent), "signatures": signatures}
        answer = do(quality, kept, "repair", document=document)
        assert (answer.status_code, slug_of(answer)) == (409, "signed-content-changed")
    assert done(quality, kept, "repair", document={**corrected(sent), "signatures": []})


# -- discarding ----------------------------------------------------------------------------------


def test_what_is_discarded_is_kept_and_the_phone_is_told_why(
    world: World, li: Person, quality: Person
) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "discard", reason="重复录入")
    assert entries(quality) == []
    [settled] = entries(quality, state="settled")
    assert (settled["outcome"], settled["settled_by"]["user_id"]) == (
        "discarded",
        quality.user_id,
    )
    [answer] = push(li, sent)
    assert slugs([answer]) == ["mutation-discarded"]
    assert "重复录入" in answer["problem"]["detail"]
    assert entries(quality) == []
    with world.app.app_context(), transaction(current_session(), write=False):
        [row] = current_session().scalars(select(QuarantinedMutation))
        assert json.loads(row.payload) == sent


@pytest.mark.parametrize("action", ["repair", "reapply", "discard"])
def test_what_is_discarded_is_not_taken_up_again(sqlite_world: World, action: str) -> None:
    li, quality = sqlite_world.person("li"), sqlite_world.person("q", Role.QUALITY)
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "discard")
    body = {"document": corrected(sent)} if action == "repair" else {}
    answer = do(quality, kept, action, **body)
    assert (answer.status_code, slug_of(answer)) == (409, "quarantine-entry-settled")
    assert entries_of(li) == {}


def test_a_discarded_change_does_not_pass_when_its_reason_is_gone(
    world: World, li: Person, quality: Person
) -> None:
    """It was judged by a person: the same change needs a new mutation id."""
    observer = world.person("observer", Role.OBSERVER)
    sent = mutation(entry())
    push(observer, sent)
    done(quality, only_entry(quality), "discard")
    assert slugs(push(observer, sent)) == ["mutation-discarded"]
    assert statuses(push(li, {**sent, "mutation_id": str(uuid4())})) == ["applied"]


def test_what_was_discarded_by_mistake_is_taken_up_again(li: Person, quality: Person) -> None:
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "discard", reason="看错了")
    reopened = done(quality, kept, "reopen", reason="是我们的")
    assert (reopened["outcome"], reopened["settled_by"]) == (None, None)
    assert [step["action"] for step in reopened["steps"]] == ["discard", "reopen"]
    assert slugs(push(li, sent)) == ["validation-failed"]
    done(quality, kept, "repair", document=corrected(sent))
    assert done(quality, kept, "reapply")["result"]["status"] == "applied"
    assert slug_of(do(quality, kept, "reopen")) == "quarantine-entry-settled"


def test_what_waits_from_one_device_is_discarded_together(
    world: World, li: Person, quality: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "DISCARDED_AT_ONCE", 2)
    wang = world.person("wang")
    south = world.person("south", sites=[world.south])
    for who in (li, li, li, wang, south):
        refused(who)
    body = {"device_id": li.device_id, "reason": "手机被盗"}
    answers = [quality.post(f"{QUARANTINE}/discard", json=body).json for _ in range(3)]
    assert [(answer["discarded"], answer["left"]) for answer in answers] == [(2, 1), (1, 0), (0, 0)]
    assert [item["user_id"] for item in entries(quality)] == [wang.user_id]
    theirs = {"device_id": south.device_id, "reason": "不归我管"}
    assert quality.post(f"{QUARANTINE}/discard", json=theirs).json["discarded"] == 0


def test_pulls_bring_what_was_carried_out(world: World, li: Person, quality: Person) -> None:
    cursor = pull(li)["cursor"]
    sent = refused(li)
    kept = only_entry(quality)
    done(quality, kept, "repair", document=corrected(sent))
    done(quality, kept, "reapply")
    assert [change["id"] for change in pull(li, cursor)["changes"]] == [sent["id"]]
