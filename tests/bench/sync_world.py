"""A canteen to be measured: a migrated database with people, master data and typical receipts."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from server.app import create_app
from server.config import Settings
from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.sync_log import SqlLog
from server.db.transaction import transaction
from server.db.upgrade import upgrade_database
from server.identity.models import User
from server.identity.service import sign_in
from server.sync_api.service import scope_of
from sync.cursor import Phase, encode_cursor, fresh_cursor
from tests.bench.bare import READS_FROM, TABLE, WRITES_TO
from tests.bench.serving import Server, get, post, serving
from tests.infrastructure.postgres import postgres_server
from tests.receipts import Document
from tests.receiving_world import Canteen
from tests.world import World

CATEGORIES = ("dry_goods", "meat", "vegetables")
ANSWERS = 24


@dataclass
class Bench:
    """The service and the bare endpoint, side by side, each over a database of its own kind."""

    canteen: Canteen
    settings: Settings
    ours: Server
    bare: Server
    environment: Mapping[str, str]

    @contextlib.contextmanager
    def fresh_server(self) -> Iterator[Server]:
        """The service once more over the same database, in workers that have done nothing yet."""
        with serving("wsgi:app", self.environment) as server:
            yield server

    @property
    def organisation_id(self) -> str:
        return self.canteen.world.organisation_id

    def receipts(self, count: int) -> list[Document]:
        """Mutations of typical receipts, none of which was sent before."""
        typical = json.dumps(self._typical())
        own = [*_ids(json.loads(typical))]
        made = []
        for _ in range(count):
            fresh = typical
            for id_ in own:
                fresh = fresh.replace(id_, str(uuid4()))
            made.append(_mutation(json.loads(fresh)))
        return made

    def _typical(self) -> Document:
        document = self.canteen.draft(*CATEGORIES).document
        document["answers"] = document["answers"][:ANSWERS]
        document["site_id"] = self.canteen.world.north
        return document

    def pushes(self, requests: int, batch: int) -> tuple[list[bytes], list[bytes]]:
        """The same receipts as requests to the service and to the bare endpoint."""
        li, ours, bare = self.canteen.li, [], []
        for _ in range(requests):
            body = {"device_id": li.device_id, "mutations": self.receipts(batch)}
            sent = json.dumps(body, ensure_ascii=False).encode()
            ours.append(post("/api/v1/sync/push", sent, li.token))
            bare.append(post("/push", sent))
        return ours, bare

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A writing transaction on the service's database."""
        with self.canteen.world.app.app_context(), transaction(current_session(), write=True):
            yield current_session()

    def fill_log(self, up_to: int) -> None:
        """Let the change log hold *up_to* changes of work log entries, as they would be stored."""
        is_sqlite = self.settings.database_url.startswith("sqlite")
        with self.session() as session:
            have = session.execute(text("SELECT max(sequence) FROM change_log_heads")).scalar_one()
            if up_to > have:
                filling = text(_FILL_SQLITE if is_sqlite else _FILL_POSTGRES)
                world = self.canteen.world
                plain = world.organisation_id, world.north
                packed = [id_.replace("-", "") if is_sqlite else id_ for id_ in plain]
                asked = {"organisation": packed[0], "site": packed[1]}
                session.execute(filling, {**asked, "have": have, "up_to": up_to})
                session.execute(
                    text("UPDATE change_log_heads SET sequence = :up_to WHERE sequence = :have"),
                    {"up_to": up_to, "have": have},
                )
                if not is_sqlite:
                    session.execute(text("ANALYZE"))  # as it does by itself before long

    def position(self) -> int:
        with self.session() as session:
            last = session.execute(text("SELECT max(sequence) FROM change_log_heads"))
            return int(last.scalar_one())

    def devices(self, count: int) -> list[str]:
        """Tokens of so many phones of one person."""
        with self.session() as session, unscoped(session):
            user = session.get_one(User, self.canteen.li.user_id)
            now = datetime.now(UTC)
            return [
                sign_in(session, self.settings, user, str(uuid4()), "phone", now).access_token
                for _ in range(count)
            ]

    def cursor_at(self, position: int) -> str:
        """The cursor of a phone that holds everything up to *position*."""
        with self.session() as session:
            actor = self.canteen.world.actor(self.canteen.li)
            scope = scope_of(actor, None)
            epoch = SqlLog(session, actor).epoch()
        whole = fresh_cursor(scope, epoch, position)
        cursor = replace(whole, served=scope.places, entering=Phase())
        return encode_cursor(cursor, self.settings.secret_key.encode())

    def pull(self, cursor: str | None = None, *, limit: int = 1000, headers: str = "") -> bytes:
        path = f"/api/v1/sync/pull?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        return get(path, self.canteen.li.token, *([headers] if headers else []))


_COLUMNS = (
    "INSERT INTO sync_records (organisation_id, collection, id, site_id, version, deleted,"
    " sequence, document, user_id, device_id, written_at)"
)
_DOCUMENT = (
    """'{"id":"' || id || '","title":"晨会","text":"冷库温度正常","marks":{},"note":"' ||"""
    f""" substr('{"." * 160}', 1) || '"}}'"""
)
_FILL_SQLITE = (
    "WITH RECURSIVE n(i) AS (SELECT :have + 1 UNION ALL SELECT i + 1 FROM n WHERE i < :up_to),"
    " made(i, id) AS (SELECT i, printf('%032x', i) FROM n) "
    f"{_COLUMNS} SELECT :organisation, 'work_log_entries', id, :site, 1, 0, i, {_DOCUMENT},"
    " NULL, NULL, '2026-03-02 01:30:00.000000' FROM made"
)
_FILL_POSTGRES = (
    "WITH made(i, id) AS (SELECT i, lpad(to_hex(i), 32, '0')"
    " FROM generate_series(CAST(:have AS bigint) + 1, CAST(:up_to AS bigint)) AS i) "
    f"{_COLUMNS} SELECT CAST(:organisation AS uuid), 'work_log_entries', CAST(id AS uuid),"
    f" CAST(:site AS uuid), 1, false, i, {_DOCUMENT}, NULL, NULL,"
    " '2026-03-02 01:30:00+00' FROM made"
)


def _ids(document: Document) -> Iterator[str]:
    """The ids that the device made."""
    yield document["id"]
    for name in ("lines", "answers", "samples"):
        for entry in document[name]:
            yield entry["id"]
            yield from entry.get("attachment_ids", ())


def _mutation(document: Document) -> Document:
    return {
        "mutation_id": str(uuid4()),
        "collection": "goods_receipts",
        "id": document["id"],
        "operation": "upsert",
        "base_version": None,
        "document": document,
        "captured_at": document["captured_at"],
    }


@contextlib.contextmanager
def databases() -> Iterator[dict[str, tuple[str, str]]]:
    """For each kind of database, the address of one for the service and one for the ceiling."""
    folder = Path(tempfile.mkdtemp(prefix="yanshou-bench-"))
    try:
        with postgres_server() as server:
            address = server.replace("postgresql+psycopg", "postgresql")
            with psycopg.connect(address + "postgres", autocommit=True) as connection:
                for name in ("ours", "bare"):
                    connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
            with psycopg.connect(address + "bare", autocommit=True) as connection:
                connection.execute(TABLE)  # type: ignore[call-overload]
            with contextlib.closing(sqlite3.connect(folder / "bare.sqlite3")) as file:
                file.execute(TABLE)
            yield {
                "SQLite": (f"sqlite:///{folder}/ours.sqlite3", f"sqlite:///{folder}/bare.sqlite3"),
                "PostgreSQL": (server + "ours", server + "bare"),
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def bench_over(urls: tuple[str, str]) -> Iterator[Bench]:
    """Make the world in the first database and start both servers."""
    folder = Path(tempfile.mkdtemp(prefix="yanshou-bench-data-"))
    settings = Settings(
        data_dir=folder,
        database_url=urls[0],
        blob_url=f"file://{folder / 'blobs'}",
        secret_key="only-for-the-bench-" * 3,
        log_level="error",
        argon2_time_cost=1,
        argon2_memory_kib=8,
    )
    try:
        app = create_app(settings)
        with app.app_context():
            upgrade_database()
        canteen = Canteen(World(app))
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        environment = {
            "YANSHOU_DATA_DIR": str(folder),
            "YANSHOU_DATABASE_URL": settings.database_url,
            "YANSHOU_SECRET_KEY": settings.secret_key,
            "YANSHOU_PUSH_MUTATIONS_PER_MINUTE": "1000000000",
            WRITES_TO: urls[1],
            READS_FROM: urls[0],
        }
        with (
            serving("wsgi:app", environment) as ours,
            serving(
                "tests.bench.bare:create_bare_app()", environment, "tests.bench.bare_gunicorn_conf"
            ) as bare,
        ):
            yield Bench(canteen, settings, ours, bare, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def peak_memory_kib(process_id: int) -> int:
    """The most memory the process has held at any moment."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError(f"no VmHWM for {process_id}")


def forget_peak_memory(process_id: int) -> None:
    with contextlib.suppress(PermissionError):
        Path(f"/proc/{process_id}/clear_refs").write_text("5")
