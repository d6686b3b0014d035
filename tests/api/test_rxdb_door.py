"""The door for RxDB: documents with version and _deleted, rows with an assumed master state."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from server.db import compaction
from server.db.base import current_session
from server.db.sync_log import SqlLog
from server.db.transaction import transaction
from tests.api.sync_client import deletion, entries_of, entry, mutation, quarantined, slug_of
from tests.api.sync_client import push as push_own
from tests.world import Person, World

DOOR = "/api/v1/sync/rxdb/work_log_entries"


def push(person: Person, *rows: Any, status: int = 200) -> dict[str, Any]:
    headers = {"X-Device-Id": person.device_id}
    answer = person.post(f"{DOOR}/push", json=list(rows), headers=headers)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json
    return body


def row(new: dict[str, Any], assumed: dict[str, Any] | None = None) -> dict[str, Any]:
    sent = {"newDocumentState": {"_deleted": False, **new}}
    return sent if assumed is None else {**sent, "assumedMasterState": assumed}


def pull(person: Person, checkpoint: Any = None, **query: Any) -> dict[str, Any]:
    if checkpoint is not None:
        query["checkpoint"] = json.dumps(checkpoint)
    answer = person.get(f"{DOOR}/pull", query_string=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json
    return body


def statuses(answer: dict[str, Any]) -> list[str]:
    return [result["status"] for result in answer["results"]]


def test_what_one_client_pushes_another_pulls_with_version_and_deleted(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent = entry(text="一切正常", marks={"a": 1})
    answer = push(li, row(sent))
    assert answer["conflicts"] == []
    assert answer["results"] == [{"id": sent["id"], "status": "applied", "problem": None}]
    page = pull(wang)
    [document] = page["documents"]
    assert {**document, **sent, "version": 1, "_deleted": False} == document
    assert page["has_more"] is False
    assert pull(wang, page["checkpoint"])["documents"] == []


def test_pages_continue_from_the_checkpoint(world: World) -> None:
    li = world.person("li")
    push(li, *(row(entry()) for _ in range(5)))
    seen, checkpoint, more = [], None, True
    while more:
        page = pull(li, checkpoint, limit=2)
        checkpoint, more = page["checkpoint"], page["has_more"]
        seen += [document["id"] for document in page["documents"]]
    assert len(seen) == len(set(seen)) == 5


def test_a_push_sent_again_has_one_effect(world: World) -> None:
    li = world.person("li")
    new = row(entry())
    assert statuses(push(li, new)) == ["applied"]
    again = push(li, new)
    assert (statuses(again), again["conflicts"]) == (["duplicate"], [])
    [change] = entries_of(li).values()
    assert change["version"] == 1


def test_a_repeat_that_others_have_overtaken_is_told_what_stands(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    base = entry(text="原文")
    push(li, row(base))
    [known] = pull(li)["documents"]
    edit = row({**known, "text": "李"}, known)
    push(li, edit)
    [second] = pull(wang)["documents"]
    push(wang, row({**second, "text": "王"}, second))
    again = push(li, edit)
    assert statuses(again) == ["duplicate"]
    [standing] = again["conflicts"]
    assert (standing["text"], standing["version"], standing["_deleted"]) == ("王", 3, False)


def test_an_edit_undone_and_made_again_before_any_pull_stands(world: World) -> None:
    li = world.person("li")
    push(li, row(entry(text="甲")))
    [known] = pull(li)["documents"]
    first, second = {**known, "text": "甲"}, {**known, "text": "乙"}
    for new, assumed in ((second, first), (first, second), (second, first)):
        answer = push(li, row(new, assumed))
        assert (statuses(answer), answer["conflicts"]) == (["applied"], [])
    [change] = entries_of(li).values()
    assert (change["document"]["text"], change["version"]) == ("乙", 4)


def test_the_same_field_on_both_sides_answers_the_current_document(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    push(li, row(entry(text="原文")))
    [known] = pull(li)["documents"]
    push(li, row({**known, "text": "李"}, known))
    answer = push(wang, row({**known, "text": "王"}, known))
    assert statuses(answer) == ["conflict"]
    [current] = answer["conflicts"]
    assert (current["text"], current["version"], current["_deleted"]) == ("李", 2, False)


def test_a_merge_is_told_at_once(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    push(li, row(entry(text="原文")))
    [known] = pull(li)["documents"]
    push(li, row({**known, "text": "李"}, known))
    answer = push(wang, row({**known, "title": "新"}, known))
    assert statuses(answer) == ["merged"]
    [stands] = answer["conflicts"]
    assert (stands["title"], stands["text"], stands["version"]) == ("新", "李", 3)


def test_a_deletion_travels_both_ways(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    push(li, row(entry(text="不该再看到")))
    page = pull(wang)
    [known] = page["documents"]
    assert statuses(push(li, row({**known, "_deleted": True}, known))) == ["applied"]
    later = pull(wang, page["checkpoint"])
    assert later["documents"] == [{"id": known["id"], "version": 2, "_deleted": True}]
    answer = push(wang, row({**known, "text": "王"}, known))
    assert statuses(answer) == ["conflict"]
    assert answer["conflicts"] == [{"id": known["id"], "version": 2, "_deleted": True}]


def test_a_client_that_pushed_before_it_ever_pulled_hears_of_deletions(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent, kept = entry(), entry()
    push(li, row(sent), row(kept))
    push_own(wang, deletion(sent["id"], 1))
    documents = {document["id"]: document for document in pull(li)["documents"]}
    assert documents[sent["id"]] == {"id": sent["id"], "version": 2, "_deleted": True}
    assert documents[kept["id"]]["_deleted"] is False


def test_a_start_after_a_compaction_brings_what_stands_and_the_later_tombstones(
    world: World,
) -> None:
    li = world.person("li")
    old, kept, late = entry(), entry(), entry()
    push_own(li, mutation(old), mutation(kept), mutation(late), deletion(old["id"], 1))
    with world.app.app_context(), transaction(current_session(), write=True):
        position = SqlLog(current_session(), world.actor(li)).position()
        compaction.compact(current_session(), world.organisation_id, position)
    push_own(li, deletion(late["id"], 1))
    page = pull(li, limit=1)
    documents = page["documents"]
    while page["has_more"]:
        page = pull(li, page["checkpoint"], limit=1)
        documents += page["documents"]
    found = {document["id"]: document["_deleted"] for document in documents}
    assert found == {kept["id"]: False, late["id"]: True}


def test_a_rejected_row_blocks_no_other_and_is_kept(world: World) -> None:
    li = world.person("li")
    bad, good = entry(colour="red"), entry()
    answer = push(li, row(bad), row(good), {"newDocumentState": "nonsense"})
    assert statuses(answer) == ["rejected", "applied", "rejected"]
    assert answer["conflicts"] == []
    assert answer["results"][0]["problem"]["errors"][0]["pointer"] == "/colour"
    assert set(entries_of(li)) == {good["id"]}
    assert bad["id"] in {item["record_id"] for item in quarantined(world)}


def test_a_record_of_another_site_is_neither_shown_nor_changed(world: World) -> None:
    li = world.person("li")
    stranger = world.person("stranger", Role.INSPECTOR, [world.south])
    secret = entry(text="北区")
    push_own(li, mutation(secret))
    assert pull(stranger)["documents"] == []
    guess = row({**secret, "version": 1, "text": "南区"}, {**secret, "version": 1})
    answer = push(stranger, guess)
    assert (statuses(answer), answer["conflicts"]) == (["rejected"], [])


def test_a_push_without_the_device_that_signed_in_is_refused(world: World) -> None:
    li = world.person("li")
    for headers in ({}, {"X-Device-Id": str(uuid4())}):
        answer = li.post(f"{DOOR}/push", json=[row(entry())], headers=headers)
        assert (answer.status_code, slug_of(answer)) == (403, "device-mismatch")


def test_what_is_no_row_no_collection_and_too_much_has_a_clear_answer(
    sqlite_world: World,
) -> None:
    li = sqlite_world.person("li")
    push(li, "nonsense", status=422)
    push(li, {"newDocumentStates": {}}, status=422)
    push(li, *(row(entry()) for _ in range(501)), status=413)
    headers = {"X-Device-Id": li.device_id}
    other = li.post("/api/v1/sync/rxdb/nothing/push", json=[], headers=headers)
    assert slug_of(other) == "unknown-collection"


@pytest.mark.parametrize("checkpoint", ["{", "[1]", '{"cursor": 7}', '{"cursor": "AAAA"}'])
def test_a_damaged_checkpoint_is_invalid(sqlite_world: World, checkpoint: str) -> None:
    li = sqlite_world.person("li")
    answer = li.get(f"{DOOR}/pull", query_string={"checkpoint": checkpoint})
    assert (answer.status_code, slug_of(answer)) == (400, "cursor-invalid")


@pytest.mark.parametrize("checkpoint", ["null", "{}", ""])
def test_an_empty_checkpoint_is_the_beginning(sqlite_world: World, checkpoint: str) -> None:
    li = sqlite_world.person("li")
    push(li, row(entry()))
    answer = li.get(f"{DOOR}/pull", query_string={"checkpoint": checkpoint})
    assert len(answer.json["documents"]) == 1
