"""Reading organisations, sites and people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.scope import unscoped
from server.identity.models import Organisation, Site


@dataclass(frozen=True, slots=True)
class Place:
    organisation_name: str
    sites: list[tuple[str, str]]


def place_of(session: Session, actor: Actor) -> Place:
    """The organisation's name, and id and name of each site the actor works at."""
    with unscoped(session):
        organisation = session.get_one(Organisation, actor.organisation_id)
        sites = session.execute(
            select(Site.id, Site.name).where(Site.id.in_(actor.site_ids)).order_by(Site.code)
        ).all()
    return Place(organisation.name, [(site_id, name) for site_id, name in sites])
