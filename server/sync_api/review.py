"""What waits for a person: refused mutations and conflicts."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_log import QuarantinedMutation, SyncConflict
from server.sync_api.rendering import problem_document

SHOWN_AT_ONCE = 200


def open_quarantine(session: Session, actor: Actor) -> list[QuarantinedMutation]:
    """Refused mutations of the actor's sites.

    The site of a refused mutation is that of its sender. Somebody who works at several sites sends
    from none in particular: such entries are for administrators.
    """
    sites = sorted(actor.sites_with(Permission.REVIEW_SYNC))
    mine: ColumnElement[bool] = QuarantinedMutation.site_id.in_(sites)
    if actor.may(Permission.MANAGE_USERS):
        mine = or_(mine, QuarantinedMutation.site_id.is_(None))
    return list(
        session.scalars(
            select(QuarantinedMutation)
            .where(
                QuarantinedMutation.organisation_id == actor.organisation_id,
                QuarantinedMutation.settled_at.is_(None),
                mine,
            )
            .order_by(QuarantinedMutation.received_at.desc())
            .limit(SHOWN_AT_ONCE)
        )
    )


def open_conflicts(session: Session, actor: Actor) -> list[SyncConflict]:
    """Undecided conflicts of the actor's sites; those without a site are for administrators."""
    sites = sorted(actor.sites_with(Permission.REVIEW_SYNC))
    mine: ColumnElement[bool] = SyncConflict.site_id.in_(sites)
    if actor.may(Permission.MANAGE_USERS):
        mine = or_(mine, SyncConflict.site_id.is_(None))
    return list(
        session.scalars(
            select(SyncConflict)
            .where(
                SyncConflict.organisation_id == actor.organisation_id,
                SyncConflict.resolved_at.is_(None),
                mine,
            )
            .order_by(SyncConflict.received_at.desc())
            .limit(SHOWN_AT_ONCE)
        )
    )


def quarantine_document(row: QuarantinedMutation, language: str) -> dict[str, Any]:
    return {**_common(row), "problem": problem_document(orjson.loads(row.problem), language)}


def conflict_document(row: SyncConflict) -> dict[str, Any]:
    return {
        **_common(row),
        "fields_": orjson.loads(row.fields),
        "reason": row.reason,
        "current_version": row.current_version,
    }


def _common(row: QuarantinedMutation | SyncConflict) -> dict[str, Any]:
    return {
        "mutation_id": row.mutation_id,
        "collection": row.collection,
        "record_id": row.record_id,
        "user_id": row.user_id,
        "device_id": row.device_id,
        "received_at": time_text(row.received_at),
        "payload": row.payload,
    }
