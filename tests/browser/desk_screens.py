"""Every screen of the desk with an address of its own, over the demo and a morning's receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.scene import Scene
from tests.handheld import Handheld

_PLAN = "n=1200&aql=1.0&level=II"
_EVERYWHERE: Mapping[str, str] = {
    "overview": "#/",
    "overview-papers": "#/overview/papers",
    "overview-registers": "#/overview/registers",
    "overview-devices": "#/overview/devices",
    "board": "#/actions?lane=to_do",
    "board-statistics": "#/actions/statistics",
    "receipts": "#/receipts",
    "batches": "#/batches",
    "sampling": f"#/sampling?{_PLAN}",
    "sampling-compare": f"#/sampling/compare?{_PLAN}",
    "sampling-lever": f"#/sampling/lever?{_PLAN}",
    "sampling-draw": f"#/sampling/draw?{_PLAN}",
    "switching": "#/switching",
    "administration": "#/administration",
    "people": "#/administration/people",
    "person-new": "#/administration/people/new",
    "devices": "#/administration/devices",
    "suppliers": "#/administration/suppliers",
    "products": "#/administration/products",
    "checklists": "#/administration/checklists",
    "unconfirmed": "#/administration/checklists/unconfirmed",
    "checklist-import": "#/administration/checklist-import",
    "import": "#/administration/import",
    "lists": "#/administration/lists",
    "tokens": "#/administration/tokens",
    "token-new": "#/administration/tokens/new",
    "quarantine": "#/administration/quarantine",
    "conflicts": "#/administration/conflicts",
    "jobs": "#/administration/jobs",
    "audit": "#/administration/audit",
}
# These stay while their addresses change.
_BESIDE_A_LIST = ("#/actions", "#/receipts")
_BETWEEN = "#/sampling/tables/3-B"
# Who opens it, where it is not the manager.
_BY_ADMINISTRATOR = frozenset({"people", "person-new", "jobs", "person", "tokens", "token-new"})


def screens(scene: Scene, token: str) -> dict[str, str]:
    """Name and address, those of single records among them."""
    reader = Handheld(scene.service.address, "manager1", "", token=token)

    def first(path: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = reader.get(f"/api/v1/{path}").expect(200).json[name][0]
        return found.get("document", found)

    supplier, product = first("suppliers", "suppliers"), first("products", "products")
    actions = reader.get("/api/v1/corrective-actions").expect(200).json["corrective_actions"]
    action = max(actions, key=lambda one: one["status"] == "submitted")
    checklist = first("checklists", "checklists")
    sent = {name: draft.document["id"] for name, draft in scene.here.sent.items()}
    batch = scene.here.sent["rice"].line()["supplier_batch_number"]
    return {
        **_EVERYWHERE,
        "action": f"#/actions/{action['id']}",
        "receipt": f"#/receipts/{sent['flour']}",
        "receipt-waiting": f"#/receipts/{sent['pork']}",
        "batch": f"#/batches?supplier_batch_number={batch}",
        "sampling-letters": f"#/sampling/tables/1?{_PLAN}",
        "sampling-table": f"#/sampling/tables/2-A?{_PLAN}",
        "sampling-table-multiple": f"#/sampling/tables/4-A?{_PLAN}",
        "supplier": f"#/administration/suppliers/{supplier['id']}",
        "product": f"#/administration/products/{product['id']}",
        "checklist": f"#/administration/checklists/{checklist['id']}",
        "checklist-draft": f"#/administration/checklist-drafts/{_draft(reader, checklist)}",
        "switching-state": f"#/switching/{first('switching', 'switching_states')['id']}",
        "quarantined": f"#/administration/quarantine/{_refused(scene, reader)}",
        "person": f"#/administration/people/{scene.here.phone.user['id']}",
        "device": f"#/administration/devices/{scene.here.phone.phone.device_id}",
    }


def _draft(reader: Handheld, checklist: dict[str, Any]) -> str:
    draft = {"id": str(uuid4()), "from_checklist_id": checklist["id"]}
    reader.send_json("POST", "/api/v1/checklist-drafts", draft).expect(201)
    return draft["id"]


def _refused(scene: Scene, reader: Handheld) -> str:
    """A record that the server has refused, and keeps for an administrator."""
    phone = scene.here.phone
    phone.capture("work_log_entries", {"id": str(uuid4()), "title": ""})
    phone.push()
    listed = reader.get("/api/v1/sync/quarantine").expect(200).json["quarantined"]
    return str(listed[0]["id"])


def open_screen(page: Page, address: str) -> None:
    """Open a screen anew, without loading the page again, and wait for what it has asked for."""
    is_beside = address.startswith(_BESIDE_A_LIST)
    for place in (_BETWEEN, address) if is_beside else (address,):
        page.evaluate("() => document.querySelector('h2')?.setAttribute('data-before', '')")
        page.evaluate("place => { location.hash = place; }", place)
        expect(page.locator("h2:not([data-before])").first).to_be_attached()
    expect(page.locator("main[aria-busy=true], .list-pane[aria-busy=true]")).to_have_count(0)


def reader_of(name: str) -> str:
    return "admin" if name in _BY_ADMINISTRATOR else "manager1"
