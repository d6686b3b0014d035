"""Judging a receipt by its basis. Pure: no database, no clock, no current user.

A line may be accepted if no class fails its gates beyond what the checklist allows, if its lot
passed its sample in every class, and if it is within date. One class A failure decides alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sampling import ClassDecision, Plan, ZeroAcceptancePlan, decide_class, decide_lot, find_plan
from schemas.receiving import NONCONFORMITY_CLASSES
from server.checklists.evaluation import (
    Evaluation,
    Part,
    UnknownItem,
    evaluate,
    product_facts,
)
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text
from server.receiving.missing import missing_of, missing_of_line
from server.switching.notes import severity_notes

_COLDEST_FIRST = ("frozen", "chilled", "ambient")


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """How one line stands. *missing* is what a signature still needs, as (pointer, text) pairs."""

    line_id: str
    is_acceptable: bool
    has_class_a_failure: bool
    record: dict[str, Any]
    missing: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    record: dict[str, Any]
    lines: Mapping[str, LineVerdict]
    missing: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What every line of a receipt is judged with."""

    receipt: Mapping[str, Any]
    basis: Mapping[str, Any]
    head: Evaluation
    is_head_complete: bool
    names_missing: bool


def judge(
    receipt: Mapping[str, Any],
    basis: Mapping[str, Any],
    checklists: Mapping[str, Mapping[str, Any]],
    *,
    names_missing: bool = True,
) -> Verdict:
    """Judge *receipt* by its *basis* and the checklist of each line.

    Only a signature asks what is missing; ``names_missing=False`` leaves that list empty.
    """
    if not receipt["lines"]:
        empty = FieldError("/lines", Text("还没有货品", "There is no line yet."))
        return Verdict({"head": None, "lines": {}, "gate_order_kept": True}, {}, (empty,))
    head = _evaluate_head(receipt, basis, checklists)
    checklist = _leading_checklist(receipt, basis, checklists)
    head_items = checklist["head_items"]
    is_head_complete = not any(missing_of(head, head_items, "", True, None))
    judged = Judged(receipt, basis, head, is_head_complete, names_missing)
    lines = {
        line["id"]: _judge_line(judged, position, line, checklists[line["id"]])
        for position, line in enumerate(receipt["lines"])
    }
    accepts_something = any(Decimal(line["accepted_quantity"]) > 0 for line in receipt["lines"])
    record = {
        "head": _evaluation_record(head, head_items),
        "lines": {line_id: verdict.record for line_id, verdict in lines.items()},
        "gate_order_kept": all(
            _is_in_gate_order(line, receipt, checklists[line["id"]]) for line in receipt["lines"]
        ),
    }
    if not names_missing:
        return Verdict(record, lines, ())
    missing = (
        *missing_of(head, head_items, "/answers", accepts_something, None),
        *(error for verdict in lines.values() for error in verdict.missing),
    )
    return Verdict(record, lines, missing)


# -- the gates -----------------------------------------------------------------------------------


def _leading_checklist(
    receipt: Mapping[str, Any],
    basis: Mapping[str, Any],
    checklists: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Any]:
    """The checklist whose head speaks for the delivery: that of the line that must be coldest."""
    coldest = min(
        receipt["lines"],
        key=lambda line: _COLDEST_FIRST.index(
            basis["lines"][line["id"]]["product"]["storage_class"]
        ),
    )
    return checklists[coldest["id"]]


def _evaluate_head(
    receipt: Mapping[str, Any],
    basis: Mapping[str, Any],
    checklists: Mapping[str, Mapping[str, Any]],
) -> Evaluation:
    classes = {line["product"]["storage_class"] for line in basis["lines"].values()}
    facts = {
        "storage_class": next(word for word in _COLDEST_FIRST if word in classes),
        "delivered_on": receipt["delivered_on"],
        "licences_are_valid": basis["supplier"]["licence"]["is_valid"],
        "is_signed": is_signed(receipt),
    }
    answers = [answer for answer in receipt["answers"] if answer["line_id"] is None]
    template = _leading_checklist(receipt, basis, checklists)
    return _evaluate(template, answers, facts, "head", receipt)


def _evaluate(
    template: Mapping[str, Any],
    answers: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    part: Part,
    receipt: Mapping[str, Any],
) -> Evaluation:
    try:
        return evaluate(template, answers, facts, part)
    except UnknownItem as error:
        ids = [answer["id"] for answer in receipt["answers"]]
        pointer = f"/answers/{ids.index(error.answer_id)}/item_id"
        told = FieldError(pointer, error.text, error.params)
        raise Problem(VALIDATION_FAILED, [told]) from error


def is_signed(receipt: Mapping[str, Any]) -> bool:
    roles = {signature["role"] for signature in receipt["signatures"]}
    return {"acceptor", "witness"} <= roles


def _judge_line(
    judged: Judged, position: int, line: Mapping[str, Any], checklist: Mapping[str, Any]
) -> LineVerdict:
    receipt, line_basis = judged.receipt, judged.basis["lines"][line["id"]]
    evaluation = _evaluate_line(judged, line, checklist)
    sample_at = next(
        (at for at, s in enumerate(receipt["samples"]) if s["line_id"] == line["id"]), None
    )
    sample = None if sample_at is None else receipt["samples"][sample_at]
    classes = _judge_sample(sample, line_basis["sampling"], sample_at)
    reasons = [
        *_date_reasons(line, line_basis["expires_on"], receipt["delivered_on"]),
        *_gate_reasons(judged.head, evaluation, checklist),
        *_sample_reasons(classes, line_basis["sampling"]),
    ]
    has_class_a = (
        bool(judged.head.failures["A"] or evaluation.failures["A"])
        or _is_expired(line_basis["expires_on"], receipt["delivered_on"])
        or (classes is not None and classes["A"].decision == "not_accepted")
    )
    lot_decision = None if classes is None else decide_lot(classes)
    needs_sample = line_basis["product"]["sampling_scheme"] is not None
    is_complete = (
        judged.is_head_complete
        and not any(missing_of(evaluation, checklist["items"], "", True, None))
        and (not needs_sample or lot_decision in ("accepted", "not_accepted"))
    )
    record = {
        "is_acceptable": is_complete and not reasons,
        "is_complete": is_complete,
        "has_class_a_failure": has_class_a,
        **_evaluation_record(evaluation, checklist["items"]),
        "lot_decision": lot_decision,
        "classes": None if classes is None else {k: v._asdict() for k, v in classes.items()},
        "reasons": [{"zh": text.zh, "en": text.en} for text in reasons],
        "notes": [
            {"zh": text.zh, "en": text.en}
            for text in (
                *severity_notes(line_basis["sampling"]),
                *_lot_notes(line, sample),
            )
        ],
    }
    missing: Iterable[FieldError] = ()
    if judged.names_missing:
        missing = missing_of_line(
            position, line, evaluation, checklist, lot_decision, record, sample
        )
    return LineVerdict(line["id"], record["is_acceptable"], has_class_a, record, tuple(missing))


def _evaluate_line(
    judged: Judged, line: Mapping[str, Any], checklist: Mapping[str, Any]
) -> Evaluation:
    receipt, line_basis = judged.receipt, judged.basis["lines"][line["id"]]
    facts = {
        **product_facts(line_basis["product"]),
        "label_temperature_max": line["label_temperature_c"],
        "produced_on": line["produced_on"],
        "expires_on": line_basis["expires_on"],
        "delivered_on": receipt["delivered_on"],
        "licences_are_valid": judged.basis["supplier"]["licence"]["is_valid"],
    }
    answers = [answer for answer in receipt["answers"] if answer["line_id"] == line["id"]]
    return _evaluate(checklist, answers, facts, "items", receipt)


def _lot_notes(line: Mapping[str, Any], sample: Mapping[str, Any] | None) -> Iterator[Text]:
    """The lot counts items, the delivery its own unit; where both differ somebody should look."""
    delivered = Decimal(line["delivered_quantity"])
    if sample is not None and line["unit"] != "kg" and sample["lot_size"] < delivered:
        yield Text(
            f"批量 {sample['lot_size']} 小于到货数量 {delivered}，请核对批量的单位",
            f"The lot of {sample['lot_size']} is smaller than the {delivered} delivered; "
            "check the unit it is counted in.",
        )


def _evaluation_record(
    evaluation: Evaluation, items: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    titles = {item["id"]: item for item in items}
    return {
        "failures": evaluation.failures,
        "not_ok": [
            {
                "item_id": outcome.item_id,
                "zh": titles[outcome.item_id]["zh"],
                "en": titles[outcome.item_id]["en"],
                "nonconformity_class": outcome.nonconformity_class,
                "reasons": [
                    {"zh": reason.render("zh-CN"), "en": reason.render("en")}
                    for reason in outcome.reasons
                ],
            }
            for outcome in evaluation.outcomes
            if outcome.outcome == "not_ok"
        ],
        "missing": sum(outcome.outcome == "missing" for outcome in evaluation.outcomes),
        "not_applicable": evaluation.not_applicable_count,
    }


def _gate_reasons(
    head: Evaluation, line: Evaluation, checklist: Mapping[str, Any]
) -> Iterator[Text]:
    allowed, at_head, at_line = checklist["acceptance"], head.failures, line.failures
    for class_ in NONCONFORMITY_CLASSES:
        failed = at_head[class_] + at_line[class_]
        if failed > allowed[class_]:
            yield Text(
                f"{class_} 类检查项不合格 {failed} 项，最多允许 {allowed[class_]} 项",
                f"Class {class_} checks failed: {failed}; at most {allowed[class_]} may.",
            )


def _is_expired(expires_on: str | None, delivered_on: str) -> bool:
    return expires_on is not None and expires_on < delivered_on


def _date_reasons(
    line: Mapping[str, Any], expires_on: str | None, delivered_on: str
) -> Iterator[Text]:
    if _is_expired(expires_on, delivered_on):
        yield Text(
            f"已过保质期（到期日 {expires_on}）",
            f"Past its date (expired on {expires_on}).",
        )
    if line["produced_on"] is not None and line["produced_on"] > delivered_on:
        yield Text(
            f"生产日期 {line['produced_on']} 晚于到货日期",
            f"Produced on {line['produced_on']}, after it was delivered.",
        )


def _is_in_gate_order(
    line: Mapping[str, Any], receipt: Mapping[str, Any], checklist: Mapping[str, Any]
) -> bool:
    """Whether no gate was begun before the gate ahead of it, as far as the times tell.

    Only shown, never refused: two phones have two clocks.
    """
    gate_of = {item["id"]: item["gate"] for item in (*checklist["head_items"], *checklist["items"])}
    begun: dict[str, str] = {}
    for answer in receipt["answers"]:
        if answer["line_id"] in (None, line["id"]) and answer["captured_at"] is not None:
            gate = gate_of.get(answer["item_id"])
            if gate is not None:
                begun[gate] = min(begun.get(gate, answer["captured_at"]), answer["captured_at"])
    times = [begun[gate] for gate in checklist["gates"] if gate in begun]
    return times == sorted(times)


# -- the sample ----------------------------------------------------------------------------------


def _judge_sample(
    sample: Mapping[str, Any] | None, sampling: Mapping[str, Any] | None, sample_at: int | None
) -> dict[str, ClassDecision] | None:
    if sample is None or sampling is None:
        return None
    decisions = {}
    for class_, rule in sampling["classes"].items():
        found, size = sample["nonconforming"][class_], rule["sample_size"]
        plan = _plan_of(rule, sampling["lot_size"])
        inspected = min(sample["inspected"], size)
        if plan.quality_measure == "percent_nonconforming":
            _require_within_lot(found, sampling["lot_size"], f"{sample_at}/nonconforming/{class_}")
            # What was found beyond the class's own items decides no differently: n is above Re.
            found = min(found, size)
            inspected = max(inspected, found)
        decisions[class_] = _decide(plan, found, inspected)
    decisions.setdefault("A", _nothing_found(sampling))
    return decisions


def _require_within_lot(found: int, lot_size: int, place: str) -> None:
    if found > lot_size:
        text = Text(
            "不合格品 {found} 件，超过批量 {lot_size}",
            "{found} nonconforming items in a lot of {lot_size}.",
        )
        told = {"found": found, "lot_size": lot_size}
        raise Problem(VALIDATION_FAILED, [FieldError(f"/samples/{place}", text, told)])


def _nothing_found(sampling: Mapping[str, Any]) -> ClassDecision:
    return _decide(ZeroAcceptancePlan(sampling["lot_size"], sampling["sample_size"]), 0)


# The same few lot sizes, plans and counts come again and again.
_find_plan = lru_cache(1024)(find_plan)


@lru_cache(4096)
def _decide(
    plan: Plan | ZeroAcceptancePlan, found: int, inspected: int | None = None
) -> ClassDecision:
    return decide_class(plan, [found], None if inspected is None else [inspected])


def _plan_of(rule: Mapping[str, Any], lot_size: int) -> Plan | ZeroAcceptancePlan:
    kept = rule["plan"]
    if kept is None:
        return ZeroAcceptancePlan(lot_size, rule["sample_size"])
    return _find_plan(
        lot_size=lot_size,
        aql=kept["aql"],
        inspection_level=kept["inspection_level"],
        inspection_severity=kept["inspection_severity"],
        plan_type=kept["plan_type"],
        quality_measure=kept["quality_measure"],
        edition=kept["edition"],
    )


def _sample_reasons(
    classes: Mapping[str, ClassDecision] | None, sampling: Mapping[str, Any] | None
) -> Iterator[Text]:
    for class_, decision in (classes or {}).items():
        if decision.decision == "not_accepted":
            assert sampling is not None
            yield Text(
                f"抽样 {class_} 类不合格品 {decision.nonconforming} 件，"
                f"达到拒收数 {decision.rejection_number}",
                f"{decision.nonconforming} class {class_} nonconforming items in the sample, "
                f"rejection number {decision.rejection_number}.",
            )
