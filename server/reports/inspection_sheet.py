"""The report of an inspection (检查报告) as data for its template. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.reports.inspection_facts import InspectionFacts
from server.reports.qr import record_qr
from server.reports.receipt_sheet import answer_value, photo_count, picture_file
from server.reports.typesetting import Sheet
from server.reports.wording import NOTHING, Wording, clock

COLLECTION = "inspections"
_ASKED = ("ok", "not_ok", "not_applicable", "missing")
Document = Mapping[str, Any]


def inspection_sheet(
    facts: InspectionFacts, words: Wording, address: str, previews: Mapping[str, bytes]
) -> Sheet:
    """Who inspected what by which checklist, every item's outcome, findings and photos."""
    numbers = _photo_numbers(facts)
    data = {
        "title": words.label("inspection.title"),
        "head": _head(facts, words),
        "facts": _facts(facts, words),
        "grade": _grade(facts, words),
        "note": words.text(facts.document["note"]),
        "parts": list(_parts(facts, words, numbers)),
        "findings": [_finding(finding, facts, words, previews) for finding in facts.findings],
        "photos": [_photo(id_, number, facts, words, previews) for id_, number in numbers.items()],
    }
    pictures = {picture_file(id_): content for id_, content in previews.items()}
    pictures["qr.svg"] = record_qr(address, "inspections", facts.document["id"])
    return Sheet("inspection.typ", words.language, data, facts.written_at, pictures)


def _head(facts: InspectionFacts, words: Wording) -> dict[str, Any]:
    return {
        "organisation": words.text(facts.organisation_name),
        "number": words.text(facts.number),
        "is_draft": facts.document["status"] != "finished",
        "collection": COLLECTION,
        "id": facts.document["id"],
        "version": facts.version,
        "sha256": facts.sha256,
        "made_at": clock(facts.written_at),
    }


def _facts(facts: InspectionFacts, words: Wording) -> list[dict[str, str]]:
    document, checklist = facts.document, facts.document["checklist"]
    version = words.label(
        "check.version", code=words.text(checklist["code"]), version=checklist["version"]
    )
    shown = [
        ("notice.site", words.or_nothing(facts.site_name)),
        ("inspection.unit", words.or_nothing(facts.unit_name)),
        ("inspection.place", words.or_nothing(facts.place_name)),
        ("inspection.inspector", words.or_nothing(document["created_by"]["name"])),
        ("inspection.checklist", f"{words.either(checklist)}\n{version}"),
        ("inspection.captured_at", words.moment(document["captured_at"])),
        ("inspection.finished_at", words.moment(document["finished_at"])),
        ("inspection.entered_at", words.moment(document["entered_at"])),
        ("inspection.received_at", words.moment(document["received_at"])),
        ("receipt.photos", photo_count(facts.announced, facts.stored, words)),
    ]
    return [{"label": words.label(key), "value": value} for key, value in shown]


def _grade(facts: InspectionFacts, words: Wording) -> dict[str, Any] | None:
    grade = facts.document["result"]["grade"]
    if grade is None:
        return None
    percent = grade["percent"]
    return {
        "text": words.word("grade", grade["grade"]),
        "is_good": grade["grade"] in {"pass", "basic"},
        "counts": words.label(
            "inspection.counts_text",
            judged=grade["judged_count"],
            na=grade["not_applicable_count"],
            left=grade["left_out_count"],
            percent=NOTHING if percent is None else f"{percent}%",
            **{class_.lower(): count for class_, count in grade["failures"].items()},
        ),
        "is_confirmed": (facts.checklist["grading"] or {"is_confirmed": True})["is_confirmed"],
    }


# -- the checks ------------------------------------------------------------------------------------


def _parts(
    facts: InspectionFacts, words: Wording, numbers: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """The checklist's sections in their order, with the items that were asked."""
    titles = {section["id"]: words.either(section) for section in facts.checklist["sections"]}
    outcomes = facts.document["result"]["outcomes"]
    rows: dict[str | None, list[dict[str, Any]]] = {}
    for item in facts.checklist["items"]:
        outcome = outcomes.get(item["id"])
        if outcome is not None:
            row = _row(item, outcome, facts, words, numbers)
            rows.setdefault(item["section"], []).append(row)
    for section, found in rows.items():
        yield {"title": titles.get(section or "", ""), "rows": found}


def _row(
    item: Document,
    outcome: Document,
    facts: InspectionFacts,
    words: Wording,
    numbers: Mapping[str, int],
) -> dict[str, Any]:
    answers = [a for a in facts.document["answers"] if a["item_id"] == item["id"]]
    remarks = [words.either(reason) for reason in outcome["reasons"]]
    remarks += [words.text(answer["note"]) for answer in answers if answer["note"]]
    shown = _numbers_of(answers, numbers)
    if shown:
        remarks.append(words.label("check.photos", numbers=", ".join(map(str, shown))))
    return {
        "id": words.narrow(item["id"]),
        "what": words.either(item),
        "class": item["nonconformity_class"],
        "value": answer_value(item, answers, words),
        "outcome": outcome["outcome"],
        "outcome_text": words.word("check", outcome["outcome"]),
        "remarks": words.listed(remarks),
    }


def _numbers_of(answers: Sequence[Document], numbers: Mapping[str, int]) -> list[int]:
    return sorted({numbers[id_] for a in answers for id_ in a["attachment_ids"] if id_ in numbers})


# -- what was found, and the photos ----------------------------------------------------------------


def _finding(
    finding: Document, facts: InspectionFacts, words: Wording, previews: Mapping[str, bytes]
) -> dict[str, Any]:
    earlier = finding["repeat_of"]
    notice = facts.notice_numbers.get(finding["corrective_action_id"] or "")
    repeat = "" if earlier is None else words.label(
        "inspection.repeat_of", at=words.moment(earlier["captured_at"]), title=earlier["title"]
    )  # fmt: skip
    return {
        "what": words.text(finding["title"]),
        "text": words.text(finding["description"]),
        "class": words.label(f"class.{finding['effective_class']}"),
        "notice": words.text(notice) if notice else words.label("inspection.not_on_notice"),
        "repeat": words.text(repeat),
        "earlier": [
            picture_file(id_) if id_ in previews else None
            for id_ in (earlier or {"attachment_ids": ()})["attachment_ids"]
        ],
    }


def _photo_numbers(facts: InspectionFacts) -> dict[str, int]:
    """The photos of the answers in the order of the checklist, numbered."""
    by_item: dict[str, list[str]] = {}
    for answer in facts.document["answers"]:
        by_item.setdefault(answer["item_id"], []).extend(answer["attachment_ids"])
    ids = [id_ for item in facts.checklist["items"] for id_ in by_item.get(item["id"], ())]
    return {id_: number for number, id_ in enumerate(dict.fromkeys(ids), start=1)}


def _photo(
    id_: str,
    number: int,
    facts: InspectionFacts,
    words: Wording,
    previews: Mapping[str, bytes],
) -> dict[str, Any]:
    picture = next((p for p in facts.pictures if p.id == id_), None)
    titles = {
        photo: words.either(item)
        for item in facts.checklist["items"]
        for answer in facts.document["answers"]
        if answer["item_id"] == item["id"]
        for photo in answer["attachment_ids"]
    }
    return {
        "number": number,
        "title": titles[id_],
        "captured_at": words.moment(None if picture is None else picture.captured_at),
        "sha256": "" if picture is None else picture.sha256[:16],
        "file": picture_file(id_) if id_ in previews else None,
    }
