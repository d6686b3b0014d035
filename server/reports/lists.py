"""The lists that can be taken along: receipts, their lines, suppliers, licences, purchase checks.

Each is a :class:`Table` whose rows are read while they are written, inside the caller's reading
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.access import Actor
from server.checklists.models import ChecklistVersion
from server.checklists.queries import COLLECTION as CHECKLISTS
from server.db.documents import read_documents
from server.errors import PERIOD_TOO_LONG, Problem
from server.identity.models import Organisation, Site
from server.master_data.models import Supplier
from server.master_data.queries import SUPPLIERS
from server.master_data.vocabulary import CATEGORIES, LICENCE_KINDS
from server.reports.purchase_checks import (
    Reference,
    purchase_check_columns,
    purchase_check_rows,
)
from server.reports.receipt_rows import (
    DAYS_MAX,
    Period,
    ReceiptOfPeriod,
    count_lines,
    count_receipts,
    receipts_of,
)
from server.reports.receipt_sheet import unit_name
from server.reports.tables import Column, Table, Value
from server.reports.wording import Wording

ROWS_MAX = 100_000
PRINTED_ROWS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a list, in which language, about which period."""

    session: Session
    actor: Actor
    words: Wording
    period: Period


MakeList = Callable[[Asked], Table]


def purchase_checks(asked: Asked, rows_max: int = ROWS_MAX) -> Table:
    """The official purchase-check table of signed receipts.

    Raises
    ------
    Problem
        ``period-too-long`` for more than a year or more than *rows_max* rows.
    """
    asked.period.check(asked.actor, rows_max)
    rows = count_lines(asked.session, asked.period, signed_only=True)
    require_at_most(rows, rows_max)
    words = asked.words
    receipts = receipts_of(asked.session, asked.actor, asked.period, signed_only=True)
    return Table(
        words.label("checks.title"),
        purchase_check_columns(words),
        purchase_check_rows(receipts, _reference(asked), words),
        [*whose(asked), words.label("checks.basis"), words.label("times.note")],
    )


def whose(asked: Asked) -> list[str]:
    words, period = asked.words, asked.period
    organisation = asked.session.get(Organisation, asked.actor.organisation_id)
    site = None if period.site_id is None else asked.session.get(Site, period.site_id)
    colon = words.label("colon")
    place = words.label("checks.all_sites") if site is None else site.name
    return [
        f"{words.label('checks.unit')}{colon}{'' if organisation is None else organisation.name}",
        f"{words.label('checks.site')}{colon}{place}",
        f"{words.label('checks.period')}{colon}{period.first} – {period.last}",
    ]


def _reference(asked: Asked) -> Reference:
    session, organisation_id = asked.session, asked.actor.organisation_id
    checklists = session.scalars(select(ChecklistVersion.id)).all()
    suppliers = session.scalars(select(Supplier.id)).all()
    read = read_documents(session, organisation_id, CHECKLISTS, checklists)
    known = read_documents(session, organisation_id, SUPPLIERS, suppliers)
    return Reference(
        {id_: stored.document for id_, stored in read.items()},
        {id_: stored.document for id_, stored in known.items()},
    )


def require_at_most(rows: int, rows_max: int) -> None:
    if rows > rows_max:
        raise Problem(PERIOD_TOO_LONG, days=DAYS_MAX, rows=rows_max)


# -- receipts --------------------------------------------------------------------------------------


def goods_receipts(asked: Asked) -> Table:
    asked.period.check(asked.actor, ROWS_MAX)
    require_at_most(count_receipts(asked.session, asked.period), ROWS_MAX)
    words = asked.words
    columns = [
        Column(words.label("number"), width=22),
        Column(words.label("provisional_number"), width=16),
        Column(words.label("receipt.site"), width=16),
        Column(words.label("receipt.delivered_on"), "date", 12),
        Column(words.label("receipt.supplier"), width=28),
        Column(words.label("receipt.delivery_note"), width=18),
        Column(words.label("receipt.vehicle"), width=12),
        Column(words.label("receipt.driver"), width=12),
        Column(words.label("list.status"), width=10),
        Column(words.label("receipt.decision"), width=14),
        Column(words.label("list.line_count"), "number", 8),
        Column(words.label("list.photos_stored"), "number", 10),
        Column(words.label("list.photos_announced"), "number", 10),
        Column(words.label("receipt.captured_at"), "moment", 19),
        Column(words.label("receipt.received_at"), "moment", 19),
        Column(words.label("signature.acceptor"), width=12),
        Column(words.label("signature.witness"), width=12),
        Column(words.label("receipt.decision_reason"), width=30),
    ]
    receipts = receipts_of(asked.session, asked.actor, asked.period, signed_only=False)
    rows = (_receipt_row(receipt, words) for receipt in receipts)
    return Table(words.label("list.receipts"), columns, rows, whose(asked))


def _receipt_row(receipt: ReceiptOfPeriod, words: Wording) -> list[Value]:
    row, document = receipt.row, receipt.document
    signed = {entry["role"]: entry["name"] for entry in document["signatures"]}
    captured = document["captured_at"]
    return [
        row.number,
        row.provisional_number,
        receipt.site_name,
        row.delivered_on,
        document["basis"]["supplier"]["name"],
        document["delivery_note_number"],
        document["vehicle_plate"],
        document["driver_name"],
        words.label(f"list.{row.status}"),
        words.word("decision", row.decision) if row.decision else "",
        len(receipt.lines),
        receipt.photos.stored,
        receipt.photos.announced,
        None if captured is None else parse_time(captured),
        row.received_at,
        signed.get("acceptor"),
        signed.get("witness"),
        document["decision_reason"],
    ]


def goods_receipt_lines(asked: Asked) -> Table:
    asked.period.check(asked.actor, ROWS_MAX)
    require_at_most(count_lines(asked.session, asked.period, signed_only=False), ROWS_MAX)
    words = asked.words
    columns = [
        Column(words.label("number"), width=22),
        Column(words.label("receipt.site"), width=16),
        Column(words.label("receipt.delivered_on"), "date", 12),
        Column(words.label("receipt.supplier"), width=28),
        Column(words.label("line.position"), "number", 6),
        Column(words.label("checks.product"), width=20),
        Column(words.label("checks.specification"), width=14),
        Column(words.label("line.batch"), width=18),
        Column(words.label("list.produced_on"), "date", 12),
        Column(words.label("list.expires_on"), "date", 12),
        Column(words.label("line.unit"), width=8),
        *(
            Column(words.label(f"line.{name}"), "number", 10)
            for name in ("delivered", "accepted", "rejected", "pending")
        ),
        Column(words.label("list.unit_price"), "number", 10),
        Column(words.label("line.verdict"), width=12),
        Column(words.label("sample.lot_decision"), width=12),
        Column(words.label("line.rejection_reason"), width=30),
    ]
    receipts = receipts_of(asked.session, asked.actor, asked.period, signed_only=False)
    rows = (row for receipt in receipts for row in _line_rows(receipt, words))
    return Table(words.label("list.lines"), columns, rows, whose(asked))


def _line_rows(receipt: ReceiptOfPeriod, words: Wording) -> Iterator[list[Value]]:
    document, head = receipt.document, receipt.row
    said: Mapping[str, Any] = {line["id"]: line for line in document["lines"]}
    for line in receipt.lines:
        written, basis = said[line.id], document["basis"]["lines"][line.id]
        verdict = (document.get("verdict") or {"lines": {}})["lines"].get(line.id, {})
        lot = verdict.get("lot_decision")
        good = verdict.get("is_acceptable")
        yield [
            head.number or head.provisional_number,
            receipt.site_name,
            head.delivered_on,
            document["basis"]["supplier"]["name"],
            line.position + 1,
            basis["product"]["name"],
            basis["product"]["specification"],
            line.supplier_batch_number,
            line.produced_on,
            line.expires_on,
            unit_name(written["unit"], words),
            line.delivered_quantity,
            line.accepted_quantity,
            line.rejected_quantity,
            line.pending_quantity,
            None if written["unit_price"] is None else Decimal(written["unit_price"]),
            words.label("line.acceptable" if good else "line.not_acceptable"),
            words.word("lot_decision", lot) if lot else "",
            written["rejection_reason"],
        ]


# -- suppliers -------------------------------------------------------------------------------------


def suppliers(asked: Asked) -> Table:
    words = asked.words
    columns = [
        Column(words.label("list.code"), width=12),
        Column(words.label("list.name"), width=30),
        Column(words.label("list.address"), width=30),
        Column(words.label("list.contact"), width=14),
        Column(words.label("list.phone"), width=16),
        Column(words.label("list.categories"), width=30),
        Column(words.label("list.suspended"), width=24),
    ]
    rows = (_supplier_row(document, words) for document in _suppliers(asked))
    return Table(words.label("list.suppliers"), columns, rows)


def _suppliers(asked: Asked) -> Iterator[Mapping[str, Any]]:
    ids = asked.session.scalars(select(Supplier.id).order_by(Supplier.code, Supplier.id)).all()
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        stored = read_documents(asked.session, asked.actor.organisation_id, SUPPLIERS, part)
        yield from (stored[id_].document for id_ in part if id_ in stored)


def _supplier_row(document: Mapping[str, Any], words: Wording) -> list[Value]:
    names = [CATEGORIES[name].name.render(words.language) for name in document["categories"]]
    return [
        document["code"],
        document["name"],
        document["address"],
        document["contact_name"],
        document["phone"],
        words.listed(names),
        document["suspension_reason"] if document["is_suspended"] else "",
    ]


def supplier_licences(asked: Asked) -> Table:
    words = asked.words
    columns = [
        Column(words.label("list.code"), width=12),
        Column(words.label("list.name"), width=30),
        Column(words.label("list.licence"), width=20),
        Column(words.label("list.licence_number"), width=26),
        Column(words.label("list.valid_from"), "date", 12),
        Column(words.label("list.valid_until"), "date", 12),
    ]
    rows = (row for document in _suppliers(asked) for row in _licence_rows(document, words))
    return Table(words.label("list.licences"), columns, rows)


def _licence_rows(document: Mapping[str, Any], words: Wording) -> Iterator[list[Value]]:
    for licence in document["licences"]:
        yield [
            document["code"],
            document["name"],
            LICENCE_KINDS[licence["kind"]].render(words.language),
            licence["number"],
            _day(licence["valid_from"]),
            _day(licence["valid_until"]),
        ]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# The official table is never narrowed: what it says of a period it must say of all of it.
RECEIPT_LISTS: Mapping[str, MakeList] = {
    "goods-receipts": goods_receipts,
    "goods-receipt-lines": goods_receipt_lines,
}
RECORD_LISTS: Mapping[str, MakeList] = {"purchase-checks": purchase_checks, **RECEIPT_LISTS}
MASTER_DATA_LISTS: Mapping[str, MakeList] = {
    "suppliers": suppliers,
    "supplier-licences": supplier_licences,
}
