"""Statements made once and sent many times, without the way through SQLAlchemy's session.

The session prepares every statement anew: its cache key, the bound values, the result's metadata.
For the few statements of which a push or a poll consists that costs several times what the database
needs. A :class:`Prepared` statement is still defined with SQLAlchemy's tables and compiled for each
dialect by SQLAlchemy, with the types' own conversions; it goes over the session's own connection,
inside its transaction, and fails with SQLAlchemy's errors.

Only statements over tables belong here: classes are narrowed to the actor by ``server.db.scope``,
and these are not, so each of them names its organisation itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Insert,
    Select,
    Table,
    Uuid,
    bindparam,
    insert,
)
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.util import find_tables
from sqlalchemy.types import TypeEngine

from server.db.base import is_gone
from server.db.transaction import connection_of

Statement = Select[Any] | CompoundSelect[Any] | UpdateBase
Row = tuple[Any, ...]
Convert = Callable[[Any], Any]
BeforeSending = Callable[[Session, "Prepared"], None]
_before_sending: list[BeforeSending] = []


def before_sending(hook: BeforeSending) -> BeforeSending:
    """Register what must happen in a session before any prepared statement is sent."""
    _before_sending.append(hook)
    return hook


class Prepared:
    """One statement; values are given by the names of its bound parameters."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._by_dialect: dict[str, _Compiled] = {}
        self.is_select = isinstance(statement, Select | CompoundSelect)

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of the tables it looks at or writes."""
        found = find_tables(
            self._statement,
            check_columns=True,
            include_aliases=True,
            include_joins=True,
            include_selects=True,
        )
        return frozenset(table.name for table in found if isinstance(table, Table))

    def all(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        """Every row of the result, as plain tuples."""
        connection = self._ready(session)
        compiled = self._compiled(connection.dialect)
        cursor = _send(connection, compiled.sql, compiled.bind(values))
        try:
            return compiled.read(cursor.fetchall())
        finally:
            cursor.close()

    def run(self, session: Session, values: Mapping[str, Any]) -> None:
        """Without a result."""
        connection = self._ready(session)
        compiled = self._compiled(connection.dialect)
        _send(connection, compiled.sql, compiled.bind(values)).close()

    def run_each(self, session: Session, many: Iterable[Mapping[str, Any]]) -> None:
        """Once for each of *many*, in one go."""
        connection = self._ready(session)
        compiled = self._compiled(connection.dialect)
        rows = [compiled.bind(values) for values in many]
        if len(rows) == 1:
            _send(connection, compiled.sql, rows[0]).close()
        elif rows:
            _send(connection, compiled.sql, rows, is_many=True).close()

    def _ready(self, session: Session) -> Connection:
        for hook in _before_sending:
            hook(session, self)
        return connection_of(session)

    def _compiled(self, dialect: Dialect) -> _Compiled:
        found = self._by_dialect.get(dialect.name)
        if found is None:
            found = self._by_dialect[dialect.name] = _compile(self._statement, dialect)
        return found


class PreparedForMany:
    """A statement with ``IN`` over any number of values: one prepared for each power of two.

    *make* gets the parameters for the list of ``IN``. What is missing to a power of two is filled
    with the last value again.
    """

    def __init__(self, type_: TypeEngine[Any], make: Callable[[Sequence[Any]], Statement]) -> None:
        self._type = type_
        self._make = make
        self._by_size: dict[int, Prepared] = {}

    def all(self, session: Session, among: Collection[Any], values: Mapping[str, Any]) -> list[Row]:
        if not among:
            return []
        size = 1 << (len(among) - 1).bit_length()
        statement = self._by_size.get(size)
        if statement is None:
            wanted = [bindparam(f"among_{place}", type_=self._type) for place in range(size)]
            statement = self._by_size[size] = Prepared(self._make(wanted))
        filled = [*among]
        filled.extend(repeat(filled[-1], size - len(filled)))
        named = {f"among_{place}": value for place, value in enumerate(filled)}
        return statement.all(session, {**values, **named})


def prepared_insert(table: Table) -> Prepared:
    """Inserts rows; columns that may be empty or have a plain default may be left out."""
    return Prepared(insert(table))


class _Compiled(NamedTuple):
    """A statement in one dialect's words."""

    sql: str
    names: tuple[str, ...]
    converts: tuple[Convert | None, ...]
    defaults: Mapping[str, Any]
    is_positional: bool
    reads: tuple[tuple[int, Convert], ...]

    def bind(self, values: Mapping[str, Any]) -> Any:
        given = {**self.defaults, **values} if self.defaults else values
        bound = [
            given[name] if convert is None else convert(given[name])
            for name, convert in zip(self.names, self.converts, strict=True)
        ]
        return bound if self.is_positional else dict(zip(self.names, bound, strict=True))

    def read(self, rows: list[Row]) -> list[Row]:
        if not self.reads or not rows:
            return rows
        if len(self.reads) == 1:
            ((at, convert),) = self.reads
            return [(*row[:at], convert(row[at]), *row[at + 1 :]) for row in rows]
        converts: list[Convert] = [_as_it_is] * len(rows[0])
        for place, convert in self.reads:
            converts[place] = convert
        return [
            tuple([convert(value) for convert, value in zip(converts, row, strict=True)])
            for row in rows
        ]


def _as_it_is(value: Any) -> Any:
    return value


def _compile(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    is_positional = compiled.positional
    names = tuple((compiled.positiontup or ()) if is_positional else compiled.binds)
    return _Compiled(
        sql=str(compiled),
        names=names,
        converts=tuple(_binding(compiled.binds[name], dialect) for name in names),
        defaults={**_defaults(statement), **_literals(compiled.binds)},
        is_positional=is_positional,
        reads=tuple(_reading(statement.exported_columns, dialect)),
    )


def _binding(parameter: BindParameter[Any], dialect: Dialect) -> Convert | None:
    return parameter.type.dialect_impl(dialect).bind_processor(dialect)


def _literals(binds: Mapping[str, BindParameter[Any]]) -> dict[str, Any]:
    """Values that stand in the statement itself."""
    return {name: bind.value for name, bind in binds.items() if not bind.required}


def _defaults(statement: Statement) -> dict[str, Any]:
    if not isinstance(statement, Insert) or not isinstance(statement.table, Table):
        return {}
    return {
        column.name: column.default.arg if column.default is not None else None
        for column in statement.table.columns
        if (column.nullable if column.default is None else column.default.is_scalar)
    }


def _reading(
    columns: Iterable[ColumnElement[Any]], dialect: Dialect
) -> Iterable[tuple[int, Convert]]:
    for place, column in enumerate(columns):
        if isinstance(column.type, Uuid) and dialect.name == "sqlite":
            yield place, _hyphenated
            continue
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            yield place, convert


def _hyphenated(digits: str | None) -> str | None:
    """The 32 digits that SQLite keeps as a UUID's text: what the type does, without its detours."""
    if digits is None:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _send(connection: Connection, sql: str, bound: Any, *, is_many: bool = False) -> Any:
    driver = connection.dialect.dbapi
    assert driver is not None
    cursor = connection.connection.cursor()
    for listen in connection.engine.dispatch.before_cursor_execute:
        listen(connection, cursor, sql, bound, None, is_many)
    try:
        (cursor.executemany if is_many else cursor.execute)(sql, bound)
    except driver.Error as error:
        cursor.close()
        raise _wrapped(connection, sql, bound, error) from error
    return cursor


def _wrapped(connection: Connection, sql: str, bound: Any, error: Exception) -> BaseException:
    """*error* as SQLAlchemy would raise it; a connection that is gone is not used again."""
    dialect = connection.dialect
    assert dialect.dbapi is not None
    known = dialect.is_disconnect(cast(DBAPIModule.Error, error), connection.connection, None)
    is_lost = known or is_gone(error)
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql,
        bound,
        error,
        dialect.dbapi.Error,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
