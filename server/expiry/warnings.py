"""Telling people in time that a paper ends: 60, 30 and 7 days ahead, and once it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendars.deadlines import KITCHEN_TIME
from server.corrective_actions.telling import verifiers
from server.expiry.papers import Paper, papers_ending
from server.expiry.stages import EXPIRED, WARNINGS_DAYS, days_left, stage_at
from server.identity.models import Site
from server.identity.setup import system_actor
from server.notifications.service import News, tell
from server.premises.models import Unit


def warn_of_expiry(session: Session, now: datetime) -> int:
    """Tell whoever has to see to it; each warning once. Returns how many people were told.

    Nobody is told twice after a restart: what was told stands in the inbox under the paper, its day
    and the warning. A paper that is changed to another day is warned of anew.
    """
    today = now.astimezone(KITCHEN_TIME).date()
    papers = papers_ending(session, today, max(WARNINGS_DAYS))
    sites = _sites(session)
    return sum(_warn(session, paper, sites, today, now) for paper in papers)


def _sites(session: Session) -> dict[str, list[str]]:
    """Each organisation's active sites."""
    found: dict[str, list[str]] = {}
    for site in session.scalars(select(Site).where(Site.is_active).order_by(Site.id)):
        found.setdefault(site.organisation_id, []).append(site.id)
    return found


def _warn(
    session: Session,
    paper: Paper,
    sites: Mapping[str, list[str]],
    today: date,
    now: datetime,
) -> int:
    stage = stage_at(paper.valid_until, today)
    assert stage is not None
    news = News(
        "expired" if stage == EXPIRED else "expiry_near",
        f"{paper.id}/{paper.valid_until}/{stage}",
        paper.site_id,
        paper.owner_collection,
        paper.owner_id,
        {
            "zh": paper.title.zh,
            "en": paper.title.en,
            "name": paper.owner_name,
            "until": paper.valid_until.isoformat(),
            "days": str(days_left(paper.valid_until, today)),
        },
    )
    at = [paper.site_id] if paper.site_id else sites.get(paper.organisation_id, [])
    people = [user_id for site_id in at for user_id in verifiers(session, site_id)]
    unit = session.get(Unit, paper.unit_id) if paper.unit_id else None
    head = None if unit is None else unit.head_user_id
    actor = system_actor(paper.organisation_id)
    return tell(session, actor, news, [*people, paper.user_id, head], now)
