"""The goods-receipt record (进货验收记录) as data for its template. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.fields import parse_time
from server.master_data.vocabulary import UNITS
from server.reports.qr import record_qr
from server.reports.receipt_facts import SIGNATURE, Picture, ReceiptFacts
from server.reports.receipt_photos import PhotoPlan, photo_titles
from server.reports.typesetting import Sheet
from server.reports.wording import NOTHING, Wording, clock

COLLECTION = "goods_receipts"
_QUANTITIES = ("accepted", "rejected", "pending")


def receipt_sheet(
    facts: ReceiptFacts,
    words: Wording,
    address: str,
    photos: PhotoPlan,
    previews: Mapping[str, bytes],
) -> Sheet:
    """The record with everything found, decided, signed and amended.

    Parameters
    ----------
    address : str
        The service's own address, for the QR code back to the record.
    previews : Mapping
        Small pictures without position, by attachment id; those that are not there are named.
    """
    numbers = photos.numbers
    data = {
        "title": words.label("receipt.title"),
        "head": sheet_head(facts, words),
        "facts": _facts(facts, words),
        "licences": _licences(facts.document, words),
        "note": words.text(facts.document["note"]),
        "lines": list(_lines(facts, words)),
        "gate_order_kept": _verdict(facts)["gate_order_kept"] is not False,
        "checks": list(_checks(facts, words, numbers)),
        "samples": list(receipt_samples(facts, words)),
        "decision": _decision(facts, words),
        "signatures": [
            _signature(entry, facts, words, previews) for entry in facts.document["signatures"]
        ],
        "amendments": [_amendment(entry, facts, words) for entry in facts.amendments],
        "photos": [_photo(picture, facts, words, numbers, previews) for picture in photos.pictures],
    }
    return sheet_of("receipt.typ", data, facts, words, address, previews)


def sheet_of(
    template: str,
    data: Mapping[str, Any],
    facts: ReceiptFacts,
    words: Wording,
    address: str,
    previews: Mapping[str, bytes],
) -> Sheet:
    """A sheet about one receipt: its QR code, its pictures, and the time it was made at."""
    pictures = {picture_file(id_): content for id_, content in previews.items()}
    pictures["qr.svg"] = record_qr(address, "receipts", facts.document["id"])
    times = [facts.written_at, *(parse_time(entry["received_at"]) for entry in facts.amendments)]
    return Sheet(template, words.language, data, max(times), pictures)


def sheet_head(facts: ReceiptFacts, words: Wording) -> dict[str, Any]:
    """What stands at the top and at the foot of every page about a receipt."""
    document = facts.document
    return {
        "organisation": words.text(facts.organisation_name),
        "site": words.text(facts.site_name),
        "number": words.text(document["number"] or document["provisional_number"]),
        "provisional_number": words.text(document["provisional_number"]),
        "is_draft": document["status"] != "signed",
        "decision": words.word("decision", facts.decision_now),
        "collection": COLLECTION,
        "id": document["id"],
        "version": facts.version,
        "sha256": facts.sha256,
        "made_at": clock(facts.written_at),
    }


def picture_file(attachment_id: str) -> str:
    return f"picture-{attachment_id}"


# -- the delivery --------------------------------------------------------------------------------


def _facts(facts: ReceiptFacts, words: Wording) -> list[dict[str, str]]:
    document = facts.document
    supplier = (document.get("basis") or {}).get("supplier") or {}
    contact = " ".join(
        str(supplier[name]) for name in ("address", "contact_name", "phone") if supplier.get(name)
    )
    shown = [
        ("receipt.site", words.or_nothing(facts.site_name)),
        ("receipt.delivered_on", words.day(document["delivered_on"])),
        ("receipt.supplier", words.or_nothing(supplier.get("name"))),
        ("receipt.supplier_contact", words.or_nothing(contact)),
        ("receipt.delivery_note", words.or_nothing(document["delivery_note_number"])),
        ("receipt.delivered_at", words.moment(document["delivered_at"])),
        ("receipt.vehicle", words.or_nothing(document["vehicle_plate"])),
        ("receipt.driver", words.or_nothing(document["driver_name"])),
        ("receipt.captured_at", words.moment(document["captured_at"])),
        ("receipt.entered_at", words.moment(document["entered_at"])),
        ("receipt.received_at", words.moment(document["received_at"])),
        ("receipt.signed_received_at", words.moment(document["signed_received_at"])),
        ("provisional_number", words.or_nothing(document["provisional_number"])),
        ("receipt.photos", photo_count(facts.announced, facts.stored, words)),
    ]
    return [{"label": words.label(key), "value": value} for key, value in shown]


def photo_count(announced: int, stored: int, words: Wording) -> str:
    """``3/5`` while photos are missing: a record is complete only with all of them."""
    if announced == 0:
        return words.label("receipt.photos_none")
    complete = stored >= announced
    key = "receipt.photos_complete" if complete else "receipt.photos_missing"
    return words.label(key, stored=stored, announced=announced)


def _licences(document: Mapping[str, Any], words: Wording) -> dict[str, Any]:
    supplier = (document.get("basis") or {}).get("supplier") or {}
    licence = supplier.get("licence") or {"is_valid": False, "is_confirmed": True, "findings": []}
    key = "receipt.licences_valid" if licence["is_valid"] else "receipt.licences_not_valid"
    return {
        "is_valid": licence["is_valid"],
        "is_confirmed": licence["is_confirmed"],
        "text": words.label(key),
        "findings": [words.either(finding) for finding in licence["findings"]],
    }


# -- the goods -----------------------------------------------------------------------------------


def _verdict(facts: ReceiptFacts) -> Mapping[str, Any]:
    return facts.document.get("verdict") or {"head": None, "lines": {}, "gate_order_kept": None}


def _lines(facts: ReceiptFacts, words: Wording) -> Iterator[dict[str, Any]]:
    now = {line["line_id"]: line for line in facts.lines_now}
    for position, line in enumerate(facts.document["lines"], start=1):
        basis = facts.document["basis"]["lines"][line["id"]]
        verdict = _verdict(facts)["lines"].get(line["id"], {})
        current = now.get(line["id"], line)
        yield {
            "position": position,
            "product": words.text(basis["product"]["name"]),
            "specification": words.text(basis["product"]["specification"]),
            "batch": words.narrow(line["supplier_batch_number"]) or NOTHING,
            "produced_on": words.day(line["produced_on"]),
            "expires_on": words.day(basis["expires_on"]),
            "unit": unit_name(line["unit"], words),
            "delivered": words.narrow(line["delivered_quantity"]),
            **{name: words.narrow(current[f"{name}_quantity"]) for name in _QUANTITIES},
            "verdict": words.label(_line_verdict(verdict)),
            "is_acceptable": verdict.get("is_acceptable", False),
            "remarks": list(_line_remarks(line, current, verdict, words)),
        }


def unit_name(unit: str, words: Wording) -> str:
    known = UNITS.get(unit)
    return words.text(unit) if known is None else known.render(words.language)


def _line_verdict(verdict: Mapping[str, Any]) -> str:
    if verdict.get("is_acceptable"):
        return "line.acceptable"
    return "line.not_acceptable" if verdict.get("reasons") else "line.incomplete"


def _line_remarks(
    line: Mapping[str, Any], now: Mapping[str, Any], verdict: Mapping[str, Any], words: Wording
) -> Iterator[dict[str, str]]:
    if line["rejection_reason"]:
        yield _remark("line.rejection_reason", words.text(line["rejection_reason"]), words)
    for key, name in (("line.reasons", "reasons"), ("line.notes", "notes")):
        texts = [words.either(text) for text in verdict.get(name, ())]
        if texts:
            yield _remark(key, words.listed(texts), words)
    if any(line[f"{name}_quantity"] != now[f"{name}_quantity"] for name in _QUANTITIES):
        signed = {name: line[f"{name}_quantity"] for name in _QUANTITIES}
        yield _remark("receipt.amendments", words.label("line.signed_quantities", **signed), words)


def _remark(key: str, text: str, words: Wording) -> dict[str, str]:
    return {"label": words.label(key), "text": text}


# -- the checks ----------------------------------------------------------------------------------


def _checks(
    facts: ReceiptFacts, words: Wording, numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """The checks of the delivery as a whole, then those of each line."""
    document, verdict = facts.document, _verdict(facts)
    leading = _leading_checklist(facts)
    if leading is not None:
        rows = _check_rows(leading["head_items"], document, None, verdict["head"], words, numbers)
        title = words.label("receipt.delivery_checks")
        yield {"title": title, "checklist": _version_of(leading, words), "rows": rows}
    for position, line in enumerate(document["lines"], start=1):
        basis = document["basis"]["lines"][line["id"]]
        checklist = facts.checklists.get(basis["checklist"]["id"]) or {"items": []}
        found = verdict["lines"].get(line["id"])
        rows = _check_rows(checklist["items"], document, line["id"], found, words, numbers)
        yield {
            "title": f"{position}. {words.text(basis['product']['name'])}",
            "checklist": _version_of(basis["checklist"], words),
            "rows": rows,
        }


def _leading_checklist(facts: ReceiptFacts) -> Mapping[str, Any] | None:
    """Any checklist that has every item answered for the delivery: their heads are alike."""
    return next((checklist for checklist in facts.checklists.values() if checklist), None)


def _version_of(checklist: Mapping[str, Any], words: Wording) -> str:
    return words.label(
        "check.version", code=words.text(checklist["code"]), version=checklist["version"]
    )


def _check_rows(
    items: Sequence[Mapping[str, Any]],
    document: Mapping[str, Any],
    line_id: str | None,
    verdict: Mapping[str, Any] | None,
    words: Wording,
    numbers: Mapping[str, int],
) -> list[dict[str, Any]]:
    failed = {entry["item_id"]: entry for entry in (verdict or {}).get("not_ok", ())}
    answers: dict[str, list[Mapping[str, Any]]] = {}
    for answer in document["answers"]:
        if answer["line_id"] == line_id:
            answers.setdefault(answer["item_id"], []).append(answer)
    return [
        _check_row(item, answers.get(item["id"], []), failed.get(item["id"]), words, numbers)
        for item in items
    ]


def _check_row(
    item: Mapping[str, Any],
    answers: Sequence[Mapping[str, Any]],
    failure: Mapping[str, Any] | None,
    words: Wording,
    numbers: Mapping[str, int],
) -> dict[str, Any]:
    """What the record says of one item. Nothing is judged anew: the verdict was kept with it."""
    if failure is not None:
        outcome = "not_ok"
    elif any(answer["not_applicable"] for answer in answers):
        outcome = "not_applicable"
    else:
        outcome = "ok" if answers or item.get("fact") else "none"
    remarks = [words.either(reason) for reason in (failure or {}).get("reasons", ())]
    remarks += [words.text(answer["note"]) for answer in answers if answer["note"]]
    shown = sorted(numbers[id_] for a in answers for id_ in a["attachment_ids"] if id_ in numbers)
    if shown:
        remarks.append(words.label("check.photos", numbers=", ".join(map(str, shown))))
    return {
        "id": words.narrow(item["id"]),
        "gate": words.word("gate", item["gate"]),
        "what": words.either(item),
        "class": item["nonconformity_class"],
        "value": answer_value(item, answers, words),
        "outcome": outcome,
        "outcome_text": NOTHING if outcome == "none" else words.label(f"check.{outcome}"),
        "remarks": words.listed(remarks),
    }


def answer_value(
    item: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], words: Wording
) -> str:
    if not answers and item.get("fact"):
        return words.label("check.from_record")
    parts = []
    for answer in answers:
        if answer["value"] is not None:
            parts.append(_with_unit(item, answer["value"], words))
        if answer["number"]:
            parts.append(words.narrow(answer["number"]))
    return words.listed(parts)


def _with_unit(item: Mapping[str, Any], value: str, words: Wording) -> str:
    for option in item.get("options") or ():
        if option["value"] == value:
            return words.either(option)
    if item["type"] == "time":
        return words.moment(value)
    unit = item.get("unit")
    return words.narrow(f"{value} {unit}" if unit else value)


# -- the samples ---------------------------------------------------------------------------------


def receipt_samples(facts: ReceiptFacts, words: Wording) -> Iterator[dict[str, Any]]:
    """The sample of each line: plan, what was found, how each class came out."""
    document = facts.document
    samples = {sample["line_id"]: sample for sample in document["samples"]}
    for position, line in enumerate(document["lines"], start=1):
        basis, sample = document["basis"]["lines"][line["id"]], samples.get(line["id"])
        if sample is None or basis["sampling"] is None:
            continue
        verdict = _verdict(facts)["lines"].get(line["id"], {})
        plan = basis["sampling"]
        yield {
            "title": f"{position}. {words.text(basis['product']['name'])}",
            "standard": _standard(plan),
            "lot_size": plan["lot_size"],
            "sample_size": plan["sample_size"],
            "is_full": plan["full_inspection"],
            "inspected": sample["inspected"],
            "captured_at": words.moment(sample.get("captured_at")),
            "items": words.text(", ".join(map(str, sample["item_numbers"]))),
            "seed": words.text(sample["seed"]),
            "is_resubmitted": bool(sample.get("is_resubmitted")),
            "lot_decision": words.word("lot_decision", verdict.get("lot_decision")),
            "is_accepted": verdict.get("lot_decision") == "accepted",
            "classes": [
                _class_row(class_, rule, sample, (verdict.get("classes") or {}).get(class_), words)
                for class_, rule in plan["classes"].items()
            ],
        }


def _standard(plan: Mapping[str, Any]) -> str:
    plans = (rule["plan"] for rule in plan["classes"].values() if rule["plan"] is not None)
    return next((str(kept["standard"]) for kept in plans), "")


def _class_row(
    class_: str,
    rule: Mapping[str, Any],
    sample: Mapping[str, Any],
    decision: Mapping[str, Any] | None,
    words: Wording,
) -> dict[str, Any]:
    kept = rule["plan"]
    plan = words.label("sample.zero")
    if kept is not None:
        plan = words.label(
            "sample.aql",
            aql=kept["aql"],
            level=kept["inspection_level"],
            letter=kept["plan_code_letter"],
        )
    accepted = rule["acceptance_number"]
    return {
        "class": words.label(f"class.{class_}"),
        "plan": plan,
        "severity": words.word("severity", rule["inspection_severity"]),
        "n": rule["sample_size"],
        "ac": NOTHING if accepted is None else accepted,
        "re": rule["rejection_number"],
        "found": sample["nonconforming"][class_],
        "result": words.word("lot_decision", (decision or {}).get("decision")),
        "is_accepted": (decision or {}).get("decision") == "accepted",
    }


# -- what was decided ----------------------------------------------------------------------------


def _decision(facts: ReceiptFacts, words: Wording) -> dict[str, Any]:
    document = facts.document
    conceded = document.get("conceded_by") or {}
    return {
        "now": words.word("decision", facts.decision_now),
        "signed": words.word("decision", document["decision"]),
        "is_good": facts.decision_now == "accepted",
        "has_changed": document["status"] == "signed"
        and facts.decision_now != document["decision"],
        "reason": words.text(document["decision_reason"]),
        "conceded_by": words.text(conceded.get("name")),
    }


def _signature(
    entry: Mapping[str, Any], facts: ReceiptFacts, words: Wording, previews: Mapping[str, bytes]
) -> dict[str, Any]:
    known = entry["attachment_id"] in previews
    return {
        "role": words.label(f"signature.{entry['role']}"),
        "name": words.text(entry["name"]),
        "signed_at": words.moment(entry["signed_at"]),
        "picture": picture_file(entry["attachment_id"]) if known else None,
    }


def _amendment(entry: Mapping[str, Any], facts: ReceiptFacts, words: Wording) -> dict[str, Any]:
    basis = facts.document["basis"]["lines"]
    lines = []
    for line in entry["lines"]:
        product = basis[line["line_id"]]["product"]["name"] if line["line_id"] in basis else ""
        parts = [
            f"{words.label(f'line.{name}')} {line[f'{name}_quantity']}" for name in _QUANTITIES
        ]
        lines.append({"product": words.text(product), "quantities": words.listed(parts)})
    by = words.label(
        "amendment.by",
        name=words.text(entry["created_by"]["name"]),
        at=words.moment(entry["received_at"]),
    )
    return {
        "number": words.text(entry["number"]),
        "kind": words.label(f"amendment.{entry['kind']}"),
        "decision": words.word("decision", entry["decision"]),
        "reason": words.text(entry["reason"]),
        "by": by,
        "lines": lines,
    }


def _photo(
    picture: Picture,
    facts: ReceiptFacts,
    words: Wording,
    numbers: Mapping[str, int],
    previews: Mapping[str, bytes],
) -> dict[str, Any]:
    titles = photo_titles(facts)
    item = titles.get(picture.id)
    title = words.text(picture.caption) if picture.caption else ""
    if not title:
        title = words.either(item) if item else words.word("photo", picture.role or "other")
    return {
        "number": numbers[picture.id],
        "title": title,
        "captured_at": words.moment(picture.captured_at),
        "sha256": picture.sha256[:16],
        "file": picture_file(picture.id) if picture.id in previews else None,
    }


def is_photo(picture: Picture) -> bool:
    return picture.role != SIGNATURE
