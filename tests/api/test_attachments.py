"""Attachments over HTTP: announcing them, online and offline, and who may see them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import Membership
from tests.infrastructure.photos import (
    photo,
)
from tests.infrastructure.tus import (
    announce,
    attachment,
    path,
    record,
    stored_photo,
    upload,
)
from tests.receiving_world import Canteen
from tests.world import Person, World

SIZES = ("content", "preview", "thumbnail")


def push(person: Person, document: dict[str, Any], base: int | None = None) -> dict[str, Any]:
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "attachments",
        "id": document["id"],
        "operation": "upsert",
        "base_version": base,
        "document": document,
        "captured_at": "2026-03-02T01:16:00Z",
    }
    body = {"device_id": person.device_id, "mutations": [mutation]}
    answer = person.post("/api/v1/sync/push", json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json["results"][0]
    return result


# -- who may see it ------------------------------------------------------------------------------


def test_people_of_another_site_or_organisation_see_nothing_of_a_photo(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = stored_photo(li, file)
    strangers = [
        world.person("wang", Role.MANAGER, [world.south]),
        world.person("zhao", Role.ADMIN, [world.abroad]),
    ]
    for stranger in strangers:
        for place in ("", *SIZES):
            answer = stranger.get(path(document, place).rstrip("/"))
            assert answer.status_code == 404
    same_id = {**attachment(photo(2)), "id": document["id"]}
    address = f"/api/v1/attachments/{document['id']}"
    assert strangers[0].put(address, json=same_id).status_code == 404
    # Another organisation has ids of its own: the same one there is another attachment.
    assert strangers[1].put(address, json=same_id).status_code == 201
    assert record(li, document["id"])["sha256"] == file.sha256
    contact = world.person("qian", Role.SUPPLIER_CONTACT)
    assert contact.get(path(document)).status_code == 403
    assert world.client.get(path(document)).status_code == 401


def test_knowing_a_hash_opens_no_photo_of_another_site(world: World) -> None:
    li, file = world.person("li"), photo(1)
    stored_photo(li, file)
    for name, site in (("wang", world.south), ("zhao", world.abroad)):
        other = world.person(name, Role.MANAGER, [site])
        guessed = announce(other, file)
        assert guessed["status"] == "expected"
        # Nor does a wrong size tell that the content is here.
        assert announce(other, file, size=file.size + 1)["status"] == "expected"
        for size in SIZES:
            answer = other.get(path(guessed, size))
            assert answer.json["type"] == "/problems/attachment-not-stored"
            assert answer.status_code == 404


def test_upload_stores_the_attachments_of_the_uploaders_sites_alone(world: World) -> None:
    file = photo(1)
    li, wang = world.person("li"), world.person("wang", Role.MANAGER, [world.south])
    theirs, ours = announce(wang, file), announce(li, file)
    upload(li, file)
    assert record(li, ours["id"])["status"] == "stored"
    assert record(wang, theirs["id"])["status"] == "expected"
    upload(wang, file)
    assert record(wang, theirs["id"])["status"] == "stored"


def test_observer_of_the_site_may_look_and_not_announce(sqlite_world: World) -> None:
    document = stored_photo(sqlite_world.person("li"), photo(1))
    guest = sqlite_world.person("guest", Role.OBSERVER)
    assert guest.get(path(document, "preview")).status_code == 200
    other = attachment(photo(1))
    assert guest.put(f"/api/v1/attachments/{other['id']}", json=other).status_code == 403


# -- announcing ----------------------------------------------------------------------------------


def test_announcing_again_the_same_changes_nothing(world: World) -> None:
    li, document = world.person("li"), attachment(photo(1))
    address = f"/api/v1/attachments/{document['id']}"
    assert li.put(address, json=document).json["version"] == 1
    again = li.put(address, json=document)
    assert (again.status_code, again.json["version"]) == (201, 1)
    upload(li, photo(1))
    assert li.put(address, json=document).json["version"] == 2


def test_change_needs_the_version_it_is_based_on(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = announce(li, photo(1))
    address = f"/api/v1/attachments/{document['id']}"
    document["caption"] = "三号箱底部结霜"
    assert li.put(address, json=document).status_code == 428
    assert li.put(address, json=document, headers={"If-Match": '"7"'}).status_code == 412
    changed = li.put(address, json=document, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert li.get(address).json["document"]["caption"] == "三号箱底部结霜"


def test_server_owned_fields_are_the_servers_whatever_a_client_writes(world: World) -> None:
    li, file = world.person("li"), photo(1)
    claimed = {"status": "stored", "stored_at": "2020-01-01T00:00:00Z", "width": 1, "exif": {}}
    document = announce(li, file, **claimed)
    assert document["status"] == "expected"
    assert document["stored_at"] is document["width"] is document["exif"] is None
    assert li.get(path(document)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", "0" * 64),
        ("owner_id", "0195523e-7a4e-7b3a-8f4e-3d2c1b0a9f8e"),
        ("owner_collection", "work_log_entries"),
    ],
)
@pytest.mark.parametrize("way", ["online", "offline"])
def test_content_and_owner_are_fixed_once_set(
    sqlite_world: World, way: str, field: str, value: str
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file, owner_collection="goods_receipts", owner_id=str(uuid4()))
    changed = {**document, field: value}
    if way == "online":
        address = f"/api/v1/attachments/{document['id']}"
        problem = li.put(address, json=changed, headers={"If-Match": '"1"'}).json
    else:
        problem = push(li, changed, base=1)["problem"]
    assert problem["type"] == "/problems/attachment-is-fixed"
    assert problem["errors"][0]["pointer"] == f"/{field}"
    assert record(li, document["id"])[field] == document[field]


def test_half_an_owner_is_refused(sqlite_world: World) -> None:
    li, document = sqlite_world.person("li"), attachment(photo(1), owner_id=str(uuid4()))
    answer = li.put(f"/api/v1/attachments/{document['id']}", json=document)
    assert answer.status_code == 422


def test_wrong_size_of_content_that_is_here_is_refused_and_can_be_corrected(world: World) -> None:
    li, file = world.person("li"), photo(1)
    waiting = announce(li, file, size=file.size - 1)
    upload(li, file)
    assert record(li, waiting["id"])["status"] == "expected"
    entry = li.get("/api/v1/attachments/missing").json["attachments"][0]
    assert entry["id"] == waiting["id"]
    assert entry["problem"]["type"] == "/problems/attachment-size-mismatch"
    late = attachment(file, size=file.size + 1)
    answer = li.put(f"/api/v1/attachments/{late['id']}", json=late)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/size")
    corrected = {**waiting, "size": file.size}
    result = push(li, corrected, base=1)
    assert (result["status"], result["document"]["status"]) == ("applied", "stored")


def test_missing_lists_what_this_device_announced_and_the_server_lacks(world: World) -> None:
    li, sun = world.person("li"), world.person("sun")
    owner = {"owner_collection": "goods_receipts", "owner_id": str(uuid4())}
    first, second = announce(li, photo(1), **owner), announce(li, photo(2))
    announce(sun, photo(3))
    missing = li.get("/api/v1/attachments/missing").json["attachments"]
    assert {entry["id"] for entry in missing} == {first["id"], second["id"]}
    entry = next(entry for entry in missing if entry["id"] == first["id"])
    assert entry == {
        "id": first["id"],
        "sha256": first["sha256"],
        "size": first["size"],
        "media_type": "image/jpeg",
        **owner,
        "problem": None,
    }
    upload(li, photo(1))
    missing = li.get("/api/v1/attachments/missing").json["attachments"]
    assert [entry["id"] for entry in missing] == [second["id"]]


# -- offline -------------------------------------------------------------------------------------


def test_attachment_pushed_before_its_photo_is_stored_when_the_photo_arrives(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = attachment(file)
    result = push(li, document)
    assert (result["status"], result["document"]["status"]) == ("applied", "expected")
    assert result["document"]["site_id"] == world.north
    upload(li, file)
    pulled = li.get("/api/v1/sync/pull?collections=attachments").json["changes"]
    assert [(c["version"], c["document"]["status"]) for c in pulled] == [(2, "stored")]


def test_attachment_pushed_after_its_photo_is_stored_at_once(world: World) -> None:
    li, file = world.person("li"), photo(1)
    upload(li, file)
    result = push(li, attachment(file))
    assert (result["version"], result["document"]["status"]) == (1, "stored")


def test_caption_written_offline_while_the_photo_arrived_is_merged(world: World) -> None:
    li, sun, file = world.person("li"), world.person("sun"), photo(1)
    document = push(li, attachment(file))["document"]
    upload(sun, file)
    result = push(li, {**document, "caption": "车厢温度计"}, base=1)
    assert result["status"] in {"applied", "merged"}
    assert result["document"]["caption"] == "车厢温度计"
    assert result["document"]["status"] == "stored"
    assert result["document"]["width"] == 640


def test_announcement_without_photo_can_be_taken_back_and_evidence_cannot(world: World) -> None:
    li, file = world.person("li"), photo(1)

    def delete(document: dict[str, Any], base: int) -> dict[str, Any]:
        mutation = {
            "mutation_id": str(uuid4()),
            "collection": "attachments",
            "id": document["id"],
            "operation": "delete",
            "base_version": base,
        }
        body = {"device_id": li.device_id, "mutations": [mutation]}
        result: dict[str, Any] = li.post("/api/v1/sync/push", json=body).json["results"][0]
        return result

    mistaken = announce(li, file)
    assert delete(mistaken, 1)["status"] == "applied"
    assert li.get(f"/api/v1/attachments/{mistaken['id']}").status_code == 404
    assert li.get("/api/v1/attachments/missing").json["attachments"] == []
    evidence = stored_photo(li, file)
    result = delete(evidence, 2)
    assert result["problem"]["type"] == "/problems/evidence-is-kept"
    assert li.get(path(evidence)).data == file.content


def test_announcement_is_taken_back_only_by_the_device_that_made_it(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    document = announce(li, photo(1))
    assert push_deletion(wang, document["id"])["status"] == "rejected"
    assert push_deletion(li, document["id"])["status"] == "applied"


def test_photo_a_signed_receipt_counts_on_is_not_taken_back(world: World) -> None:
    canteen = Canteen(world)
    draft = canteen.signed()
    photo_id = draft.photo("goods")
    draft.document["attachment_ids"] = [photo_id]
    assert canteen.put(draft).status_code == 201
    owner = {"owner_collection": "goods_receipts", "owner_id": draft.document["id"]}
    announce(canteen.li, photo(1), id=photo_id, **owner)
    refused = push_deletion(canteen.li, photo_id)
    assert refused["problem"]["type"] == "/problems/evidence-is-kept"


@pytest.mark.parametrize(
    ("name", "value"),
    [("captured_at", "2020-01-01T00:00:00Z"), ("role", "vehicle"), ("source", "gallery")],
)
def test_facts_of_a_stored_photo_stay_as_they_are(world: World, name: str, value: str) -> None:
    li = world.person("li")
    facts = {"captured_at": "2026-03-02T01:15:30Z", "role": "goods", "source": "camera"}
    document = stored_photo(li, photo(1), **facts)
    refused = li.put(
        f"/api/v1/attachments/{document['id']}",
        json={**document, name: value},
        headers={"If-Match": "*"},
    )
    assert refused.status_code == 409
    assert refused.json["type"] == "/problems/attachment-is-fixed"


def test_position_found_later_may_still_be_added(world: World) -> None:
    li = world.person("li")
    document = stored_photo(li, photo(1, position=None), latitude=None, longitude=None)
    added = li.put(
        f"/api/v1/attachments/{document['id']}",
        json={**document, "latitude": "31.2", "longitude": "121.4"},
        headers={"If-Match": "*"},
    )
    assert added.status_code == 200, added.text


def push_deletion(person: Person, record_id: str) -> dict[str, Any]:
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "attachments",
        "id": record_id,
        "operation": "delete",
        "base_version": 1,
    }
    body = {"device_id": person.device_id, "mutations": [mutation]}
    [result] = person.post("/api/v1/sync/push", json=body).json["results"]
    return dict(result)


# -- people who move -------------------------------------------------------------------------------


def test_a_photo_announced_before_its_person_moved_still_arrives(world: World) -> None:
    li, file = world.person("li"), photo(77)
    document = announce(li, file)
    with world.app.app_context(), transaction(current_session(), write=True):
        moved = update(Membership).where(Membership.user_id == li.user_id)
        with unscoped(current_session()):
            current_session().execute(moved.values(site_id=world.south))
    missing = li.get("/api/v1/attachments/missing").json["attachments"]
    assert [entry["id"] for entry in missing] == [document["id"]]
    assert upload(li, file).status_code == 201
    assert li.get("/api/v1/attachments/missing").json["attachments"] == []
    assert li.get(path(document)).status_code == 404, "what it shows is the old site's"
    assert record(world.person("boss", Role.MANAGER), document["id"])["status"] == "stored"
