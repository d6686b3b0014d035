"""The official table of purchase checks (进货查验记录表), row by row from signed receipts. Pure.

Source: 餐饮服务食品安全操作规范, annex B: its columns, in its order. Where a receipt says nothing
that a column asks for, the column stays empty; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from server.master_data.vocabulary import LICENCE_KINDS
from server.reports.receipt_rows import ReceiptOfPeriod
from server.reports.receipt_sheet import unit_name
from server.reports.tables import Column, Value
from server.reports.wording import Wording

_PERMITS = ("food_production_licence", "food_operation_licence", "slaughter_permit")
_LOOKS_GATES = ("condition", "sampling")
_NOT_LOOKS = ("temperature", "date", "number", "text", "time", "document")


@dataclass(frozen=True, slots=True)
class Reference:
    """What receipts refer to and do not hold themselves."""

    checklists: Mapping[str, Mapping[str, Any]]
    suppliers: Mapping[str, Mapping[str, Any]]


def purchase_check_columns(words: Wording) -> list[Column]:
    papers, entry = words.label("checks.papers"), words.label("checks.entry")

    def column(key: str, width: int, kind: Any = "text", group: str = "") -> Column:
        return Column(words.label(f"checks.{key}"), kind, width, group)

    return [
        column("position", 6, "number"),
        column("delivered_on", 11, "date"),
        column("product", 18),
        column("specification", 12),
        column("quantity", 10, "number"),
        Column(words.label("line.unit"), "text", 6),
        column("batch", 14),
        column("producer", 22),
        column("supplier", 26),
        column("permit", 18, group=papers),
        column("business_licence", 18, group=papers),
        column("voucher", 16, group=papers),
        column("report", 16, group=papers),
        column("other", 18, group=papers),
        column("looks", 14, group=entry),
        column("temperature", 12, group=entry),
        column("inspection", 16),
        column("recorder", 10),
        column("note", 22),
    ]


def purchase_check_rows(
    receipts: Iterator[ReceiptOfPeriod], reference: Reference, words: Wording
) -> Iterator[list[Value]]:
    """One row for each line of goods, in the columns' order."""
    position = 0
    for receipt in receipts:
        for line in receipt.document["lines"]:
            position += 1
            yield [position, *_row(receipt, line, reference, words)]


def _row(
    receipt: ReceiptOfPeriod, line: Mapping[str, Any], reference: Reference, words: Wording
) -> Iterator[Value]:
    document = receipt.document
    basis = document["basis"]["lines"][line["id"]]
    checklist = reference.checklists.get(basis["checklist"]["id"]) or {"items": []}
    checks = LineChecks(document, line, checklist, words)
    supplier = document["basis"]["supplier"]
    yield date.fromisoformat(document["delivered_on"])
    yield basis["product"]["name"]
    yield basis["product"]["specification"] or ""
    yield Decimal(line["delivered_quantity"])
    yield unit_name(line["unit"], words)
    yield line["supplier_batch_number"] or line["produced_on"] or ""
    yield checks.producer()
    yield _contact(supplier)
    licences = _licences(reference.suppliers.get(supplier["id"]) or {}, document["delivered_on"])
    yield words.listed([_licence(entry, words) for entry in licences if entry["kind"] in _PERMITS])
    yield words.listed([e["number"] for e in licences if e["kind"] == "business_licence"])
    yield document["delivery_note_number"]
    yield checks.papers(is_report=True)
    yield checks.papers(is_report=False)
    yield checks.looks()
    yield checks.temperature()
    yield checks.inspection()
    yield _recorder(document)
    yield _note(receipt, line, words)


def _contact(supplier: Mapping[str, Any]) -> str:
    parts = [supplier["name"], supplier.get("address"), supplier.get("contact_name")]
    return " ".join(str(part) for part in (*parts, supplier.get("phone")) if part)


def _licences(supplier: Mapping[str, Any], on: str) -> list[Mapping[str, Any]]:
    """Those in force on the day of delivery."""
    return [
        licence
        for licence in supplier.get("licences") or ()
        if (licence.get("valid_from") or on) <= on <= (licence.get("valid_until") or on)
    ]


def _licence(licence: Mapping[str, Any], words: Wording) -> str:
    kind = LICENCE_KINDS[licence["kind"]].render(words.language)
    return f"{kind} {licence['number']}"


def _recorder(document: Mapping[str, Any]) -> str:
    signed = (s["name"] for s in document["signatures"] if s["role"] == "acceptor")
    return str(next(signed, ""))


def _note(receipt: ReceiptOfPeriod, line: Mapping[str, Any], words: Wording) -> str:
    now = next((row for row in receipt.lines if row.id == line["id"]), None)
    parts = [receipt.row.number or receipt.row.provisional_number]
    if now is not None:
        for name in ("rejected", "pending"):
            quantity: Decimal = getattr(now, f"{name}_quantity")
            if quantity:
                parts.append(f"{words.label(f'line.{name}')} {quantity.normalize():f}")
    if line["rejection_reason"]:
        parts.append(line["rejection_reason"])
    return words.listed(parts)


@dataclass(frozen=True, slots=True)
class LineChecks:
    """The answers to one line's checklist, gathered under the table's columns."""

    document: Mapping[str, Any]
    line: Mapping[str, Any]
    checklist: Mapping[str, Any]
    words: Wording

    def producer(self) -> str:
        """Where a check asks for it, as for meat: slaughterhouse and day."""
        texts = [a["value"] for item, a in self._answered() if item["type"] == "text"]
        return self.words.listed([text for text in texts if text])

    def papers(self, *, is_report: bool) -> str:
        """The papers of this batch: test reports, or other proof."""
        return self.words.listed(
            [
                answer["number"] or self._mark(item)
                for item, answer in self._answered()
                if item["type"] == "document" and ("报告" in item["zh"]) == is_report
            ]
        )

    def looks(self) -> str:
        failed = [item for item in self._items_for_looks() if item["id"] in self._failed()]
        if failed:
            titles = [item["en" if self.words.is_english else "zh"] for item in failed]
            return f"{self.words.label('check.not_ok')}{self.words.label('colon')}" + (
                self.words.listed(titles)
            )
        answered = {item["id"] for item, _ in self._answered()}
        looked = any(item["id"] in answered for item in self._items_for_looks())
        return self.words.label("check.ok") if looked else ""

    def _items_for_looks(self) -> list[Mapping[str, Any]]:
        return [
            item
            for item in self.checklist["items"]
            if item["gate"] in _LOOKS_GATES and item["type"] not in _NOT_LOOKS
        ]

    def temperature(self) -> str:
        return self.words.listed(
            [
                f"{answer['value']} ℃ {self._mark(item)}"
                for item, answer in self._answered()
                if item["type"] == "temperature" and answer["value"] is not None
            ]
        )

    def inspection(self) -> str:
        verdict = self._verdict()
        decision = verdict.get("lot_decision")
        plan = self.document["basis"]["lines"][self.line["id"]]["sampling"]
        if decision is None or plan is None:
            return ""
        return f"n={plan['sample_size']} {self.words.word('lot_decision', decision)}"

    def _answered(self) -> Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        items = {item["id"]: item for item in self.checklist["items"]}
        return [
            (items[answer["item_id"]], answer)
            for answer in self.document["answers"]
            if answer["line_id"] == self.line["id"]
            and answer["item_id"] in items
            and not answer["not_applicable"]
        ]

    def _verdict(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (self.document.get("verdict") or {"lines": {}})["lines"].get(
            self.line["id"], {}
        )
        return found

    def _failed(self) -> frozenset[str]:
        return frozenset(entry["item_id"] for entry in self._verdict().get("not_ok", ()))

    def _mark(self, item: Mapping[str, Any]) -> str:
        return "×" if item["id"] in self._failed() else "√"
