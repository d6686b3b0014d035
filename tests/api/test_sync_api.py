"""Push and pull over HTTP: what the endpoint adds to the engine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from server.access import Role
from server.app import create_app
from server.db import compaction
from server.db.base import current_session, db
from server.db.change_log import SyncMutation
from server.db.transaction import transaction
from server.sync_api import service
from sync.cursor import decode_cursor, encode_cursor
from sync.errors import RetryTransaction
from tests.api.sync_client import (
    PULL,
    PUSH,
    deletion,
    entries_of,
    entry,
    mutation,
    pull,
    push,
    quarantined,
    slug_of,
    statuses,
)
from tests.world import Person, World

MEBIBYTE = 1024 * 1024


def test_what_one_phone_pushes_another_of_the_site_pulls(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent = entry(text="一切正常", marks={"greeted": 3})
    [result] = push(li, mutation(sent))
    assert (result["status"], result["version"]) == ("applied", 1)
    [change] = pull(wang, collections="work_log_entries")["changes"]
    assert change["id"] == sent["id"]
    assert change["document"] == result["document"]
    assert change["document"]["site_id"] == world.north
    assert change["document"]["marks"] == {"greeted": 3}


def test_the_same_mutation_again_is_answered_as_the_first_time(world: World) -> None:
    li = world.person("li")
    first = mutation(entry())
    [applied] = push(li, first)
    [again] = push(li, first)
    assert again == {**applied, "status": "duplicate"}
    assert len(entries_of(li)) == 1


def test_different_fields_merge_and_the_same_field_conflicts(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    base = entry(text="原文", marks={"a": 1})
    push(li, mutation(base))
    push(li, mutation({**base, "text": "李改的", "marks": {"a": 2}}, 1))
    [merged] = push(wang, mutation({**base, "title": "新标题", "marks": {"a": 1, "b": 5}}, 1))
    assert merged["status"] == "merged"
    assert merged["document"]["text"] == "李改的"
    assert merged["document"]["title"] == "新标题"
    assert merged["document"]["marks"] == {"a": 2, "b": 5}
    [clash] = push(wang, mutation({**base, "text": "王改的"}, 1))
    assert clash["status"] == "conflict"
    assert clash["conflict"]["fields"] == ["text"]
    assert clash["conflict"]["current"]["text"] == "李改的"


def test_a_conflict_waits_for_a_person_with_the_losing_state(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    base = entry()
    push(li, mutation(base))
    push(li, mutation({**base, "title": "李"}, 1))
    losing = mutation({**base, "title": "王"}, 1)
    push(wang, losing)
    push(wang, losing)
    quality = world.person("q", Role.QUALITY)
    [kept] = quality.get("/api/v1/sync/conflicts").json["conflicts"]
    assert (kept["mutation_id"], kept["fields"]) == (losing["mutation_id"], ["title"])
    assert (kept["user_id"], kept["device_id"]) == (wang.user_id, wang.device_id)
    detail = quality.get(f"/api/v1/sync/conflicts/{losing['mutation_id']}").json
    assert json.loads(detail["payload"])["document"]["title"] == "王"


def test_a_refused_mutation_harms_no_other_and_is_kept(world: World) -> None:
    li = world.person("li")
    good, bad = mutation(entry()), mutation(entry(title=7, colour="red"))
    results = push(li, bad, good, {"mutation_id": "nonsense"})
    assert statuses(results) == ["rejected", "applied", "rejected"]
    assert {e["pointer"] for e in results[0]["problem"]["errors"]} == {"/title", "/colour"}
    assert {item["mutation_id"] for item in quarantined(world)} >= {bad["mutation_id"]}


def test_a_refusal_is_told_in_the_language_of_the_reader(world: World) -> None:
    li, bad = world.person("li"), mutation(entry(title=7))
    body = {"device_id": li.device_id, "mutations": [bad]}
    told = {
        language: li.post(PUSH, json=body, headers={"Accept-Language": language}).json
        for language in ("zh-CN", "en")
    }
    details = {
        language: answer["results"][0]["problem"]["errors"][0]["detail"]
        for language, answer in told.items()
    }
    assert details == {"zh-CN": "应为文字", "en": "Text is expected."}


def test_a_deleted_record_comes_as_a_tombstone_without_content(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    sent = entry(text="不该再看到")
    push(li, mutation(sent))
    cursor = pull(wang)["cursor"]
    removal = deletion(sent["id"], 1)
    assert statuses(push(li, removal)) == ["applied"]
    [again] = push(li, removal)
    assert (again["status"], again["version"], again["document"]) == ("duplicate", 2, None)
    [change] = pull(wang, cursor)["changes"]
    assert (change["deleted"], change["document"]) == (True, None)
    assert entries_of(wang) == {}


def test_when_the_device_made_a_change_is_kept_and_orders_nothing(world: World) -> None:
    li = world.person("li")
    later = mutation(entry(), captured_at="2026-02-28T23:00:00+08:00")
    earlier = mutation(entry(), captured_at="1999-01-01T00:00:00Z")
    push(li, later, earlier)
    with world.app.app_context(), transaction(current_session(), write=False):
        kept = {
            row.mutation_id: row.captured_at for row in current_session().query(SyncMutation).all()
        }
    assert kept[later["mutation_id"]] == later["captured_at"]
    assert kept[earlier["mutation_id"]] == earlier["captured_at"]
    assert list(entries_of(li)) == [later["id"], earlier["id"]]


# -- size ----------------------------------------------------------------------------------------


def test_push_of_501_mutations_answers_413(world: World) -> None:
    li = world.person("li")
    sent = [mutation(entry()) for _ in range(501)]
    answer = li.post(PUSH, json={"device_id": li.device_id, "mutations": sent})
    assert (answer.status_code, slug_of(answer)) == (413, "too-large")
    assert answer.json["detail"] == "最多允许 500 条改动。"
    in_english = li.post(
        PUSH,
        json={"device_id": li.device_id, "mutations": sent},
        headers={"Accept-Language": "en"},
    )
    assert in_english.json["detail"] == "The limit is 500 changes."
    assert entries_of(li) == {}
    assert statuses(push(li, *sent[:500])) == ["applied"] * 500


def test_push_over_4_mib_answers_413(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    body = json.dumps({"device_id": li.device_id, "mutations": [mutation(entry())]})
    just_right = body + " " * (4 * MEBIBYTE - len(body))
    answer = li.post(PUSH, data=just_right + " ", content_type="application/json")
    assert (answer.status_code, slug_of(answer)) == (413, "too-large")
    assert "4096 KiB" in answer.json["detail"]
    assert entries_of(li) == {}
    answer = li.post(PUSH, data=just_right, content_type="application/json")
    assert answer.status_code == 200
    assert len(entries_of(li)) == 1


# -- who pushes ----------------------------------------------------------------------------------


def test_push_for_another_device_answers_403(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    body = {"device_id": wang.device_id, "mutations": [mutation(entry())]}
    answer = li.post(PUSH, json=body)
    assert (answer.status_code, slug_of(answer)) == (403, "device-mismatch")
    assert entries_of(li) == {}


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SUPPLIER_CONTACT])
def test_who_only_reads_is_refused_mutation_by_mutation(world: World, role: Role) -> None:
    reader = world.person("reader", role)
    [result] = push(reader, mutation(entry()))
    assert result["problem"]["type"] == "/problems/forbidden"
    assert entries_of(world.person("li")) == {}
    assert len(quarantined(world)) == 1


# -- cursors -------------------------------------------------------------------------------------


def pull_status(person: Person, cursor: str) -> tuple[int, str]:
    answer = person.get(PULL, query_string={"cursor": cursor})
    return answer.status_code, "" if answer.status_code == 200 else slug_of(answer)


def test_cursor_of_another_user_answers_400(world: World) -> None:
    cursor = pull(world.person("li"))["cursor"]
    assert pull_status(world.person("wang"), cursor) == (400, "cursor-invalid")


def test_cursor_from_the_future_answers_400(world: World) -> None:
    li, key = world.person("li"), b"only-for-tests-" * 3
    cursor = decode_cursor(pull(li)["cursor"], key)
    future = encode_cursor(replace(cursor, position=cursor.position + 1), key)
    assert pull_status(li, future) == (400, "cursor-invalid")


def test_cursor_signed_with_another_key_answers_400(world: World) -> None:
    li = world.person("li")
    cursor = decode_cursor(pull(li)["cursor"], b"only-for-tests-" * 3)
    assert pull_status(li, encode_cursor(cursor, b"a guess")) == (400, "cursor-invalid")


def test_expired_cursor_answers_410(world: World) -> None:
    li = world.person("li")
    old, sent, waiting = pull(li)["cursor"], entry(), mutation(entry())
    push(li, mutation(sent))
    push(li, deletion(sent["id"], 1))
    fresh = decode_cursor(pull(li)["cursor"], b"only-for-tests-" * 3)
    with world.app.app_context(), transaction(current_session(), write=True):
        compaction.compact(current_session(), world.organisation_id, fresh.position)
    assert pull_status(li, old) == (410, "cursor-expired")
    assert statuses(push(li, waiting)) == ["applied"]
    assert list(entries_of(li)) == [waiting["id"]]


def test_a_restored_database_answers_410_to_every_cursor(world: World) -> None:
    li = world.person("li")
    cursor = pull(li)["cursor"]
    with world.app.app_context(), transaction(current_session(), write=True):
        compaction.new_epoch(current_session(), world.organisation_id)
    assert pull_status(li, cursor) == (410, "cursor-expired")
    assert pull_status(li, pull(li)["cursor"]) == (200, "")


# -- trouble -------------------------------------------------------------------------------------


def test_lost_answer_of_a_push_is_repeated_after_a_restart(world: World) -> None:
    li = world.person("li")
    sent = [mutation(entry()), mutation(entry(title=7)), mutation(entry())]
    first = push(li, *sent)
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    settings = world.app.extensions["yanshou.settings"]
    restarted = create_app(settings, world.app.extensions["yanshou.clock"])
    li.client = restarted.test_client()
    again = push(li, *sent)
    assert statuses(again) == ["duplicate", "rejected", "duplicate"]
    assert [{**result, "status": ""} for result in again] == [
        {**result, "status": ""} for result in first
    ]
    assert entries_of(li).keys() == {sent[0]["id"], sent[2]["id"]}
    with restarted.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_push_that_keeps_losing_races_answers_503_and_may_come_again(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, sent = sqlite_world.person("li"), mutation(entry())
    body = {"device_id": li.device_id, "mutations": [sent]}

    def lose(*_arguments: object, **_named: object) -> None:
        raise RetryTransaction("somebody else was faster")

    with monkeypatch.context() as patch:
        patch.setattr(service, "push", lose)
        answer = li.post(PUSH, json=body)
    assert (answer.status_code, slug_of(answer)) == (503, "push-lost-races")
    assert answer.headers["Retry-After"] == "2"
    assert statuses(push(li, sent)) == ["applied"]


def test_a_bug_in_a_service_is_one_mutations_trouble(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.work_log.mutations import work_log_entries

    def break_on_bad(*arguments: object) -> object:
        document = arguments[2]
        assert isinstance(document, dict)
        if document["title"] == "bug":
            raise ZeroDivisionError
        return work_log_entries.save(*arguments)  # type: ignore[misc]

    broken = replace(work_log_entries, save=break_on_bad)
    monkeypatch.setattr(service, "COLLECTIONS", {"work_log_entries": broken})
    li, bad, good = sqlite_world.person("li"), mutation(entry(title="bug")), mutation(entry())
    results = push(li, bad, good)
    assert statuses(results) == ["rejected", "applied"]
    assert results[0]["problem"]["type"] == "/problems/internal-error"
    assert bad["mutation_id"] in results[0]["problem"]["detail"]
    monkeypatch.undo()
    assert statuses(push(li, bad, good)) == ["applied", "duplicate"]


def test_two_apps_of_one_device_id_in_two_organisations_do_not_meet(world: World) -> None:
    li = world.person("li")
    stranger = world.person("stranger", Role.INSPECTOR, [world.abroad])
    sent = mutation(entry())
    push(li, sent)
    same = {**sent, "document": {**sent["document"], "title": "another organisation's"}}
    assert statuses(push(stranger, same)) == ["applied"]
    assert entries_of(li)[sent["id"]]["document"]["title"] == "晨会"
