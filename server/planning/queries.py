"""Lists of schedules, tasks and draws."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.documents import StoredDocument, read_documents
from server.http.paging import Page, keyset_page
from server.planning.lots import commitment
from server.planning.models import InspectionDraw, InspectionSchedule, InspectionTask
from server.planning.service import SCHEDULES


def page_of_schedules(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> Page[StoredDocument]:
    """Schedules by their name."""
    order = [InspectionSchedule.name, InspectionSchedule.id]
    page = keyset_page(session, select(InspectionSchedule), order, limit=limit, cursor=cursor)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, SCHEDULES, ids)
    return Page([stored[id_] for id_ in ids], page.next_cursor)


def page_of_tasks(
    session: Session,
    limit: int,
    cursor: str | None,
    now: datetime,
    status: str | None = None,
    unit_id: str | None = None,
    assignee_user_id: str | None = None,
    is_missed: bool | None = None,
) -> Page[dict[str, Any]]:
    """Tasks that phones have been told of, the next due first; missed: open and past its time."""
    statement = select(InspectionTask).where(InspectionTask.is_revealed)
    wanted = {"status": status, "unit_id": unit_id, "assignee_user_id": assignee_user_id}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(getattr(InspectionTask, name) == value)
    if is_missed is not None:
        late = (InspectionTask.status == "open") & (InspectionTask.due_at < now)
        statement = statement.where(late if is_missed else ~late)
    order = [InspectionTask.due_at, InspectionTask.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor)
    return Page([_task(row, now) for row in page.rows], page.next_cursor)


def _task(row: InspectionTask, now: datetime) -> dict[str, Any]:
    is_missed = row.status == "open" and row.due_at < now
    return {**orjson.loads(row.document), "is_missed": is_missed}


def draws_of(
    session: Session, actor: Actor, subject_id: str, now: datetime
) -> list[dict[str, Any]]:
    """The draws of a schedule or of a notice's re-checks, the newest first.

    While a drawn day may still lie ahead, only what proves later that nothing was changed: the
    SHA-256 of the seed, and the pool.
    """
    rows = session.scalars(
        select(InspectionDraw)
        .where(
            InspectionDraw.subject_id == subject_id,
            InspectionDraw.site_id.in_(sorted(actor.sites_with(Permission.WRITE_MASTER_DATA))),
        )
        .order_by(InspectionDraw.drawn_at.desc(), InspectionDraw.period.desc())
    )
    today = now.astimezone(KITCHEN_TIME).date()
    return [_draw(row, is_open=row.reveals_on <= today) for row in rows]


def _draw(row: InspectionDraw, *, is_open: bool) -> dict[str, Any]:
    return {
        "period": row.period,
        "drawn_at": time_text(row.drawn_at),
        "seed_sha256": commitment(row.seed),
        "pool": orjson.loads(row.pool),
        "seed": row.seed if is_open else None,
        "result": orjson.loads(row.result) if is_open else None,
        "reveals_on": row.reveals_on.isoformat(),
    }
