"""The ceiling: the least a Flask service can do with the same JSON and the same kind of database.

No validation, no sign-in, no history, no idempotency. gunicorn serves it with the settings it
serves the real service with.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import psycopg
from flask import Flask, Response, jsonify, request

WRITES_TO, READS_FROM = "YANSHOU_BENCH_WRITES_TO", "YANSHOU_BENCH_READS_FROM"
"""Environment: an own database for what is pushed; the service's, to send the same rows."""
TABLE = "CREATE TABLE IF NOT EXISTS bare_documents (id text PRIMARY KEY, document text NOT NULL)"
_PAGE = (
    "SELECT collection, id, version, document FROM sync_records"
    " WHERE organisation_id = {0} AND sequence > {0} ORDER BY sequence LIMIT {0}"
)


class Database(Protocol):
    def insert(self, rows: Sequence[tuple[str, str]]) -> None: ...

    def page(self, organisation_id: str, after: int, limit: int) -> Iterable[tuple[Any, ...]]: ...


class Sqlite:
    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")

    def insert(self, rows: Sequence[tuple[str, str]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO bare_documents VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")

    def page(self, organisation_id: str, after: int, limit: int) -> Iterable[tuple[Any, ...]]:
        packed = organisation_id.replace("-", "")
        return self._connection.execute(_PAGE.format("?"), (packed, after, limit)).fetchall()


class Postgres:
    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)

    def insert(self, rows: Sequence[tuple[str, str]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare_documents VALUES (%s, %s)", rows)
        self._connection.commit()

    def page(self, organisation_id: str, after: int, limit: int) -> Iterable[tuple[Any, ...]]:
        asked = (organisation_id, after, limit)
        rows = self._connection.execute(_PAGE.format("%s"), asked).fetchall()
        self._connection.commit()
        return rows


def _open(url: str) -> Database:
    if url.startswith("sqlite"):
        return Sqlite(url.removeprefix("sqlite:///"))
    return Postgres(url.replace("postgresql+psycopg", "postgresql"))


def create_bare_app() -> Flask:
    mine, making = threading.local(), threading.Lock()

    def database(name: str) -> Database:
        if not hasattr(mine, name):
            with making:
                setattr(mine, name, _open(os.environ[name]))
        opened: Database = getattr(mine, name)
        return opened

    app = Flask("bare")

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    @app.post("/push")
    def push() -> Response:
        body: Any = request.get_json()
        rows = [(one["id"], json.dumps(one["document"])) for one in body["mutations"]]
        database(WRITES_TO).insert(rows)
        return jsonify({"inserted": len(rows)})

    @app.get("/pull")
    def pull() -> Response:
        given = request.args
        after, limit = int(given["after"]), int(given["limit"])
        rows = database(READS_FROM).page(given["organisation"], after, limit)
        # The same bytes as the service sends, but that SQLite's ids have no hyphens.
        changes = ",".join(
            f'{{"collection":"{collection}","id":"{id_}","version":{version},"deleted":false,'
            f'"document":{document}}}'
            for collection, id_, version, document in rows
        )
        return Response(f'{{"changes":[{changes}]}}', content_type="application/json")

    return app
