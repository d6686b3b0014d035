"""Changing a CHECK in a migration, whatever the installed SQLAlchemy and Alembic reflect."""

from __future__ import annotations

import re

from sqlalchemy import Connection, column, select, table, text, update

_SCHEMA = table("sqlite_master", column("type"), column("name"), column("sql"))


def replace_check(connection: Connection, table_name: str, name: str, condition: str) -> None:
    """Let the CHECK *name* of *table_name* say *condition* (SQL); it stands once afterwards.

    SQLite cannot alter a CHECK, and making the table anew drops what other tables refer to. Its
    text in the schema is changed instead, as SQLite's documentation of ALTER TABLE describes.
    """
    if connection.dialect.name != "sqlite":
        quoted = connection.dialect.identifier_preparer.quote
        where = f"ALTER TABLE {quoted(table_name)}"
        connection.execute(text(f"{where} DROP CONSTRAINT {quoted(name)}"))
        connection.execute(text(f"{where} ADD CONSTRAINT {quoted(name)} CHECK ({condition})"))
        return
    is_table = (_SCHEMA.c.type == "table") & (_SCHEMA.c.name == table_name)
    sql = connection.scalars(select(_SCHEMA.c.sql).where(is_table)).one()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = with_check(sql, name, condition)
    connection.execute(update(_SCHEMA).where(is_table).values(sql=changed))
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def with_check(sql: str, name: str, condition: str) -> str:
    """The CREATE TABLE *sql* with the CHECK *name* saying *condition*, once.

    Raises
    ------
    LookupError
        where there is no such CHECK.
    """
    begins = re.compile(rf'CONSTRAINT\s+"?{re.escape(name)}"?\s+CHECK\s*\(')
    found = begins.search(sql)
    if found is None:
        raise LookupError(name)
    put = f"CONSTRAINT {name} CHECK ({condition})"
    at = found.start() + len(put)
    sql = sql[: found.start()] + put + sql[_end(sql, found.end()) :]
    while again := begins.search(sql, at):
        sql = sql[: sql.rindex(",", 0, again.start())] + sql[_end(sql, again.end()) :]
    return sql


def _end(sql: str, at: int) -> int:
    """Behind the parenthesis that closes the one just before *at*; texts are passed over."""
    depth = 1
    for part in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|[()]", sql[at:]):
        depth += {"(": 1, ")": -1}.get(part[0], 0)
        if depth == 0:
            return at + part.end()
    raise ValueError(sql)
