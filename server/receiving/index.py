"""The rows that lists, searches and constraints look at, written with the receipt's document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.errors import RECORD_NOT_FOUND, Problem
from server.receiving.content import QUANTITIES, named_attachments
from server.receiving.models import GoodsReceipt, GoodsReceiptAttachment, GoodsReceiptLine


def write_index(session: Session, actor: Actor, receipt: Mapping[str, Any], now: datetime) -> None:
    """Write the rows that lists, searches and constraints look at."""
    row = session.get(GoodsReceipt, receipt["id"])
    if row is None:
        row = GoodsReceipt(
            id=receipt["id"],
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
            received_at=now,
        )
        session.add(row)
    signers = {s["role"]: s["user_id"] for s in receipt["signatures"]}
    row.provisional_number = receipt["provisional_number"]
    row.number = receipt["number"]
    row.supplier_id = receipt["supplier_id"]
    row.delivered_on = date.fromisoformat(receipt["delivered_on"])
    row.status = receipt["status"]
    row.decision = receipt["decision"]
    row.acceptor_id, row.witness_id = signers.get("acceptor"), signers.get("witness")
    row.updated_at = now
    session.flush()
    forget_index(session, receipt["id"])
    session.add_all(_line_rows(actor, receipt))
    session.add_all(_attachment_rows(actor, receipt))


def forget_index(session: Session, receipt_id: str) -> None:
    for model in (GoodsReceiptLine, GoodsReceiptAttachment):
        session.execute(delete(model).where(model.goods_receipt_id == receipt_id))


def _line_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[GoodsReceiptLine]:
    for position, line in enumerate(receipt["lines"]):
        yield GoodsReceiptLine(
            goods_receipt_id=receipt["id"],
            id=line["id"],
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
            position=position,
            product_id=line["product_id"],
            supplier_batch_number=line["supplier_batch_number"],
            produced_on=_day(line["produced_on"]),
            expires_on=_day(receipt["basis"]["lines"][line["id"]]["expires_on"]),
            delivered_quantity=Decimal(line["delivered_quantity"]),
            **{name: Decimal(line[name]) for name in QUANTITIES},
        )


def _attachment_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[GoodsReceiptAttachment]:
    for attachment_id in named_attachments(receipt):
        yield GoodsReceiptAttachment(
            goods_receipt_id=receipt["id"],
            attachment_id=attachment_id,
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
        )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def receipt_row(session: Session, receipt_id: str) -> GoodsReceipt:
    row = session.scalar(select(GoodsReceipt).where(GoodsReceipt.id == receipt_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    return row
