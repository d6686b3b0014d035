"""How an inspection stands, by the version of the checklist it was made with. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Set
from typing import Any

from server.checklists.evaluation import Evaluation, UnknownItem, evaluate
from server.checklists.grading import grade
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text

_NAMESPACE = uuid.UUID("0b9c6c1e-9d0c-5c2a-8f4e-3f6d1c5b7a90")
_TITLE_LONGEST = 200


def judge_answers(template: Mapping[str, Any], inspection: Mapping[str, Any]) -> Evaluation:
    """Raises ``Problem`` for an answer to an item that the version does not have."""
    try:
        facts = {"storage_class": inspection.get("storage_class")}
        return evaluate(template, inspection["answers"], facts)
    except UnknownItem as error:
        position = [answer["item_id"] for answer in inspection["answers"]].index(error.item_id)
        pointer = f"/answers/{position}/item_id"
        raise Problem(VALIDATION_FAILED, [FieldError(pointer, error.text, error.params)]) from error


def what_is_missing(template: Mapping[str, Any], evaluation: Evaluation) -> Iterator[FieldError]:
    """What an inspection still needs before it can be finished."""
    titles = {item["id"]: item for item in template["items"]}
    for outcome in evaluation.outcomes:
        if outcome.outcome == "missing":
            item = titles[outcome.item_id]
            yield FieldError(
                f"/answers/{outcome.item_id}",
                Text("{zh}：{why_zh}", "{en}: {why_en}"),
                {
                    "zh": item["zh"],
                    "en": item["en"],
                    "why_zh": outcome.reasons[0].render("zh-CN"),
                    "why_en": outcome.reasons[0].render("en"),
                },
            )
    for photo in evaluation.missing_photos:
        told = {"zh": photo.title.zh, "en": photo.title.en}
        text = Text("缺少照片：{zh}", "A photo is missing: {en}")
        yield FieldError(f"/answers/{photo.item_id}/photo", text, told)


def result_of(
    template: Mapping[str, Any], evaluation: Evaluation, repeated: Set[str], *, is_finished: bool
) -> dict[str, Any]:
    """What is kept on the record. A draft has no grade yet."""
    return {
        "outcomes": {
            outcome.item_id: {
                "outcome": outcome.outcome,
                "nonconformity_class": outcome.nonconformity_class,
                "reasons": [reason.to_dict() for reason in outcome.reasons],
            }
            for outcome in evaluation.outcomes
        },
        "is_complete": evaluation.is_complete,
        "grade": grade(template, evaluation, repeated).to_dict() if is_finished else None,
    }


def findings_of(
    template: Mapping[str, Any], evaluation: Evaluation, inspection: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """A finding for every failed item, in the shape of ``FindingSchema``.

    Its id follows from inspection and item, so that judging again makes none twice.
    """
    titles = {item["id"]: item for item in template["items"]}
    for outcome in evaluation.outcomes:
        if outcome.outcome != "not_ok":
            continue
        item = titles[outcome.item_id]
        answers = [a for a in inspection["answers"] if a["item_id"] == outcome.item_id]
        photos = [photo for answer in answers for photo in answer["attachment_ids"]]
        reasons = "；".join(reason.render("zh-CN") for reason in outcome.reasons)
        notes = [answer["note"] for answer in answers if answer["note"]]
        times = [answer["captured_at"] for answer in answers if answer["captured_at"]]
        yield {
            "id": str(uuid.uuid5(_NAMESPACE, f"{inspection['id']}/{outcome.item_id}")),
            "site_id": inspection["site_id"],
            "kind": "nonconformity",
            "title": item["zh"][:_TITLE_LONGEST],
            "description": "\n".join([reasons, *notes])[:2000],
            "nonconformity_class": outcome.nonconformity_class,
            "clause": item["basis"]["zh"] if item.get("basis") else "",
            "source_collection": "inspections",
            "source_id": inspection["id"],
            "checklist_code": template["code"],
            "checklist_version": template["version"],
            "item_id": outcome.item_id,
            "unit_id": inspection["unit_id"],
            "supplier_id": None,
            "place_id": inspection["place_id"],
            "place_text": inspection["place_text"],
            "attachment_ids": list(dict.fromkeys(photos))[:50],
            "is_fixed_on_the_spot": False,
            "fixed_attachment_ids": [],
            "captured_at": max(times) if times else inspection["captured_at"],
            "entered_at": inspection["entered_at"],
            "latitude": None,
            "longitude": None,
        }
