"""Looking up what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.access import Actor, Permission
from server.db.audit_log import AuditEntry, canonical_time
from server.http.paging import Page, keyset_page

_EQUAL = ("collection", "record_id", "user_id", "device_id", "action")


def page_of_entries(
    session: Session,
    actor: Actor,
    wanted: Mapping[str, Any],
    limit: int,
    cursor: str | None,
) -> Page[dict[str, Any]]:
    """The entries that *actor* may see and that fit *wanted*, the newest first."""
    statement = select(AuditEntry).where(
        AuditEntry.organisation_id == actor.organisation_id, _may_see(actor)
    )
    for name in _EQUAL:
        if wanted[name] is not None:
            statement = statement.where(getattr(AuditEntry, name) == wanted[name])
    if wanted["since"] is not None:
        statement = statement.where(AuditEntry.at >= parse_time(wanted["since"]))
    if wanted["until"] is not None:
        statement = statement.where(AuditEntry.at < parse_time(wanted["until"]))
    page = keyset_page(
        session, statement, [AuditEntry.number], limit=limit, cursor=cursor, descending=True
    )
    return Page([_entry(row) for row in page.rows], page.next_cursor)


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """What happened at the actor's sites; what concerns no site in particular is for
    administrators."""
    mine: ColumnElement[bool] = AuditEntry.site_id.in_(
        sorted(actor.sites_with(Permission.READ_AUDIT_LOG))
    )
    if actor.may(Permission.MANAGE_USERS):
        mine = or_(mine, AuditEntry.site_id.is_(None))
    return mine


def _entry(row: AuditEntry) -> dict[str, Any]:
    document = {column.name: getattr(row, column.name) for column in AuditEntry.__table__.columns}
    document["at"] = canonical_time(row.at)
    document["details"] = None if row.details is None else orjson.loads(row.details)
    return document
