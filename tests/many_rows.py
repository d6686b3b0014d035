"""SQLite's planner made to believe that every table is large, so that a few rows show its plans.

Its own statistics over a few rows would say that everything may as well be read from end to end.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

ROWS = 100_000
_MORE = {"goods_receipt_lines": 3, "attachments": 3, "goods_receipt_attachments": 3}
"""A receipt has several of these."""
# Nearly all rows are of one organisation and a few sites; a vocabulary has a few words.
_LEAVES = {"organisation_id": 1, "site_id": 2}
_WORDS = frozenset({"status", "decision", "kind", "collection", "action", "owner_collection"})
_KINDS = frozenset({"supplier_id", "product_id", "unit_id", "place_id", "user_id", "device_id"})
_WORDS_LEAVE, _KINDS_LEAVE, _DAYS_LEAVE = 5, 200, 700


def pretend_many_rows(connection: Connection) -> None:
    """Write the statistics of large tables. Connections opened from now on go by them."""
    connection.exec_driver_sql("ANALYZE")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    for (table,) in names:
        for index in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all():
            columns = connection.exec_driver_sql(f'PRAGMA index_info("{index.name}")').all()
            connection.execute(
                text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :figures)"),
                {
                    "table": table,
                    "index": index.name,
                    "figures": _figures(
                        ROWS * _MORE.get(table, 1), [one.name for one in columns], index.unique
                    ),
                },
            )


def _figures(rows: int, columns: Sequence[str], is_unique: bool) -> str:
    """All rows, then how many are alike in the first column, in the first two, and so on."""
    left, figures = rows, [rows]
    for column in columns:
        left = max(left // _LEAVES.get(column, _leaves(column)), 1)
        figures.append(left)
    if is_unique:
        figures[-1] = 1
    return " ".join(map(str, figures))


def _leaves(column: str) -> int:
    if column in _WORDS:
        return _WORDS_LEAVE
    if column in _KINDS:
        return _KINDS_LEAVE
    return _DAYS_LEAVE if column.endswith("_on") else ROWS
