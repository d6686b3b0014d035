"""``make demo``: one handheld receives a delivery offline, syncs, and a manager reviews it.

Everything goes over HTTP to a server of its own, on real JPEG files. Each step is printed; the
exit status is 0 only if every step held.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from sampling import find_plan
from tests.handheld import Document, Handheld
from tests.infrastructure.photos import photo
from tests.infrastructure.service import Service, running_service
from tests.receipts import Draft, add_line, begin_receipt, reject_line, sign


class Failed(Exception):
    """A step that did not hold."""


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)


def step(text: str) -> None:
    sys.stdout.write(f"  ✓ {text}\n")
    sys.stdout.flush()


@dataclass
class Story:
    """What the steps hand on to each other."""

    service: Service
    phone: Handheld
    accepted: Draft
    rejected: Draft
    pictures: dict[str, bytes]


def main() -> int:
    try:
        with (
            tempfile.TemporaryDirectory(prefix="yanshou-demo-") as folder,
            running_service(Path(folder) / "data") as service,
        ):
            tell(service)
    except (AssertionError, Failed, RuntimeError, OSError) as error:
        sys.stdout.write(f"  ✗ {type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write("every step held\n")
    return 0


def tell(service: Service) -> None:
    """The whole story, on a freshly seeded *service*."""
    step(f"the service answers on {service.address}, seeded with the demo organisation")
    phone = signed_in(service, "inspector1")
    held = phone.pull()
    step(f"the handheld of {phone.user['display_name']} pulled {held} records, then lost signal")
    story = Story(service, phone, *capture(service, phone), pictures={})
    announce_photos(story)
    lose_the_answer(story)
    push_again(story)
    upload_photos(story)
    review(story)
    check_other_site(story)


def signed_in(service: Service, username: str) -> Handheld:
    return Handheld(service.address, username, service.accounts()[username]).sign_in()


# -- offline ---------------------------------------------------------------------------------------


def capture(service: Service, phone: Handheld) -> tuple[Draft, Draft]:
    """Two deliveries in a cold store without signal."""
    accepted = delivery(phone, "dry_goods", "P1-0001", lot_size=500)
    accepted.sample()["nonconforming"]["C"] = 2
    accepted.sample()["inspected"] = 50
    finish(service, phone, accepted, "accepted")
    rejected = delivery(phone, "chilled_frozen", "P1-0002", lot_size=30)
    answer = rejected.answer("F04", rejected.line())
    answer["value"] = "-4.5"
    answer["note"] = "表面已软化"
    reject_line(rejected.line())
    finish(service, phone, rejected, "rejected")
    names = [product_name(phone, draft) for draft in (accepted, rejected)]
    step(f"captured offline: {names[0]} accepted with 2 minor flaws in a sample of 50")
    step(f"captured offline: {names[1]} at -4.5 °C rejected, with photos")
    return accepted, rejected


def delivery(phone: Handheld, category: str, number: str, lot_size: int) -> Draft:
    product = next(
        p
        for p in phone.documents("products")
        if p["category"] == category
        and (category != "chilled_frozen" or p["storage_class"] == "frozen")
    )
    supplier = next(
        s for s in phone.documents("suppliers") if category in s["categories"] and licences_hold(s)
    )
    checklist = newest(phone.documents("checklists"), product["checklist_code"])
    draft = begin_receipt(supplier["id"], phone.user["sites"][0]["site_id"], today(), number)
    add_line(draft, product, checklist, str(lot_size), lot_size)
    return draft


def product_name(phone: Handheld, draft: Draft) -> str:
    product = phone.document("products", draft.line()["product_id"])
    assert product is not None
    return str(product["name"])


def licences_hold(supplier: Document) -> bool:
    ends = [licence["valid_until"] for licence in supplier["licences"]]
    return all(end is None or end >= today() for end in ends)


def newest(checklists: list[Document], code: str) -> Document:
    return max((c for c in checklists if c["code"] == code), key=lambda c: c["version"])


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def finish(service: Service, phone: Handheld, draft: Draft, decision: str) -> None:
    draft.document["decision"] = decision
    members = phone.documents("site_members")
    witness = next(
        m for m in members if m["role"] == "inspector" and m["user_id"] != phone.user["id"]
    )
    sign(draft, "acceptor", phone.user["id"], phone.user["display_name"], now())
    sign(draft, "witness", witness["user_id"], witness["display_name"], now())


def announce_photos(story: Story) -> None:
    """Queue both receipts, and a JPEG with EXIF for every photo they name."""
    for seed, draft in enumerate((story.accepted, story.rejected)):
        story.phone.capture("goods_receipts", draft.document)
        for position, (attachment_id, role) in enumerate(draft.photos.items()):
            size = (3000, 2000) if position == 0 else (1600, 1200)
            picture = photo(seed * 100 + position, size=size, orientation=6, captured=exif_now())
            story.pictures[attachment_id] = picture.content
            word = "signature" if role == "signature" else "goods"
            story.phone.announce(attachment_id, picture.content, draft.document, word, now())
    step(f"{len(story.phone.outbox)} changes and {len(story.pictures)} JPEG files wait in it")


def exif_now() -> str:
    return datetime.now(UTC).strftime("%Y:%m:%d %H:%M:%S")


# -- online again ----------------------------------------------------------------------------------


def lose_the_answer(story: Story) -> None:
    story.phone.push_and_lose_the_answer()
    manager = signed_in(story.service, "manager1")
    wait_until(lambda: len(receipts(manager)) == 2, "the push never arrived")
    step("pushed; the connection broke before the answer came")


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        check(time.monotonic() < deadline, otherwise)
        time.sleep(0.1)


def receipts(person: Handheld) -> list[Document]:
    answer = person.get("/api/v1/goods-receipts").expect(200).json
    found: list[Document] = answer["goods_receipts"]
    return found


def push_again(story: Story) -> None:
    results = story.phone.push()
    states = {result["status"] for result in results}
    check(states == {"duplicate"}, f"sending again was answered {states}")
    check(not story.phone.outbox, "something is left in the outbox")
    numbers = [r["document"]["number"] for r in results if "number" in (r["document"] or {})]
    check(len(set(numbers)) == 2 and all(numbers), f"final numbers: {numbers}")
    step(f"sent again: each change exactly once; final numbers {', '.join(sorted(numbers))}")


def upload_photos(story: Story) -> None:
    waiting = missing(story.phone)
    check(waiting == set(story.pictures), "the server does not miss exactly these photos")
    first, *others = story.pictures
    offset = story.phone.upload_in_two_parts(first)
    size = len(story.pictures[first])
    check(0 < offset < size, f"nothing was kept of the broken upload: {offset} of {size}")
    step(f"one photo in two parts: broke off, went on at byte {offset:,} of {size:,}")
    for attachment_id in others:
        story.phone.upload(attachment_id)
    check(not missing(story.phone), "photos are still missing")
    step(f"all {len(story.pictures)} photos are on the server, none missing")


def missing(phone: Handheld) -> set[str]:
    answer = phone.get("/api/v1/attachments/missing").expect(200).json
    return {entry["id"] for entry in answer["attachments"]}


# -- the manager -----------------------------------------------------------------------------------


def review(story: Story) -> None:
    manager = signed_in(story.service, "manager1")
    listed = {entry["id"]: entry for entry in receipts(manager)}
    for draft, decision in ((story.accepted, "accepted"), (story.rejected, "rejected")):
        summary = listed[draft.document["id"]]
        expected = {"announced": len(draft.photos), "stored": len(draft.photos)}
        check(summary["decision"] == decision, f"decision {summary['decision']}")
        check(summary["photos"] == expected, f"photos {summary['photos']}, expected {expected}")
        review_receipt(manager, draft, decision)
        step(
            f"the manager sees {summary['number']}: {decision}, "
            f"photos {expected['stored']}/{expected['announced']}"
        )
    for attachment_id, content in story.pictures.items():
        review_photo(manager, attachment_id, content)
    step("every photo is byte for byte the one taken; previews and thumbnails stand upright")


def review_receipt(manager: Handheld, draft: Draft, decision: str) -> None:
    detail = manager.get(f"/api/v1/goods-receipts/{draft.document['id']}").expect(200).json
    document, line_id = detail["document"], draft.line()["id"]
    [line] = detail["lines_now"]
    check_quantities(line, decision)
    verdict = document["verdict"]["lines"][line_id]
    check(verdict["is_acceptable"] == (decision == "accepted"), f"verdict {verdict}")
    check_plan(document["basis"]["lines"][line_id])
    if decision == "rejected":
        failed = [item["item_id"] for item in verdict["not_ok"]]
        check(failed == ["F04"], f"failed items {failed}")
    check(document["provisional_number"] == draft.document["provisional_number"], "number lost")


def check_quantities(line: Document, decision: str) -> None:
    parts = [int(line[f"{name}_quantity"]) for name in ("accepted", "rejected", "pending")]
    delivered = int(line["delivered_quantity"])
    expected = [delivered, 0, 0] if decision == "accepted" else [0, delivered, 0]
    check(parts == expected, f"quantities {parts} of {delivered}")


def check_plan(basis: Document) -> None:
    sampling: Any = basis["sampling"]
    for name, rule in basis["product"]["sampling_scheme"]["classes"].items():
        given = sampling["classes"][name]
        if rule.get("zero_acceptance"):
            check(given["acceptance_number"] == 0, f"class {name}: {given}")
            continue
        plan = find_plan(sampling["lot_size"], rule["aql"], rule["inspection_level"])
        [stage] = plan.inspection_stages
        expected = (stage.sample_size, stage.acceptance_number, stage.rejection_number)
        told = (given["sample_size"], given["acceptance_number"], given["rejection_number"])
        check(told == expected, f"class {name}: {told} instead of {expected}")


def review_photo(manager: Handheld, attachment_id: str, content: bytes) -> None:
    path = f"/api/v1/attachments/{attachment_id}"
    whole = manager.get(f"{path}/content").expect(200)
    same = hashlib.sha256(whole.body).digest() == hashlib.sha256(content).digest()
    check(same, "a photo came back changed")
    for name, longest in (("preview", 1280), ("thumbnail", 320)):
        picture = Image.open(io.BytesIO(manager.get(f"{path}/{name}").expect(200).body))
        width, height = picture.size
        check(max(width, height) <= longest, f"{name} of {width} × {height}")
        check(height > width, f"{name} does not stand upright: {width} × {height}")
        check(not picture.getexif(), f"{name} carries EXIF")


def check_other_site(story: Story) -> None:
    stranger = signed_in(story.service, "inspector3")
    stranger.pull()
    check(not stranger.documents("goods_receipts"), "another site pulls the receipts")
    check(not receipts(stranger), "another site lists the receipts")
    for path in (
        f"/api/v1/goods-receipts/{story.accepted.document['id']}",
        *(f"/api/v1/attachments/{id_}/thumbnail" for id_ in story.pictures),
    ):
        stranger.get(path).expect(404)
    step("an inspector of the other canteen sees nothing of it")


if __name__ == "__main__":
    sys.exit(main())
