"""A canteen under inspection: units, places, people, and notices as a phone writes them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from server.access import Role
from tests.world import Person, World

Document = dict[str, Any]
MORNING = "2026-03-02T01:30:00Z"  # 09:30 in the kitchen


class Inspected:
    """``zhao`` inspects, ``chen`` heads the kitchen and puts things right, ``manager`` judges."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.zhao = world.person("zhao")
        self.chen = world.person("chen")
        self.manager = world.person("manager", Role.MANAGER)
        self.kitchen = self.save_unit("K1", "后厨班组", head_user_id=self.chen.user_id)
        self.store = self.save_unit("K2", "仓库班组")
        self.cold_room = self.save("places", self.place(self.kitchen["id"], "P1", "冷库"))

    def save_unit(self, code: str, name: str, **changes: Any) -> Document:
        return self.save("units", self.unit(code, name, **changes))

    def unit(self, code: str, name: str, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "site_id": self.world.north,
            "code": code,
            "name": name,
            "kind": "kitchen",
            **changes,
        }

    def place(self, unit_id: str, code: str, name: str, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "site_id": self.world.north,
            "unit_id": unit_id,
            "code": code,
            "name": name,
            **changes,
        }

    def save(self, kind: str, document: Document, person: Person | None = None) -> Document:
        answer = self.put(kind, document, person or self.manager)
        assert answer.status_code in (200, 201), answer.text
        saved: Document = answer.json["document"]
        return saved

    def put(self, kind: str, document: Document, person: Person) -> TestResponse:
        return person.put(f"/api/v1/{kind}/{document['id']}", json=document)

    def finding(self, **changes: Any) -> Document:
        """A greasy floor in the cold room, class C."""
        return {
            "id": str(uuid4()),
            "title": "冷库地面有油污",
            "nonconformity_class": "C",
            "checklist_code": "daily",
            "item_id": "floor_clean",
            "unit_id": self.kitchen["id"],
            "place_id": self.cold_room["id"],
            "attachment_ids": [str(uuid4())],
            "captured_at": MORNING,
            **changes,
        }

    def found(self, **changes: Any) -> Document:
        return self.save("findings", self.finding(**changes), self.zhao)

    def notice(self, *findings: Document, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "kind": "written_notice",
            "provisional_number": "P-TZ-0001",
            "finding_ids": [finding["id"] for finding in findings],
            "unit_id": self.kitchen["id"],
            "title": "冷库卫生整改",
            "requirement": "清除油污，每日清洁并记录。",
            "captured_at": MORNING,
            **changes,
        }

    def issued(self, **changes: Any) -> Document:
        """A notice over one fresh finding."""
        finding = self.found(item_id=f"item_{uuid4().hex[:8]}")
        return self.save("corrective-actions", self.notice(finding, **changes), self.zhao)

    def step(self, action: Document, kind: str, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "corrective_action_id": action["id"],
            "kind": kind,
            "captured_at": "2026-03-02T03:00:00Z",
            **changes,
        }

    def submission(self, action: Document, **changes: Any) -> Document:
        return self.step(
            action,
            "submitted",
            correction="已清洁并消毒。",
            attachment_ids=[str(uuid4())],
            **changes,
        )

    def take(self, step: Document, person: Person) -> Document:
        return self.save("corrective-action-steps", step, person)

    def refused(self, step: Document, person: Person) -> TestResponse:
        answer = self.put("corrective-action-steps", step, person)
        assert answer.status_code >= 400, answer.text
        return answer

    def action(self, action: Document) -> Document:
        answer = self.manager.get(f"/api/v1/corrective-actions/{action['id']}")
        assert answer.status_code == 200, answer.text
        now: Document = answer.json["document"]
        return now


def slug(answer: TestResponse) -> str:
    return str(answer.json["type"]).rsplit("/", 1)[-1]
