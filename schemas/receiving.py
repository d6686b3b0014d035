"""Goods receipts and their amendments. docs/ARCHITECTURE.md shows how a receipt lives."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from sampling.vocabulary import INSPECTION_SEVERITIES
from schemas.attachments import PhotoCountOut
from schemas.checklists import AnswerSchema
from schemas.fields import (
    Choice,
    Day,
    DecimalText,
    Flag,
    ServerOwned,
    Text,
    UtcTime,
    UuidText,
    WholeNumber,
)
from schemas.messages import both, shown

DECISIONS = (
    "accepted",
    "rejected",
    "accepted_in_part",
    "accepted_by_concession",
    "pending",
)
SIGNATURE_ROLES = ("acceptor", "witness", "driver")
AMENDMENT_KINDS = ("correction", "concession")
DISPOSITIONS = ("return_to_supplier", "sort", "rework", "concession", "scrap")
NONCONFORMITY_CLASSES = ("A", "B", "C")

_LARGEST_QUANTITY = "9999999"
_MOST_LINES = 200
_MOST_ANSWERS = 5000
_MOST_PHOTOS = 500


def _quantity(**kwargs: Any) -> DecimalText:
    return DecimalText(lowest="0", highest=_LARGEST_QUANTITY, places=3, **kwargs)


def _list_of(inner: Any, longest: int) -> fields.List[Any]:
    too_long = both(f"最多 {longest} 项", f"At most {longest} entries are allowed.")
    return fields.List(
        inner, load_default=list, validate=validate.Length(max=longest, error=too_long)
    )


class LineSchema(Schema):
    """One position of the delivery. The three quantities always add up to what was delivered."""

    id = UuidText(required=True)
    product_id = UuidText(required=True)
    product_version = WholeNumber(lowest=1, highest=2**31 - 1, allow_none=True, load_default=None)
    checklist_id = UuidText(allow_none=True, load_default=None)
    supplier_batch_number = Text(longest=100, load_default="")
    produced_on = Day(allow_none=True, load_default=None)
    shelf_life_days = WholeNumber(lowest=1, highest=36_500, allow_none=True, load_default=None)
    expires_on = Day(allow_none=True, load_default=None)
    unit = Text(longest=20, load_default="")
    unit_price = DecimalText(
        lowest="0", highest="99999999", places=4, allow_none=True, load_default=None
    )
    delivered_quantity = DecimalText(
        lowest="0.001", highest=_LARGEST_QUANTITY, places=3, required=True
    )
    accepted_quantity = _quantity(load_default="0")
    rejected_quantity = _quantity(load_default="0")
    pending_quantity = _quantity(load_default="0")
    rejection_reason = Text(longest=500, load_default="")
    label_temperature_c = DecimalText(
        lowest="-80", highest="100", places=1, allow_none=True, load_default=None
    )

    @validates_schema
    def quantities_add_up(self, line: dict[str, Any], **_: Any) -> None:
        parts = ("accepted_quantity", "rejected_quantity", "pending_quantity")
        delivered, total = line["delivered_quantity"], sum(Decimal(line[name]) for name in parts)
        if Decimal(delivered) != total:
            raise ValidationError(
                both(
                    f"到货数量 {delivered} 应等于 接收＋拒收＋待定 之和，现为 {total}",
                    f"delivered {delivered} must equal accepted + rejected + pending, "
                    f"which is {total}.",
                ),
                "delivered_quantity",
            )


class CountsSchema(Schema):
    """Nonconforming items found, by class."""

    A = WholeNumber(lowest=0, highest=1_000_000, load_default=0)
    B = WholeNumber(lowest=0, highest=1_000_000, load_default=0)
    C = WholeNumber(lowest=0, highest=1_000_000, load_default=0)


class SeverityByClass(fields.Field[Any]):
    """The severity each class was inspected under (``{"B": "tightened"}``), or one word for all."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        by_class = {"A": value} if isinstance(value, str) else value
        if isinstance(by_class, dict) and all(
            class_ in NONCONFORMITY_CLASSES and severity in INSPECTION_SEVERITIES
            for class_, severity in by_class.items()
        ):
            return value
        words = ", ".join(INSPECTION_SEVERITIES)
        raise ValidationError(
            both(
                f"应为 {words} 之一，或按类别 A、B、C 分别给出，收到“{shown(value)}”",
                f"One of {words} is expected, or one for each of the classes A, B, C; "
                f"“{shown(value)}” arrived.",
            )
        )


class SampleSchema(Schema):
    """The sample of one line. Each class is counted in its own sample: its first n items drawn."""

    id = UuidText(required=True)
    line_id = UuidText(required=True)
    lot_size = WholeNumber(required=True, lowest=1, highest=100_000_000)
    inspected = WholeNumber(required=True, lowest=0, highest=100_000_000)
    item_numbers = _list_of(WholeNumber(lowest=1, highest=100_000_000), 5000)
    seed = Text(longest=100, load_default="")
    nonconforming = fields.Nested(CountsSchema, required=True)

    @validates_schema
    def items_are_in_the_lot(self, sample: dict[str, Any], **_: Any) -> None:
        numbers, lot_size = sample["item_numbers"], sample["lot_size"]
        wrong = _repeated(numbers) or [number for number in numbers if number > lot_size]
        if wrong:
            text = both(
                f"抽样序号应各不相同且不大于批量 {lot_size}：{wrong[0]}",
                f"Item numbers stand once and within the lot of {lot_size}: {wrong[0]}.",
            )
            raise ValidationError(text, "item_numbers")
        if sample["inspected"] > lot_size:
            text = both(
                f"检验件数 {sample['inspected']} 大于批量 {lot_size}",
                f"{sample['inspected']} items inspected of a lot of {lot_size}.",
            )
            raise ValidationError(text, "inspected")

    # Left out they are null and not false: what a device omits must equal what is stored, or a
    # signature would seem to stand over changed content.
    captured_at = UtcTime(allow_none=True, load_default=None)
    inspection_severity = SeverityByClass(allow_none=True, load_default=None)
    is_resubmitted = Flag(allow_none=True, load_default=None)


class SignatureSchema(Schema):
    """A signature: who, as what, when, and the picture of it."""

    id = UuidText(required=True)
    role = Choice(SIGNATURE_ROLES, required=True)
    user_id = UuidText(allow_none=True, load_default=None)
    name = Text(required=True, shortest=1, longest=100)
    attachment_id = UuidText(required=True)
    signed_at = UtcTime(required=True)


class GoodsReceiptSchema(Schema):
    """A delivery, from its papers to the decision."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    provisional_number = Text(required=True, shortest=1, longest=40)
    supplier_id = UuidText(required=True)
    delivery_note_number = Text(longest=100, load_default="")
    vehicle_plate = Text(longest=20, load_default="")
    driver_name = Text(longest=100, load_default="")
    delivered_on = Day(required=True)
    delivered_at = UtcTime(allow_none=True, load_default=None)
    lines = _list_of(fields.Nested(LineSchema), _MOST_LINES)
    answers = _list_of(fields.Nested(AnswerSchema), _MOST_ANSWERS)
    samples = _list_of(fields.Nested(SampleSchema), _MOST_LINES)
    signatures = _list_of(fields.Nested(SignatureSchema), 10)
    attachment_ids = _list_of(UuidText(), _MOST_PHOTOS)
    decision = Choice(DECISIONS, allow_none=True, load_default=None)
    decision_reason = Text(longest=1000, load_default="")
    note = Text(longest=4000, load_default="")
    captured_at = UtcTime(allow_none=True, load_default=None)
    entered_at = UtcTime(allow_none=True, load_default=None)

    number = ServerOwned()
    status = ServerOwned()
    received_at = ServerOwned()
    signed_received_at = ServerOwned()
    conceded_by = ServerOwned()
    basis = ServerOwned()
    verdict = ServerOwned()

    @validates_schema
    def ids_stand_once(self, receipt: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        for name in ("lines", "answers", "samples", "signatures"):
            for repeated in _repeated(entry["id"] for entry in receipt[name]):
                errors.setdefault(name, []).append(
                    both(f"编号 {repeated} 出现多次", f"id {repeated} stands there twice.")
                )
        for line_id in _repeated(sample["line_id"] for sample in receipt["samples"]):
            errors.setdefault("samples", []).append(
                both(f"货品行 {line_id} 有多个样本", f"Line {line_id} has more than one sample.")
            )
        if errors:
            raise ValidationError(errors)

    @validates_schema
    def lines_exist(self, receipt: dict[str, Any], **_: Any) -> None:
        known = {line["id"] for line in receipt["lines"]}
        errors: dict[str, dict[int, dict[str, list[str]]]] = {}
        for name in ("answers", "samples"):
            for position, entry in enumerate(receipt[name]):
                line_id = entry["line_id"]
                if line_id is not None and line_id not in known:
                    text = both(f"没有货品行 {line_id}", f"There is no line {line_id}.")
                    errors.setdefault(name, {})[position] = {"line_id": [text]}
        if errors:
            raise ValidationError(errors)


def _repeated(ids: Any) -> list[Any]:
    return [value for value, count in Counter(ids).items() if count > 1]


class AmendedLineSchema(Schema):
    line_id = UuidText(required=True)
    accepted_quantity = _quantity(required=True)
    rejected_quantity = _quantity(required=True)
    pending_quantity = _quantity(required=True)
    disposition = Choice(
        DISPOSITIONS,
        allow_none=True,
        load_default=None,
        metadata={"description": "What happens to the goods that were rejected or left pending"},
    )


class AmendmentSchema(Schema):
    """What was decided about a signed receipt afterwards. The receipt itself never changes."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    goods_receipt_id = UuidText(required=True)
    kind = Choice(AMENDMENT_KINDS, required=True)
    reason = Text(required=True, shortest=1, longest=1000)
    decision = Choice(DECISIONS, required=True)
    lines = fields.List(
        fields.Nested(AmendedLineSchema), load_default=list, validate=validate.Length(max=200)
    )
    attachment_ids = _list_of(UuidText(), _MOST_PHOTOS)
    captured_at = UtcTime(allow_none=True, load_default=None)

    number = ServerOwned()
    received_at = ServerOwned()
    created_by = ServerOwned()

    @validates_schema
    def a_concession_is_one(self, amendment: dict[str, Any], **_: Any) -> None:
        if amendment["kind"] == "concession":
            return
        conceded = [
            position
            for position, line in enumerate(amendment["lines"])
            if line["disposition"] == "concession"
        ]
        if conceded:
            text = both(
                "让步接收须用让步单（kind 为 concession）",
                "Goods are conceded by an amendment of the kind concession.",
            )
            raise ValidationError({"lines": {conceded[0]: {"disposition": [text]}}})

    @validates_schema
    def lines_stand_once(self, amendment: dict[str, Any], **_: Any) -> None:
        for line_id in _repeated(line["line_id"] for line in amendment["lines"]):
            text = both(f"货品行 {line_id} 出现多次", f"Line {line_id} stands there twice.")
            raise ValidationError(text, "lines")


class ReceiptFilterIn(Schema):
    """Which receipts a list or an export holds. What is left out narrows nothing."""

    decision = Choice(DECISIONS, load_default=None)
    status = Choice(("draft", "signed"), load_default=None)
    supplier_id = UuidText(load_default=None)
    product_id = UuidText(load_default=None)
    site_id = UuidText(load_default=None)
    supplier_batch_number = Text(longest=100, load_default=None)
    delivered_from = Day(load_default=None)
    delivered_to = Day(load_default=None)
    text = Text(
        longest=100,
        load_default=None,
        metadata={
            "description": "The beginning of a number or a supplier's batch number, or part of the "
            "name of a supplier or product."
        },
    )


class GoodsReceiptSummaryOut(Schema):
    id = fields.String()
    site_id = fields.String()
    site_name = fields.String()
    number = fields.String(allow_none=True)
    provisional_number = fields.String()
    supplier_name = fields.String()
    delivered_on = fields.String(metadata={"format": "date"})
    status = fields.String(metadata={"enum": ["draft", "signed"]})
    decision = fields.String(allow_none=True, metadata={"description": "After all amendments"})
    line_count = fields.Integer()
    photos = fields.Nested(PhotoCountOut)
    photo_ids = fields.List(fields.String())
    updated_at = fields.String(metadata={"format": "date-time"})


class GoodsReceiptListOut(Schema):
    goods_receipts = fields.List(fields.Nested(GoodsReceiptSummaryOut))
    next_cursor = fields.String(allow_none=True)


class GoodsReceiptOut(Schema):
    version = fields.Integer()
    document = fields.Dict()
    decision_now = fields.String(allow_none=True)
    lines_now = fields.List(fields.Dict())
    amendments = fields.List(fields.Dict())
    attachments = fields.List(fields.Dict())
    photos = fields.Nested(PhotoCountOut)
