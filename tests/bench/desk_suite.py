"""First pages of the desk over 100,000 receipts with 300,000 photos' records, at the server.

Beside each stands the bare query: the rows of that page by their keys, with nothing around them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from server.access import Role
from server.app import create_app
from server.config import Settings
from server.db.base import current_session, db
from server.db.transaction import transaction
from server.db.upgrade import upgrade_database
from tests.bench.measuring import Beside, Measurement, best_seconds
from tests.filling import copy_records
from tests.receiving_world import Canteen
from tests.world import Person, World

RECEIPTS, PHOTOS_EACH = 100_000, 3
GOAL_MS = 300
TABLES = ("goods_receipts", "goods_receipt_lines", "goods_receipt_attachments", "attachments")
_DECISIONS = ("accepted",) * 17 + ("accepted_in_part", "rejected", "accepted_by_concession")
_FIRST = date(2024, 3, 2)
_DAYS = 730


@dataclass(frozen=True)
class Desk:
    world: World
    manager: Person
    supplier_id: str
    product_id: str
    filled_seconds: float


def measure() -> list[Measurement]:
    with _filled() as desk:
        pages = [(name, _page(desk, query)) for name, query in _queries(desk).items()]
        bare = _bare(desk)
        took = [
            Measurement(
                f"first page, {name}",
                1000 * best_seconds(job, 3),
                "ms",
                goal=GOAL_MS,
                beside=(Beside("50 receipts by key, bare SQL", 1000 * best_seconds(bare, 3)),),
            )
            for name, job in pages
        ]
        return [*took, Measurement("filling the tables", desk.filled_seconds, "s", goal=60)]


def _queries(desk: Desk) -> dict[str, dict[str, str]]:
    cursor = desk.manager.get("/api/v1/goods-receipts").json["next_cursor"]
    return {
        "everything": {},
        "the one after it": {"cursor": cursor},
        "one supplier": {"supplier_id": desk.supplier_id},
        "one product": {"product_id": desk.product_id},
        "rejected": {"decision": "rejected"},
        "drafts": {"status": "draft"},
        "one site": {"site_id": desk.world.north},
        "a week of last year": {"delivered_from": "2025-03-01", "delivered_to": "2025-03-07"},
        "one batch": {"supplier_batch_number": "B-77777"},
        "the beginning of a number": {"text": "ys-n1-2026-000001"},
        "part of a supplier's name": {"text": "粮油"},
        "a word nobody bears": {"text": "没有这个词"},
    }


def _page(desk: Desk, query: dict[str, str]) -> Callable[[], object]:
    def read() -> None:
        answer = desk.manager.get("/api/v1/goods-receipts", query_string=query)
        assert answer.status_code == 200, answer.text

    return read


def _bare(desk: Desk) -> Callable[[], object]:
    def read() -> None:
        with desk.world.app.app_context():
            session = current_session()
            session.execute(text("SELECT * FROM goods_receipts ORDER BY id LIMIT 50")).all()
            session.rollback()

    return read


@contextmanager
def _filled() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="yanshou-bench-") as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/desk.sqlite3",
            blob_url=f"file://{folder}/blobs",
            secret_key="only-for-the-bench-" * 2,
            log_level="error",
        )
        app = create_app(settings)
        with app.app_context():
            upgrade_database()
        world = World(app)
        manager = world.person("boss", Role.MANAGER, [world.north, world.south])
        canteen = Canteen(world)
        _one_receipt(canteen)
        start = time.perf_counter()
        with app.app_context(), transaction(current_session(), write=True):
            # Only while filling: what is measured reads with the cache that the service has.
            current_session().execute(text("PRAGMA cache_size = -400000"))
            copy_records(current_session(), RECEIPTS - 1, TABLES, _vary(world))
        seconds = time.perf_counter() - start
        with app.app_context():
            db.engine.dispose()
        product_id = canteen.products["dry_goods"]["id"]
        yield Desk(world, manager, canteen.supplier["id"], product_id, seconds)
        with app.app_context():
            db.engine.dispose()


def _one_receipt(canteen: Canteen) -> None:
    """A signed receipt with one line and as many photos as a delivery has."""
    draft = canteen.finish(canteen.draft("dry_goods"))
    answer = canteen.put(draft)
    assert answer.status_code == 201, answer.text
    mutations = [
        {
            "mutation_id": str(uuid4()),
            "collection": "attachments",
            "id": photo,
            "operation": "upsert",
            "base_version": None,
            "document": {
                "id": photo,
                "sha256": "0" * 64,
                "size": 1000,
                "media_type": "image/jpeg",
                "owner_collection": "goods_receipts",
                "owner_id": draft.document["id"],
            },
        }
        for photo in list(draft.photos)[:PHOTOS_EACH]
    ]
    push = {"device_id": canteen.li.device_id, "mutations": mutations}
    results = canteen.li.post("/api/v1/sync/push", json=push).json["results"]
    assert [one["status"] for one in results] == ["applied"] * PHOTOS_EACH


def _vary(world: World) -> Callable[[str, dict[str, Any], int], None]:
    """Two years, two sites, one in twenty of each rarer decision, every batch its own number."""

    def vary(table: str, row: dict[str, Any], n: int) -> None:
        row["site_id"] = (world.north, world.south)[n % 2]
        if table == "goods_receipts":
            row["delivered_on"] = _FIRST + timedelta(n * _DAYS // RECEIPTS)
            row["decision"] = _DECISIONS[n % len(_DECISIONS)]
            if n % 1000 == 0:
                row.update(status="draft", decision=None, number=None)
        elif table == "goods_receipt_lines":
            row["supplier_batch_number"] = f"B-{n}"

    return vary
