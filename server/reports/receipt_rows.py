"""Receipts of a period, read in parts, for the lists and the purchase-check table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.db.documents import read_documents
from server.errors import PERIOD_TOO_LONG, Problem
from server.identity.models import Site
from server.receiving import content
from server.receiving.models import GoodsReceipt, GoodsReceiptLine
from server.receiving.queries import ReceiptPhotos, photos_of
from server.receiving.search import EVERY_RECEIPT, ReceiptFilter, narrowed

_AT_ONCE = 100
DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included; without a site, all sites the reader may see."""

    first: date
    last: date
    site_id: str | None = None
    wanted: ReceiptFilter = EVERY_RECEIPT
    """Of receipts, which."""

    def check(self, actor: Actor, rows_max: int) -> None:
        """Refuse a site that is not the actor's, and a period nobody could print."""
        if self.site_id is not None:
            actor.require(Permission.READ_RECORDS, self.site_id)
        if self.last - self.first >= timedelta(DAYS_MAX):
            raise Problem(PERIOD_TOO_LONG, days=DAYS_MAX, rows=rows_max)


@dataclass(frozen=True, slots=True)
class ReceiptOfPeriod:
    row: GoodsReceipt
    document: Mapping[str, Any]
    lines: tuple[GoodsReceiptLine, ...]
    photos: ReceiptPhotos
    site_name: str


def count_lines(session: Session, period: Period, *, signed_only: bool) -> int:
    statement = select(func.count()).select_from(GoodsReceiptLine).join(GoodsReceipt)
    found = session.scalar(_narrowed(session, statement, period, signed_only=signed_only))
    return found or 0


def count_receipts(session: Session, period: Period) -> int:
    statement = select(func.count()).select_from(GoodsReceipt)
    return session.scalar(_narrowed(session, statement, period, signed_only=False)) or 0


def receipts_of(
    session: Session, actor: Actor, period: Period, *, signed_only: bool
) -> Iterator[ReceiptOfPeriod]:
    """The oldest delivery first, a part in memory at a time."""
    sites = {site.id: site.name for site in session.scalars(select(Site))}
    statement = _narrowed(session, select(GoodsReceipt), period, signed_only=signed_only)
    statement = statement.order_by(GoodsReceipt.delivered_on, GoodsReceipt.id)
    last: GoodsReceipt | None = None
    while True:
        part = statement if last is None else statement.where(_after(last))
        rows = list(session.scalars(part.limit(_AT_ONCE)))
        yield from _whole(session, actor, rows, sites)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]
        session.expunge_all()


def _after(last: GoodsReceipt) -> Any:
    later = GoodsReceipt.delivered_on > last.delivered_on
    same_day = (GoodsReceipt.delivered_on == last.delivered_on) & (GoodsReceipt.id > last.id)
    return later | same_day


def _narrowed(
    session: Session, statement: Select[Any], period: Period, *, signed_only: bool
) -> Select[Any]:
    statement = narrowed(session, statement, period.wanted)
    statement = statement.where(GoodsReceipt.delivered_on.between(period.first, period.last))
    if period.site_id is not None:
        statement = statement.where(GoodsReceipt.site_id == period.site_id)
    return statement.where(GoodsReceipt.status == "signed") if signed_only else statement


def _whole(
    session: Session, actor: Actor, rows: list[GoodsReceipt], sites: Mapping[str, str]
) -> Iterator[ReceiptOfPeriod]:
    ids = [row.id for row in rows]
    documents = read_documents(session, actor.organisation_id, content.COLLECTION, ids)
    photos = photos_of(session, ids)
    lines: dict[str, list[GoodsReceiptLine]] = {id_: [] for id_ in ids}
    for line in session.scalars(
        select(GoodsReceiptLine)
        .where(GoodsReceiptLine.goods_receipt_id.in_(ids))
        .order_by(GoodsReceiptLine.goods_receipt_id, GoodsReceiptLine.position)
    ):
        lines[line.goods_receipt_id].append(line)
    for row in rows:
        stored = documents.get(row.id)
        if stored is not None and not stored.deleted:
            yield ReceiptOfPeriod(
                row,
                stored.document,
                tuple(lines[row.id]),
                photos[row.id],
                sites.get(row.site_id, ""),
            )
