"""Rows that can wait: many small inserts of one transaction, written as a few large ones.

A push of fifty receipts writes some hundreds of index rows. Each costs little in the database and
much on the way there, so services stage them, and they are written together: at the transaction's
tail, or before anything that might look at their tables or refer to their rows. Nobody sees a state
without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, Table, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.util import find_tables

from server.db.base import Base
from server.db.prepared import Prepared, before_sending, prepared_insert
from server.db.transaction import STAGED_ROWS, connection_of

_STATEMENTS_WRITTEN = "statements_written"

Staged = dict[Table, list[dict[str, Any]]]
Mark = dict[Table, int]


def stage_rows(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert *rows* (all columns named) before anybody looks, at the latest before the commit.

    Tables are written in the order in which they were first staged.
    """
    staged: Staged = session.info.setdefault(STAGED_ROWS, {})
    table: Table = model.__table__  # type: ignore[assignment]
    staged.setdefault(table, []).extend(rows)


def write_staged(session: Session) -> None:
    staged: Staged = session.info.pop(STAGED_ROWS, {})
    for table, rows in staged.items():
        _insert(table).run_each(session, rows)


_insert = cache(prepared_insert)


def mark_staged(session: Session) -> Mark:
    """How much is staged now, for :func:`unstage`."""
    staged: Staged = session.info.get(STAGED_ROWS, {})
    return {table: len(rows) for table, rows in staged.items()}


def unstage(session: Session, mark: Mapping[Table, int]) -> None:
    """Forget what was staged since *mark* and has not been written."""
    staged: Staged = session.info.get(STAGED_ROWS, {})
    for table, rows in staged.items():
        del rows[mark.get(table, 0) :]


def statements_written(session: Session) -> int:
    """Grows whenever the session's connection sends anything but a SELECT."""
    written: int = connection_of(session).info.get(_STATEMENTS_WRITTEN, 0)
    return written


@event.listens_for(Engine, "before_execute")
def _count(connection: Connection, statement: Any, *_: Any) -> None:
    if not isinstance(statement, Select | CompoundSelect):
        info = connection.info
        info[_STATEMENTS_WRITTEN] = info.get(_STATEMENTS_WRITTEN, 0) + 1


@before_sending
def _write_before_sending(session: Session, statement: Prepared) -> None:
    """The same as the events around this, for what goes past SQLAlchemy's."""
    staged: Staged | None = session.info.get(STAGED_ROWS)
    if staged and not (
        statement.is_select and statement.tables.isdisjoint(table.name for table in staged)
    ):
        write_staged(session)
    if not statement.is_select:
        info = connection_of(session).info
        info[_STATEMENTS_WRITTEN] = info.get(_STATEMENTS_WRITTEN, 0) + 1


@event.listens_for(Session, "before_flush")
def _write_before_flush(session: Session, *_: Any) -> None:
    # What the session adds may refer to staged rows.
    write_staged(session)


@event.listens_for(Session, "do_orm_execute")
def _write_before_looking(state: ORMExecuteState) -> None:
    staged: Staged | None = state.session.info.get(STAGED_ROWS)
    if staged and _may_need(state.statement, {table.name for table in staged}):
        write_staged(state.session)


def _may_need(statement: Any, names: set[str]) -> bool:
    """Whether *statement* may look at one of the tables, or write what refers to one."""
    if not isinstance(statement, Select | CompoundSelect):
        return True
    tables = find_tables(
        statement,
        check_columns=True,
        include_aliases=True,
        include_joins=True,
        include_selects=True,
        include_crud=True,
    )
    return any(getattr(table, "name", None) in names for table in tables)
