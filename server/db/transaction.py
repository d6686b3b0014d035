"""Beginning and ending transactions. Only the request wrapper, the jobs and commands use this."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_sqlite_writer = threading.Lock()
BeforeCommit = Callable[[Session], None]
_before_commit: list[BeforeCommit] = []
PENDING_CHANGES = "pending_changes"
"""Where a session keeps what it has published and not yet written to the change log."""
STAGED_ROWS = "staged_rows"
"""Where it keeps rows that wait to be written together (``server.db.staging``)."""
DOCUMENTS_READ = "documents_read"
"""Where it keeps the documents it has looked up (``server.db.documents``)."""
STATES_READ = "states_read"
"""Where it keeps switching states (``server.switching.queries``)."""
CONNECTION = "connection"
"""The transaction's connection: the session would look it up anew for every statement."""
_OF_ONE_TRANSACTION = (PENDING_CHANGES, STAGED_ROWS, DOCUMENTS_READ, STATES_READ, CONNECTION)


def before_commit(hook: BeforeCommit) -> BeforeCommit:
    """Register what must happen at a write transaction's very tail (the change log)."""
    _before_commit.append(hook)
    return hook


@contextmanager
def transaction(session: Session, *, write: bool) -> Iterator[None]:
    """Commit at the end of the block, or undo everything it did if it raises.

    A writing transaction on SQLite takes the write lock at its beginning (``BEGIN IMMEDIATE``), and
    threads of this process queue for it on a lock of their own, which is fairer than SQLite's
    polling. On PostgreSQL a reading transaction is read-only and sees one state of the database
    from its first statement to its last, as it does on SQLite: a page of the change log must not
    be put together from before and after a compaction.
    """
    if session.in_transaction():
        raise RuntimeError("transactions do not nest; use session.begin_nested() for a savepoint")
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if write and is_sqlite:
        with _sqlite_writer:
            yield from _run(session, write=True, options={"sqlite_begin": "IMMEDIATE"})
    elif is_sqlite:
        yield from _run(session, write=False, options={"sqlite_begin": "DEFERRED"})
    elif write:
        yield from _run(session, write=True, options={"postgresql_readonly": False})
    else:
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        yield from _run(session, write=False, options=options)


def _run(session: Session, *, write: bool, options: Mapping[str, object]) -> Iterator[None]:
    _forget(session)
    try:
        session.info[CONNECTION] = session.connection(execution_options=options)
        yield
        if write:
            for hook in _before_commit:
                hook(session)
        elif session.new or session.dirty or session.deleted:
            raise RuntimeError("a reading transaction changed something")
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _forget(session)


def connection_of(session: Session) -> Connection:
    """The connection on which *session*'s transaction runs."""
    known: Connection | None = session.info.get(CONNECTION)
    # A savepoint is not sent before the session itself asks for the connection.
    return session.connection() if known is None or session.in_nested_transaction() else known


def _forget(session: Session) -> None:
    for name in _OF_ONE_TRANSACTION:
        session.info.pop(name, None)


def is_passing_trouble(error: DBAPIError) -> bool:
    """Whether trying the same transaction again may succeed (deadlock, serialisation, busy)."""
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01", "55P03"} or "database is locked" in str(error.orig)


def is_out_of_order(error: DBAPIError) -> bool:
    """Whether the database has no room, no memory, or is not there: somebody has to see to it, and
    until then nothing is lost, since nothing was committed."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state[:2] in {"08", "53"} or state in {"57P01", "57P02", "57P03"}
    told = str(error.orig)
    return error.connection_invalidated or any(words in told for words in _OUT_OF_ORDER)


_OUT_OF_ORDER = (
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "connection failed",
    "connection timeout expired",
)
