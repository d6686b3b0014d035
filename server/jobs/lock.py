"""The lock that makes one process of all the one that runs the jobs.

Both kinds go with the process that holds them, however it ends: the kernel drops a file lock, and
PostgreSQL drops the lock of a connection that is gone.
"""

from __future__ import annotations

import fcntl
from io import BufferedWriter
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from server.config import Settings

_LOCK_NUMBER = 0x59616E73  # "Yans"


class RunnerLock(Protocol):
    def take(self) -> bool:
        """Try to take the lock. Returns at once."""

    def is_held(self) -> bool:
        """Whether it is still ours."""

    def release(self) -> None: ...


def runner_lock(engine: Engine, settings: Settings) -> RunnerLock:
    if engine.dialect.name == "postgresql":
        return PostgresLock(engine)
    return FileLock(settings.data_dir / "scheduler.lock")


class FileLock:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BufferedWriter | None = None

    def take(self) -> bool:
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def is_held(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class PostgresLock:
    """An advisory lock on a connection of its own, outside any transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            statement = text("SELECT pg_try_advisory_lock(:number)")
            if connection.execute(statement, {"number": _LOCK_NUMBER}).scalar_one():
                self._connection = connection
                return True
            connection.close()
        except DBAPIError:
            return False
        return False

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self._drop()
            return False
        return True

    def release(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            # Closing the connection itself, not handing it back to the pool, ends the lock.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
