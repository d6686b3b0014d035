"""Exactly once, over gunicorn with two workers, whatever is killed and however often it is sent."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any, LiteralString, Protocol

import psycopg
import pytest

from server.config import Settings
from tests.api.sync_client import entry, mutation, statuses
from tests.scenarios.live_server import (
    LivePhone,
    LiveServer,
    live_server,
    push_from_processes,
    wait_until,
)
from tests.world import World

# The database plays no part in how a body is read.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RECORDS = 200
LOG = "work_log_entries"


@pytest.fixture
def live(world: World, settings: Settings) -> Iterator[LiveServer]:
    for name in ("li", "wang"):
        world.person(name)
    with live_server(settings) as server:
        yield server


@pytest.fixture
def li(live: LiveServer) -> LivePhone:
    return live.sign_in("li", "phone-of-li")


def test_the_same_push_20_times_from_4_processes_at_once_gives_20_equal_answers(
    live: LiveServer, li: LivePhone
) -> None:
    wang = live.sign_in("wang", "phone-of-wang")
    known = entry(title="先有的", marks={"a": 1})
    wang.push(mutation(known))
    sent = [
        mutation(entry(title="新的")),
        mutation({**known, "marks": {"a": 2, "b": 1}}, 1),
        mutation(entry(title="不行", colour="red")),
    ]
    answers = push_from_processes(li, sent, processes=4, times=5)
    assert len(answers) == 20
    for place, expected in enumerate(("applied", "applied", "rejected")):
        told = [answer[place] for answer in answers]
        repeated = "rejected" if expected == "rejected" else "duplicate"
        assert sorted(statuses(told)) == sorted([expected, *[repeated] * 19])
        equal = {json.dumps({**result, "status": ""}, sort_keys=True) for result in told}
        assert len(equal) == 1
    held = {change["id"]: change for change in li.pull_all(LOG)}
    assert held.keys() == {sent[0]["id"], known["id"]}
    assert [held[sent[0]["id"]]["version"], held[known["id"]]["version"]] == [1, 2]
    assert held[known["id"]]["document"]["marks"] == {"a": 2, "b": 1}


def test_a_server_killed_in_the_middle_of_a_push_has_every_record_exactly_once_afterwards(
    live: LiveServer, li: LivePhone, settings: Settings
) -> None:
    sent = [mutation(entry(title=f"第 {n} 条")) for n in range(RECORDS)]
    with _database(settings.database_url) as database:
        # Once while the transaction runs: nothing of it may stay.
        with database.caught(lambda: li.push_into_the_void(*sent)) as lost:
            live.kill()
        lost.join()
        assert database.count() == 0
        # Once more as soon as it has committed, whether the answer got out or not.
        live.start()
        assert li.pull_all(LOG) == []
        lost = li.push_into_the_void(*sent)
        wait_until(lambda: database.count() > 0, "the push is committed")
        live.kill()
        lost.join()
        assert database.count() == RECORDS
    live.start()
    assert statuses(li.push(*sent)) == ["duplicate"] * RECORDS
    changes = li.pull_all(LOG)
    assert [change["id"] for change in changes] == [each["id"] for each in sent]
    assert {change["version"] for change in changes} == {1}
    assert [change["document"]["title"] for change in changes] == [
        each["document"]["title"] for each in sent
    ]


class _Database(Protocol):
    """A look into the server's database from outside."""

    def caught(
        self, begin: Callable[[], threading.Thread]
    ) -> contextlib.AbstractContextManager[threading.Thread]:
        """Begin a push; its transaction is open within the block."""

    def count(self) -> int:
        """How many entries are committed."""


_COUNT = f"SELECT count(*) FROM sync_records WHERE collection = '{LOG}'"


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @contextlib.contextmanager
    def caught(self, begin: Callable[[], threading.Thread]) -> Iterator[threading.Thread]:
        thread = begin()
        wait_until(self._somebody_writes, "the push is under way")
        yield thread

    def _somebody_writes(self) -> bool:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        self._connection.execute("ROLLBACK")
        return False

    def count(self) -> int:
        number: int = self._connection.execute(_COUNT).fetchone()[0]
        return number


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any], url: str) -> None:
        self._connection = connection
        self._url = url

    @contextlib.contextmanager
    def caught(self, begin: Callable[[], threading.Thread]) -> Iterator[threading.Thread]:
        """Hold the head of the log, so that the push has done everything but the last step."""
        # On a connection of its own: within a transaction PostgreSQL's statistics stand still.
        with psycopg.connect(self._url) as holder:
            holder.execute("SELECT * FROM change_log_heads FOR UPDATE")
            thread = begin()
            wait_until(self._somebody_waits, "the push is at its last step")
            yield thread

    def _somebody_waits(self) -> bool:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return self._number(waiting) > 0

    def count(self) -> int:
        return self._number(_COUNT)

    def _number(self, question: LiteralString) -> int:
        row = self._connection.execute(question).fetchone()
        assert row is not None
        number: int = row[0]
        return number


@contextlib.contextmanager
def _database(url: str) -> Iterator[_Database]:
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as sqlite:
            yield _Sqlite(sqlite)
    else:
        url = url.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as postgres:
            yield _Postgres(postgres, url)


@on_sqlite
def test_a_connection_that_breaks_in_the_middle_of_a_body_leaves_no_trace(
    live: LiveServer, li: LivePhone
) -> None:
    sent = [mutation(entry()) for _ in range(20)]
    body = json.dumps({"device_id": li.device_id, "mutations": sent}).encode()
    with socket.create_connection(("127.0.0.1", live.port), timeout=30) as connection:
        connection.sendall(_head(li, f"Content-Length: {len(body)}") + body[: len(body) // 2])
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert li.pull_all(LOG) == []
    assert statuses(li.push(*sent)) == ["applied"] * 20


@on_sqlite
def test_a_body_of_no_announced_length_is_cut_off_at_the_limit(
    live: LiveServer, li: LivePhone
) -> None:
    sent = mutation(entry())
    body = json.dumps({"device_id": li.device_id, "mutations": [sent]}).encode()
    assert _push_in_chunks(live, li, body + b" " * (4 * 1024 * 1024)) == 413
    assert li.pull_all(LOG) == []
    assert _push_in_chunks(live, li, body) == 200
    assert [change["id"] for change in li.pull_all(LOG)] == [sent["id"]]


def _push_in_chunks(live: LiveServer, li: LivePhone, body: bytes) -> int:
    with socket.create_connection(("127.0.0.1", live.port), timeout=30) as connection:
        # The server may answer and hang up before it has taken everything.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(_head(li, "Transfer-Encoding: chunked"))
            for start in range(0, len(body), 65536):
                part = body[start : start + 65536]
                connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
        return int(connection.recv(65536).split(b" ")[1])


def _head(li: LivePhone, length: str) -> bytes:
    lines = (
        "POST /api/v1/sync/push HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {li.token}",
        "Content-Type: application/json",
        "Connection: close",
        length,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()
