"""How deliveries were decided, line by line: over the weeks, by supplier and by category.

One statement folds the lines in the database into at most one row for each day, supplier and
category; with the day's receipts and the suppliers' names that is three queries, whatever the
number of receipts. It reads the receipts by the index over site and day, and their lines by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from schemas.overview import OUTCOMES
from server.master_data.models import Product, Supplier
from server.receiving.models import GoodsReceipt, GoodsReceiptLine

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries are looked at; *weeks* includes the one that *today* lies in."""

    today: date
    weeks: int
    site_id: str | None = None
    supplier_id: str | None = None
    category: str | None = None

    @property
    def first_on(self) -> date:
        """The Monday on which the first week begins."""
        return _monday(self.today) - timedelta(weeks=self.weeks - 1)


def acceptance(session: Session, wanted: Wanted) -> dict[str, Any]:
    """The weeks without a gap; suppliers and categories with most refused lines first."""
    rows = session.execute(_lines_by_day(wanted)).all()
    mondays = [wanted.first_on + timedelta(weeks=n) for n in range(wanted.weeks)]
    by_week = _folded(rows, lambda row: _monday(row.delivered_on))
    by_supplier = _folded(rows, lambda row: row.supplier_id)
    by_category = _folded(rows, lambda row: row.category)
    names = _names(session, by_supplier)
    return {
        "weeks": [{"first_on": on.isoformat(), **by_week.get(on, _nothing())} for on in mondays],
        "suppliers": [
            {"supplier_id": id_, "name": names.get(id_, ""), **counts}
            for id_, counts in _worst_first(by_supplier)
        ],
        "categories": [
            {"category": category, **counts} for category, counts in _worst_first(by_category)
        ],
    }


def deliveries_of(session: Session, on: date, site_id: str | None) -> dict[str, Any]:
    """The day's receipts by decision; drafts are those that nobody has signed."""
    statement = (
        select(GoodsReceipt.status, GoodsReceipt.decision, func.count())
        .where(GoodsReceipt.delivered_on == on)
        .group_by(GoodsReceipt.status, GoodsReceipt.decision)
    )
    if site_id is not None:
        statement = statement.where(GoodsReceipt.site_id == site_id)
    decisions: defaultdict[str, int] = defaultdict(int)
    for status, decision, n in session.execute(statement):
        decisions["draft" if status == "draft" or decision is None else decision] += n
    return {"total": sum(decisions.values()), "decisions": dict(decisions)}


def _lines_by_day(wanted: Wanted) -> Any:
    line, receipt = GoodsReceiptLine, GoodsReceipt
    statement = (
        select(
            receipt.delivered_on,
            receipt.supplier_id,
            Product.category,
            *(func.sum(case((_is(outcome), 1), else_=0)).label(outcome) for outcome in OUTCOMES),
        )
        .join(line, line.goods_receipt_id == receipt.id)
        .join(
            Product,
            (Product.organisation_id == line.organisation_id) & (Product.id == line.product_id),
        )
        .where(
            receipt.status == "signed",
            receipt.delivered_on >= wanted.first_on,
            receipt.delivered_on <= wanted.today,
        )
        .group_by(receipt.delivered_on, receipt.supplier_id, Product.category)
    )
    narrowed: dict[ColumnElement[Any] | Any, str | None] = {
        receipt.site_id: wanted.site_id,
        receipt.supplier_id: wanted.supplier_id,
        Product.category: wanted.category,
    }
    for column, value in narrowed.items():
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _is(outcome: str) -> ColumnElement[bool]:
    """What a line with this outcome fulfils; every line fulfils exactly one."""
    line, none = GoodsReceiptLine, Decimal(0)
    waits, refused = line.pending_quantity > none, line.rejected_quantity > none
    return {
        "accepted": ~waits & ~refused,
        "in_part": ~waits & refused & (line.accepted_quantity > none),
        "rejected": ~waits & refused & (line.accepted_quantity == none),
        "pending": waits,
    }[outcome]


def _folded(rows: Iterable[Row[Any]], key: Callable[[Row[Any]], Any]) -> dict[Any, Counts]:
    folded: defaultdict[Any, Counts] = defaultdict(_nothing)
    for row in rows:
        counts = folded[key(row)]
        for outcome in OUTCOMES:
            counts[outcome] += getattr(row, outcome)
    return folded


def _nothing() -> Counts:
    return dict.fromkeys(OUTCOMES, 0)


def _worst_first(counted: dict[Any, Counts]) -> list[tuple[Any, Counts]]:
    def badness(item: tuple[Any, Counts]) -> tuple[int, int, str]:
        key, counts = item
        return -counts["rejected"] - counts["in_part"], -sum(counts.values()), str(key)

    return sorted(counted.items(), key=badness)


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Supplier.id, Supplier.name).where(Supplier.id.in_(sorted(ids))))
    return {row[0]: row[1] for row in rows}


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())
