"""An organisation as it is after two years, in SQLite or PostgreSQL, for measuring the desk.

100,000 receipts with 300,000 photos' records, 20,000 notices with their findings and steps, 300,000
entries of the audit log, 500 suppliers, 2,000 products and 500 devices: copies of what the service
itself wrote. Lists read no documents of receipts, so those are not copied.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from server.access import Role
from server.app import create_app
from server.config import Settings
from server.db.audit_log import AuditEntry
from server.db.base import Base, current_session, db
from server.db.statistics import refresh_statistics
from server.db.transaction import transaction
from server.db.upgrade import upgrade_database
from tests.filling import copy_records
from tests.receiving_world import Canteen
from tests.rectification_world import Inspected
from tests.world import Person, World

RECEIPTS, PHOTOS_EACH = 100_000, 3
NOTICES, SUPPLIERS, PRODUCTS, DEVICES, AUDIT_ENTRIES = 20_000, 500, 2_000, 500, 300_000
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_OF_RECEIPTS = ("goods_receipts", "goods_receipt_lines", "goods_receipt_attachments", "attachments")
_OF_NOTICES = ("corrective_actions", "corrective_action_steps", "findings")
_DECISIONS = ("accepted",) * 17 + ("accepted_in_part", "rejected", "accepted_by_concession")
_STATUSES = ("closed",) * 16 + ("open", "submitted", "returned", "verified")
_FIRST = date(2024, 3, 2)
_DAYS = 730


@dataclass(frozen=True)
class Desk:
    world: World
    manager: Person
    admin: Person
    supplier_id: str
    product_id: str
    notice_id: str
    filled_seconds: float


@contextmanager
def filled(database_url: str | None = None) -> Iterator[Desk]:
    """The service over such a database; without an address, over SQLite in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="yanshou-bench-") as folder:
        settings = Settings(
            data_dir=Path(folder),
            database_url=database_url or f"sqlite:///{folder}/desk.sqlite3",
            blob_url=f"file://{folder}/blobs",
            secret_key="only-for-the-bench-" * 2,
            log_level="error",
        )
        app = create_app(settings, clock=lambda: NOW)
        with app.app_context():
            upgrade_database()
        desk = _first_records(World(app))
        start = time.perf_counter()
        with app.app_context():
            with transaction(current_session(), write=True):
                _fill(current_session(), desk)
            _settle(current_session())
            db.engine.dispose()
        yield replace(desk, filled_seconds=time.perf_counter() - start)
        with app.app_context():
            db.engine.dispose()


def _first_records(world: World) -> Desk:
    """One of each, as the service writes them."""
    everywhere = [world.north, world.south]
    manager = world.person("boss", Role.MANAGER, everywhere)
    canteen, inspected = Canteen(world), Inspected(world)
    _one_receipt(canteen)
    notice = inspected.issued()
    inspected.take(inspected.submission(notice), inspected.chen)
    return Desk(
        world,
        manager,
        world.person("keeper", Role.ADMIN, everywhere),
        canteen.supplier["id"],
        canteen.products["dry_goods"]["id"],
        notice["id"],
        0,
    )


def _fill(session: Session, desk: Desk) -> None:
    if session.get_bind().dialect.name == "sqlite":
        # Only while filling: what is measured reads with the cache that the service has.
        session.execute(text("PRAGMA cache_size = -400000"))
    vary = _vary(desk.world)
    _fill_devices(session, desk.world)
    copy_records(session, RECEIPTS - 1, _OF_RECEIPTS, vary)
    copy_records(
        session,
        NOTICES - 1,
        (*_OF_NOTICES, "sync_records"),
        vary,
        lambda table, row: table != "sync_records" or row["collection"] in _OF_NOTICES,
    )
    for table, last in (("suppliers", SUPPLIERS - 1), ("products", PRODUCTS // 6)):
        copy_records(
            session,
            last,
            (table, "sync_records"),
            vary,
            lambda name, row, table=table: name == table or row["collection"] == table,
        )
    held = session.scalar(select(func.count()).select_from(AuditEntry)) or 1
    copy_records(session, AUDIT_ENTRIES // held, ("audit_entries",), vary)


def _fill_devices(session: Session, world: World) -> None:
    devices = Base.metadata.tables["devices"]
    pattern = dict(session.execute(select(devices).limit(1)).mappings().one())
    pattern["organisation_id"] = world.organisation_id
    rows = [{**pattern, "id": str(uuid4()), "name": f"手机 {n}"} for n in range(DEVICES)]
    session.execute(insert(devices), rows)


def _settle(session: Session) -> None:
    """Statistics after so much has been added, as the hourly job takes them, and PostgreSQL by
    itself within a minute."""
    with transaction(session, write=True):
        refresh_statistics(session)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))


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
    """Two years, two sites, few of each rarer decision, every batch its own number."""

    def vary(table: str, row: dict[str, Any], n: int) -> None:
        if row.get("site_id") is not None:
            row["site_id"] = (world.north, world.south)[n % 2]
        if table == "goods_receipts":
            row["delivered_on"] = _FIRST + timedelta(n * _DAYS // RECEIPTS)
            row["decision"] = _DECISIONS[n % len(_DECISIONS)]
            row["number"] = f"YS-N1-{row['delivered_on']:%Y}-{n:06d}"
            if n % 1000 == 0:
                row.update(status="draft", decision=None, number=None)
        elif table == "goods_receipt_lines":
            row["supplier_batch_number"] = f"B-{n}"
        elif table == "audit_entries":
            row["at"] = NOW - timedelta(days=_DAYS * (1 - row["number"] / AUDIT_ENTRIES))
        elif table == "corrective_actions":
            _vary_notice(row, n)
        elif table in {"suppliers", "products"}:
            row["name"] = f"{row['name']} {n}"

    return vary


def _vary_notice(row: dict[str, Any], n: int) -> None:
    status = _STATUSES[n % len(_STATUSES)]
    issued = NOW - timedelta(days=_DAYS - n * _DAYS / NOTICES)
    row.update(
        status=status,
        issued_at=issued,
        first_due_at=issued + timedelta(days=3),
        due_at=issued + timedelta(days=3),
        closed_at=issued + timedelta(days=4) if status == "closed" else None,
        verified_at=issued + timedelta(days=2) if status in {"closed", "verified"} else None,
    )
