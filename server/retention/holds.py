"""Placing and releasing holds: the one place where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.audit import record_audit
from server.db.documents import read_documents
from server.db.holds import RetentionHold
from server.errors import FORBIDDEN, HOLD_IS_RELEASED, RECORD_NOT_FOUND, Problem
from server.identity.queries import all_site_ids

PLACED, RELEASED = "hold_placed", "hold_released"


def place_hold(
    session: Session, actor: Actor, wanted: Mapping[str, Any], now: datetime
) -> RetentionHold:
    """From this moment on nothing that the hold covers is deleted; the same again changes nothing.

    Raises
    ------
    Problem
        ``record-not-found`` for what is not there or at another site; ``forbidden``.
    """
    known = session.get(RetentionHold, (actor.organisation_id, wanted["id"]))
    if known is not None:
        return _visible(actor, known)
    row = RetentionHold(
        id=wanted["id"],
        organisation_id=actor.organisation_id,
        kind=wanted["kind"],
        collection=wanted["collection"],
        record_id=wanted["record_id"] or wanted["supplier_id"],
        site_id=_site_of(session, actor, wanted),
        reason=wanted["reason"],
        placed_by=actor.user_id,
        placed_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, actor, PLACED, row, row.reason, now)
    return row


def release_hold(
    session: Session, actor: Actor, hold_id: str, reason: str, now: datetime
) -> RetentionHold:
    """Let the rules count again for what the hold covered.

    Raises
    ------
    Problem
        ``record-not-found``; ``forbidden`` for a supplier's hold, which covers every site, unless
        the actor placed it or answers for all of them; ``hold-is-released``.
    """
    row = session.scalar(
        select(RetentionHold).where(RetentionHold.id == hold_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    _visible(actor, row)
    if row.site_id is None and row.placed_by != actor.user_id:
        _require_everywhere(session, actor)
    if row.released_at is not None:
        raise Problem(HOLD_IS_RELEASED, released_at=time_text(row.released_at))
    row.released_at, row.released_by, row.release_reason = now, actor.user_id, reason
    session.flush()
    _record(session, actor, RELEASED, row, reason, now)
    return row


def _visible(actor: Actor, row: RetentionHold) -> RetentionHold:
    if row.organisation_id != actor.organisation_id:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.MANAGE_RETENTION, row.site_id)
    return row


def _site_of(session: Session, actor: Actor, wanted: Mapping[str, Any]) -> str | None:
    """The site the hold is at; none for a supplier's. Refuses what the actor may not hold."""
    permission = Permission.MANAGE_RETENTION
    if wanted["kind"] == "site":
        site_id: str = wanted["site_id"]
        actor.require(permission, site_id)
        return site_id
    collection = wanted["collection"] or "suppliers"
    record_id = wanted["record_id"] or wanted["supplier_id"]
    found = read_documents(session, actor.organisation_id, collection, [record_id]).get(record_id)
    if found is None or found.deleted:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(permission, found.site_id)
    return None if wanted["kind"] == "supplier" else found.site_id


def _require_everywhere(session: Session, actor: Actor) -> None:
    if not all_site_ids(session, actor.organisation_id) <= actor.sites_with(
        Permission.MANAGE_RETENTION
    ):
        raise Problem(FORBIDDEN, permission=Permission.MANAGE_RETENTION.value)


def _record(
    session: Session, actor: Actor, action: str, row: RetentionHold, reason: str, now: datetime
) -> None:
    collection = {"record": row.collection, "supplier": "suppliers", "site": "sites"}[row.kind]
    record_audit(
        session,
        actor,
        action,
        now,
        site_id=row.site_id,
        collection=collection,
        record_id=row.record_id or row.site_id,
        details={"hold_id": row.id, "kind": row.kind, "reason": reason},
    )
