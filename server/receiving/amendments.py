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
from server.receiving import service
from server.receiving.models import GoodsReceipt, GoodsReceiptAmendment, GoodsReceiptLine

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
        raise Problem(AMENDMENT_IS_FINAL, number=document_of(head)["number"])
    row = service.receipt_row(session, document["goods_receipt_id"])
    actor.require(Permission.CAPTURE_RECORDS, row.site_id)
    receipt = _signed_receipt(session, actor, row)
    lines = _lines_of(session, row.id)
    _check_lines(document, lines)
    _apply(document, lines)
    _check_decision(actor, document, row, receipt, lines)
    row.decision, row.updated_at = document["decision"], now
    number = f"{row.number}-{_count(session, row.id) + 1}"
    session.add(
        GoodsReceiptAmendment(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=row.site_id,
            goods_receipt_id=row.id,
            number=number,
            kind=document["kind"],
            decision=document["decision"],
            user_id=actor.user_id,
            received_at=now,
        )
    )
    session.flush()
    stored = {
        **{name: value for name, value in document.items() if name not in SERVER_OWNED},
        "site_id": row.site_id,
        "number": number,
        "received_at": time_text(now),
        "created_by": {"user_id": actor.user_id, "name": actor.display_name},
    }
    return publish(session, actor, COLLECTION, document["id"], row.site_id, stored, now)


def _signed_receipt(session: Session, actor: Actor, row: GoodsReceipt) -> dict[str, Any]:
    """The receipt, its row locked: two amendments of one receipt take turns."""
    session.execute(select(GoodsReceipt.id).where(GoodsReceipt.id == row.id).with_for_update())
    session.refresh(row)
    if row.status != "signed":
        raise Problem(RECEIPT_NOT_SIGNED)
    stored = read_documents(session, actor.organisation_id, service.COLLECTION, [row.id])
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
        total = sum(Decimal(amended[name]) for name in service.QUANTITIES)
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
        for name in service.QUANTITIES:
            setattr(line, name, Decimal(amended[name]))


def _check_decision(
    actor: Actor,
    document: Mapping[str, Any],
    row: GoodsReceipt,
    receipt: Mapping[str, Any],
    lines: Mapping[str, GoodsReceiptLine],
) -> None:
    now_quantities = [
        {name: str(getattr(line, name)) for name in service.QUANTITIES} for line in lines.values()
    ]
    errors = list(service.decision_errors(document["decision"], now_quantities))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    by_concession = document["kind"] == "concession"
    if by_concession != (document["decision"] == "accepted_by_concession"):
        text = Text(
            "让步接收的更正单，决定应为 accepted_by_concession，反之亦然",
            "A concession decides accepted_by_concession, and nothing else does.",
        )
        raise Problem(VALIDATION_FAILED, [FieldError("/decision", text)])
    if by_concession:
        service.require_concession(actor, row.site_id, document["reason"])
        if row.acceptor_id == actor.user_id:
            raise Problem(CONCESSION_NOT_PERMITTED, **_NOT_ONES_OWN)
    _require_acceptable(receipt, lines, by_concession)


_NOT_ONES_OWN: dict[str, Any] = {
    "reason_zh": "验收人不能批准自己的让步接收，请由另一位质量人员或管理者办理。",
    "reason_en": "The acceptor cannot concede their own receipt; another one must.",
}


def _require_acceptable(
    receipt: Mapping[str, Any], lines: Mapping[str, GoodsReceiptLine], by_concession: bool
) -> None:
    """More may be accepted only of what passed, or by a concession where no class A failed."""
    before = {line["id"]: Decimal(line["accepted_quantity"]) for line in receipt["lines"]}
    for position, line in enumerate(receipt["lines"]):
        verdict = receipt["verdict"]["lines"][line["id"]]
        if lines[line["id"]].accepted_quantity <= before[line["id"]] or verdict["is_acceptable"]:
            continue
        if not by_concession:
            raise Problem(VALIDATION_FAILED, [service.not_acceptable(position, verdict["reasons"])])
        if verdict["has_class_a_failure"]:
            raise Problem(CONCESSION_NOT_PERMITTED, **service.CLASS_A_DECIDES)
