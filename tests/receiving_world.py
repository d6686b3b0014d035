"""A canteen with suppliers, products and checklists, for tests of receiving."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from server.access import Role
from server.checklists.service import publish_default_checklists
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.http.context import current_time
from tests.receipts import Document, Draft, add_line, begin_receipt, sign
from tests.world import Person, World

TODAY = "2026-03-02"


class Canteen:
    """``li`` accepts, ``wang`` witnesses, ``quality`` decides; one supplier, four products."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.li, self.wang = world.person("li"), world.person("wang")
        self.quality = world.person("quality", Role.QUALITY)
        with world.app.app_context(), transaction(current_session(), write=True):
            session, actor = current_session(), world.actor(self.quality)
            enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
            publish_default_checklists(session, actor, current_time())
        answer = self.quality.get("/api/v1/checklists").json
        documents = [record["document"] for record in answer["checklists"]]
        self.checklists = {document["code"]: document for document in documents}
        self.supplier = self.save_supplier()
        self.products: dict[str, Document] = {}
        for category, storage_class, shelf_life in (
            ("meat", "chilled", 7),
            ("chilled_frozen", "frozen", 365),
            ("vegetables", "ambient", None),
            ("dry_goods", "ambient", 540),
        ):
            self.products[category] = self.save_product(category, storage_class, shelf_life)

    def save_supplier(self, valid_until: str = "2027-12-31", **changes: Any) -> Document:
        supplier: Document = {
            "id": str(uuid4()),
            "code": f"S{uuid4().hex[:6]}",
            "name": "胜利粮油食品有限公司",
            "address": "东营市",
            "categories": ["meat", "chilled_frozen", "vegetables", "dry_goods"],
            "licences": [
                {"id": str(uuid4()), "kind": kind, "number": f"JY{n}", "valid_until": valid_until}
                for n, kind in enumerate(
                    (
                        "business_licence",
                        "food_operation_licence",
                        "food_production_licence",
                        "slaughter_permit",
                        "contract",
                    )
                )
            ],
            **changes,
        }
        answer = self.quality.put(f"/api/v1/suppliers/{supplier['id']}", json=supplier)
        assert answer.status_code in (200, 201), answer.text
        saved: Document = answer.json["document"]
        return saved

    def save_product(
        self, category: str, storage_class: str, shelf_life_days: int | None, **changes: Any
    ) -> Document:
        product = {
            "id": str(uuid4()),
            "code": f"P{uuid4().hex[:6]}",
            "name": f"测试{category}",
            "category": category,
            "unit": "box",
            "storage_class": storage_class,
            "shelf_life_days": shelf_life_days,
            **changes,
        }
        answer = self.quality.put(f"/api/v1/products/{product['id']}", json=product)
        assert answer.status_code in (200, 201), answer.text
        saved: Document = answer.json["document"]
        return saved

    def draft(self, *categories: str, delivered_on: str = TODAY, lot_size: int = 50) -> Draft:
        """A receipt in which everything is in order, not decided and not signed."""
        draft = begin_receipt(self.supplier["id"], None, delivered_on)
        for category in categories or ("dry_goods",):
            product = self.products[category]
            add_line(draft, product, self.checklists[product["checklist_code"]], "50", lot_size)
        return draft

    def signed(self, *categories: str, decision: str = "accepted") -> Draft:
        return self.finish(self.draft(*categories), decision)

    def finish(self, draft: Draft, decision: str = "accepted") -> Draft:
        draft.document["decision"] = decision
        sign(draft, "acceptor", self.li.user_id, "Li")
        sign(draft, "witness", self.wang.user_id, "Wang")
        return draft

    def put(
        self, draft: Draft, person: Person | None = None, version: int | None = None
    ) -> TestResponse:
        headers = {"Accept-Language": "zh-CN"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        path = f"/api/v1/goods-receipts/{draft.document['id']}"
        return (person or self.li).put(path, json=draft.document, headers=headers)


def pointers(answer: TestResponse) -> set[str]:
    return {error["pointer"] for error in answer.json.get("errors", ())}
