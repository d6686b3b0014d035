"""Reading receipts: the list, and one receipt with everything that belongs to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.fields import decimal_text, time_text
from server.access import Actor
from server.attachments.queries import AttachmentSummary, attachments_by_id, attachments_of
from server.db.documents import read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.paging import Page, keyset_page
from server.identity.models import Site
from server.master_data.models import Supplier
from server.receiving import amendments, content, index
from server.receiving.models import (
    GoodsReceipt,
    GoodsReceiptAmendment,
    GoodsReceiptAttachment,
    GoodsReceiptLine,
)
from server.receiving.search import EVERY_RECEIPT, ReceiptFilter, narrowed

SHOWN_IN_LIST = 4


@dataclass(frozen=True, slots=True)
class ReceiptPhotos:
    """The photos of one receipt: those its content names and those that name it."""

    announced: int
    items: tuple[AttachmentSummary, ...]

    @property
    def stored(self) -> int:
        return sum(item.status == "stored" for item in self.items)

    def count(self) -> dict[str, int]:
        return {"announced": self.announced, "stored": self.stored}


def photos_of(session: Session, receipt_ids: Iterable[str]) -> dict[str, ReceiptPhotos]:
    """Photos by receipt. A photo that is named but not announced yet counts as announced: the
    record is complete only when every picture it speaks of is on the server."""
    ids = list(receipt_ids)
    named: defaultdict[str, list[GoodsReceiptAttachment]] = defaultdict(list)
    for row in session.scalars(
        select(GoodsReceiptAttachment).where(GoodsReceiptAttachment.goods_receipt_id.in_(ids))
    ):
        named[row.goods_receipt_id].append(row)
    owned = attachments_of(session, content.COLLECTION, ids)
    known = attachments_by_id(
        session, [row.attachment_id for rows in named.values() for row in rows]
    )
    return {id_: _photos(named[id_], owned[id_].items, known) for id_ in ids}


def _photos(
    named: list[GoodsReceiptAttachment],
    owned: tuple[AttachmentSummary, ...],
    known: dict[str, AttachmentSummary],
) -> ReceiptPhotos:
    """A receipt shows photos of its own site only, whatever ids it names and whoever reads."""
    items = {item.id: item for item in owned}
    for row in named:
        item = known.get(row.attachment_id)
        if item is not None and item.site_id == row.site_id:
            items.setdefault(item.id, item)
    announced = {row.attachment_id for row in named} | set(items)
    return ReceiptPhotos(len(announced), tuple(items.values()))


def page_of_receipts(
    session: Session,
    limit: int,
    cursor: str | None,
    wanted: ReceiptFilter = EVERY_RECEIPT,
) -> Page[dict[str, Any]]:
    """Summaries, the newest delivery first."""
    statement = narrowed(session, select(GoodsReceipt), wanted)
    order = [GoodsReceipt.delivered_on, GoodsReceipt.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    return Page(_summaries(session, page.rows), page.next_cursor)


def _summaries(session: Session, rows: list[GoodsReceipt]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    photos = photos_of(session, ids)
    suppliers = _names(session, Supplier, {row.supplier_id for row in rows})
    sites = _names(session, Site, {row.site_id for row in rows})
    lines = _line_counts(session, ids)
    return [
        {
            "id": row.id,
            "site_id": row.site_id,
            "site_name": sites.get(row.site_id, ""),
            "number": row.number,
            "provisional_number": row.provisional_number,
            "supplier_name": suppliers.get(row.supplier_id, ""),
            "delivered_on": row.delivered_on.isoformat(),
            "status": row.status,
            "decision": row.decision,
            "line_count": lines.get(row.id, 0),
            "photos": photos[row.id].count(),
            "photo_ids": _first_pictures(photos[row.id]),
            "updated_at": time_text(row.updated_at),
        }
        for row in rows
    ]


def _line_counts(session: Session, ids: list[str]) -> dict[str, int]:
    rows = session.execute(
        select(GoodsReceiptLine.goods_receipt_id, func.count())
        .where(GoodsReceiptLine.goods_receipt_id.in_(ids))
        .group_by(GoodsReceiptLine.goods_receipt_id)
    )
    return {row[0]: row[1] for row in rows}


def _first_pictures(photos: ReceiptPhotos) -> list[str]:
    """The pictures worth showing in a list: stored ones, and no signatures."""
    stored = [item for item in photos.items if item.status == "stored"]
    pictures = [item.id for item in stored if item.role != "signature"]
    return pictures[:SHOWN_IN_LIST]


def _names(session: Session, model: type[Supplier | Site], ids: set[str]) -> dict[str, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(sorted(ids))))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class ReceiptDetail:
    version: int
    document_text: str
    rest: dict[str, Any]


def receipt_detail(session: Session, actor: Actor, receipt_id: str) -> ReceiptDetail:
    """One receipt as it was signed, and what is true of it now."""
    row = index.receipt_row(session, receipt_id)
    stored = read_documents(session, actor.organisation_id, content.COLLECTION, [row.id]).get(
        row.id
    )
    if stored is None or stored.deleted:
        raise Problem(RECORD_NOT_FOUND)
    photos = photos_of(session, [row.id])[row.id]
    rest = {
        "decision_now": row.decision,
        "lines_now": _lines_now(session, row.id),
        "amendments": _amendments(session, actor, row.id),
        "attachments": [item.to_dict() for item in photos.items],
        "photos": photos.count(),
    }
    return ReceiptDetail(stored.version, stored.text, rest)


def _lines_now(session: Session, receipt_id: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(GoodsReceiptLine)
        .where(GoodsReceiptLine.goods_receipt_id == receipt_id)
        .order_by(GoodsReceiptLine.position)
    )
    return [
        {
            "line_id": row.id,
            "delivered_quantity": decimal_text(row.delivered_quantity),
            **{name: decimal_text(getattr(row, name)) for name in content.QUANTITIES},
        }
        for row in rows
    ]


def _amendments(session: Session, actor: Actor, receipt_id: str) -> list[dict[str, Any]]:
    ids = session.scalars(
        select(GoodsReceiptAmendment.id)
        .where(GoodsReceiptAmendment.goods_receipt_id == receipt_id)
        .order_by(GoodsReceiptAmendment.ordinal)
    ).all()
    stored = read_documents(session, actor.organisation_id, amendments.COLLECTION, ids)
    return [stored[id_].document for id_ in ids]
