"""What a receipt's document holds: whose each part is, and what its content names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

COLLECTION = "goods_receipts"
SERVER_OWNED = (
    "number",
    "status",
    "received_at",
    "signed_received_at",
    "conceded_by",
    "basis",
    "verdict",
)
QUANTITIES = ("accepted_quantity", "rejected_quantity", "pending_quantity")
NOTHING = Decimal(0)


def client_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def named_attachments(receipt: Mapping[str, Any]) -> list[str]:
    """Every photo and paper the content names, once each."""
    named = [
        *receipt["attachment_ids"],
        *(id_ for answer in receipt["answers"] for id_ in answer["attachment_ids"]),
        *(signature["attachment_id"] for signature in receipt["signatures"]),
    ]
    return list(dict.fromkeys(named))
