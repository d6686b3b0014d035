"""Where a site is, and how far from there photos may be taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.attachments.flagging import judge_site_again
from server.identity.models import Site
from server.identity.setup import publish_site


def set_position(
    session: Session,
    actor: Actor,
    site_id: str,
    latitude: str | None,
    longitude: str | None,
    radius_m: int | None,
    now: datetime,
) -> Site:
    """Say where the site is, or that nobody knows. Its photos are judged again by it.

    Raises
    ------
    Problem
        ``record-not-found`` for a site that is not the actor's, ``forbidden`` without the right to
        write master data there.
    """
    actor.require(Permission.WRITE_MASTER_DATA, site_id)
    site = session.get_one(Site, site_id)
    if (site.latitude, site.longitude, site.radius_m) != (latitude, longitude, radius_m):
        site.latitude, site.longitude, site.radius_m = latitude, longitude, radius_m
        session.flush()
        publish_site(session, actor, site, now)
        judge_site_again(session, actor.organisation_id, site_id)
    return site
