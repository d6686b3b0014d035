"""Photos whose content was removed when its time was over: what was said of them stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor
from server.attachments.models import Attachment
from server.attachments.service import COLLECTION, head_of
from server.db.change_store import document_of, publish


def mark_removed(session: Session, actor: Actor, rows: Iterable[Attachment], now: datetime) -> None:
    """Say in each attachment that its content is there no more. It still counts as stored: the
    photo did arrive, and the record was complete."""
    for row in rows:
        head = head_of(session, actor, row.id)
        assert head is not None
        row.removed_at, row.needs_examination = now, False
        document = {**document_of(head), "removed_at": time_text(now)}
        publish(session, actor, COLLECTION, row.id, row.site_id, document, now)
    session.flush()
