"""What was captured on a phone that was revoked meanwhile, or by somebody who left, is kept for
review. That is the one thing their token still does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_settings
from server.identity.models import Membership, User
from tests.api.sync_client import PUSH, entries_of, entry, mutation, push, slug_of, slugs, statuses
from tests.infrastructure.photos import PhotoFile, photo
from tests.world import Person, World

QUARANTINE = "/api/v1/sync/quarantine"


def revoke_device(world: World, person: Person) -> None:
    boss = world.person("boss", Role.MANAGER)
    assert boss.post(f"/api/v1/devices/{person.device_id}/revoke").status_code == 200


def disable_user(world: World, person: Person) -> None:
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            session.execute(update(User).where(User.id == person.user_id).values(is_active=False))


def take_every_role(world: World, person: Person) -> None:
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            session.execute(delete(Membership).where(Membership.user_id == person.user_id))


WAYS = {
    revoke_device: "work-of-revoked-device",
    disable_user: "work-of-disabled-user",
    take_every_role: "work-of-disabled-user",
}
by_each_way = pytest.mark.parametrize("lose_access", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def li(world: World) -> Person:
    return world.person("li")


def waiting(world: World) -> list[dict[str, Any]]:
    admin = world.person("admin", Role.ADMIN, [world.north, world.south])
    kept: list[dict[str, Any]] = admin.get(QUARANTINE).json["quarantined"]
    return kept


@by_each_way
def test_what_they_push_is_kept_with_author_and_device_and_nothing_is_carried_out(
    world: World, li: Person, lose_access: Any
) -> None:
    standing = entry()
    push(li, mutation(standing))
    lose_access(world, li)
    sent = [mutation(entry()), mutation({**standing, "title": "改"}, 1)]
    results = push(li, *sent)
    assert slugs(results) == [WAYS[lose_access]] * 2
    kept = waiting(world)
    assert {item["mutation_id"] for item in kept} == {item["mutation_id"] for item in sent}
    assert {(item["user_id"], item["device_id"]) for item in kept} == {(li.user_id, li.device_id)}
    [change] = entries_of(world.person("wang")).values()
    assert (change["version"], change["document"]["title"]) == (1, "晨会")


@by_each_way
def test_they_read_nothing(world: World, li: Person, lose_access: Any) -> None:
    lose_access(world, li)
    for path in ("/api/v1/sync/pull", "/api/v1/attachments/missing", "/api/v1/goods-receipts"):
        assert li.get(path).status_code in {401, 403}, path
    door = "/api/v1/sync/rxdb/work_log_entries/pull"
    assert li.get(door).status_code in {401, 403}
    assert li.get("/api/v1/sync/watermelondb").status_code in {401, 403}


def test_a_repeat_of_what_was_applied_before_is_told_without_any_content(
    world: World, li: Person
) -> None:
    """The answer had been lost; the work is neither lost nor doubled, and nothing is shown."""
    sent = mutation(entry())
    push(li, sent)
    revoke_device(world, li)
    [answer] = push(li, sent)
    assert (answer["status"], answer["document"]) == ("duplicate", None)
    assert waiting(world) == []


def test_a_repeated_conflict_shows_nothing_of_what_stands(world: World, li: Person) -> None:
    wang, base = world.person("wang"), entry()
    push(wang, mutation(base))
    push(wang, mutation({**base, "title": "王"}, 1))
    lost = mutation({**base, "title": "李"}, 1)
    push(li, lost)
    revoke_device(world, li)
    [answer] = push(li, lost)
    assert (answer["status"], answer["conflict"]["current"]) == ("conflict", None)


def test_a_reviewer_carries_it_out_as_the_authors_work(world: World, li: Person) -> None:
    revoke_device(world, li)
    sent = mutation(entry())
    push(li, sent)
    quality = world.person("q", Role.QUALITY)
    [kept] = quality.get(QUARANTINE).json["quarantined"]
    assert kept["device"]["revoked_at"] is not None
    answer = quality.post(f"{QUARANTINE}/{kept['id']}/reapply", json={"reason": "手机丢失前所录"})
    assert answer.json["result"]["status"] == "applied"
    assert answer.json["entry"]["author"]["user_id"] == li.user_id
    assert list(entries_of(quality)) == [sent["id"]]


def test_the_work_of_somebody_who_left_is_carried_out_too(world: World, li: Person) -> None:
    disable_user(world, li)
    push(li, mutation(entry()))
    quality = world.person("q", Role.QUALITY)
    [kept] = quality.get(QUARANTINE).json["quarantined"]
    answer = quality.post(f"{QUARANTINE}/{kept['id']}/reapply", json={"reason": "离职前所录"})
    assert answer.json["result"]["status"] == "applied"


@pytest.mark.parametrize("door", ["rxdb", "watermelondb"])
def test_the_doors_of_libraries_keep_it_and_show_nothing(
    world: World, li: Person, door: str
) -> None:
    standing = entry(title="现有内容")
    push(li, mutation(standing))
    revoke_device(world, li)
    mine = {**standing, "title": "我的", "version": 1}
    if door == "rxdb":
        rows = [{"newDocumentState": mine, "assumedMasterState": {**standing, "version": 1}}]
        address = "/api/v1/sync/rxdb/work_log_entries/push"
        answer = li.post(address, json=rows, headers={"X-Device-Id": li.device_id})
        assert answer.json["conflicts"] == []
        assert [row["status"] for row in answer.json["results"]] == ["rejected"]
    else:
        changes = {"work_log_entries": {"created": [], "updated": [mine], "deleted": []}}
        answer = li.post("/api/v1/sync/watermelondb?last_pulled_at=1", json={"changes": changes})
        assert (answer.status_code, slug_of(answer)) == (409, "push-not-applied")
    assert "现有内容" not in json.dumps(answer.json, ensure_ascii=False)
    assert [item["record_id"] for item in waiting(world)] == [standing["id"]]


# -- what a stolen phone could do with it --------------------------------------------------------


def test_a_token_that_was_signed_out_or_never_existed_stays_without_any_effect(
    world: World, li: Person
) -> None:
    body = {"device_id": li.device_id, "mutations": [mutation(entry())]}
    assert li.post("/api/v1/auth/logout").status_code == 204
    revoke_device(world, li)
    assert li.post(PUSH, json=body).status_code == 401
    li.token = "x" * 43
    assert li.post(PUSH, json=body).status_code == 401
    assert waiting(world) == []


def with_limits(world: World, **limits: int) -> None:
    with world.app.app_context():
        settings = current_settings()
    world.app.extensions["yanshou.settings"] = replace(settings, **limits)


def test_how_much_may_wait_for_review_is_bounded_and_frees_again(world: World, li: Person) -> None:
    with_limits(world, unreviewed_mutations_max=5)
    revoke_device(world, li)
    assert statuses(push(li, *(mutation(entry()) for _ in range(5)))) == ["rejected"] * 5
    body = {"device_id": li.device_id, "mutations": [mutation(entry())]}
    refused = li.post(PUSH, json=body)
    assert (refused.status_code, slug_of(refused)) == (429, "too-much-unreviewed")
    assert int(refused.headers["Retry-After"]) > 0
    assert len(waiting(world)) == 5
    quality = world.person("q", Role.QUALITY)
    for item in waiting(world)[:1]:
        quality.post(f"{QUARANTINE}/{item['id']}/discard", json={"reason": "不是我们的"})
    assert statuses(push(li, *body["mutations"])) == ["rejected"]


def test_how_many_bytes_may_wait_for_review_is_bounded(world: World, li: Person) -> None:
    with_limits(world, unreviewed_bytes_max=3000)
    revoke_device(world, li)
    push(li, mutation(entry(text="x" * 3000)))
    body = {"device_id": li.device_id, "mutations": [mutation(entry())]}
    assert slug_of(li.post(PUSH, json=body)) == "too-much-unreviewed"


def test_a_revoked_phone_is_slowed_down_and_others_are_not(world: World, li: Person) -> None:
    """Its work weighs a hundredfold in the budget of a minute."""
    with_limits(world, unreviewed_mutations_max=10**6)
    revoke_device(world, li)
    answers = []
    for _ in range(8):
        sent = [{"mutation_id": str(uuid4())}] * 500
        body = json.dumps({"device_id": li.device_id, "mutations": sent})
        answers.append(li.post(PUSH, data=body, content_type="application/json").status_code)
    assert answers == [200] * 6 + [429] * 2
    assert statuses(push(world.person("wang"), mutation(entry()))) == ["applied"]


def test_a_found_phone_signs_in_anew_and_pushes_as_usual(world: World, li: Person) -> None:
    revoke_device(world, li)
    sent = mutation(entry())
    push(li, sent)
    boss = world.person("boss", Role.MANAGER)
    answer = boss.post(f"/api/v1/devices/{li.device_id}/reinstate")
    assert (answer.status_code, answer.json["revoked_at"]) == (200, None)
    assert li.get("/api/v1/sync/pull").status_code == 401
    li.sign_in()
    assert statuses(push(li, sent)) == ["applied"]
    assert waiting(world) == []


# -- photos --------------------------------------------------------------------------------------


def announcement(file: PhotoFile) -> dict[str, Any]:
    document = {
        "id": str(uuid4()),
        "sha256": file.sha256,
        "size": len(file.content),
        "media_type": "image/jpeg",
        "role": "condition",
    }
    return mutation(document, collection="attachments")


def upload(person: Person, file: PhotoFile) -> Any:
    from base64 import b64encode

    sha256 = b64encode(file.sha256.encode()).decode()
    return person.post(
        "/api/v1/uploads",
        data=file.content,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(file.content)),
            "Upload-Metadata": f"sha256 {sha256}",
            "Content-Type": "application/offset+octet-stream",
        },
    )


@by_each_way
def test_photos_of_work_in_quarantine_arrive_and_belong_to_it_once_it_is_carried_out(
    world: World, li: Person, lose_access: Any
) -> None:
    lose_access(world, li)
    file = photo()
    sent = announcement(file)
    sent["document"]["site_id"] = world.north
    assert statuses(push(li, sent)) == ["rejected"]
    assert upload(li, file).status_code == 201
    quality = world.person("q", Role.QUALITY)
    [kept] = quality.get(QUARANTINE).json["quarantined"]
    answer = quality.post(f"{QUARANTINE}/{kept['id']}/reapply", json={"reason": "证据"})
    assert answer.json["result"]["status"] == "applied", answer.text
    content = quality.get(f"/api/v1/attachments/{sent['id']}/content")
    assert (content.status_code, content.data) == (200, file.content)


def test_a_photo_that_was_expected_before_still_arrives(world: World, li: Person) -> None:
    file = photo()
    sent = announcement(file)
    assert statuses(push(li, sent)) == ["applied"]
    revoke_device(world, li)
    assert upload(li, file).status_code == 201
    quality = world.person("q", Role.QUALITY)
    assert quality.get(f"/api/v1/attachments/{sent['id']}/content").data == file.content


def test_a_photo_nobody_announced_on_that_device_is_refused(world: World, li: Person) -> None:
    revoke_device(world, li)
    answer = upload(li, photo())
    assert (answer.status_code, slug_of(answer)) == (403, "device-revoked")


def test_how_many_bytes_of_photos_may_wait_is_bounded(world: World, li: Person) -> None:
    file = photo()
    with_limits(world, unreviewed_upload_bytes_max=len(file.content) - 1)
    revoke_device(world, li)
    push(li, announcement(file))
    answer = upload(li, file)
    assert (answer.status_code, slug_of(answer)) == (503, "unreviewed-photos-wait")
    assert int(answer.headers["Retry-After"]) > 0


def test_how_many_photos_may_wait_is_bounded(world: World, li: Person) -> None:
    file = photo()
    revoke_device(world, li)
    push(li, announcement(file))
    with_limits(world, unreviewed_mutations_max=2)
    answers = [upload(li, file).status_code for _ in range(3)]
    assert answers == [201, 201, 503]
