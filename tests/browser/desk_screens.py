"""Every screen of the desk with an address of its own, over the demo and a morning's receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.browser.scene import Scene
from tests.handheld import Handheld

_PLAN = "lot_size=1200&aql=1.0&inspection_level=II"
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
    "quarantine": "#/administration/quarantine",
    "conflicts": "#/administration/conflicts",
    "jobs": "#/administration/jobs",
    "audit": "#/administration/audit",
}
# Who opens it, where it is not the manager.
_BY_ADMINISTRATOR = frozenset({"people", "person-new", "jobs", "person"})


def screens(scene: Scene, token: str) -> dict[str, str]:
    """Name and address, those of single records among them."""
    reader = Handheld(scene.service.address, "manager1", "", token=token)

    def first(path: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = reader.get(f"/api/v1/{path}").expect(200).json[name][0]
        return found.get("document", found)

    supplier, product = first("suppliers", "suppliers"), first("products", "products")
    action = first("corrective-actions", "corrective_actions")
    checklist = first("checklists", "checklists")
    sent = {name: draft.document["id"] for name, draft in scene.here.sent.items()}
    batch = scene.here.sent["rice"].line()["supplier_batch_number"]
    return {
        **_EVERYWHERE,
        "action": f"#/actions/{action['id']}",
        "receipt": f"#/receipts/{sent['flour']}",
        "receipt-waiting": f"#/receipts/{sent['pork']}",
        "batch": f"#/batches?supplier_batch_number={batch}",
        "sampling-letters": f"#/sampling/tables/letters?{_PLAN}",
        "sampling-table": f"#/sampling/tables/single-normal?{_PLAN}",
        "supplier": f"#/administration/suppliers/{supplier['id']}",
        "product": f"#/administration/products/{product['id']}",
        "checklist": f"#/administration/checklists/{checklist['id']}",
    }


def reader_of(name: str) -> str:
    return "admin" if name in _BY_ADMINISTRATOR else "manager1"
