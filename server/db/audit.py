"""Putting on record what is no change of a synced record: sign-ins, revoked devices, holds.

Changes of records need no call: each published version has its entry by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.audit_log import AuditEvent
from server.db.change_store import note_event

PHOTOS = "photos"
"""Stands where an entry of a record has its collection; the photo's SHA-256 is its record id."""


def record_audit(
    session: Session,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    site_id: str | None = None,
    collection: str | None = None,
    record_id: str | None = None,
    content_sha256: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry to the chain of the actor's organisation, in this transaction.

    Without *site_id* the entry concerns the whole organisation, and administrators alone see it.
    *details* is small: ids and reasons, never a document.
    """
    text = None
    if details is not None:
        text = orjson.dumps(details, option=orjson.OPT_SORT_KEYS).decode()
    event = AuditEvent(
        at=now,
        action=action,
        user_id=actor.user_id,
        device_id=actor.device_id,
        site_id=site_id,
        collection=collection,
        record_id=record_id,
        content_sha256=content_sha256,
        details=text,
    )
    note_event(session, actor.organisation_id, event)


def record_photo(
    session: Session, actor: Actor, sha256: str, size: int, media_type: str, now: datetime
) -> None:
    """The organisation has this photo from now on."""
    record_audit(
        session,
        actor,
        "photo_stored",
        now,
        collection=PHOTOS,
        record_id=sha256,
        content_sha256=sha256,
        details={"media_type": media_type, "size": size},
    )
