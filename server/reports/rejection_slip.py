"""The rejection slip (拒收单): what the driver takes back with the goods. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from server.errors import NOTHING_WAS_REJECTED, Problem
from server.reports.receipt_facts import Picture, ReceiptFacts
from server.reports.receipt_photos import plan_photos
from server.reports.receipt_sheet import picture_file, sheet_head, sheet_of, unit_name
from server.reports.typesetting import Sheet
from server.reports.wording import Wording

_PHOTOS_MOST = 6
_SIGNERS = ("driver", "acceptor", "witness")


def rejection_sheet(
    facts: ReceiptFacts, words: Wording, address: str, previews: Mapping[str, bytes]
) -> Sheet:
    """One page: the goods, why they go back, what was seen, and who signed.

    Raises
    ------
    Problem
        ``nothing-was-rejected`` for a receipt without a rejected quantity.
    """
    rejected = _rejected(facts)
    if not rejected:
        raise Problem(NOTHING_WAS_REJECTED, number=facts.number)
    document = facts.document
    supplier = document["basis"]["supplier"]
    data = {
        "title": words.label("slip.title"),
        "head": sheet_head(facts, words),
        "supplier": words.text(supplier["name"]),
        "facts": [
            {"label": words.label(key), "value": value}
            for key, value in (
                ("receipt.site", words.or_nothing(facts.site_name)),
                ("receipt.delivered_on", words.day(document["delivered_on"])),
                ("receipt.delivery_note", words.or_nothing(document["delivery_note_number"])),
                ("receipt.vehicle", words.or_nothing(document["vehicle_plate"])),
                ("receipt.driver", words.or_nothing(document["driver_name"])),
                ("receipt.received_at", words.moment(document["received_at"])),
            )
        ],
        "lines": [_line(line, quantity, facts, words) for line, quantity in rejected],
        "photos": [
            {"file": picture_file(p.id), "captured_at": words.moment(p.captured_at)}
            for p in slip_pictures(facts)
            if p.id in previews and p.id not in _signature_ids(facts)
        ],
        "signatures": [_signature(role, facts, words, previews) for role in _SIGNERS],
    }
    return sheet_of("rejection_slip.typ", data, facts, words, address, previews)


def _rejected(facts: ReceiptFacts) -> list[tuple[Mapping[str, Any], str]]:
    """The lines of which something goes back now, after all amendments, and how much."""
    now = {line["line_id"]: line["rejected_quantity"] for line in facts.lines_now}
    found = ((line, now.get(line["id"], "0")) for line in facts.document["lines"])
    return [(line, quantity) for line, quantity in found if Decimal(quantity) > 0]


def slip_pictures(facts: ReceiptFacts) -> tuple[Picture, ...]:
    """Photos of what was wrong first, then others, and the signatures."""
    plan = plan_photos(facts)
    rejected = {line["id"] for line, _ in _rejected(facts)}
    failed = {
        (line_id, entry["item_id"])
        for line_id in rejected
        for entry in facts.document["verdict"]["lines"].get(line_id, {}).get("not_ok", ())
    }
    telling = {
        id_
        for answer in facts.document["answers"]
        if (answer["line_id"], answer["item_id"]) in failed
        for id_ in answer["attachment_ids"]
    }
    about = {
        id_
        for answer in facts.document["answers"]
        if answer["line_id"] in rejected
        for id_ in answer["attachment_ids"]
    }
    photos = sorted(plan.pictures, key=lambda p: (p.id not in telling, p.id not in about))
    return (*photos[:_PHOTOS_MOST], *plan.signatures)


def _signature_ids(facts: ReceiptFacts) -> frozenset[str]:
    return frozenset(entry["attachment_id"] for entry in facts.document["signatures"])


def _line(
    line: Mapping[str, Any], quantity: str, facts: ReceiptFacts, words: Wording
) -> dict[str, str]:
    basis = facts.document["basis"]["lines"][line["id"]]
    return {
        "product": words.text(basis["product"]["name"]),
        "specification": words.text(basis["product"]["specification"]),
        "batch": words.narrow(line["supplier_batch_number"]),
        "produced_on": words.day(line["produced_on"]),
        "delivered": words.narrow(line["delivered_quantity"]),
        "rejected": words.narrow(quantity),
        "unit": unit_name(line["unit"], words),
        "reason": words.listed(list(_reasons(line, facts, words))),
    }


def _reasons(line: Mapping[str, Any], facts: ReceiptFacts, words: Wording) -> Iterator[str]:
    """What the receiver wrote, what the checks found, and what the verdict rests on."""
    if line["rejection_reason"]:
        yield words.text(line["rejection_reason"])
    verdict = (facts.document.get("verdict") or {"lines": {}})["lines"].get(line["id"], {})
    for entry in verdict.get("not_ok", ()):
        because = words.listed([words.either(reason) for reason in entry["reasons"]])
        yield f"{words.either(entry)}{words.label('colon')}{because}"
    for reason in verdict.get("reasons", ()):
        yield words.either(reason)


def _signature(
    role: str, facts: ReceiptFacts, words: Wording, previews: Mapping[str, bytes]
) -> dict[str, Any]:
    entry = next((s for s in facts.document["signatures"] if s["role"] == role), None)
    title = words.label(f"signature.{role}")
    if entry is None:
        return {"role": title, "name": "", "signed_at": "", "picture": None, "is_signed": False}
    known = entry["attachment_id"] in previews
    return {
        "role": title,
        "name": words.text(entry["name"]),
        "signed_at": words.moment(entry["signed_at"]),
        "picture": picture_file(entry["attachment_id"]) if known else None,
        "is_signed": True,
    }
