"""A canteen that keeps its registers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.checklists.author import author_in
from tests.conftest import TestClock
from tests.rectification_world import MORNING, Inspected
from tests.world import Person, World

Document = dict[str, Any]

LUNCH = "2026-03-02T04:00:00Z"  # noon in the kitchen
TWO_DAYS_LATER = "2026-03-04T04:00:00Z"


class Kitchen:
    """``zhao`` keeps the registers of the north canteen, ``manager`` looks at them."""

    def __init__(self, world: World, clock: TestClock) -> None:
        self.inspected = Inspected(world)
        self.world, self.clock = world, clock
        self.zhao, self.manager = self.inspected.zhao, self.inspected.manager
        self.author = author_in(world)
        self.checklists = self.author.in_force()

    def entry(self, code: str, *answers: Document, **changes: Any) -> Document:
        return {
            "id": str(uuid4()),
            "site_id": self.world.north,
            "checklist_id": self.checklists[code]["id"],
            "unit_id": self.inspected.kitchen["id"],
            "answers": [{"id": str(uuid4()), **answer} for answer in answers],
            "captured_at": MORNING,
            **changes,
        }

    def sample(
        self, dish: str = "红烧肉", *more: tuple[str, Document | None], **changes: Any
    ) -> Document:
        answers: dict[str, Document | None] = {
            "S01": {"value": dish},
            "S02": {"value": MORNING},
            "S03": {"value": "１３０克", "attachment_ids": [str(uuid4())]},
            "S04": {"value": "4℃"},
            "S06": {"is_ok": True},
            "S07": {"is_ok": True},
        } | dict(more)
        given = [{"item_id": item_id, **answer} for item_id, answer in answers.items() if answer]
        place = {"place_id": self.inspected.cold_room["id"], "meal": "lunch"}
        return self.entry("REC-SAMPLE", *given, **{**place, **changes})

    def temperature(self, storage: str, value: str, **changes: Any) -> Document:
        answers = (
            {"item_id": "M01", "value": storage},
            {"item_id": "M02", "value": value, "attachment_ids": [str(uuid4())]},
            {"item_id": "M03", "is_ok": True},
        )
        place = {"place_text": "2号冰箱"}
        return self.entry("REC-TEMPERATURE", *answers, **{**place, **changes})

    def staff(
        self, name: str = "小王", valid_until: str | None = "2026-12-31", **changes: Any
    ) -> Document:
        certificate = {"id": str(uuid4()), "number": "JK-1", "valid_until": valid_until}
        member = {
            "id": str(uuid4()),
            "site_id": self.world.north,
            "name": name,
            "health_certificates": [certificate] if valid_until else [],
            **changes,
        }
        return self.inspected.save("staff-members", member)

    def morning(
        self,
        member: Document,
        temperature: str = "36.5",
        symptoms: str = "none",
        outcome: str = "on_duty",
        **changes: Any,
    ) -> Document:
        answers = (
            {"item_id": "C01", "value": temperature},
            {"item_id": "C02", "value": symptoms},
            {"item_id": "C04", "is_ok": True},
            {"item_id": "C05", "value": outcome},
        )
        changes = {"staff_member_id": member["id"], **changes}
        return self.entry("REC-MORNING", *answers, **changes)

    def disinfection(self, method: str, *more: Document, **changes: Any) -> Document:
        answers = [
            {"item_id": "T01", "value": method},
            {"item_id": "T02", "is_ok": True},
            {"item_id": "T07", "is_ok": True},
            {"item_id": "T08", "is_ok": True},
            {"item_id": "T09", "value": "200 套，午餐，陈"},
            *more,
        ]
        return self.entry("DIS-TABLEWARE", *answers, **{"meal": "lunch", **changes})

    def put(self, entry: Document, person: Person | None = None) -> TestResponse:
        path = f"/api/v1/register-entries/{entry['id']}"
        return (person or self.zhao).put(path, json=entry)

    def saved(self, entry: Document) -> Document:
        answer = self.put(entry)
        assert answer.status_code in (200, 201), answer.text
        document: Document = answer.json["document"]
        return document

    def event(
        self, entry: Document, kind: str, person: Person | None = None, **changes: Any
    ) -> TestResponse:
        event = {
            "id": str(uuid4()),
            "register_entry_id": entry["id"],
            "kind": kind,
            "captured_at": LUNCH,
            **changes,
        }
        return (person or self.zhao).put(f"/api/v1/register-entry-events/{event['id']}", json=event)

    def now(self, entry: Document) -> Document:
        answer = self.zhao.get(f"/api/v1/register-entries/{entry['id']}")
        assert answer.status_code == 200, answer.text
        document: Document = answer.json["document"]
        return document

    def listed(self, **query: Any) -> list[str]:
        found = self.zhao.get("/api/v1/register-entries", query_string=query)
        assert found.status_code == 200, found.text
        return [one["id"] for one in found.json["register_entries"]]

    def inbox(self, person: Person) -> list[str]:
        pulled = person.get("/api/v1/sync/pull", query_string={"collections": "notifications"})
        return [change["document"]["event"] for change in pulled.json["changes"]]

    def day(self, **query: str) -> dict[str, Document]:
        answer = self.zhao.get("/api/v1/registers/day", query_string=query)
        assert answer.status_code == 200, answer.text
        [site] = answer.json["sites"]
        return {one["code"]: one for one in site["registers"]}

    def push(self, collection: str, document: Document, person: Person | None = None) -> Document:
        person = person or self.zhao
        mutation = {
            "mutation_id": str(uuid4()), "collection": collection, "id": document["id"],
            "operation": "upsert", "base_version": None, "document": document,
            "captured_at": MORNING,
        }  # fmt: skip
        body = {"device_id": person.device_id, "mutations": [mutation]}
        result: Document = person.post("/api/v1/sync/push", json=body).json["results"][0]
        return result
