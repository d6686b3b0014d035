"""Which receipts are wanted: the filters that the list, the exports and the trace share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.master_data.models import Product, Supplier
from server.receiving.models import GoodsReceipt, GoodsReceiptLine

_EQUAL = ("decision", "status", "supplier_id", "site_id")
_LAST = "\U0010ffff"
_NAMES_MAX = 200
"""Of the suppliers or products whose name has the searched word in it, at most so many."""
_FEW = 1000
"""So many receipts are fetched by their ids and sorted."""


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
        lines = select(GoodsReceiptLine.goods_receipt_id.label("id")).where(*of_line)
        yield _few_or_many(session, lines, _has_line(*of_line))
    if wanted.text:
        named = _Named(session, wanted.text)
        yield _few_or_many(session, union(*named.ways(session)), named.is_borne())


def _of_line(wanted: ReceiptFilter) -> Iterator[ColumnElement[bool]]:
    """Product and batch are looked for together: they are of one and the same line."""
    if wanted.product_id is not None:
        yield GoodsReceiptLine.product_id == wanted.product_id
    if wanted.supplier_batch_number:
        yield GoodsReceiptLine.supplier_batch_number == wanted.supplier_batch_number


def _few_or_many(
    session: Session, ids: Select[Any] | CompoundSelect[Any], is_one: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Receipts by *ids* where these are few. Where they are many, a page is soon full by going
    through the receipts in its order and asking whether each *is_one*; sorting tens of thousands
    for the first fifty is what takes long."""
    found = ids.subquery()
    few = list(session.scalars(select(found.c.id).distinct().limit(_FEW + 1)))
    return GoodsReceipt.id.in_(few) if len(few) <= _FEW else is_one


def _has_line(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(GoodsReceiptLine.goods_receipt_id == GoodsReceipt.id, *conditions)


class _Named:
    """What a searched *text* may mean, in two ways of asking for it."""

    def __init__(self, session: Session, text: str) -> None:
        # As it was typed, and in capitals as numbers are printed.
        self._starts = sorted({text, text.upper()})
        self._suppliers = _ids_named(session, Supplier, text)
        self._products = _ids_named(session, Product, text)

    def ways(self, session: Session) -> list[Select[Any]]:
        """The ids of such receipts. One look-up by index for each thing it may be: a condition
        over several columns at once would have every receipt read."""
        receipts = select(GoodsReceipt.id.label("id"))
        lines = select(GoodsReceiptLine.goods_receipt_id.label("id"))
        found = [
            *(
                receipts.where(_begins(session, column, start))
                for column in _NUMBERS
                for start in self._starts
            ),
            *(lines.where(_begins(session, _BATCH, start)) for start in self._starts),
        ]
        if self._suppliers:
            found.append(receipts.where(GoodsReceipt.supplier_id.in_(self._suppliers)))
        if self._products:
            found.append(lines.where(GoodsReceiptLine.product_id.in_(self._products)))
        # Of receipts, not of lines, so many: one receipt may have many lines of a product.
        firsts = [way.distinct().limit(_FEW + 1).subquery() for way in found]
        return [select(first.c.id) for first in firsts]

    def is_borne(self) -> ColumnElement[bool]:
        """Whether the receipt at hand is one. No index answers this, and none shall be tried."""
        of_line = or_(
            *(_is_start(_BATCH, start) for start in self._starts),
            GoodsReceiptLine.product_id.in_(self._products),
        )
        return or_(
            *(_is_start(column, start) for column in _NUMBERS for start in self._starts),
            GoodsReceipt.supplier_id.in_(self._suppliers),
            _has_line(of_line),
        )


_NUMBERS = (GoodsReceipt.number, GoodsReceipt.provisional_number)
_BATCH = GoodsReceiptLine.supplier_batch_number


def _is_start(column: InstrumentedAttribute[Any], start: str) -> ColumnElement[bool]:
    return func.coalesce(func.substr(column, 1, len(start)), "") == start


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
