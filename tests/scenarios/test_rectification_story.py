"""The whole loop over HTTP: drawn by lot, found offline, answered by link, returned, verified, and
looked at again on a day nobody knows."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from werkzeug.serving import make_server

from schemas.fields import time_text
from server.access import Role
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.checklists.author import author_in, small_checklist
from tests.conftest import TestClock
from tests.infrastructure.photos import photo
from tests.phone.phone import Phone
from tests.phone.storage import Storage
from tests.phone.transport import Transport
from tests.rectification_world import Inspected
from tests.reports.pdf import text_of, without_spaces
from tests.reports_world import signature_picture
from tests.world import PASSWORD, Person, World

Document = dict[str, Any]
PLAN = next(job for job in JOBS if job.name == "plan_inspections")
SUNDAY = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
ITEMS = ("S1", "S2", "S3")


@contextmanager
def served(world: World) -> Iterator[int]:
    """The application on a port of this machine, as phones reach it."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Stranger:
    """The supplier: a browser, a link, and no account."""

    port: int
    token: str

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "image/jpeg") -> Document:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        connection.request(method, f"/api/v1/answer{path}", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == 200, content
        said: Document = json.loads(content)
        return said

    def notice(self) -> Document:
        seen: Document = self.ask("GET", "")["notice"]
        return seen

    def answer(self, seed: int, correction: str) -> Document:
        result, signature = str(uuid4()), str(uuid4())
        self.ask("PUT", f"/photos/{result}", photo(seed).content)
        self.ask("PUT", f"/photos/{signature}/signature", signature_picture(seed).content)
        answer = {
            "id": str(uuid4()),
            "name": "刘师傅",
            "correction": correction,
            "cause": "封条老化，无人检查。",
            "prevention": "每周检查一次并记录。",
            "attachment_ids": [result],
            "signature_id": signature,
        }
        path, body = f"/submissions/{answer['id']}", json.dumps(answer).encode()
        seen: Document = self.ask("PUT", path, body, "application/json")["notice"]
        return seen


class Story:
    def __init__(self, world: World, clock: TestClock, port: int, folder: Path) -> None:
        self.world, self.clock, self.port, self.folder = world, clock, port, folder
        self.clock.now = SUNDAY
        self.inspected = Inspected(world)
        author = author_in(world)
        items = [
            {"id": id_, "type": "check", "nonconformity_class": class_, "zh": zh, "en": zh}
            | {"photo": "on_failure"}
            for id_, class_, zh in zip(
                ITEMS, "BCC", ("冷库门封严密", "地面无积水", "货架离地"), strict=True
            )
        ]
        self.checklist = author.published(**small_checklist(items=items) | {"code": "INS-COLD"})
        self.zhao = self.phone(self.inspected.zhao)
        self.li = self.phone(world.person("li", Role.QUALITY))

    def phone(self, person: Person) -> Phone:
        phone = Phone(
            Storage(self.folder / f"{person.username}.sqlite3"),
            Transport("127.0.0.1", self.port, timeout=30),
            person.username,
            PASSWORD,
            str(uuid4()),
            random.Random(7),
        )
        self.set_clock(phone)
        phone.sign_in()
        phone.sync()
        return phone

    def set_clock(self, phone: Phone) -> None:
        phone.clock_offset_seconds = int((self.clock.now - datetime.now(UTC)).total_seconds())

    def wait(self, **time: float) -> None:
        self.clock.advance(**time)
        self.inspected.manager.sign_in()
        for phone in (self.zhao, self.li):
            self.set_clock(phone)
            phone.sign_in()

    def until_told(self, phone: Phone, action_id: str | None = None) -> Document:
        """Day after day, until a surprise is told to the phone: one drawn by lot, or the re-check
        of a notice."""
        for _ in range(40):
            self.wait(days=1)
            run_job(self.world.app, PLAN)
            phone.sync()
            told = phone.everything_seen("inspection_tasks").values()
            for task in told:
                if task["corrective_action_id"] == action_id:
                    return task
        raise AssertionError("nobody was ever told")

    def now(self) -> str:
        return time_text(self.clock.now)

    def pdf(self, path: str) -> str:
        answer = self.inspected.manager.get(f"/api/v1/{path}?lang=zh-CN")
        assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
        return text_of(answer.data)

    def step(self, phone: Phone, action: Document, kind: str, **changes: Any) -> Document:
        """A step taken on the phone and pushed; the notice as it is then."""
        document = {
            "id": phone.new_id(),
            "corrective_action_id": action["id"],
            "kind": kind,
            "captured_at": self.now(),
            **changes,
        }
        phone.capture("corrective_action_steps", document)
        phone.sync()
        assert all(result["status"] == "applied" for _, result in phone.storage.answers())
        return self.seen(phone, action)

    def seen(self, phone: Phone, action: Document) -> Document:
        phone.sync()
        document = phone.seen("corrective_actions", action["id"])
        assert document is not None
        return document


def draw_a_visit(story: Story) -> Document:
    schedule = {
        "id": str(uuid4()),
        "site_id": story.world.north,
        "name": "突击抽查",
        "checklist_code": "INS-COLD",
        "unit_ids": [story.inspected.kitchen["id"]],
        "rhythm": {"kind": "random", "period": "week", "count": 1},
        "assignment": {"kind": "role", "role": "inspector"},
        "is_unannounced": True,
        "starts_on": "2026-03-02",
    }
    story.inspected.save("inspection-schedules", schedule)
    return story.until_told(story.zhao)


def inspect_offline(story: Story, task: Document) -> Document:
    """Three things are wrong, each is photographed, and nothing is sent before all is down."""
    phone, inspection_id = story.zhao, story.zhao.new_id()
    answers = []
    for seed, item in enumerate(ITEMS):
        picture = phone.take_photo(
            photo(seed + 1).content,
            {
                "site_id": story.world.north,
                "media_type": "image/jpeg",
                "owner_collection": "inspections",
                "owner_id": inspection_id,
                "role": "goods",
                "captured_at": story.now(),
            },
        )
        answers.append(
            {
                "id": phone.new_id(),
                "item_id": item,
                "is_ok": False,
                "note": f"现场所见{seed + 1}",
                "attachment_ids": [picture],
                "captured_at": story.now(),
            }
        )
    document = {
        "id": inspection_id,
        "site_id": story.world.north,
        "task_id": task["id"],
        "checklist_id": story.checklist["id"],
        "unit_id": task["unit_id"],
        "place_id": story.inspected.cold_room["id"],
        "answers": answers,
        "captured_at": story.now(),
        "finished_at": time_text(story.clock.now + timedelta(minutes=20)),
    }
    phone.capture("inspections", document)
    assert len(phone.storage.outbox()) == 4
    story.clock.advance(hours=2)
    phone.sync()
    stored = phone.seen("inspections", inspection_id)
    assert stored is not None
    assert len(stored["finding_ids"]) == 3
    return stored


def issue_offline(story: Story, inspection: Document) -> Document:
    """The other phone merges what was found on one order."""
    phone = story.li
    phone.sync()
    findings = [phone.seen("findings", id_) for id_ in inspection["finding_ids"]]
    assert all(findings)
    order = {
        "id": phone.new_id(),
        "site_id": story.world.north,
        "kind": "rectification_order",
        "provisional_number": "P-ZG-0001",
        "finding_ids": inspection["finding_ids"],
        "unit_id": inspection["unit_id"],
        "supplier_contact": {"name": "刘师傅"},
        "title": "冷库整改",
        "requirement": "更换门封，清除积水，货架离地 10 cm。",
        "captured_at": story.now(),
    }
    phone.capture("corrective_actions", order)
    phone.sync()
    [action] = phone.everything_seen("corrective_actions").values()
    assert (action["status"], len(action["finding_ids"])) == ("open", 3)
    assert action["number"].startswith("ZG-N1-")
    return action


def read_the_paper(story: Story, action: Document) -> Stranger:
    """The manager prints the notice; the supplier types in what stands under its code."""
    path = f"/api/v1/corrective-actions/{action['id']}/printed-notice"
    printed = story.inspected.manager.post(path, json={"lang": "zh-CN"})
    assert printed.status_code == 200, printed.text
    text = text_of(printed.data)
    wanted = (
        "限期整改通知书",
        action["number"],
        "冷库门封严密",
        "货架离地10cm",
        "扫码回复",
        "刘师傅",
    )
    assert [part for part in wanted if without_spaces(part) not in text] == []
    found = re.search(r"/a#([A-Za-z0-9_-]{32})", text)
    assert found is not None
    return Stranger(story.port, found[1])


def test_a_finding_goes_all_the_way(sqlite_world: World, clock: TestClock, tmp_path: Path) -> None:
    with served(sqlite_world) as port:
        story = Story(sqlite_world, clock, port, tmp_path)
        task = draw_a_visit(story)
        assert task["is_unannounced"] is True
        inspection = inspect_offline(story, task)
        action = issue_offline(story, inspection)

        supplier = read_the_paper(story, action)
        assert [len(f["attachment_ids"]) for f in supplier.notice()["findings"]] == [1, 1, 1]
        assert supplier.answer(11, "已更换门封。")["status"] == "submitted"

        submitted = story.seen(story.li, action)
        first = submitted["submission"]["step_id"]
        returned = story.step(
            story.li, action, "returned", concerns_step_id=first, text="积水仍在，请再处理。"
        )
        assert (returned["status"], returned["times_returned"]) == ("returned", 1)
        again = supplier.notice()
        assert again["steps"][-1]["text"] == "积水仍在，请再处理。"
        assert supplier.answer(12, "已疏通地漏，无积水。")["can_answer"] is False

        second = story.seen(story.li, action)["submission"]["step_id"]
        verified = story.step(
            story.li, action, "verified", concerns_step_id=second, text="现场复核合格。"
        )
        assert verified["status"] == "verified"
        closed_at = story.clock.now
        closed = story.step(story.li, action, "closed")
        assert closed["status"] == "closed"
        assert supplier.notice()["status"] == "closed"

        check_documents(story, inspection, action)
        recheck = story.until_told(story.zhao, action["id"])
        assert timedelta(days=7) <= story.clock.now - closed_at <= timedelta(days=31)
        assert recheck["is_unannounced"] is True
        assert action["number"] in recheck["title"]


def check_documents(story: Story, inspection: Document, action: Document) -> None:
    report = story.pdf(f"inspections/{inspection['id']}/report.pdf")
    sheet = story.pdf(f"corrective-actions/{action['id']}/verification.pdf")
    wanted = {
        report: ("检查报告", "INS-COLD", "现场所见3", "照片3", action["number"]),
        sheet: (
            "整改验证单",
            "已疏通地漏，无积水。",
            "每周检查一次并记录。",
            "积水仍在，请再处理。",
            "现场复核合格。",
            "凭链接回复，未登录；填写姓名刘师傅；来自127.0.0.1",
            "验证人Li",
        ),
    }
    missing = [p for text, parts in wanted.items() for p in parts if without_spaces(p) not in text]
    assert missing == []
