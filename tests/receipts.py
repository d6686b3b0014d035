"""Receipts as a phone writes them down: every item of the checklists answered, photos named.

Pure: documents in, documents out. Tests and the demo change what they need to see fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

Document = dict[str, Any]
FROZEN, CHILLED, AMBIENT = "-18.5", "3.0", "18.0"


@dataclass
class Draft:
    """A receipt being written, and the photos it names: attachment id → what it shows."""

    document: Document
    photos: dict[str, str] = field(default_factory=dict)

    def photo(self, role: str) -> str:
        attachment_id = str(uuid4())
        self.photos[attachment_id] = role
        return attachment_id

    def line(self, position: int = 0) -> Document:
        line: Document = self.document["lines"][position]
        return line

    def answer(self, item_id: str, line: Document | None = None) -> Document:
        line_id = None if line is None else line["id"]
        return next(
            answer
            for answer in self.document["answers"]
            if answer["item_id"] == item_id and answer["line_id"] == line_id
        )

    def sample(self, position: int = 0) -> Document:
        line_id = self.line(position)["id"]
        return next(s for s in self.document["samples"] if s["line_id"] == line_id)


def begin_receipt(
    supplier_id: str, site_id: str | None, delivered_on: str, provisional_number: str = "P-0001"
) -> Draft:
    return Draft(
        {
            "id": str(uuid4()),
            "site_id": site_id,
            "provisional_number": provisional_number,
            "supplier_id": supplier_id,
            "delivery_note_number": "SH-20260302-01",
            "vehicle_plate": "鲁E12345",
            "driver_name": "刘师傅",
            "delivered_on": delivered_on,
            "delivered_at": f"{delivered_on}T01:05:00Z",
            "lines": [],
            "answers": [],
            "samples": [],
            "signatures": [],
            "attachment_ids": [],
            "decision": None,
            "decision_reason": "",
            "note": "",
            "captured_at": f"{delivered_on}T01:10:00Z",
            "entered_at": f"{delivered_on}T01:10:00Z",
        }
    )


def add_line(
    draft: Draft,
    product: Mapping[str, Any],
    checklist: Mapping[str, Any],
    quantity: str = "50",
    lot_size: int = 50,
    version: int | None = None,
) -> Document:
    """A line of *product* that passes everything, accepted in full."""
    delivered_on = date.fromisoformat(draft.document["delivered_on"])
    line = {
        "id": str(uuid4()),
        "product_id": product["id"],
        "product_version": version,
        "checklist_id": checklist["id"],
        "supplier_batch_number": "20260228A",
        "produced_on": (delivered_on - timedelta(days=1)).isoformat(),
        "shelf_life_days": product["shelf_life_days"],
        "expires_on": None,
        "unit": product["unit"],
        "unit_price": None,
        "delivered_quantity": quantity,
        "accepted_quantity": quantity,
        "rejected_quantity": "0",
        "pending_quantity": "0",
        "rejection_reason": "",
        "label_temperature_c": None,
    }
    first = not draft.document["lines"]
    draft.document["lines"].append(line)
    if first:
        _answer_all(draft, checklist["head_items"], None, product, delivered_on)
    _answer_all(draft, checklist["items"], line["id"], product, delivered_on)
    draft.document["samples"].append(
        {
            "id": str(uuid4()),
            "line_id": line["id"],
            "lot_size": lot_size,
            "inspected": lot_size,
            "item_numbers": [],
            "seed": "",
            "nonconforming": {"A": 0, "B": 0, "C": 0},
        }
    )
    return line


def _answer_all(
    draft: Draft,
    items: Sequence[Mapping[str, Any]],
    line_id: str | None,
    product: Mapping[str, Any],
    delivered_on: date,
) -> None:
    for item in items:
        answer = {
            "id": str(uuid4()),
            "item_id": item["id"],
            "line_id": line_id,
            "value": _value(item, product, delivered_on),
            "is_ok": True if item["type"] in {"check", "document", "signature"} else None,
            "not_applicable": False,
            "number": "证 370500-0001" if item["type"] == "document" else "",
            "attachment_ids": [],
            "note": "",
            "captured_at": f"{delivered_on}T01:{10 + len(draft.document['answers']) % 50:02d}:00Z",
        }
        if item["photo"] == "always":
            answer["attachment_ids"] = [draft.photo(item["id"])]
        draft.document["answers"].append(answer)


def _value(item: Mapping[str, Any], product: Mapping[str, Any], delivered_on: date) -> str | None:
    kind = item["type"]
    if kind == "temperature":
        return {"frozen": FROZEN, "chilled": CHILLED, "ambient": AMBIENT}[product["storage_class"]]
    if kind == "choice":
        return str(next(option["value"] for option in item["options"] if option["is_ok"]))
    simple = {"number": "10", "text": "正常", "count": "0", "time": "2026-03-02T01:20:00Z"}
    if kind == "date":
        return (delivered_on + timedelta(days=300)).isoformat()
    return simple.get(kind)


def reject_line(line: Document, reason: str = "") -> None:
    line["accepted_quantity"], line["rejected_quantity"] = "0", line["delivered_quantity"]
    line["rejection_reason"] = reason


def sign(
    draft: Draft, role: str, user_id: str | None, name: str, at: str = "2026-03-02T01:50:00Z"
) -> Document:
    signature = {
        "id": str(uuid4()),
        "role": role,
        "user_id": user_id,
        "name": name,
        "attachment_id": draft.photo("signature"),
        "signed_at": at,
    }
    draft.document["signatures"].append(signature)
    return signature
