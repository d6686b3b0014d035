"""What a signature still needs: checks, photos, samples, reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from server.checklists.evaluation import Evaluation
from server.errors import FieldError, Text
from server.receiving.content import NOTHING


def missing_of_line(
    position: int,
    line: Mapping[str, Any],
    evaluation: Evaluation,
    checklist: Mapping[str, Any],
    lot_decision: str | None,
    record: Mapping[str, Any],
    sample: Mapping[str, Any] | None,
) -> Iterator[FieldError]:
    pointer = f"/lines/{position}"
    accepts = Decimal(line["accepted_quantity"]) > NOTHING
    stops_at = None if accepts else _failed_gate(evaluation)
    yield from missing_of(evaluation, checklist["items"], pointer, accepts, stops_at)
    if accepts and lot_decision is None and record["lot_decision"] is None and sample is None:
        yield FieldError(f"{pointer}/sample", Text("还没有抽样", "No sample was taken yet."))
    if accepts and lot_decision == "undecided":
        yield FieldError(
            f"{pointer}/sample",
            Text("样本还没有检完，尚不能判定", "The sample is not finished, nothing is decided."),
        )
    if not accepts and not record["reasons"] and not line["rejection_reason"]:
        yield FieldError(
            f"{pointer}/rejection_reason",
            Text("请写明不接收的原因", "Say why this is not accepted."),
        )


def _failed_gate(evaluation: Evaluation) -> str | None:
    """The first gate with a class A failure: what comes after it need not be done any more."""
    by_gate = {
        outcome.gate
        for outcome in evaluation.outcomes
        if outcome.outcome == "not_ok" and outcome.nonconformity_class == "A"
    }
    return next((state.gate for state in evaluation.gates if state.gate in by_gate), None)


def missing_of(
    evaluation: Evaluation,
    items: Sequence[Mapping[str, Any]],
    pointer: str,
    accepts: bool,
    stops_at: str | None,
) -> Iterator[FieldError]:
    titles = {item["id"]: item for item in items}
    answered = {o.item_id for o in evaluation.outcomes if o.outcome != "missing"}
    for photo in evaluation.missing_photos:
        if photo.item_id in answered:
            yield FieldError(
                f"{pointer}/{photo.item_id}/photo",
                Text("缺少照片：{zh}", "A photo is missing: {en}"),
                {"zh": photo.title.zh, "en": photo.title.en},
            )
    if not accepts and stops_at is None:
        return  # rejected with a reason: nobody need go through the other gates
    for gate in evaluation.gates:
        for item_id in gate.missing:
            yield FieldError(
                f"{pointer}/{item_id}",
                Text("还没有检查：{zh}", "Not checked yet: {en}"),
                {"zh": titles[item_id]["zh"], "en": titles[item_id]["en"]},
            )
        if gate.gate == stops_at:
            return
