"""What people do on their phones, at random but sensibly: they see a record and change it."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from random import Random
from typing import Any

from PIL import Image

from tests.phone.phone import Phone
from tests.receipts import Draft, add_line, begin_receipt, sign

Document = dict[str, Any]
LOG, RECEIPTS, FINDINGS = "work_log_entries", "goods_receipts", "findings"
ACTIONS, STEPS, AMENDMENTS = (
    "corrective_actions",
    "corrective_action_steps",
    "goods_receipt_amendments",
)


class Person:
    """Somebody with a phone. ``act`` does one thing; what cannot be done now is skipped."""

    def __init__(self, phone: Phone, user_id: str, name: str, random: Random) -> None:
        self.phone, self.user_id, self.name, self.random = phone, user_id, name, random
        self._deeds: list[tuple[Callable[[], None], int]] = [
            (self.write_log, 6),
            (self.edit_log, 10),
            (self.erase_log, 2),
            (self.begin_receipt, 3),
            (self.edit_receipt, 8),
            (self.sign_receipt, 8),
            (self.erase_receipt, 1),
            (self.amend_receipt, 2),
            (self.note_finding, 3),
            (self.edit_finding, 3),
            (self.issue_notice, 2),
            (self.submit_fix, 3),
        ]

    def act(self) -> None:
        deeds, weights = zip(*self._deeds, strict=True)
        self.random.choices(deeds, weights)[0]()

    # -- what is there -----------------------------------------------------------------------------

    def some(
        self, collection: str, fits: Callable[[Document], bool] = lambda _: True
    ) -> Document | None:
        """A copy of one of the records the person sees, or None."""
        seen = self.phone.everything_seen(collection)
        found = [document for document in seen.values() if fits(document)]
        return copy.deepcopy(self.random.choice(found)) if found else None

    def site(self) -> str | None:
        sites = sorted(self.phone.everything_seen("sites"))
        return self.random.choice(sites) if sites else None

    def picture(self, owner_collection: str, owner_id: str, site_id: str) -> str:
        """A fresh photo of the record. Now and then it is never taken after all."""
        attachment_id = self.phone.new_id()
        if self.random.random() < 0.8:
            self.phone.take_photo(
                jpeg(self.random),
                {
                    "id": attachment_id,
                    "site_id": site_id,
                    "media_type": "image/jpeg",
                    "owner_collection": owner_collection,
                    "owner_id": owner_id,
                    "role": "goods",
                    "captured_at": self.phone.now(),
                    "source": "camera",
                },
            )
        return attachment_id

    # -- the work log ------------------------------------------------------------------------------

    def write_log(self) -> None:
        site_id = self.site()
        if site_id is None:
            return
        entry = {
            "id": self.phone.new_id(),
            "site_id": site_id,
            "title": self._words(),
            "text": "",
            "marks": {},
            "captured_at": self.phone.now(),
        }
        self.phone.capture(LOG, entry)

    def edit_log(self) -> None:
        entry = self.some(LOG)
        if entry is None:
            return
        what = self.random.choice(["title", "text", "marks"])
        if what == "marks":
            mark = self.random.choice("甲乙丙丁")
            entry["marks"][mark] = entry["marks"].get(mark, 0) + self.random.randint(1, 9)
        else:
            entry[what] = self._words()
        self.phone.capture(LOG, entry)

    def erase_log(self) -> None:
        entry = self.some(LOG)
        if entry is not None:
            self.phone.erase(LOG, entry["id"])

    def _words(self) -> str:
        return f"{self.name} {self.random.getrandbits(40):x}"

    # -- receipts ----------------------------------------------------------------------------------

    def begin_receipt(self) -> None:
        site_id, product, supplier = self.site(), self.some("products"), self.some("suppliers")
        if site_id is None or product is None or supplier is None:
            return
        checklist = self.some("checklists", lambda c: c["code"] == product["checklist_code"])
        if checklist is None:
            return
        number = f"P-{self.random.getrandbits(48):x}"
        draft = begin_receipt(supplier["id"], site_id, "2026-03-02", number)
        draft.document["id"] = self.phone.new_id()
        add_line(draft, product, checklist, "50", 50)
        self._take_some(draft)
        self.phone.capture(RECEIPTS, draft.document)

    def edit_receipt(self) -> None:
        receipt = self.some(RECEIPTS, lambda r: r.get("status", "draft") == "draft")
        if receipt is None:
            return
        what = self.random.choice(["note", "vehicle_plate", "answer", "photo"])
        if what == "answer" and receipt["answers"]:
            self.random.choice(receipt["answers"])["note"] = self._words()
        elif what == "photo":
            photo_id = self.picture(RECEIPTS, receipt["id"], receipt["site_id"])
            receipt["attachment_ids"].append(photo_id)
        else:
            receipt["note" if what == "note" else "vehicle_plate"] = self._words()[:20]
        self.phone.capture(RECEIPTS, receipt)

    def sign_receipt(self) -> None:
        receipt = self.some(RECEIPTS, self._can_sign)
        if receipt is None:
            return
        draft = Draft(receipt)
        roles = {signature["role"] for signature in receipt["signatures"]}
        receipt["decision"] = receipt["decision"] or "accepted"
        role = "witness" if "acceptor" in roles else "acceptor"
        sign(draft, role, self.user_id, self.name, self.phone.now())
        self._take_some(draft)
        self.phone.capture(RECEIPTS, receipt)

    def _can_sign(self, receipt: Document) -> bool:
        if receipt.get("status", "draft") != "draft" or len(receipt["signatures"]) > 1:
            return False
        return all(signature["user_id"] != self.user_id for signature in receipt["signatures"])

    def erase_receipt(self) -> None:
        receipt = self.some(RECEIPTS, lambda r: r.get("status", "draft") == "draft")
        if receipt is not None:
            self.phone.erase(RECEIPTS, receipt["id"])

    def amend_receipt(self) -> None:
        receipt = self.some(RECEIPTS, lambda r: r.get("status") == "signed")
        if receipt is None:
            return
        kept = str(self.random.randint(1, 49))
        line = {
            "line_id": receipt["lines"][0]["id"],
            "accepted_quantity": kept,
            "rejected_quantity": str(50 - int(kept)),
            "pending_quantity": "0",
        }
        amendment = {
            "id": self.phone.new_id(),
            "goods_receipt_id": receipt["id"],
            "kind": "correction",
            "reason": self._words(),
            "decision": "accepted_in_part",
            "lines": [line],
            "captured_at": self.phone.now(),
        }
        self.phone.capture(AMENDMENTS, amendment)

    def _take_some(self, draft: Draft) -> None:
        """The photos the document names: some are taken now, others never."""
        for attachment_id, role in list(draft.photos.items())[:2]:
            document = {
                "id": attachment_id,
                "site_id": draft.document["site_id"],
                "media_type": "image/jpeg",
                "owner_collection": RECEIPTS,
                "owner_id": draft.document["id"],
                "role": role,
                "captured_at": self.phone.now(),
            }
            self.phone.take_photo(jpeg(self.random), document)

    # -- findings and notices ----------------------------------------------------------------------

    def note_finding(self) -> None:
        unit = self.some("units")
        if unit is None:
            return
        finding = {
            "id": self.phone.new_id(),
            "site_id": unit["site_id"],
            "title": self._words(),
            "nonconformity_class": self.random.choice("ABC"),
            "checklist_code": "daily",
            "item_id": self.random.choice(["floor", "walls", "fridge"]),
            "unit_id": unit["id"],
            "captured_at": self.phone.now(),
        }
        finding["attachment_ids"] = [self.picture(FINDINGS, finding["id"], unit["site_id"])]
        self.phone.capture(FINDINGS, finding)

    def edit_finding(self) -> None:
        finding = self.some(FINDINGS)
        if finding is not None:
            finding[self.random.choice(["title", "description"])] = self._words()
            self.phone.capture(FINDINGS, finding)

    def issue_notice(self) -> None:
        finding = self.some(FINDINGS, lambda f: not f.get("corrective_action_id"))
        if finding is None:
            return
        notice = {
            "id": self.phone.new_id(),
            "site_id": finding["site_id"],
            "kind": "written_notice",
            "provisional_number": f"N-{self.random.getrandbits(48):x}",
            "finding_ids": [finding["id"]],
            "unit_id": finding["unit_id"],
            "title": self._words(),
            "captured_at": self.phone.now(),
        }
        self.phone.capture(ACTIONS, notice)

    def submit_fix(self) -> None:
        action = self.some(ACTIONS)
        if action is None:
            return
        step_id = self.phone.new_id()
        step = {
            "id": step_id,
            "corrective_action_id": action["id"],
            "kind": self.random.choice(["submitted", "remark"]),
            "text": self._words(),
            "correction": self._words(),
            "attachment_ids": [self.picture(STEPS, step_id, action["site_id"])],
            "captured_at": self.phone.now(),
        }
        self.phone.capture(STEPS, step)


def jpeg(random: Random) -> bytes:
    """A small real photo that no other has."""
    side = 24
    image = Image.frombytes("RGB", (side, side), random.randbytes(side * side * 3))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()
