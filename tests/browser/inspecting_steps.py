"""A canteen with units and tasks, and how a person inspects it on the phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, expect

from tests.browser.handset import Handset
from tests.handheld import Handheld
from tests.infrastructure.photos import photo
from tests.infrastructure.service import Service

Document = dict[str, Any]
# What each thermometer of the daily inspection should show.
READINGS = {"K08": "3", "K09": "18", "K12": "75"}


def time_text(hours: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Canteen:
    """What the manager has set up at the first inspectors' site, over the API."""

    def __init__(self, service: Service, manager_token: str) -> None:
        self.desk = Handheld(service.address, "manager1", "", token=manager_token)
        members = self._get("sync/pull", limit="500")["changes"]
        named = {c["document"]["display_name"]: c["document"] for c in members if _is_member(c)}
        self.site_id: str = named["陈静"]["site_id"]
        self.chen: str = named["陈静"]["user_id"]

    def _get(self, path: str, **query: str) -> Document:
        found: Document = self.desk.get(f"/api/v1/{path}", **query).expect(200).json
        return found

    def put(self, kind: str, /, **document: Any) -> Document:
        whole = {"id": str(uuid4()), "site_id": self.site_id, **document}
        answer = self.desk.send_json("PUT", f"/api/v1/{kind}/{whole['id']}", whole)
        saved: Document = answer.expect(200, 201).json["document"]
        return saved

    def read(self, kind: str, record_id: str) -> Document:
        return self._get(f"{kind}/{record_id}")

    def list_of(self, kind: str) -> list[Document]:
        listed: list[Document] = self._get(kind, limit="200")[kind.replace("-", "_")]
        return listed

    def unit(self, name: str, **changes: Any) -> Document:
        return self.put("units", code=uuid4().hex[:6], name=name, **changes)

    def task_for_chen(
        self, name: str, unit: Document, checklist_code: str = "INS-DAILY", **changes: Any
    ) -> None:
        self.put(
            "inspection-schedules",
            name=name,
            checklist_code=checklist_code,
            unit_ids=[unit["id"]],
            rhythm={"kind": "daily", "opens_at": "00:00", "closes_at": "23:59"},
            assignment={"kind": "person", "user_id": self.chen},
            starts_on=datetime.now(UTC).date().isoformat(),
            ends_on=(datetime.now(UTC) + timedelta(days=1)).date().isoformat(),
            **changes,
        )

    def notice(self, title: str, unit: Document) -> Document:
        finding = self.put(
            "findings",
            title=title,
            nonconformity_class="B",
            unit_id=unit["id"],
            captured_at=time_text(-2),
        )
        return self.put(
            "corrective-actions",
            kind="written_notice",
            provisional_number=f"P-{uuid4().hex[:6]}",
            finding_ids=[finding["id"]],
            unit_id=unit["id"],
            title=title,
            captured_at=time_text(-1),
        )


def _is_member(change: Document) -> bool:
    return bool(change["collection"] == "site_members")


class Inspecting:
    """One person with one phone."""

    def __init__(self, handset: Handset, folder: Path) -> None:
        self.handset, self.folder = handset, folder
        self.pictures = 0

    def item(self, item_id: str) -> Locator:
        return self.handset.page.locator(f"#item-{item_id}")

    def foot(self) -> Locator:
        return self.handset.page.locator(".foot .button").last

    def fail(self, item_id: str, note: str) -> None:
        item = self.item(item_id)
        item.get_by_role("button", name="不合格").tap()
        item.locator(".item-note").fill(note)

    def photograph(self, place: Locator) -> None:
        held = place.locator("button.photo-tile:not(.photo-add)").count()
        self.pictures += 1
        path = self.folder / f"{self.pictures}.jpg"
        path.write_bytes(photo(300 + self.pictures, size=(800, 600)).content)
        place.locator("input[type=file]").last.set_input_files(path)
        expect(place.locator("button.photo-tile:not(.photo-add)")).to_have_count(held + 1)

    def measure(self, item_id: str) -> None:
        self.item(item_id).locator(".reading").tap()
        for digit in READINGS[item_id]:
            self.handset.page.locator(f".keypad button:text-is('{digit}')").tap()
        self.handset.page.locator(".keypad .is-main").tap()

    def sign(self) -> None:
        page = self.handset.page
        paper = page.locator(".signature-paper")
        paper.scroll_into_view_if_needed()
        box = paper.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 110, steps=6)
        page.mouse.up()
        page.locator(".signature-done").tap()
        expect(page.locator(".signed")).to_be_visible()
