"""The rows that lists, searches and constraints look at, written with the receipt's document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.staging import stage_rows
from server.errors import RECORD_NOT_FOUND, Problem
from server.receiving.content import QUANTITIES, named_attachments
from server.receiving.models import GoodsReceipt, GoodsReceiptAttachment, GoodsReceiptLine


def write_index(
    session: Session, actor: Actor, receipt: Mapping[str, Any], now: datetime, *, is_new: bool
) -> None:
    """Write the rows of *receipt*; those of a new one may wait for its neighbours'."""
    if is_new:
        row = {**_row(actor, receipt), "received_at": now, "updated_at": now}
        stage_rows(session, GoodsReceipt, [row])
    else:
        changed = {**_row(actor, receipt), "updated_at": now}
        this = GoodsReceipt.id == receipt["id"]
        session.execute(update(GoodsReceipt).where(this).values(changed))
        _forget_parts(session, receipt["id"])
    stage_rows(session, GoodsReceiptLine, _line_rows(actor, receipt))
    stage_rows(session, GoodsReceiptAttachment, _attachment_rows(actor, receipt))


def forget_index(session: Session, receipt_id: str) -> None:
    _forget_parts(session, receipt_id)
    session.execute(delete(GoodsReceipt).where(GoodsReceipt.id == receipt_id))


def _forget_parts(session: Session, receipt_id: str) -> None:
    for model in (GoodsReceiptLine, GoodsReceiptAttachment):
        session.execute(delete(model).where(model.goods_receipt_id == receipt_id))


def _row(actor: Actor, receipt: Mapping[str, Any]) -> dict[str, Any]:
    signers = {s["role"]: s["user_id"] for s in receipt["signatures"]}
    return {
        "id": receipt["id"],
        "organisation_id": actor.organisation_id,
        "site_id": receipt["site_id"],
        "provisional_number": receipt["provisional_number"],
        "number": receipt["number"],
        "supplier_id": receipt["supplier_id"],
        "delivered_on": date.fromisoformat(receipt["delivered_on"]),
        "status": receipt["status"],
        "decision": receipt["decision"],
        "acceptor_id": signers.get("acceptor"),
        "witness_id": signers.get("witness"),
    }


def _line_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(receipt["lines"]):
        yield {
            "goods_receipt_id": receipt["id"],
            "id": line["id"],
            "organisation_id": actor.organisation_id,
            "site_id": receipt["site_id"],
            "position": position,
            "product_id": line["product_id"],
            "supplier_batch_number": line["supplier_batch_number"],
            "produced_on": _day(line["produced_on"]),
            "expires_on": _day(receipt["basis"]["lines"][line["id"]]["expires_on"]),
            "delivered_quantity": Decimal(line["delivered_quantity"]),
            **{name: Decimal(line[name]) for name in QUANTITIES},
        }


def _attachment_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for attachment_id in named_attachments(receipt):
        yield {
            "goods_receipt_id": receipt["id"],
            "attachment_id": attachment_id,
            "organisation_id": actor.organisation_id,
            "site_id": receipt["site_id"],
        }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def receipt_row(session: Session, receipt_id: str) -> GoodsReceipt:
    row = session.scalar(select(GoodsReceipt).where(GoodsReceipt.id == receipt_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    return row
