"""Tasks whose time is over and that nobody did: those in charge are told, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.corrective_actions.telling import verifiers
from server.identity.setup import system_actor
from server.notifications.service import News, shown_time, tell
from server.planning.models import InspectionTask
from server.planning.tasks import COLLECTION

TOLD_FOR = timedelta(days=7)
"""After a longer silence nobody is told of each task of before: the list shows them."""


def tell_of_missed_tasks(session: Session, now: datetime) -> int:
    """Tell the assignee and the managers of tasks missed. Returns how many people were told."""
    rows = session.scalars(
        select(InspectionTask)
        .where(
            InspectionTask.status == "open",
            InspectionTask.is_revealed,
            InspectionTask.due_at < now,
            InspectionTask.due_at >= now - TOLD_FOR,
        )
        .order_by(InspectionTask.due_at, InspectionTask.id)
    ).all()
    return sum(_tell(session, row, now) for row in rows)


def _tell(session: Session, row: InspectionTask, now: datetime) -> int:
    title = orjson.loads(row.document)["title"]
    news = News(
        "inspection_task_missed",
        f"{row.id}/missed/{row.due_at:%Y%m%dT%H%M%S}",
        row.site_id,
        COLLECTION,
        row.id,
        {"title": title, "due": shown_time(time_text(row.due_at))},
    )
    people = [row.assignee_user_id, *verifiers(session, row.site_id)]
    return tell(session, system_actor(row.organisation_id), news, people, now)
