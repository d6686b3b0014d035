"""A morning at two canteens, sent to a running service by the handhelds that were there.

Every decision occurs once, one receipt still waits for its photos, and one is a draft.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from schemas.checklists import GATES
from server.db.types import new_id
from server.demo import pictures
from tests.handheld import Document, Handheld
from tests.infrastructure.service import Service
from tests.receipts import Draft, add_line, begin_receipt, reject_line, sign

_DOES_NOT_APPLY = {
    "ambient": {"H06"},
    "chilled": {"F04"},
    "frozen": {"F05"},
}


@dataclass
class Ramp:
    """One inspector with a handheld at one site, and who witnesses there."""

    phone: Handheld
    day: date
    count: int = 0
    sent: dict[str, Draft] = field(default_factory=dict)

    def begin(self, supplier_code: str, days_ago: int = 0) -> Draft:
        self.count += 1
        supplier = self._by_code("suppliers", supplier_code)
        site_id = self.phone.user["sites"][0]["site_id"]
        number = f"P-{self.phone.username[-1]}-{self.count:04d}"
        delivered_on = (self.day - timedelta(days_ago)).isoformat()
        draft = begin_receipt(supplier["id"], site_id, delivered_on, number)
        # As on a phone: ids in the order of time, so the newest of a day comes first in lists.
        draft.document["id"] = new_id(datetime.now(UTC))
        draft.document["delivery_note_number"] = f"SH-{delivered_on.replace('-', '')}-{self.count}"
        return draft

    def add(self, draft: Draft, product_code: str, quantity: int) -> Document:
        product = self._by_code("products", product_code)
        checklist = self._by_code("checklists", product["checklist_code"])
        line = add_line(draft, product, checklist, str(quantity), quantity)
        for answer in draft.document["answers"]:
            if answer["item_id"] in _DOES_NOT_APPLY[product["storage_class"]]:
                _leave_out(draft, answer)
        return line

    def sign(self, draft: Draft, decision: str) -> None:
        draft.document["decision"] = decision
        me, at = self.phone.user, f"{draft.document['delivered_on']}T01:58:00Z"
        witness = next(
            member
            for member in self.phone.documents("site_members")
            if member["user_id"] != me["id"] and member["role"] in {"inspector", "manager"}
        )
        sign(draft, "acceptor", me["id"], me["display_name"], at)
        sign(draft, "witness", witness["user_id"], witness["display_name"], at)
        sign(draft, "driver", None, draft.document["driver_name"], at)

    def send(self, name: str, draft: Draft, held_back: int = 0) -> None:
        """Push the receipt with its photos, all but the last *held_back* of them."""
        self._put_in_order(draft)
        self.phone.capture("goods_receipts", draft.document)
        contents = self._pictures(draft)
        times = {
            attachment_id: answer["captured_at"]
            for answer in draft.document["answers"]
            for attachment_id in answer["attachment_ids"]
        }
        for attachment_id, content in contents.items():
            role = "signature" if draft.photos[attachment_id] == "signature" else "goods"
            at = times.get(attachment_id, f"{draft.document['delivered_on']}T01:58:00Z")
            self.phone.announce(attachment_id, content, draft.document, role, at)
        states = [(result["status"], result.get("problem")) for result in self.phone.push()]
        assert {status for status, _ in states} == {"applied"}, states
        for attachment_id in list(contents)[: len(contents) - held_back]:
            self.phone.upload(attachment_id)
        self.sent[name] = draft

    def _by_code(self, collection: str, code: str) -> Document:
        return next(d for d in self.phone.documents(collection) if d["code"] == code)

    def _items(self) -> dict[str, Document]:
        return {
            item["id"]: item
            for checklist in self.phone.documents("checklists")
            if checklist["kind"] == "receipt"
            for item in (*checklist["head_items"], *checklist["items"])
        }

    def _put_in_order(self, draft: Draft) -> None:
        """Give the answers the times of somebody who goes from gate to gate."""
        items, day = self._items(), draft.document["delivered_on"]
        for answer in draft.document["answers"]:
            minute = 10 + 9 * GATES.index(items[answer["item_id"]]["gate"])
            answer["captured_at"] = f"{day}T01:{minute}:00Z"

    def _pictures(self, draft: Draft) -> dict[str, bytes]:
        items = self._items()
        products = {p["id"]: p for p in self.phone.documents("products")}
        answers = {
            attachment_id: answer
            for answer in draft.document["answers"]
            for attachment_id in answer["attachment_ids"]
        }
        category = products[draft.line()["product_id"]]["category"]
        return {
            attachment_id: _picture(items.get(role), answers.get(attachment_id), category, seed)
            for seed, (attachment_id, role) in enumerate(draft.photos.items(), self.count)
        }


def _leave_out(draft: Draft, answer: Document) -> None:
    answer.update(not_applicable=True, value=None)
    for attachment_id in answer["attachment_ids"]:
        draft.photos.pop(attachment_id, None)
    answer["attachment_ids"] = []


def _picture(item: Document | None, answer: Document | None, category: str, seed: int) -> bytes:
    """What the photo of *item* shows; without an item it is a signature."""
    if item is None:
        return pictures.signature(seed)
    seed %= 3  # the same content twice is legal, is stored once, and is drawn once
    if answer is not None and item["type"] in {"temperature", "number"}:
        return pictures.display(answer["value"], "kg" if item["type"] == "number" else "C", seed)
    if item["type"] == "document":
        return pictures.document(seed)
    return pictures.goods(category, seed)


@dataclass
class Scene:
    """What was sent: receipts by name at the first canteen, and at the second."""

    service: Service
    here: Ramp
    elsewhere: Ramp
    amended: str = ""


def set_scene(service: Service) -> Scene:
    """Fill a freshly seeded *service*."""
    today = datetime.now(UTC).date()
    here, elsewhere = (
        Ramp(_signed_in(service, name), today) for name in ("inspector1", "inspector3")
    )
    scene = Scene(service, here, elsewhere)
    milk(elsewhere)
    for tell in _STORIES:
        tell(here)
    scene.amended = _concede(service, here.sent["flour"])
    return scene


def _signed_in(service: Service, username: str) -> Handheld:
    phone = Handheld(service.address, username, service.accounts()[username]).sign_in()
    phone.pull()
    return phone


def rice_and_oil(ramp: Ramp) -> None:
    draft = ramp.begin("S04", days_ago=3)
    ramp.add(draft, "P-D-01", 120)
    ramp.add(draft, "P-D-03", 40)
    ramp.sign(draft, "accepted")
    ramp.send("rice", draft)


def flour_with_torn_bags(ramp: Ramp) -> None:
    """The lot fails in class B: rejected at first, and conceded by quality staff afterwards."""
    draft = ramp.begin("S04", days_ago=2)
    line = ramp.add(draft, "P-D-02", 200)
    draft.answer("D07", line)["value"] = "4"
    draft.sample()["nonconforming"]["B"] = 4
    reject_line(line)
    ramp.sign(draft, "rejected")
    ramp.send("flour", draft)


def sauce_of_an_expired_licence(ramp: Ramp) -> None:
    draft = ramp.begin("S06", days_ago=1)
    line = ramp.add(draft, "P-D-04", 60)
    draft.answer("H01")["attachment_ids"] = [draft.photo("H01")]
    reject_line(line)
    ramp.sign(draft, "rejected")
    ramp.send("sauce", draft)


def cabbage_in_part(ramp: Ramp) -> None:
    draft = ramp.begin("S03", days_ago=1)
    ramp.add(draft, "P-V-01", 80)
    line = ramp.add(draft, "P-V-03", 50)
    line.update(accepted_quantity="42", rejected_quantity="8", rejection_reason="8 筐压伤，退回")
    draft.sample(1)["nonconforming"]["C"] = 1
    ramp.sign(draft, "accepted_in_part")
    ramp.send("cabbage", draft)


def dumplings_half_thawed(ramp: Ramp) -> None:
    draft = ramp.begin("S02")
    line = ramp.add(draft, "P-F-01", 30)
    answer = draft.answer("F04", line)
    answer["value"], answer["note"] = "-4.5", "表面已软化"
    draft.answer("H06")["value"] = "-6.0"
    reject_line(line)
    ramp.sign(draft, "rejected")
    ramp.send("dumplings", draft)


def pork_waiting_for_photos(ramp: Ramp) -> None:
    draft = ramp.begin("S01")
    ramp.add(draft, "P-M-01", 36)
    ramp.sign(draft, "accepted")
    ramp.send("pork", draft, held_back=4)


def tofu_not_yet_signed(ramp: Ramp) -> None:
    draft = ramp.begin("S05")
    ramp.add(draft, "P-F-05", 24)
    ramp.send("tofu", draft)


def milk(ramp: Ramp) -> None:
    draft = ramp.begin("S05")
    ramp.add(draft, "P-F-04", 45)
    ramp.sign(draft, "accepted")
    ramp.send("milk", draft)


_STORIES: tuple[Callable[[Ramp], None], ...] = (
    rice_and_oil,
    flour_with_torn_bags,
    sauce_of_an_expired_licence,
    cabbage_in_part,
    tofu_not_yet_signed,
    pork_waiting_for_photos,
    dumplings_half_thawed,
)


def _concede(service: Service, draft: Draft) -> str:
    """Quality staff accept the flour by concession. Returns the amendment's number."""
    quality = Handheld(service.address, "quality1", service.accounts()["quality1"]).sign_in()
    line = draft.line()
    amendment: dict[str, Any] = {
        "id": str(uuid4()),
        "goods_receipt_id": draft.document["id"],
        "kind": "concession",
        "reason": "破损 4 袋挑出退回，其余外观完好，限本周内用完",
        "decision": "accepted_by_concession",
        "lines": [
            {
                "line_id": line["id"],
                "accepted_quantity": "196",
                "rejected_quantity": "4",
                "pending_quantity": "0",
            }
        ],
    }
    path = f"/api/v1/goods-receipt-amendments/{amendment['id']}"
    number: str = quality.send_json("PUT", path, amendment).expect(201).json["document"]["number"]
    return number


def add_old_drafts(ramp: Ramp, count: int) -> None:
    """Drafts without photos, older than everything else: enough of them fill a second page."""
    for _ in range(count):
        draft = ramp.begin("S04", days_ago=30)
        ramp.add(draft, "P-D-05", 10)
        for answer in draft.document["answers"]:
            answer["attachment_ids"] = []
        draft.photos.clear()
        ramp.phone.capture("goods_receipts", draft.document)
    states = {result["status"] for result in ramp.phone.push()}
    assert states == {"applied"}, states
