"""First pages of the desk over a full organisation, at the server, on both databases.

Beside each stands the bare query: fifty receipts by their keys, with nothing around them.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from sqlalchemy import text

from server.db.base import current_session
from tests.bench.desk_world import Desk, filled
from tests.bench.measuring import Beside, Measurement, best_seconds
from tests.infrastructure.postgres import postgres_server
from tests.world import Person

GOAL_MS = 300
Query = dict[str, str]


def measure() -> list[Measurement]:
    with filled() as desk:
        taken = _measure(desk, "SQLite")
    with postgres_server() as server:
        name = f"desk_{uuid4().hex[:8]}"
        plain = server.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(f"{plain}postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        with filled(server + name) as desk:
            return taken + _measure(desk, "PostgreSQL")


def _measure(desk: Desk, database: str) -> list[Measurement]:
    bare = Beside("50 receipts by key, bare SQL", 1000 * best_seconds(_bare(desk), 3))
    took = [
        Measurement(
            f"{database}: {name}",
            1000 * best_seconds(_page(person, address), 3),
            "ms",
            goal=GOAL_MS,
            beside=(bare,) if name == "receipts" else (),
        )
        for name, (person, address) in pages(desk).items()
    ]
    return [*took, Measurement(f"{database}: filling the tables", desk.filled_seconds, "s")]


def pages(desk: Desk) -> dict[str, tuple[Person, str]]:
    """Every page that grows with the organisation, and who opens it."""
    found = {
        name: (desk.manager, f"/goods-receipts?{urlencode(query)}")
        for name, query in _receipts(desk).items()
    }
    for name, query in _NOTICES.items():
        found[name] = (desk.manager, f"/corrective-actions?{urlencode(query)}")
    for name, address in _FOR_MANAGERS.items():
        found[name] = (desk.manager, address)
    found["one notice"] = (desk.manager, f"/corrective-actions/{desk.notice_id}")
    for name, address in _FOR_ADMINISTRATORS.items():
        found[name] = (desk.admin, address)
    found["audit log of one record"] = (
        desk.admin,
        f"/audit-entries?collection=corrective_actions&record_id={desk.notice_id}",
    )
    return found


def _receipts(desk: Desk) -> dict[str, Query]:
    cursor = desk.manager.get("/api/v1/goods-receipts").json["next_cursor"]
    return {
        "receipts": {},
        "receipts, the next page": {"cursor": cursor},
        "receipts, one supplier": {"supplier_id": desk.supplier_id},
        "receipts, one product": {"product_id": desk.product_id},
        "receipts, rejected": {"decision": "rejected"},
        "receipts, drafts": {"status": "draft"},
        "receipts, one site": {"site_id": desk.world.north},
        "receipts, one site, rejected": {"site_id": desk.world.north, "decision": "rejected"},
        "receipts, a week of last year": {
            "delivered_from": "2025-03-01",
            "delivered_to": "2025-03-07",
        },
        "receipts, one batch": {"supplier_batch_number": "B-77777"},
        "receipts, the beginning of a number": {"text": "ys-n1-2025-0555"},
        "receipts, the beginning of all numbers": {"text": "ys"},
        "receipts, the beginning of old numbers": {"text": "ys-n1-2024"},
        "receipts, part of a supplier's name": {"text": "粮油"},
        "receipts, a word nobody bears": {"text": "没有这个词"},
    }


_NOTICES: dict[str, Query] = {
    "notices": {},
    **{
        f"notices, {lane}": {"lane": lane}
        for lane in ("due_today", "overdue", "to_do", "submitted", "extension", "repeats", "closed")
    },
}
_FOR_MANAGERS = {
    "board": "/corrective-actions/board",
    "statistics of a year": "/corrective-actions/statistics"
    "?since=2025-03-01T00:00:00Z&until=2026-03-02T00:00:00Z",
    "overview of 12 weeks": "/overview",
    "overview of 52 weeks": "/overview?weeks=52",
    "findings": "/findings",
    "suppliers": "/suppliers",
    "products": "/products?limit=100",
    "expiring papers": "/expiring-papers?within_days=60",
    "trace of a batch": "/batch-trace?supplier_batch_number=20260228A",
    "flagged photos": "/attachments/flagged",
    "registers of today": "/registers/day",
}
_FOR_ADMINISTRATORS = {
    "devices": "/sync/devices",
    "people": "/users",
    "quarantine": "/sync/quarantine",
    "conflicts": "/sync/conflicts",
    "audit log": "/audit-entries",
    "audit log, one action": "/audit-entries?action=signed_in",
    "audit log, a week of last year": "/audit-entries"
    "?since=2025-03-01T00:00:00Z&until=2025-03-08T00:00:00Z",
}


def _page(person: Person, address: str) -> Callable[[], object]:
    def read() -> None:
        answer = person.get(f"/api/v1{address}")
        assert answer.status_code == 200, (address, answer.text)

    return read


def _bare(desk: Desk) -> Callable[[], object]:
    def read() -> None:
        with desk.world.app.app_context():
            session = current_session()
            session.execute(text("SELECT * FROM goods_receipts ORDER BY id LIMIT 50")).all()
            session.rollback()

    return read
