"""What every door of sync asks about a request before its content is looked at."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.config import Settings
from server.db.base import current_session
from server.db.change_log import QuarantinedMutation
from server.db.transaction import transaction
from server.errors import TOO_MUCH_UNREVIEWED, Problem
from server.http.context import current_actor, current_refusal, current_settings
from server.sync_api.seeing import count_outcomes, current_report
from server.sync_api.service import Delivery

ASK_AGAIN_SECONDS = 3600


def delivery_of(mutations: int) -> Delivery:
    """How this request's push of so many *mutations* is to be taken. Opens a transaction of its
    own where it must look something up."""
    refusal, session = current_refusal(), current_session()
    if refusal is not None:
        with transaction(session, write=False):
            require_room(session, current_actor(), current_settings(), mutations)
    return Delivery(refusal, current_report().clock_offset_ms, count_outcomes())


def require_room(session: Session, actor: Actor, settings: Settings, mutations: int) -> None:
    """Refuse a push that would pile up more than a person can look through.

    A stolen phone may hand over work for review and nothing else; this bounds how much.
    """
    payload_bytes = func.coalesce(func.sum(func.length(QuarantinedMutation.payload)), 0)
    count, size = session.execute(
        select(func.count(QuarantinedMutation.id), payload_bytes).where(
            QuarantinedMutation.organisation_id == actor.organisation_id,
            QuarantinedMutation.device_id == actor.device_id,
            QuarantinedMutation.user_id == actor.user_id,
            QuarantinedMutation.settled_at.is_(None),
        )
    ).one()
    too_many = count + mutations > settings.unreviewed_mutations_max
    if too_many or size > settings.unreviewed_bytes_max:
        headers = {"Retry-After": str(ASK_AGAIN_SECONDS)}
        raise Problem(TOO_MUCH_UNREVIEWED, headers=headers, count=count)
