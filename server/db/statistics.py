"""What SQLite's planner knows of the tables.

PostgreSQL keeps statistics by itself. SQLite, which has none unless it is asked for them, takes a
condition on the organisation for one that leaves ten rows, and reads a hundred thousand by it where
the key of fifty is given. A sample of a thousand rows of each index is enough, and takes
milliseconds.
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.orm import Session

RECONNECT_SECONDS = 900
"""A connection reads the statistics when it is opened; it is opened anew after so long."""
_SAMPLED_ROWS = 1000
_HAS_STATISTICS = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"


def refresh_statistics(session: Session) -> int:
    """Look at the tables again. Returns of how many indexes something else is known now."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return 0
    before = _known(connection)
    connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLED_ROWS}")
    connection.exec_driver_sql("ANALYZE")
    return len(_known(connection) - before)


def _known(connection: Connection) -> set[tuple[object, ...]]:
    if not connection.exec_driver_sql(_HAS_STATISTICS).all():
        return set()
    return {tuple(row) for row in connection.exec_driver_sql("SELECT * FROM sqlite_stat1")}
