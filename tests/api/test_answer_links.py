"""Answering a notice by link, without an account: least privilege, one write path, no leaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from schemas.fields import parse_time, time_text
from server.access import Role
from server.corrective_actions.answer_routes import REQUESTS_PER_MINUTE, WEIGHT_OF_A_WRONG_LINK
from server.corrective_actions.models import AnswerLink
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import stored_photo
from tests.rectification_world import Inspected, slug
from tests.reports_world import signature_picture
from tests.world import World

Document = dict[str, Any]
PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger"


class Supplier:
    """Somebody with a link and a phone, and no account."""

    def __init__(self, world: World, token: str, address: str = "203.0.113.7") -> None:
        self.client = world.app.test_client()
        self.headers = {"Authorization": f"Bearer {token}", "User-Agent": PHONE}
        self.address = address

    def request(self, method: str, path: str = "", **arguments: Any) -> TestResponse:
        return self.client.open(
            f"/api/v1/answer{path}",
            method=method,
            headers=self.headers,
            environ_base={"REMOTE_ADDR": self.address},
            **arguments,
        )

    def notice(self) -> Document:
        answer = self.request("GET")
        assert answer.status_code == 200, answer.text
        seen: Document = answer.json["notice"]
        return seen

    def put_photo(self, file: PhotoFile, id_: str | None = None, end: str = "") -> TestResponse:
        path = f"/photos/{id_ or uuid4()}{end}"
        kind = "application/octet-stream"
        return self.request("PUT", path, data=file.content, content_type=kind)

    def send(self, seed: int, end: str = "") -> str:
        file = signature_picture(seed) if end else photo(seed)
        answer = self.put_photo(file, end=end)
        assert answer.status_code == 200, answer.text
        return str(answer.json["id"])

    def answer(self, seed: int = 1, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "name": "刘师傅",
            "correction": "已更换门封条并消毒。",
            "cause": "门封条老化。",
            "prevention": "每月检查门封条。",
            "attachment_ids": [self.send(seed)],
            "signature_id": self.send(seed, "/signature"),
            **changes,
        }

    def submit(self, answer: Document) -> TestResponse:
        return self.request("PUT", f"/submissions/{answer['id']}", json=answer)


class Scene:
    def __init__(self, world: World) -> None:
        self.world, self.inspected = world, Inspected(world)
        self.manager = self.inspected.manager
        self.before = stored_photo(self.inspected.zhao, photo(50))["id"]
        finding = self.inspected.found(attachment_ids=[self.before])
        self.action = self.inspected.save(
            "corrective-actions",
            self.inspected.notice(finding, supplier_contact={"name": "刘师傅"}),
            self.manager,
        )

    @property
    def links(self) -> str:
        return f"/api/v1/corrective-actions/{self.action['id']}/answer-links"

    def link(self, **wanted: Any) -> Document:
        answer = self.manager.post(self.links, json=wanted)
        assert answer.status_code == 201, answer.text
        made: Document = answer.json
        return made

    def supplier(self, **wanted: Any) -> Supplier:
        return Supplier(self.world, self.link(**wanted)["token"])

    def wait(self, **time: int) -> None:
        self.world.app.extensions["yanshou.clock"].now += timedelta(**time)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.fixture
def sqlite_scene(sqlite_world: World) -> Scene:
    return Scene(sqlite_world)


def test_a_supplier_answers_is_returned_and_answers_again(scene: Scene) -> None:
    inspected, supplier = scene.inspected, scene.supplier()
    notice = supplier.notice()
    assert (notice["number"], notice["can_answer"]) == (scene.action["number"], True)
    assert notice["findings"][0]["attachment_ids"] == [scene.before]
    assert supplier.request("GET", f"/photos/{scene.before}").content_type == "image/jpeg"
    answer = supplier.answer()
    first = supplier.submit(answer)
    assert first.status_code == 200, first.text
    assert first.json["notice"]["can_answer"] is False
    action = inspected.action(scene.action)
    assert (action["status"], action["submission"]["name"]) == ("submitted", "刘师傅")
    steps = scene.manager.get(f"/api/v1/corrective-actions/{action['id']}").json["steps"]
    step = steps[-1]
    assert step["answered_by"] | {"link_id": ""} == {
        "link_id": "",
        "name": "刘师傅",
        "address": "203.0.113.7",
        "device": PHONE,
    }
    assert step["signature"]["attachment_id"] == answer["signature_id"]
    # The manager sees the photos as any other.
    for id_ in (answer["attachment_ids"][0], answer["signature_id"]):
        assert scene.manager.get(f"/api/v1/attachments/{id_}/content").status_code == 200

    back = inspected.step(action, "returned", concerns_step_id=step["id"], text="看不清，请重拍。")
    inspected.take(back, scene.manager)
    again = supplier.notice()
    assert (again["status"], again["can_answer"]) == ("returned", True)
    assert again["steps"][-1]["text"] == "看不清，请重拍。"
    assert supplier.submit(supplier.answer(2)).status_code == 200
    submission = inspected.action(scene.action)["submission"]
    good = inspected.step(action, "verified", concerns_step_id=submission["step_id"])
    inspected.take(good, scene.manager)
    assert supplier.notice()["status"] == "verified"
    [link] = scene.manager.get(scene.links).json["answer_links"]
    assert (link["answers"], link["last_used_address"]) == (2, "203.0.113.7")
    assert "token" not in str(link)


def test_the_same_answer_again_changes_nothing_and_another_under_its_id_is_refused(
    scene: Scene,
) -> None:
    supplier = scene.supplier()
    answer = supplier.answer()
    first = supplier.submit(answer)
    scene.wait(minutes=5)
    assert supplier.submit(answer).json == first.json
    detail = scene.manager.get(f"/api/v1/corrective-actions/{scene.action['id']}").json
    assert [step["kind"] for step in detail["steps"]] == ["submitted"]
    assert slug(supplier.submit({**answer, "correction": "别的"})) == "step-is-recorded"
    assert slug(supplier.submit({**answer, "id": str(uuid4())})) == "step-does-not-apply"
    assert slug(supplier.put_photo(photo(9))) == "step-does-not-apply"


def test_what_was_found_before_is_shown_to_whom_it_was_found_with(sqlite_scene: Scene) -> None:
    inspected, zhao = sqlite_scene.inspected, sqlite_scene.inspected.zhao
    other_unit = inspected.save_unit("K9", "别的班组")
    photos = [stored_photo(zhao, photo(60 + n))["id"] for n in range(3)]
    days = [f"2026-03-02T0{hour}:30:00Z" for hour in (1, 2, 3)]
    kept = [
        inspected.found(item_id="door", unit_id=unit_id, attachment_ids=[photo_id], captured_at=at)
        for photo_id, at, unit_id in zip(
            photos, days, [other_unit["id"], *[inspected.kitchen["id"]] * 2], strict=True
        )
    ]
    assert [one["repeat_of"] and one["repeat_of"]["finding_id"] for one in kept] == [
        None, kept[0]["id"], kept[1]["id"],
    ]  # fmt: skip
    notices = [inspected.save("corrective-actions", inspected.notice(one)) for one in kept[1:]]
    shown = []
    for notice in notices:
        sqlite_scene.action = notice
        supplier = sqlite_scene.supplier()
        [finding] = supplier.notice()["findings"]
        assert finding["is_repeat"] is True
        shown.append(finding["earlier_attachment_ids"])
        found = [supplier.request("GET", f"/photos/{id_}").status_code for id_ in photos]
        assert found == [
            200 if id_ in (*shown[-1], *finding["attachment_ids"]) else 404 for id_ in photos
        ]
    assert shown == [[], [photos[1]]]


def test_only_the_tokens_hash_is_kept(sqlite_scene: Scene) -> None:
    made = sqlite_scene.link()
    assert made["url"].endswith(f"/a#{made['token']}")
    assert len(made["token"]) >= 22  # 128 bits as base64
    with sqlite_scene.world.app.app_context():
        session = current_session()
        with transaction(session, write=False), unscoped(session):
            row = session.scalars(select(AnswerLink)).one()
            assert made["token"] not in str(vars(row))
    assert made["link"]["expires_at"] == time_text(
        parse_time(sqlite_scene.action["due_at"]) + timedelta(days=7)
    )


def test_unknown_expired_and_revoked_links_say_so_and_nothing_else(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    unknown = Supplier(scene.world, "A" * 32).request("GET")
    assert (unknown.status_code, slug(unknown)) == (404, "answer-link-unknown")
    made = scene.link()
    revoked = Supplier(scene.world, made["token"])
    path = f"/api/v1/answer-links/{made['link']['id']}/revocation"
    assert scene.manager.post(path).json["is_usable"] is False
    assert scene.manager.post(path).status_code == 200
    expired = scene.supplier(expires_at="2026-03-03T00:00:00Z")
    scene.wait(days=2)
    for supplier in (revoked, expired):
        answers = [
            supplier.request("GET"),
            supplier.request("GET", f"/photos/{scene.before}"),
            supplier.put_photo(photo(3)),
            supplier.request("PUT", f"/submissions/{uuid4()}", json={}),
        ]
        assert {(a.status_code, slug(a)) for a in answers} == {(410, "answer-link-over")}
        assert not any(scene.action["number"] in a.text or "冷库" in a.text for a in answers)


def test_a_guest_reaches_nothing_but_the_one_notice(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    supplier = scene.supplier()
    others = stored_photo(scene.inspected.zhao, photo(51))["id"]
    finding = scene.inspected.found(attachment_ids=[others], item_id="other")
    action = scene.inspected.save(
        "corrective-actions", scene.inspected.notice(finding), scene.manager
    )
    other = Supplier(scene.world, scene.manager.post(
        f"/api/v1/corrective-actions/{action['id']}/answer-links", json={}
    ).json["token"])  # fmt: skip
    for id_ in (others, str(uuid4()), other.send(5)):
        assert supplier.request("GET", f"/photos/{id_}").status_code == 404
    # Neither under an id that others use, nor as its own result.
    assert supplier.put_photo(photo(51), others).status_code == 404
    taken = supplier.answer(attachment_ids=[scene.before])
    assert slug(supplier.submit(taken)) == "validation-failed"
    theirs = other.answer(6)
    assert other.submit(theirs).status_code == 200
    assert supplier.submit({**supplier.answer(7), "id": theirs["id"]}).status_code == 404
    text = supplier.request("GET").text
    people = [scene.manager.user_id, scene.inspected.zhao.user_id, scene.inspected.chen.user_id]
    assert not any(part in text for part in (*people, "latitude", "user_id", "device_id"))


def test_what_is_no_photo_or_too_large_or_too_many_is_refused(
    sqlite_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplier = sqlite_scene.supplier()
    assert slug(supplier.put_photo(PhotoFile(b"GIF89a no photo"))) == "image-type-unsupported"
    assert slug(supplier.put_photo(PhotoFile(b""))) == "image-unreadable"
    monkeypatch.setattr("server.corrective_actions.answering.PHOTO_BYTES_MAX", 1000)
    assert supplier.put_photo(photo(1)).status_code == 413
    monkeypatch.undo()
    monkeypatch.setattr("server.corrective_actions.answering.PHOTOS_MOST", 1)
    kept = supplier.send(1)
    assert supplier.put_photo(photo(1), kept).status_code == 200
    assert slug(supplier.put_photo(photo(2))) == "too-many-answer-photos"
    assert supplier.submit({"id": str(uuid4())}).status_code == 422


def test_an_order_wants_cause_and_prevention_and_every_answer_a_photo(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    finding = scene.inspected.found(item_id="order")
    order = scene.inspected.notice(finding, kind="rectification_order")
    scene.action = scene.inspected.save("corrective-actions", order, scene.manager)
    supplier = scene.supplier()
    assert supplier.notice()["wanted"] == ["correction", "cause", "prevention"]
    bare = supplier.answer(cause="", prevention=" ", attachment_ids=[])
    answer = supplier.submit(bare)
    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/cause", "/prevention", "/attachment_ids"}


def test_links_are_for_those_who_issue_notices_at_the_site(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    made = scene.link()
    revocation = f"/api/v1/answer-links/{made['link']['id']}/revocation"
    elsewhere = scene.world.person("elsewhere", Role.MANAGER, [scene.world.south])
    zhao = scene.inspected.zhao
    assert {zhao.post(scene.links, json={}).status_code, zhao.get(scene.links).status_code} == {403}
    assert zhao.post(revocation).status_code == 403
    assert elsewhere.post(scene.links, json={}).status_code == 404
    assert elsewhere.get(scene.links).status_code == 404
    assert elsewhere.post(revocation).status_code == 404
    for end in ("2026-03-02T01:00:00Z", "2026-06-01T00:00:00Z"):
        assert slug(scene.manager.post(scene.links, json={"expires_at": end})) == (
            "validation-failed"
        )
    scene.inspected.take(
        scene.inspected.step(scene.action, "withdrawn", text="开错了"), scene.manager
    )
    assert slug(scene.manager.post(scene.links, json={})) == "answer-not-needed"


def test_whoever_tries_links_out_is_slowed_down_and_others_are_not(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    honest = scene.supplier()
    tries = REQUESTS_PER_MINUTE // (WEIGHT_OF_A_WRONG_LINK + 1) + 2
    wrong = Supplier(scene.world, "B" * 32, "198.51.100.4")
    # The last try leaves less than its weight, which is then used up too.
    tries += WEIGHT_OF_A_WRONG_LINK
    answers = [wrong.request("GET").status_code for _ in range(tries)]
    assert set(answers) == {404, 429}
    honest.address = "198.51.100.4"
    assert int(honest.request("GET").headers["Retry-After"]) > 0
    honest.address = "203.0.113.7"
    assert honest.request("GET").status_code == 200
    scene.wait(minutes=1)
    assert wrong.request("GET").status_code == 404


def test_what_happened_with_links_is_in_the_audit_log(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    made = scene.link(given_to="王厂长")
    supplier = Supplier(scene.world, made["token"])
    assert supplier.submit(supplier.answer()).status_code == 200
    scene.manager.post(f"/api/v1/answer-links/{made['link']['id']}/revocation")
    boss = scene.world.person("boss", Role.MANAGER)
    query = {"record_id": scene.action["id"], "limit": "100"}
    entries = boss.get("/api/v1/audit-entries", query_string=query).json["entries"]
    actions = [entry["action"] for entry in entries]
    wanted = {"answer_link_made", "notice_answered_by_link", "answer_link_revoked"}
    assert wanted <= set(actions)
    assert made["token"] not in str(entries)


def test_the_account_of_guests_is_nobodys_and_in_no_list(sqlite_scene: Scene) -> None:
    scene = sqlite_scene
    scene.link()
    scene.link()
    name = f"answer-link.{scene.world.organisation_id}"
    sign_in = {"username": name, "password": "", "device": {"id": "d", "name": "d"}}
    login = scene.world.client.post("/api/v1/auth/login", json=sign_in)
    assert login.status_code in {401, 422}
    admin = scene.world.person("admin", Role.ADMIN, [scene.world.north, scene.world.south])
    assert "answer-link" not in admin.get("/api/v1/users").text
