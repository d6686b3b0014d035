"""Tracing a supplier's batch.

Backward: the receipts it came with, their supplier, the supplier's licences, the papers of that
delivery. Forward: what was decided, which lots were sampled, and which findings, notices and
register entries speak of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import decimal_text
from server.access import Actor
from server.checklists.queries import COLLECTION as CHECKLISTS
from server.corrective_actions.issuing import COLLECTION as ACTIONS
from server.corrective_actions.models import CorrectiveAction
from server.db.documents import StoredDocument, read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.findings.models import Finding
from server.findings.service import COLLECTION as FINDINGS
from server.identity.models import Site
from server.master_data.queries import SUPPLIERS
from server.receiving import content
from server.receiving.models import GoodsReceipt, GoodsReceiptLine
from server.receiving.queries import photos_of
from server.registers.models import RegisterEntry
from server.registers.service import COLLECTION as REGISTER_ENTRIES

LINES_MAX = 200
READ_MAX = 2_000
"""So many entries and findings are read for the batch's number, the newest first."""
FOLLOWED = timedelta(days=370)
"""How long after its last delivery a batch is looked for in registers and findings."""
_DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Batch:
    number: str
    supplier_id: str | None = None
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Deliveries:
    """The receipts of a batch by their ids, and its lines, the newest delivery first."""

    receipts: Mapping[str, GoodsReceipt]
    lines: list[GoodsReceiptLine]
    documents: Mapping[str, Mapping[str, Any]]

    @property
    def supplier_ids(self) -> list[str]:
        return sorted({row.supplier_id for row in self.receipts.values()})

    @property
    def site_ids(self) -> list[str]:
        return sorted({row.site_id for row in self.receipts.values()})

    @property
    def since(self) -> datetime:
        # A day early: the deliveries' days are the canteen's, and these times are UTC.
        first = min(row.delivered_on for row in self.receipts.values())
        return _midnight(first) - timedelta(days=1)

    @property
    def until(self) -> datetime:
        return _midnight(max(row.delivered_on for row in self.receipts.values())) + FOLLOWED


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def trace_batch(session: Session, actor: Actor, batch: Batch) -> dict[str, Any]:
    """Everything at the reader's sites that knows of *batch*.

    Raises
    ------
    Problem
        ``record-not-found`` where no receipt names it.
    """
    found = _deliveries(session, actor, batch)
    if not found.lines:
        raise Problem(RECORD_NOT_FOUND)
    findings = _findings(session, actor, batch, found)
    return {
        "supplier_batch_number": batch.number,
        "lines": _lines(session, found),
        "has_more_lines": len(found.lines) >= LINES_MAX,
        "suppliers": _suppliers(session, actor, found),
        "papers": _papers(session, actor, found),
        "findings": findings,
        "corrective_actions": _actions(session, actor, batch, found, findings),
        "register_entries": _entries(session, actor, batch, found),
    }


def _deliveries(session: Session, actor: Actor, batch: Batch) -> _Deliveries:
    statement = (
        select(GoodsReceiptLine, GoodsReceipt)
        .join(GoodsReceipt, GoodsReceipt.id == GoodsReceiptLine.goods_receipt_id)
        .where(GoodsReceiptLine.supplier_batch_number == batch.number)
        .order_by(GoodsReceipt.delivered_on.desc(), GoodsReceipt.id.desc())
        .limit(LINES_MAX)
    )
    if batch.product_id is not None:
        statement = statement.where(GoodsReceiptLine.product_id == batch.product_id)
    if batch.supplier_id is not None:
        statement = statement.where(GoodsReceipt.supplier_id == batch.supplier_id)
    rows = session.execute(statement).all()
    receipts = {receipt.id: receipt for _, receipt in rows}
    stored = read_documents(session, actor.organisation_id, content.COLLECTION, receipts)
    documents = {id_: one.document for id_, one in stored.items() if not one.deleted}
    lines = [line for line, receipt in rows if receipt.id in documents]
    return _Deliveries({id_: receipts[id_] for id_ in documents}, lines, documents)


def _lines(session: Session, found: _Deliveries) -> list[dict[str, Any]]:
    rows = session.execute(select(Site.id, Site.name).where(Site.id.in_(found.site_ids)))
    sites = {row[0]: row[1] for row in rows}
    photos = photos_of(session, found.receipts)
    return [
        {
            **_line(line, found.receipts[line.goods_receipt_id], found.documents),
            "site_name": sites.get(line.site_id, ""),
            "photos": photos[line.goods_receipt_id].count(),
        }
        for line in found.lines
    ]


def _line(
    line: GoodsReceiptLine, receipt: GoodsReceipt, documents: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    document = documents[receipt.id]
    basis = document["basis"]["lines"].get(line.id, {})
    verdict = document["verdict"]["lines"].get(line.id, {})
    samples = [sample for sample in document["samples"] if sample["line_id"] == line.id]
    return {
        "goods_receipt_id": receipt.id,
        "line_id": line.id,
        "number": receipt.number,
        "provisional_number": receipt.provisional_number,
        "site_id": line.site_id,
        "delivered_on": receipt.delivered_on.isoformat(),
        "status": receipt.status,
        "decision": receipt.decision,
        "supplier_id": receipt.supplier_id,
        "product_id": line.product_id,
        "product_name": basis.get("product", {}).get("name", ""),
        "unit": basis.get("product", {}).get("unit", ""),
        "produced_on": line.produced_on and line.produced_on.isoformat(),
        "expires_on": line.expires_on and line.expires_on.isoformat(),
        "delivered_quantity": decimal_text(line.delivered_quantity),
        **{name: decimal_text(getattr(line, name)) for name in content.QUANTITIES},
        "lot_decision": verdict.get("lot_decision"),
        "sample": samples[0] if samples else None,
    }


def _suppliers(session: Session, actor: Actor, found: _Deliveries) -> list[dict[str, Any]]:
    """The suppliers as they are on file now, with all their papers."""
    stored = read_documents(session, actor.organisation_id, SUPPLIERS, found.supplier_ids)
    names = ("id", "code", "name", "address", "licences")
    return [
        {name: stored[id_].document.get(name) for name in names}
        for id_ in found.supplier_ids
        if id_ in stored
    ]


def _papers(session: Session, actor: Actor, found: _Deliveries) -> list[dict[str, Any]]:
    """The papers shown at the deliveries: numbers that were written down, and pictures taken."""
    photos = photos_of(session, found.receipts)
    items = _document_items(session, actor, found)
    papers = []
    for id_, document in found.documents.items():
        stored = {item.id for item in photos[id_].items if item.status == "stored"}
        lines = {None, *(line.id for line in found.lines if line.goods_receipt_id == id_)}
        for answer in document["answers"]:
            item = items.get(answer["item_id"])
            if item is None or answer["line_id"] not in lines or answer["not_applicable"]:
                continue
            papers.append(
                {
                    "goods_receipt_id": id_,
                    "title": {"zh": item["zh"], "en": item["en"]},
                    "number": answer["number"],
                    "attachment_ids": [a for a in answer["attachment_ids"] if a in stored],
                }
            )
    return papers


def _document_items(
    session: Session, actor: Actor, found: _Deliveries
) -> dict[str, Mapping[str, Any]]:
    """The items of the receipts' checklists that ask for a paper, by their ids."""
    ids = {
        basis["checklist"]["id"]
        for document in found.documents.values()
        for basis in document["basis"]["lines"].values()
    }
    stored = read_documents(session, actor.organisation_id, CHECKLISTS, sorted(ids))
    checklists = [one.shared_document for one in stored.values()]
    items = (item for one in checklists for item in (*one["head_items"], *one["items"]))
    return {item["id"]: item for item in items if item["type"] == _DOCUMENT}


# -- what speaks of the batch ----------------------------------------------------------------------


def _speaking(batch: Batch, stored: Iterable[StoredDocument]) -> list[dict[str, Any]]:
    """Those documents whose text has the batch's number in it, as JSON writes it."""
    written = orjson.dumps(batch.number).decode()[1:-1]
    return [one.document for one in stored if not one.deleted and written in one.text]


def _findings(
    session: Session, actor: Actor, batch: Batch, found: _Deliveries
) -> list[dict[str, Any]]:
    """Findings made on the receipts, and those of the time that name the batch."""
    of_receipts = session.scalars(
        select(Finding.id).where(Finding.source_id.in_(sorted(found.receipts)))
    ).all()
    of_time = session.scalars(
        select(Finding.id)
        .where(
            Finding.site_id.in_(found.site_ids),
            Finding.captured_at.between(found.since, found.until),
        )
        .order_by(Finding.captured_at.desc(), Finding.id.desc())
        .limit(READ_MAX)
    ).all()
    stored = read_documents(session, actor.organisation_id, FINDINGS, [*of_receipts, *of_time])
    naming = {document["id"]: document for document in _speaking(batch, stored.values())}
    named = {id_: stored[id_].document for id_ in of_receipts if not stored[id_].deleted}
    return _newest({**naming, **named}.values(), "captured_at")


def _actions(
    session: Session,
    actor: Actor,
    batch: Batch,
    found: _Deliveries,
    findings: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Notices that put the findings right, and those to the suppliers that name the batch."""
    ids = {one["id"] for one in findings}
    rows = session.execute(
        select(Finding.corrective_action_id).where(
            Finding.id.in_(sorted(ids)), Finding.corrective_action_id.is_not(None)
        )
    )
    of_findings = {str(row[0]) for row in rows}
    of_suppliers = session.scalars(
        select(CorrectiveAction.id)
        .where(
            CorrectiveAction.supplier_id.in_(found.supplier_ids),
            CorrectiveAction.issued_at.between(found.since, found.until),
        )
        .order_by(CorrectiveAction.issued_at.desc())
        .limit(READ_MAX)
    ).all()
    wanted = [*sorted(of_findings), *of_suppliers]
    stored = read_documents(session, actor.organisation_id, ACTIONS, wanted)
    naming = {document["id"]: document for document in _speaking(batch, stored.values())}
    named = {id_: stored[id_].document for id_ in of_findings if id_ in stored}
    return _newest({**naming, **named}.values(), "issued_at")


def _entries(
    session: Session, actor: Actor, batch: Batch, found: _Deliveries
) -> list[dict[str, Any]]:
    ids = session.scalars(
        select(RegisterEntry.id)
        .where(
            RegisterEntry.site_id.in_(found.site_ids),
            RegisterEntry.captured_at.between(found.since, found.until),
        )
        .order_by(RegisterEntry.captured_at.desc(), RegisterEntry.id.desc())
        .limit(READ_MAX)
    ).all()
    stored = read_documents(session, actor.organisation_id, REGISTER_ENTRIES, ids)
    return _newest(_speaking(batch, stored.values()), "captured_at")


def _newest(documents: Iterable[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted(documents, key=lambda document: str(document.get(name)), reverse=True)
