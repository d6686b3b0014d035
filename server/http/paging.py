"""Lists in pages, by keyset: the next page begins after the last row of this one.

Unlike numbered pages this neither repeats nor skips rows when others write meanwhile, and a deep
page costs no more than the first.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, NoReturn, TypeVar

import orjson
from marshmallow import Schema
from sqlalchemy import Select, Uuid, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from schemas.fields import Text, WholeNumberArgument, uuid_text
from server.db.types import UtcDateTime
from server.errors import BAD_REQUEST, FieldError, Problem
from server.errors import Text as BothText

PAGE_LARGEST = 200
_UNREADABLE = BothText("cursor 不是上一页给出的值", "The cursor is not one that a page gave")
Row = TypeVar("Row")


class PageIn(Schema):
    """The query of every list."""

    limit = WholeNumberArgument(lowest=1, highest=PAGE_LARGEST, load_default=50)
    cursor = Text(
        load_default=None,
        longest=500,
        metadata={"description": "The last page's next_cursor; without it, from the beginning."},
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    next_cursor: str | None


def keyset_page(
    session: Session,
    statement: Select[Row],
    columns: Sequence[InstrumentedAttribute[Any]],
    *,
    limit: int,
    cursor: str | None,
    descending: bool = False,
) -> Page[Row]:
    """One page of *statement* (a select of one class), ordered by *columns*.

    Parameters
    ----------
    columns : Sequence
        None of them may be null, and together they must be unique: the last is usually the id.
    cursor : str or None
        The previous page's ``next_cursor``.

    Raises
    ------
    Problem
        400 for a cursor that was not made by this list.
    """
    order = [column.desc() if descending else column.asc() for column in columns]
    if cursor is not None:
        place = _place(cursor, columns)
        here = tuple_(*columns)
        statement = statement.where(here < place if descending else here > place)
    rows = list(session.scalars(statement.order_by(*order).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    last = [getattr(rows[-1], column.key) for column in columns] if more else None
    return Page(rows, None if last is None else _encode(last))


def page_of(
    rows: Sequence[Row], key: Callable[[Row], tuple[str, ...]], *, limit: int, cursor: str | None
) -> Page[Row]:
    """One page of rows that are all at hand, in the order of *key*, which is unique.

    Raises
    ------
    Problem
        400 for a cursor that was not made by this list.
    """
    after = rows if cursor is None else [row for row in rows if key(row) > _texts(cursor)]
    page = list(after[:limit])
    return Page(page, _encode(list(key(page[-1]))) if len(after) > limit else None)


def _texts(cursor: str) -> tuple[str, ...]:
    try:
        values = _decode(cursor)
    except (ValueError, TypeError, binascii.Error):
        raise _unreadable() from None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _unreadable()
    return tuple(values)


def _decode(cursor: str) -> Any:
    padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
    return orjson.loads(base64.urlsafe_b64decode(padded))


def _encode(values: list[Any]) -> str:
    text = orjson.dumps([v.isoformat() if isinstance(v, date) else v for v in values])
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _place(cursor: str, columns: Sequence[InstrumentedAttribute[Any]]) -> Any:
    try:
        typed = [_typed(v, column) for v, column in zip(_decode(cursor), columns, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise _unreadable() from None
    return tuple_(*(literal(v, column.type) for v, column in zip(typed, columns, strict=True)))


def _typed(value: Any, column: InstrumentedAttribute[Any]) -> Any:
    """*value* as the column takes it; ValueError or TypeError if it cannot be.

    Checked here, because a database that is given something else answers with an error of its own.
    """
    type_ = column.type
    if isinstance(type_, UtcDateTime):
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else _refused(value)
    if isinstance(type_, Uuid):
        return uuid_text(value) or _refused(value)
    python_type = type_.python_type
    if python_type is date:
        return date.fromisoformat(value)
    if type(value) is not python_type or "\x00" in str(value) or len(str(value)) > 300:
        return _refused(value)
    return value


def _refused(value: Any) -> NoReturn:
    raise ValueError(value)


def _unreadable() -> Problem:
    return Problem(BAD_REQUEST, [FieldError("/cursor", _UNREADABLE)])
