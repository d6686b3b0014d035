"""PostgreSQL databases for tests: emptied and used again, instead of made anew for each test.

Making one copies a thousand files; emptying one takes a twentieth of that. A database of which a
test has changed more than rows, or at which somebody is still connected, is thrown away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

# What tells that a database differs from its template in more than the rows of emptied tables:
# its catalogue (also after ANALYZE, which would give the next test other plans), its sequences.
_CATALOGUE = """
SELECT
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_class WHERE oid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_constraint WHERE oid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_trigger WHERE oid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_proc WHERE oid >= 16384),
  (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_statistic WHERE starelid >= 16384),
  (SELECT (count(*), coalesce(sum(last_value), 0))::text FROM pg_sequences),
  (SELECT string_agg(version_num, ',') FROM alembic_version)
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$ DECLARE one regclass; BEGIN
  FOR one IN SELECT oid FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
  LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
END $$
"""
_BYTES_MAX = 4_000_000
"""Deleted rows leave their space behind; a database with more of it is not worth keeping."""
_SIZE = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


class EmptiedDatabases:
    """Databases like *template* on the server at *url*, lent one at a time."""

    def __init__(self, url: str, template: str, label: str) -> None:
        self._url = url.replace("postgresql+psycopg", "postgresql")
        self._template = template
        self._label = label
        self._free: list[str] = []
        with self._connection(template) as connection:
            self._as_made = connection.execute(_CATALOGUE).fetchone()
            self._size = _scalar(connection, _SIZE)

    @contextmanager
    def one(self) -> Iterator[str]:
        """The name of a database with nothing in it."""
        name = self._emptied() or self._made()
        yield name
        self._free.append(name)

    def close(self) -> None:
        while self._free:
            self._drop(self._free.pop())

    def _emptied(self) -> str | None:
        while self._free:
            name = self._free.pop()
            with self._connection(name) as connection:
                if self._is_as_made(connection) and self._is_alone(connection):
                    connection.execute("SET session_replication_role = replica")  # no triggers
                    connection.execute(_EMPTY)
                    return name
            self._drop(name)
        return None

    def _is_as_made(self, connection: psycopg.Connection[Any]) -> bool:
        grown = _scalar(connection, _SIZE) - self._size
        return grown < _BYTES_MAX and connection.execute(_CATALOGUE).fetchone() == self._as_made

    @staticmethod
    def _is_alone(connection: psycopg.Connection[Any]) -> bool:
        """Whoever has just hung up may still be listed for a moment."""
        for _ in range(20):
            if _scalar(connection, _OTHERS) == 0:
                return True
            time.sleep(0.01)
        return False

    def _made(self) -> str:
        name = f"test_{self._label}_{os.urandom(6).hex()}"
        with self._connection("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return name

    def _drop(self, name: str) -> None:
        with self._connection("postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _connection(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url + name, autocommit=True)


def _scalar(connection: psycopg.Connection[Any], statement: str) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])
