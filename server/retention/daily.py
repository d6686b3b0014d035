"""What happens once a day: terms are brought up to date, what is over is counted or removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.attachments.models import Attachment
from server.attachments.storage import Storage
from server.config import Settings
from server.db.change_log import ChangeLogHead
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.retention.due import Standing, standing
from server.retention.queries import due_photos
from server.retention.removal import Remover
from server.retention.terms import catch_up

_AT_ONCE = 500
_log = structlog.get_logger("yanshou.retention")


@dataclass(frozen=True, slots=True)
class Result:
    """*due* and *held*: photos whose time is over; *removed* and *deleted*: contents."""

    due: int
    held: int
    removed: int
    deleted: int


def apply_retention(
    session: Session, storage: Storage, settings: Settings, now: datetime
) -> Result:
    """One day's work, in transactions of its own. It may be cut off anywhere and run again.

    Raises
    ------
    OSError
        if the store is away: what is said to be removed goes at the next run.
    """
    with transaction(session, write=False), unscoped(session):
        organisations = sorted(session.scalars(select(ChangeLogHead.organisation_id)))
    remover = Remover(session, storage, settings, now)
    due = held = removed = 0
    for organisation_id in organisations:
        _catch_up(session, organisation_id, settings)
        counted = _count(session, organisation_id, settings, now)
        due, held = due + counted[0], held + counted[1]
        if settings.retention_deletes:
            removed += _remove(remover, organisation_id)
    # Also where nothing is deleted any more: what was said to be removed has to go.
    result = Result(due, held, removed, remover.finish())
    _log.info(
        "retention",
        due=result.due,
        held=result.held,
        removed=result.removed,
        deleted=result.deleted,
        is_deleting=settings.retention_deletes,
    )
    return result


def _catch_up(session: Session, organisation_id: str, settings: Settings) -> None:
    more = True
    while more:
        with transaction(session, write=True), unscoped(session):
            more = catch_up(session, organisation_id, settings)


def _count(
    session: Session, organisation_id: str, settings: Settings, now: datetime
) -> tuple[int, int]:
    with transaction(session, write=False), unscoped(session):
        stands = standing(session, organisation_id, settings, now)
        over = due_photos(stands)
        return _amount(session, over), _amount(session, over.where(stands.is_held()))


def _amount(session: Session, statement: Select[Any]) -> int:
    return session.scalar(statement.with_only_columns(func.count(Attachment.id))) or 0


def _remove(remover: Remover, organisation_id: str) -> int:
    """Remove what is over and not held, one content a transaction."""
    session, removed, last = remover.session, 0, ""
    while True:
        with transaction(session, write=False), unscoped(session):
            stands = standing(session, organisation_id, remover.settings, remover.now)
            contents = session.scalars(_contents(stands, last)).all()
        removed += sum(remover.remove(sha256) for sha256 in contents)
        if len(contents) < _AT_ONCE:
            return removed
        last = contents[-1]


def _contents(stands: Standing, last: str) -> Select[Any]:
    statement: Select[Any] = due_photos(stands).where(~stands.is_held(), Attachment.sha256 > last)
    return (
        statement.with_only_columns(Attachment.sha256)
        .distinct()
        .order_by(Attachment.sha256)
        .limit(_AT_ONCE)
    )
