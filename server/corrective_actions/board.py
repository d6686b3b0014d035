"""The board above its lists: how many notices stand in each lane, and who is late.

However many notices there are, it takes five queries: the states, the lanes, who is responsible,
and their names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from schemas.corrective_actions import LANES
from schemas.fields import time_text
from server.corrective_actions.lanes import LIVE, lane_condition
from server.corrective_actions.models import CorrectiveAction
from server.identity.models import User
from server.master_data.models import Supplier
from server.premises.models import Unit

_BY_STATUS = ("submitted", "returned", "verified", "closed")
_BY_CLOCK = tuple(lane for lane in LANES if lane not in _BY_STATUS)


@dataclass(frozen=True, slots=True)
class Whose:
    """Which notices are looked at: everywhere, or of one site, unit, supplier or person."""

    site_id: str | None = None
    unit_id: str | None = None
    supplier_id: str | None = None
    assignee_user_id: str | None = None

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        for name in ("site_id", "unit_id", "supplier_id", "assignee_user_id"):
            wanted = getattr(self, name)
            if wanted is not None:
                yield getattr(CorrectiveAction, name) == wanted


def board(session: Session, whose: Whose, now: datetime) -> dict[str, Any]:
    """The lanes with their numbers, and by unit or supplier and person what is live and late."""
    return {
        "lanes": _numbers(session, whose, now),
        "responsible": _responsible(session, whose, now),
    }


def _numbers(session: Session, whose: Whose, now: datetime) -> dict[str, int]:
    by_status = session.execute(
        select(CorrectiveAction.status, func.count())
        .where(*whose.conditions())
        .group_by(CorrectiveAction.status)
    )
    of_status = {row[0]: row[1] for row in by_status}
    live = session.execute(
        select(*(_how_many(lane_condition(lane, now)) for lane in _BY_CLOCK)).where(
            CorrectiveAction.status.in_(LIVE), *whose.conditions()
        )
    ).one()
    counted = {
        **dict(zip(_BY_CLOCK, live, strict=True)),
        **{status: of_status.get(status, 0) for status in _BY_STATUS},
    }
    return {lane: counted[lane] or 0 for lane in LANES}


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _responsible(session: Session, whose: Whose, now: datetime) -> list[dict[str, Any]]:
    late = lane_condition("overdue", now)
    who = (
        CorrectiveAction.site_id,
        CorrectiveAction.unit_id,
        CorrectiveAction.supplier_id,
        CorrectiveAction.assignee_user_id,
    )
    found = session.execute(
        select(
            *who,
            func.count(),
            _how_many(late),
            func.min(case((late, CorrectiveAction.due_at), else_=None)),
        )
        .where(CorrectiveAction.status.in_(LIVE), *whose.conditions())
        .group_by(*who)
    ).all()
    names = names_of(session, (id_ for row in found for id_ in row[1:4]))
    rows = [
        {
            "site_id": site_id,
            "unit_id": unit_id,
            "supplier_id": supplier_id,
            "responsible_name": names.get(unit_id or supplier_id, ""),
            "assignee_user_id": assignee,
            "assignee_name": names.get(assignee),
            "live": live,
            "overdue": overdue or 0,
            "overdue_since": None if since is None else time_text(since),
        }
        for site_id, unit_id, supplier_id, assignee, live, overdue, since in found
    ]
    return sorted(rows, key=lambda row: (-row["overdue"], -row["live"], row["responsible_name"]))


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str | None, str]:
    """The names of units, suppliers and people among *ids*, also of those who have left."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    if not wanted:
        return {}
    statements = (
        select(Unit.id, Unit.name).where(Unit.id.in_(wanted)),
        select(Supplier.id, Supplier.name).where(Supplier.id.in_(wanted)),
        select(User.id, User.display_name).where(User.id.in_(wanted)),
    )
    return {row[0]: row[1] for statement in statements for row in session.execute(statement)}
