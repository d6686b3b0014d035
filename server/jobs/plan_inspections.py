"""Tasks from schedules, re-checks of closed notices, and surprises whose time has come."""

from __future__ import annotations

import secrets
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.config import Settings
from server.db.change_store import savepoint
from server.db.documents import read_documents
from server.identity.models import Organisation
from server.identity.setup import system_actor
from server.inspection.quotas import make_up_quotas
from server.planning.models import InspectionSchedule
from server.planning.rechecks import plan_rechecks
from server.planning.service import SCHEDULES, schedules_of
from server.planning.tasks import plan_schedule, reveal_tasks

_log = structlog.get_logger("yanshou.jobs")


def run_plan_inspections(session: Session, settings: Settings, now: datetime) -> int:
    """Make what is due within a week, each exactly once. Returns how many were made or told."""
    count = sum(_plan_one(session, row, now) for row in schedules_of(session))
    for organisation_id in session.scalars(select(Organisation.id)).all():
        actor = system_actor(organisation_id)
        count += plan_rechecks(session, actor, now, _new_seed)
        count += make_up_quotas(session, actor, now)
        count += reveal_tasks(session, actor, now)
    return count


def _plan_one(session: Session, row: InspectionSchedule, now: datetime) -> int:
    """One schedule that cannot be planned must not keep the others from it."""
    actor = system_actor(row.organisation_id)
    try:
        with savepoint(session):
            stored = read_documents(session, row.organisation_id, SCHEDULES, [row.id])[row.id]
            return plan_schedule(session, actor, row, stored.document, now, _new_seed)
    except Exception as error:
        _log.error("a schedule could not be planned", schedule_id=row.id, exc_info=error)
        return 0


def _new_seed() -> str:
    return secrets.token_hex(16)
