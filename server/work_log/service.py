"""Keeping the work log. Its documents live in the change log alone; nothing else is queried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import RECORD_NOT_FOUND, Problem

COLLECTION = "work_log_entries"


def save_entry(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Create or change an entry. Without ``site_id`` it belongs to the actor's one site."""
    head = _head(session, actor, document["id"])
    if head is not None and head.site_id is not None:
        site_id = head.site_id
        received_at = document_of(head)["received_at"]
    else:
        site_id = actor.own_site(document["site_id"])
        received_at = time_text(now)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    stored = {**document, "site_id": site_id, "received_at": received_at}
    return publish(session, actor, COLLECTION, document["id"], site_id, stored, now)


def delete_entry(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    head = _head(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    return publish(
        session, actor, COLLECTION, record_id, head.site_id, document_of(head), now, deleted=True
    )


def _head(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)
