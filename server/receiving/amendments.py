"""Amendments: what is decided about a signed receipt afterwards, each a record of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    AMENDMENT_IS_FINAL,
    CONCESSION_NOT_PERMITTED,
    RECEIPT_NOT_SIGNED,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.receiving import content, decision, index
from server.receiving.models import (
    GoodsReceipt,
    GoodsReceiptAmendment,
    GoodsReceiptAttachment,
    GoodsReceiptLine,
)

COLLECTION = "goods_receipt_amendments"
SERVER_OWNED = ("number", "received_at", "created_by")


def save_amendment(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Amend a signed receipt. The receipt's document stays as it was signed.

    Raises
    ------
    Problem
        ``amendment-is-final`` for one that exists, ``receipt-not-signed``,
        ``concession-not-permitted``, ``validation-failed``, ``forbidden``, ``record-not-found``.
    """
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None:
        return _sent_again(actor, head, document)
    row = index.receipt_row(session, document["goods_receipt_id"])
    actor.require(Permission.CAPTURE_RECORDS, row.site_id)
    receipt = _signed_receipt(session, actor, row)
    lines = _lines_of(session, row.id)
    _check_lines(document, lines)
    before = {line.id: line.accepted_quantity for line in lines.values()}
    _apply(document, lines)
    _check_decision(actor, document, row, receipt, lines, before)
    row.decision, row.updated_at = document["decision"], now
    ordinal = _count(session, row.id) + 1
    number = f"{row.number}-{ordinal}"
    session.add(
        GoodsReceiptAmendment(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=row.site_id,
            goods_receipt_id=row.id,
            ordinal=ordinal,
            number=number,
            kind=document["kind"],
            decision=document["decision"],
            user_id=actor.user_id,
            received_at=now,
        )
    )
    session.flush()
    _name_attachments(session, row, document)
    stored = {
        **_client_part(document),
        "site_id": row.site_id,
        "number": number,
        "received_at": time_text(now),
        "created_by": {"user_id": actor.user_id, "name": actor.display_name},
    }
    return publish(session, actor, COLLECTION, document["id"], row.site_id, stored, now)


def _sent_again(actor: Actor, head: RecordHead, document: Mapping[str, Any]) -> RecordHead:
    """The amendment that stands, if this is the same one again; anything else is refused."""
    assert head.site_id is not None
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    stored = document_of(head)
    again = {**_client_part(document), "site_id": stored["site_id"]}
    if again != _with_dispositions(_client_part(stored)):
        raise Problem(AMENDMENT_IS_FINAL, number=stored["number"])
    return head


def _with_dispositions(amendment: dict[str, Any]) -> dict[str, Any]:
    """Amendments made before dispositions were recorded say nothing of them."""
    lines = [{"disposition": None, **line} for line in amendment["lines"]]
    return {**amendment, "lines": lines}


def _client_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def _name_attachments(session: Session, row: GoodsReceipt, document: Mapping[str, Any]) -> None:
    """The amendment's photos belong to the receipt's."""
    known = set(
        session.scalars(
            select(GoodsReceiptAttachment.attachment_id).where(
                GoodsReceiptAttachment.goods_receipt_id == row.id
            )
        )
    )
    for attachment_id in dict.fromkeys(document["attachment_ids"]):
        if attachment_id not in known:
            session.add(
                GoodsReceiptAttachment(
                    goods_receipt_id=row.id,
                    attachment_id=attachment_id,
                    organisation_id=row.organisation_id,
                    site_id=row.site_id,
                )
            )


def _signed_receipt(session: Session, actor: Actor, row: GoodsReceipt) -> dict[str, Any]:
    """The receipt, its row locked: two amendments of one receipt take turns."""
    session.execute(select(GoodsReceipt.id).where(GoodsReceipt.id == row.id).with_for_update())
    session.refresh(row)
    if row.status != "signed":
        raise Problem(RECEIPT_NOT_SIGNED)
    stored = read_documents(session, actor.organisation_id, content.COLLECTION, [row.id])
    if row.id not in stored:
        raise Problem(RECORD_NOT_FOUND)
    return stored[row.id].document


def _lines_of(session: Session, receipt_id: str) -> dict[str, GoodsReceiptLine]:
    rows = session.scalars(
        select(GoodsReceiptLine).where(GoodsReceiptLine.goods_receipt_id == receipt_id)
    )
    return {row.id: row for row in rows}


def _count(session: Session, receipt_id: str) -> int:
    counted = session.scalar(
        select(func.count())
        .select_from(GoodsReceiptAmendment)
        .where(GoodsReceiptAmendment.goods_receipt_id == receipt_id)
    )
    return counted or 0


def _check_lines(document: Mapping[str, Any], lines: Mapping[str, GoodsReceiptLine]) -> None:
    errors = list(_line_errors(document, lines))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _line_errors(
    document: Mapping[str, Any], lines: Mapping[str, GoodsReceiptLine]
) -> Iterator[FieldError]:
    for position, amended in enumerate(document["lines"]):
        line = lines.get(amended["line_id"])
        if line is None:
            text = Text("验收单没有这一行", "The receipt has no such line.")
            yield FieldError(f"/lines/{position}/line_id", text)
            continue
        total = sum(Decimal(amended[name]) for name in content.QUANTITIES)
        if total != line.delivered_quantity:
            yield FieldError(
                f"/lines/{position}",
                Text(
                    "接收＋拒收＋待定 应等于到货数量 {delivered}，现为 {total}",
                    "accepted + rejected + pending must be {delivered}, not {total}.",
                ),
                {"delivered": line.delivered_quantity, "total": total},
            )


def _apply(document: Mapping[str, Any], lines: Mapping[str, GoodsReceiptLine]) -> None:
    for amended in document["lines"]:
        line = lines[amended["line_id"]]
        for name in content.QUANTITIES:
            setattr(line, name, Decimal(amended[name]))


def _check_decision(
    actor: Actor,
    document: Mapping[str, Any],
    row: GoodsReceipt,
    receipt: Mapping[str, Any],
    lines: Mapping[str, GoodsReceiptLine],
    before: Mapping[str, Decimal],
) -> None:
    """*lines* carry the new quantities, *before* what was accepted of each until now."""
    now_quantities = [
        {name: str(getattr(line, name)) for name in content.QUANTITIES} for line in lines.values()
    ]
    errors = list(decision.decision_errors(document["decision"], now_quantities))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    if document["kind"] == "concession":
        decision.require_concession(actor, row.site_id, document["reason"])
        decision.require_another(actor, row.acceptor_id)
    for position, line in enumerate(receipt["lines"]):
        if lines[line["id"]].accepted_quantity > before[line["id"]]:
            verdict = receipt["verdict"]["lines"][line["id"]]
            _require_acceptable(position, verdict, document["kind"] == "concession")
    _require_honest_decision(document, receipt, lines)


def _require_acceptable(position: int, verdict: Mapping[str, Any], by_concession: bool) -> None:
    """More may be accepted only of what passed every gate, or by a concession without class A."""
    if verdict["is_acceptable"]:
        return
    if not by_concession:
        raise Problem(VALIDATION_FAILED, [decision.not_acceptable(position, verdict["reasons"])])
    if verdict["has_class_a_failure"]:
        raise Problem(CONCESSION_NOT_PERMITTED, **decision.CLASS_A_DECIDES)
    if not verdict["is_complete"]:
        raise Problem(CONCESSION_NOT_PERMITTED, **_GATES_UNANSWERED)


_GATES_UNANSWERED: dict[str, Any] = {
    "reason_zh": "有检查项没有检查，让步接收不能代替检查。",
    "reason_en": "Some checks were never made, and a concession does not replace them.",
}


def _require_honest_decision(
    document: Mapping[str, Any],
    receipt: Mapping[str, Any],
    lines: Mapping[str, GoodsReceiptLine],
) -> None:
    """While goods are accepted that did not pass, the decision says "by concession"; else never."""
    verdicts = receipt["verdict"]["lines"]
    stands = any(
        line.accepted_quantity > content.NOTHING and not verdicts[line.id]["is_acceptable"]
        for line in lines.values()
    )
    if stands != (document["decision"] == "accepted_by_concession"):
        text = Text(
            "有未通过检查而接收的货品时，决定只能是让步接收（accepted_by_concession），否则不能是",
            "The decision is accepted_by_concession while goods are accepted that did not pass, "
            "and only then.",
        )
        raise Problem(VALIDATION_FAILED, [FieldError("/decision", text)])
