"""What documents and lists may be asked for."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from schemas.fields import Choice, Day, UuidText
from schemas.messages import both
from schemas.receiving import ReceiptFilterIn

LANGUAGES = ("zh-CN", "zh", "en")


class DocumentIn(Schema):
    """The language of a document; without it, what Accept-Language asks for."""

    lang = Choice(LANGUAGES, load_default=None)


class PeriodIn(DocumentIn):
    """A period, both days included, at one site or at all that the reader may see."""

    from_ = Day(required=True, data_key="from")
    to = Day(required=True)
    site_id = UuidText(load_default=None)

    @validates_schema
    def begins_before_it_ends(self, data: dict[str, Any], **_: Any) -> None:
        if data["from_"] > data["to"]:
            text = both("结束日期早于开始日期", "The period ends before it begins.")
            raise ValidationError({"to": [text]})


class ReceiptPeriodIn(PeriodIn, ReceiptFilterIn):
    """A period, and which of its receipts."""
