"""Which receipts are wanted: the filters that the list, the exports and the trace share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.master_data.models import Product, Supplier
from server.receiving.models import GoodsReceipt, GoodsReceiptLine

_EQUAL = ("decision", "status", "supplier_id", "site_id")
_LAST = "\U0010ffff"
_NAMES_MAX = 200
"""Of the suppliers or products whose name has the searched word in it, at most so many."""


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """None: whatever it is. ``text`` is the beginning of a number or of a supplier's batch number,
    or part of the name of a supplier or a product."""

    decision: str | None = None
    status: str | None = None
    supplier_id: str | None = None
    site_id: str | None = None
    product_id: str | None = None
    supplier_batch_number: str | None = None
    delivered_from: date | None = None
    delivered_to: date | None = None
    text: str | None = None


EVERY_RECEIPT = ReceiptFilter()


def receipt_filter(query: Mapping[str, Any]) -> ReceiptFilter:
    """The filter of a query that ``ReceiptFilterIn`` has read."""
    names = (*_EQUAL, "product_id", "supplier_batch_number", "text")
    return ReceiptFilter(
        delivered_from=_day(query["delivered_from"]),
        delivered_to=_day(query["delivered_to"]),
        **{name: query[name] for name in names},
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def narrowed(session: Session, statement: Select[Any], wanted: ReceiptFilter) -> Select[Any]:
    """*statement*, which selects from receipts, with the conditions of *wanted*."""
    return statement.where(*_conditions(session, wanted))


def _conditions(session: Session, wanted: ReceiptFilter) -> Iterator[ColumnElement[bool]]:
    for name in _EQUAL:
        value = getattr(wanted, name)
        if value is not None:
            yield getattr(GoodsReceipt, name) == value
    if wanted.delivered_from is not None:
        yield GoodsReceipt.delivered_on >= wanted.delivered_from
    if wanted.delivered_to is not None:
        yield GoodsReceipt.delivered_on <= wanted.delivered_to
    of_line = list(_of_line(wanted))
    if of_line:
        yield GoodsReceipt.id.in_(select(GoodsReceiptLine.goods_receipt_id).where(*of_line))
    if wanted.text:
        yield GoodsReceipt.id.in_(_named(session, wanted.text))


def _of_line(wanted: ReceiptFilter) -> Iterator[ColumnElement[bool]]:
    """Product and batch are looked for together: they are of one and the same line."""
    if wanted.product_id is not None:
        yield GoodsReceiptLine.product_id == wanted.product_id
    if wanted.supplier_batch_number:
        yield GoodsReceiptLine.supplier_batch_number == wanted.supplier_batch_number


def _named(session: Session, text: str) -> Select[Any]:
    """The ids of receipts that *text* may mean. One look-up by index for each thing it may be: a
    condition over several columns at once would have every receipt read."""
    receipts = select(GoodsReceipt.id.label("id"))
    lines = select(GoodsReceiptLine.goods_receipt_id.label("id"))
    suppliers = _ids_named(session, Supplier, text)
    products = _ids_named(session, Product, text)
    ways = [
        *(
            receipts.where(_begins(session, column, start))
            for column in (GoodsReceipt.number, GoodsReceipt.provisional_number)
            for start in _writings(text)
        ),
        *(
            lines.where(_begins(session, GoodsReceiptLine.supplier_batch_number, start))
            for start in _writings(text)
        ),
        *([receipts.where(GoodsReceipt.supplier_id.in_(suppliers))] if suppliers else []),
        *([lines.where(GoodsReceiptLine.product_id.in_(products))] if products else []),
    ]
    return select(union(*ways).subquery().c.id)


def _writings(text: str) -> list[str]:
    """As it was typed, and in capitals as numbers are printed."""
    return sorted({text, text.upper()})


def _begins(
    session: Session, column: InstrumentedAttribute[Any], start: str
) -> ColumnElement[bool]:
    """A range, which an index can answer. PostgreSQL compares by the database's language unless it
    is told to compare bytes, as its pattern indexes do."""
    if session.get_bind().dialect.name == "postgresql":
        at_least, below = column.op("~>=~")(start), column.op("~<~")(start + _LAST)
        return and_(at_least, below)
    return and_(column >= start, column < start + _LAST)


def _ids_named(session: Session, model: type[Supplier | Product], text: str) -> list[str]:
    """Who bears *text* in the name or as code. There are hundreds of them, not many thousands."""
    named = or_(
        model.name.icontains(text, autoescape=True), model.code.istartswith(text, autoescape=True)
    )
    statement = select(model.id).where(named).order_by(model.id).limit(_NAMES_MAX)
    return list(session.scalars(statement))
