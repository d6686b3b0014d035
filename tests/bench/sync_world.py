"""A canteen to be measured: a migrated database with people, master data and typical receipts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.db.upgrade import upgrade_database
from tests.bench.bare import BARE_URL
from tests.bench.serving import Server, post, serving
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

    @property
    def organisation_id(self) -> str:
        return self.canteen.world.organisation_id

    def receipts(self, count: int) -> list[Document]:
        """Mutations of typical receipts, none of which was sent before."""
        text = json.dumps(self._typical())
        own = [*_ids(json.loads(text))]
        made = []
        for _ in range(count):
            fresh = text
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
            yield {
                "SQLite": (f"sqlite:///{folder}/ours.sqlite3", f"sqlite:///{folder}/bare.sqlite3"),
                "PostgreSQL": (server + "ours", server + "bare"),
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def bench_over(urls: tuple[str, str], *, bare_reads_ours: bool = False) -> Iterator[Bench]:
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
            BARE_URL: urls[0] if bare_reads_ours else urls[1],
        }
        with (
            serving("wsgi:app", environment) as ours,
            serving("tests.bench.bare:create_bare_app()", environment) as bare,
        ):
            yield Bench(canteen, settings, ours, bare)
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


def is_root() -> bool:
    return os.geteuid() == 0
