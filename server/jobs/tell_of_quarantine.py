"""Records that were refused and wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import ROLE_PERMISSIONS, Permission, Role
from server.calendars.deadlines import KITCHEN_TIME
from server.config import Settings
from server.db.change_log import QuarantinedMutation
from server.identity.models import Site
from server.identity.queries import display_name, people_holding
from server.identity.setup import system_actor
from server.notifications.service import News, tell

AFTER = timedelta(minutes=10)
"""What a record lacked may be on its way; the phone sends it again by itself."""
TOLD_FOR = timedelta(days=2)
_REVIEWERS = [role for role in Role if Permission.REVIEW_SYNC in ROLE_PERMISSIONS[role]]


def run_tell_of_quarantine(session: Session, settings: Settings, now: datetime) -> int:
    """Tell reviewers once a day of each person whose records were refused. Returns how many people
    were told."""
    rows = session.scalars(
        select(QuarantinedMutation)
        .where(
            QuarantinedMutation.settled_at.is_(None),
            QuarantinedMutation.received_at <= now - AFTER,
            QuarantinedMutation.received_at > now - TOLD_FOR,
        )
        .order_by(QuarantinedMutation.received_at, QuarantinedMutation.id)
    ).all()
    firsts = {_key(row): row for row in reversed(rows)}
    return sum(_tell(session, key, row, now) for key, row in firsts.items())


def _key(row: QuarantinedMutation) -> str:
    """A whole backlog refused at once is told of once."""
    day = row.received_at.astimezone(KITCHEN_TIME).date()
    return f"quarantine/{row.user_id}/{row.site_id or ''}/{day}"


def _tell(session: Session, key: str, row: QuarantinedMutation, now: datetime) -> int:
    params = {"name": display_name(session, row.user_id)}
    news = News("record_quarantined", key, row.site_id, row.collection, row.record_id, params)
    people = [
        user_id
        for site_id in _sites(session, row)
        for user_id in people_holding(session, site_id, _REVIEWERS)
    ]
    return tell(session, system_actor(row.organisation_id), news, people, now)


def _sites(session: Session, row: QuarantinedMutation) -> Iterable[str]:
    """Where it belongs; what belongs nowhere concerns every site."""
    statement = select(Site.id).where(Site.organisation_id == row.organisation_id)
    if row.site_id is not None:
        statement = statement.where(Site.id == row.site_id)
    return session.scalars(statement.order_by(Site.id)).all()
