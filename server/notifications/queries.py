"""What became of messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.http.paging import Page, keyset_page
from server.notifications.models import NotificationDelivery


def page_of_deliveries(session: Session, limit: int, cursor: str | None) -> Page[dict[str, Any]]:
    """Deliveries of the organisation, the newest first."""
    order = [NotificationDelivery.id]
    statement = select(NotificationDelivery)
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    return Page([_document(row) for row in page.rows], page.next_cursor)


def _document(row: NotificationDelivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel_id": row.channel_id,
        "status": row.status,
        "is_digest": row.is_digest,
        "attempts": row.attempts,
        "next_attempt_at": time_text(row.next_attempt_at),
        "sent_at": None if row.sent_at is None else time_text(row.sent_at),
        "last_error": row.last_error,
    }
