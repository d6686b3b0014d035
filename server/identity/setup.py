"""Making organisations, sites and users. Used by the seed, by commands and by administrators.

Sites and their members are published too: a phone needs them to choose a site and a witness.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from server.access import Actor, Role
from server.config import Settings
from server.db.change_log import ChangeLogHead
from server.db.change_store import publish
from server.db.types import new_id
from server.identity.models import Membership, Organisation, Site, User
from server.identity.passwords import hash_password

SITES = "sites"
SITE_MEMBERS = "site_members"
_NOBODY = "00000000-0000-0000-0000-000000000000"


def system_actor(organisation_id: str) -> Actor:
    """Nobody in particular: who acts when the program itself does. Holds no permission."""
    return Actor(_NOBODY, "system", "系统 / System", organisation_id)


def wait_for_others(session: Session) -> None:
    """One makes the first organisation at a time. On SQLite the writing transaction has seen to
    that already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE organisations IN EXCLUSIVE MODE"))


def create_organisation(
    session: Session, name: str, now: datetime, organisation_id: str | None = None
) -> Organisation:
    """An organisation with an empty change log."""
    organisation = Organisation(id=organisation_id or new_id(now), name=name, created_at=now)
    session.add(organisation)
    session.flush()
    session.add(ChangeLogHead(organisation_id=organisation.id, epoch=str(uuid4())))
    session.flush()
    return organisation


def create_site(
    session: Session, organisation_id: str, code: str, name: str, now: datetime, address: str = ""
) -> Site:
    site = Site(
        id=new_id(now), organisation_id=organisation_id, code=code, name=name, address=address
    )
    session.add(site)
    session.flush()
    publish_site(session, system_actor(organisation_id), site, now)
    return site


def publish_site(session: Session, actor: Actor, site: Site, now: datetime) -> None:
    """Let the site's devices know the site as it is now."""
    document = {
        "id": site.id,
        "code": site.code,
        "name": site.name,
        "address": site.address,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "radius_m": site.radius_m,
        "is_active": site.is_active,
    }
    publish(session, actor, SITES, site.id, site.id, document, now)


def create_user(
    session: Session,
    settings: Settings,
    organisation_id: str,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[tuple[Role, str | None]],
    now: datetime,
    user_id: str | None = None,
) -> User:
    """A user with *roles*: pairs of a role and a site, or None for every site."""
    user = User(
        id=user_id or new_id(now),
        organisation_id=organisation_id,
        username=username,
        display_name=display_name,
        password_hash=hash_password(settings, password),
        created_at=now,
    )
    session.add(user)
    session.flush()
    memberships = [
        Membership(
            id=new_id(now),
            organisation_id=organisation_id,
            user_id=user.id,
            site_id=site_id,
            role=role.value,
        )
        for role, site_id in roles
    ]
    session.add_all(memberships)
    session.flush()
    for membership in memberships:
        publish_member(session, system_actor(organisation_id), membership, user, now)
    return user


def publish_member(
    session: Session, actor: Actor, membership: Membership, user: User, now: datetime
) -> None:
    """Let the site's devices know who works there; a role held everywhere goes to every site."""
    document = {
        "id": membership.id,
        "site_id": membership.site_id,
        "user_id": user.id,
        "display_name": user.display_name,
        "role": membership.role,
        "is_active": user.is_active,
    }
    publish(session, actor, SITE_MEMBERS, membership.id, membership.site_id, document, now)
