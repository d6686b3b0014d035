"""No reader of the change log ever skips a change, in whatever order transactions commit."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.base import db
from server.db.change_store import publish
from server.db.sync_log import SqlLog
from server.db.transaction import is_passing_trouble, transaction
from sync.pull import pull
from sync.records import Page, Scope
from tests.scenarios.live_server import wait_until
from tests.world import World

NOW = datetime(2026, 3, 2, tzinfo=UTC)
KEY = b"a key for tests"
COLLECTION = "work_log_entries"


class Undone(Exception):
    """Ends a transaction on purpose."""


def uid(number: int) -> str:
    return str(UUID(int=number))


@dataclass
class Log:
    """The change log of the world's organisation, on connections of its own."""

    engine: Engine
    actor: Actor
    site_id: str

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, transaction(session, write=True):
            yield session

    def publish(self, session: Session, number: int, **fields: Any) -> None:
        document = {"id": uid(number), **fields}
        publish(session, self.actor, COLLECTION, uid(number), self.site_id, document, NOW)

    def write(self, *numbers: int) -> None:
        with self.writing() as session:
            for number in numbers:
                self.publish(session, number)

    def read(self, cursor: str | None = None, limit: int = 500) -> Page:
        scope = Scope(
            self.actor.organisation_id, uid(1), frozenset({self.site_id}), frozenset({COLLECTION})
        )
        with Session(self.engine) as session, transaction(session, write=False):
            return pull(SqlLog(session, self.actor), scope, cursor, limit, key=KEY)


def numbers(page: Page) -> list[int]:
    return [UUID(change.record_id).int for change in page.changes]


@pytest.fixture
def log(app: Flask, world: World) -> Log:
    with app.app_context():
        engine = db.engine
    actor = Actor(uid(1), "li", "Li", world.organisation_id)
    return Log(engine, actor, world.north)


# SQLite has one writer at a time: there is nothing to interleave.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


class AtTheTail:
    """A transaction that has written its changes to the log and is held just before its commit."""

    def __init__(self, log: Log, pool: ThreadPoolExecutor, number: int) -> None:
        self._reached, self._go_on = threading.Event(), threading.Event()
        self.backend = 0
        self.done: Future[None] = pool.submit(self._run, log, number)
        assert self._reached.wait(30)

    def _run(self, log: Log, number: int) -> None:
        with log.writing() as session:
            event.listen(session, "before_commit", self._hold)
            self.backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            log.publish(session, number)

    def _hold(self, _session: Session) -> None:
        self._reached.set()
        assert self._go_on.wait(30)

    def commit(self) -> None:
        self._go_on.set()
        self.done.result(30)


def waiting(log: Log) -> bool:
    """Whether somebody waits for a lock in this database."""
    question = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with log.engine.connect() as connection:
        return bool(connection.execute(question).scalar_one())


@on_postgresql
def test_who_began_first_and_commits_last_is_not_skipped(log: Log) -> None:
    cursor = log.read().cursor
    with log.writing() as slow:
        log.publish(slow, 1)
        log.write(2)
        page = log.read(cursor)
        assert numbers(page) == [2]
    assert numbers(log.read(page.cursor)) == [1]
    assert numbers(log.read(cursor)) == [2, 1]


@on_postgresql
def test_nobody_commits_past_a_transaction_that_has_its_sequence(
    log: Log, pool: ThreadPoolExecutor
) -> None:
    cursor = log.read().cursor
    first = AtTheTail(log, pool, 1)
    second = pool.submit(log.write, 2)
    wait_until(lambda: waiting(log), "the second writer waits for the first")
    between = log.read(cursor)
    assert numbers(between) == []
    assert not second.done()
    first.commit()
    second.result(30)
    assert numbers(log.read(between.cursor)) == [1, 2]


@on_postgresql
def test_a_writer_killed_at_the_tail_lets_the_others_on_and_leaves_no_gap(
    log: Log, pool: ThreadPoolExecutor
) -> None:
    cursor = log.read().cursor
    doomed = AtTheTail(log, pool, 1)
    second = pool.submit(log.write, 2)
    wait_until(lambda: waiting(log), "the second writer waits for the first")
    with log.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": doomed.backend})
    second.result(30)
    with pytest.raises(DBAPIError):
        doomed.commit()
    page = log.read(cursor)
    assert numbers(page) == [2]
    log.write(1)
    assert numbers(log.read(page.cursor)) == [1]


@on_postgresql
def test_a_page_is_read_from_one_state_of_the_database(log: Log) -> None:
    """Else a compaction between two statements could take a tombstone that was still to come."""
    log.write(1)
    with Session(log.engine) as session, transaction(session, write=False):
        store = SqlLog(session, log.actor)
        before = store.position()
        log.write(2)
        assert store.position() == before
        with pytest.raises(DBAPIError, match="read-only"):
            session.execute(text("UPDATE change_log_heads SET sequence = 0"))
        session.rollback()


# -- many at once --------------------------------------------------------------------------------

WRITERS = 5
TRANSACTIONS = 30


class Writer:
    """Writes new and shared records; now and then a transaction is undone or its backend killed."""

    def __init__(self, log: Log, number: int) -> None:
        self.log, self.number = log, number
        self.random = random.Random(number)
        self.committed: set[int] = set()
        self.abandoned: set[int] = set()
        self._made = 0

    def run(self) -> None:
        for _ in range(TRANSACTIONS):
            self._once()

    def _once(self) -> None:
        fresh = [self._fresh() for _ in range(self.random.randint(1, 3))]
        shared = self.random.sample(range(1, 6), self.random.randint(0, 2))
        fate = self.random.choice(["commit", "commit", "commit", "undo", "kill"])
        while True:
            try:
                self._write([*fresh, *shared], fate)
            except (Undone, _Killed):
                self.abandoned.update(fresh)
            except DBAPIError as error:
                # A lost race for a new shared record, or for its lock: what push does, too.
                if not (isinstance(error, IntegrityError) or is_passing_trouble(error)):
                    raise
                continue
            else:
                self.committed.update(fresh)
                self.committed.update(shared)
            return

    def _fresh(self) -> int:
        self._made += 1
        return (self.number + 1) * 1000 + self._made

    def _write(self, records: list[int], fate: str) -> None:
        try:
            with self.log.writing() as session:
                for record in records:
                    self.log.publish(session, record, by=self.number)
                if fate == "undo":
                    raise Undone
                if fate == "kill":
                    self._be_killed(session)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _Killed from error
            raise

    def _be_killed(self, session: Session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            raise Undone
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with self.log.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


class _Killed(Exception):
    pass


class Reader:
    """Follows the cursor in small pages, as a phone would, and remembers what it heard."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.versions: dict[int, int] = {}
        self.cursor: str | None = None

    def follow(self, is_over: Callable[[], bool]) -> None:
        while True:
            over = is_over()
            page = self.log.read(self.cursor, limit=7)
            self.cursor = page.cursor
            for number, change in zip(numbers(page), page.changes, strict=True):
                assert change.version > self.versions.get(number, 0)
                self.versions[number] = change.version
            if over and not page.has_more:
                return


def test_many_writers_some_of_them_killed_and_a_reader_misses_nothing(
    log: Log, pool: ThreadPoolExecutor
) -> None:
    writers, readers = [Writer(log, n) for n in range(WRITERS)], [Reader(log) for _ in range(2)]
    futures = [pool.submit(writer.run) for writer in writers]
    following = [
        pool.submit(reader.follow, lambda: all(future.done() for future in futures))
        for reader in readers
    ]
    for future in [*futures, *following]:
        future.result(120)
    afterwards = log.read(limit=10_000)
    stored = dict(zip(numbers(afterwards), (c.version for c in afterwards.changes), strict=True))
    assert not afterwards.has_more
    assert stored.keys() == set().union(*(writer.committed for writer in writers))
    assert not stored.keys() & set().union(*(writer.abandoned for writer in writers))
    assert [reader.versions for reader in readers] == [stored, stored]
    assert max(stored.values()) > 1  # the shared records were written by several
