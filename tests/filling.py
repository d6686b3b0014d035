"""Many records out of a few: rows that the service wrote are copied in bulk under new ids.

A copy is what its original is, down to the documents of the change log, except for ids, numbers
and what must be unique. The audit log's copies have no valid hashes: nothing here verifies a chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import server.db.all_models  # noqa: F401 (all tables)
from server.db.base import Base

Row = dict[str, Any]
Vary = Callable[[str, Row, int], None]
Wanted = Callable[[str, Row], bool]

# Not records: who works where, sign-ins, the state of jobs and devices, bytes.
APART = frozenset(
    {
        "organisations",
        "sites",
        "access_tokens",
        "devices",
        "login_failures",
        "job_runners",
        "job_states",
        "change_log_heads",
        "change_log_marks",
        "audit_heads",
        "retention_progress",
        "document_counters",
        "device_syncs",
        "sync_sessions",
        "sync_served_scopes",
        "sync_mutations",
        "sync_departures",
        "blobs",
        "blob_possessions",
        "photo_likenesses",
        "uploads",
        "notification_settings",
    }
)
# Counted over the whole organisation.
_COUNTED = {"sync_records": "sequence", "audit_entries": "number"}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_AT_ONCE = 5_000
_STEP = 100
"""Apart by so much are the places of copies among their siblings."""


def record_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in APART]


def copy_records(
    session: Session,
    times: int,
    tables: Iterable[str] | None = None,
    vary: Vary = lambda _table, _row, _n: None,
    is_wanted: Wanted = lambda _table, _row: True,
) -> None:
    """Copy all rows of *tables* (all records without it) *times* over, those that are wanted.

    Rows that refer to each other do so among their copies; what is referred to and not copied
    stays what it was. *vary* may change each copy before it is written.
    """
    wanted = None if tables is None else set(tables)
    chosen = [table for table in record_tables() if wanted is None or table.name in wanted]
    originals = {
        table: [dict(row) for row in _rows(session, table) if is_wanted(table.name, dict(row))]
        for table in chosen
    }
    own = {row["id"] for table, rows in originals.items() if _has_ids(table) for row in rows}
    counters = {name: count(_last(session, name) + 1) for name in _COUNTED}
    for first in range(1, times + 1, _AT_ONCE):
        part = range(first, min(first + _AT_ONCE, times + 1))
        # Under the empty name stands what tells this copy from all others, of earlier runs too.
        mappings = {n: {**{id_: _new_id(n) for id_ in own}, "": uuid4().hex[:10]} for n in part}
        for table, rows in originals.items():
            copies = _copies(table, rows, mappings, counters, vary)
            _insert(session, table, list(copies))


def _new_id(n: int) -> str:
    """In the order of the copies, as the ids that phones make are in the order of time: indexes
    grow at their end, and filling takes seconds."""
    return f"{n:08x}{str(uuid4())[8:]}"


def _rows(session: Session, table: Table) -> list[Mapping[str, Any]]:
    return list(session.execute(select(table)).mappings())


def _has_ids(table: Table) -> bool:
    return "id" in table.c and table.name not in {"sync_records", "sync_record_versions"}


def _last(session: Session, name: str) -> int:
    column = Base.metadata.tables[name].c[_COUNTED[name]]
    return session.scalar(select(func.max(column))) or 0


def _copies(
    table: Table,
    rows: list[Row],
    mappings: Mapping[int, Mapping[str, str]],
    counters: Mapping[str, Iterator[int]],
    vary: Vary,
) -> Iterator[Row]:
    texts = [c.name for c in table.c if isinstance(c.type, Text) and not c.primary_key]
    unique = {column.name: column for column in _unique_columns(table)}
    for n, mapping in mappings.items():
        for row in rows:
            copy = {name: _mapped(value, mapping) for name, value in row.items()}
            for name in texts:
                if copy[name] is not None:
                    copy[name] = _UUID.sub(lambda m: mapping.get(m[0], m[0]), copy[name])  # noqa: B023
            for name, column in unique.items():
                copy[name] = _apart(column, copy[name], row[name], n, mapping[""])
            if table.name in _COUNTED:
                copy[_COUNTED[table.name]] = next(counters[table.name])
            vary(table.name, copy, n)
            yield copy


def _mapped(value: Any, mapping: Mapping[str, str]) -> Any:
    return mapping.get(value, value) if value and isinstance(value, str) else value


def _unique_columns(table: Table) -> Iterator[Column[Any]]:
    groups = [list(index.columns) for index in table.indexes if index.unique]
    groups += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    groups.append(list(table.primary_key))
    names = {column.name for group in groups for column in group}
    return (column for column in table.c if column.name in names)


def _apart(column: Column[Any], value: Any, original: Any, n: int, tag: str) -> Any:
    """What must be unique, made so; ids and words of a vocabulary stay."""
    if isinstance(column.type, Integer) and isinstance(value, int):
        return value + n * _STEP
    is_name = column.name in {"number", "code", "username", "token_hash", "dedupe_key"}
    if isinstance(column.type, String) and is_name and value is not None and value == original:
        longest = column.type.length or len(value) + len(tag) + 1
        return f"{value[: longest - len(tag) - 1]}-{tag}"
    return value


def _insert(session: Session, table: Table, rows: list[Row]) -> None:
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
