"""Who can be given an inspection: by role, by shift, and never their own unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Role
from server.identity.queries import people_holding
from server.planning.models import Shift
from server.premises.models import UnitMember


def people_on_shift(session: Session, site_id: str, moment: datetime) -> list[str]:
    """Who is on duty at *moment*, whoever began first before the others."""
    rows = session.scalars(
        select(Shift.user_id)
        .where(
            Shift.site_id == site_id,
            Shift.starts_at <= moment,
            Shift.ends_at > moment,
            Shift.is_cancelled.is_(False),
        )
        .order_by(Shift.starts_at, Shift.user_id)
    )
    return list(dict.fromkeys(rows))


def members_of(session: Session, unit_id: str | None) -> frozenset[str]:
    if unit_id is None:
        return frozenset()
    found = session.scalars(select(UnitMember.user_id).where(UnitMember.unit_id == unit_id))
    return frozenset(found)


def candidates(
    session: Session,
    schedule: Mapping[str, Any],
    unit_id: str | None,
    opens_at: datetime,
) -> list[str]:
    """Who may be given the task, in a stated order."""
    assignment, site_id = schedule["assignment"], schedule["site_id"]
    if assignment["kind"] == "person":
        found = [assignment["user_id"]]
    elif assignment["kind"] == "on_shift":
        found = people_on_shift(session, site_id, opens_at)
    else:
        found = people_holding(session, site_id, [Role(assignment["role"])])
    own = members_of(session, unit_id) if schedule["is_cross_unit"] else frozenset()
    return [user_id for user_id in found if user_id not in own]
