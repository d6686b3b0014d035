"""What a phone keeps, in one SQLite file: records, outbox, photos, and where it stands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    collection TEXT, id TEXT, version INTEGER, document TEXT, is_pulled INTEGER,
    PRIMARY KEY (collection, id)
);
CREATE TABLE IF NOT EXISTS outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT, mutation_id TEXT UNIQUE, collection TEXT, id TEXT,
    body TEXT
);
CREATE TABLE IF NOT EXISTS answers (
    place INTEGER PRIMARY KEY AUTOINCREMENT, mutation_id TEXT, body TEXT, mutation TEXT
);
CREATE TABLE IF NOT EXISTS photos (
    attachment_id TEXT PRIMARY KEY, content BLOB, address TEXT, is_sent INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""


class Storage:
    """One file. Every method that changes something is one transaction."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All or nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    # -- where it stands ---------------------------------------------------------------------------

    def state(self, name: str) -> str | None:
        row = self._database.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set_state(self, name: str, value: str | None) -> None:
        self._database.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    # -- records -----------------------------------------------------------------------------------

    def record(self, collection: str, record_id: str) -> tuple[int | None, Document] | None:
        row = self._database.execute(
            "SELECT version, document FROM records WHERE collection = ? AND id = ?",
            (collection, record_id),
        ).fetchone()
        return None if row is None else (row[0], json.loads(row[1]))

    def records(self, collection: str) -> dict[str, tuple[int | None, Document]]:
        rows = self._database.execute(
            "SELECT id, version, document FROM records WHERE collection = ? ORDER BY id",
            (collection,),
        )
        return {row[0]: (row[1], json.loads(row[2])) for row in rows}

    def holdings(self) -> dict[tuple[str, str], tuple[int | None, Document]]:
        rows = self._database.execute("SELECT collection, id, version, document FROM records")
        return {(row[0], row[1]): (row[2], json.loads(row[3])) for row in rows}

    def put(
        self,
        collection: str,
        record_id: str,
        version: int | None,
        document: Document,
        *,
        is_pulled: bool = False,
    ) -> None:
        self._database.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET "
            "version = excluded.version, document = excluded.document, "
            "is_pulled = max(is_pulled, excluded.is_pulled)",
            (collection, record_id, version, json.dumps(document), int(is_pulled)),
        )

    def drop(self, collection: str, record_id: str) -> None:
        self._database.execute(
            "DELETE FROM records WHERE collection = ? AND id = ?", (collection, record_id)
        )

    def forget_pulled(self) -> None:
        """At the start of a full pull: what it does not bring is not this person's any more."""
        self._database.execute("UPDATE records SET is_pulled = 0")

    def drop_what_no_pull_brought(self) -> None:
        self._database.execute("DELETE FROM records WHERE is_pulled = 0")

    # -- the outbox --------------------------------------------------------------------------------

    def enqueue(self, mutation: Document) -> None:
        self._database.execute(
            "INSERT INTO outbox (mutation_id, collection, id, body) VALUES (?, ?, ?, ?)",
            (
                mutation["mutation_id"],
                mutation["collection"],
                mutation["id"],
                json.dumps(mutation),
            ),
        )

    def outbox(self, limit: int = 10_000) -> list[Document]:
        rows = self._database.execute(
            "SELECT body FROM outbox ORDER BY place LIMIT ?", (limit,)
        ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def waiting(self, collection: str, record_id: str) -> list[Document]:
        rows = self._database.execute(
            "SELECT body FROM outbox WHERE collection = ? AND id = ? ORDER BY place",
            (collection, record_id),
        )
        return [json.loads(row[0]) for row in rows]

    def settle(self, mutation: Document, result: Document) -> None:
        """The server answered for *mutation*: it leaves the outbox, and the answer is kept."""
        self._database.execute(
            "DELETE FROM outbox WHERE mutation_id = ?", (mutation["mutation_id"],)
        )
        self._database.execute(
            "INSERT INTO answers (mutation_id, body, mutation) VALUES (?, ?, ?)",
            (mutation["mutation_id"], json.dumps(result), json.dumps(mutation)),
        )

    def answers(self) -> list[tuple[Document, Document]]:
        """Every mutation the server ever answered for, with the answer, in order."""
        rows = self._database.execute("SELECT mutation, body FROM answers ORDER BY place")
        return [(json.loads(row[0]), json.loads(row[1])) for row in rows]

    # -- photos ------------------------------------------------------------------------------------

    def keep_photo(self, attachment_id: str, content: bytes) -> None:
        self._database.execute(
            "INSERT INTO photos (attachment_id, content) VALUES (?, ?)", (attachment_id, content)
        )

    def photos_to_send(self) -> list[str]:
        rows = self._database.execute(
            "SELECT attachment_id FROM photos WHERE is_sent = 0 ORDER BY rowid"
        ).fetchall()
        return [row[0] for row in rows]

    def photo(self, attachment_id: str) -> tuple[bytes, str | None]:
        """Its bytes, and the address of the upload that was begun with it."""
        found: tuple[bytes, str | None] = self._database.execute(
            "SELECT content, address FROM photos WHERE attachment_id = ?", (attachment_id,)
        ).fetchone()
        return found

    def photo_address(self, attachment_id: str, address: str | None) -> None:
        self._database.execute(
            "UPDATE photos SET address = ? WHERE attachment_id = ?", (address, attachment_id)
        )

    def photo_sent(self, attachment_id: str, is_sent: bool = True) -> None:
        self._database.execute(
            "UPDATE photos SET is_sent = ?, address = NULL WHERE attachment_id = ?",
            (int(is_sent), attachment_id),
        )

    def sent_photos(self) -> list[str]:
        rows = self._database.execute("SELECT attachment_id FROM photos WHERE is_sent = 1")
        return [row[0] for row in rows]
