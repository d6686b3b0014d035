"""Making organisations, sites and users. Used by the seed, by commands and by administrators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from server.access import Role
from server.config import Settings
from server.db.change_log import ChangeLogHead
from server.db.types import new_id
from server.identity.models import Membership, Organisation, Site, User
from server.identity.passwords import hash_password


def create_organisation(session: Session, name: str, now: datetime) -> Organisation:
    """An organisation with an empty change log."""
    organisation = Organisation(id=new_id(now), name=name, created_at=now)
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
    return site


def create_user(
    session: Session,
    settings: Settings,
    organisation_id: str,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[tuple[Role, str | None]],
    now: datetime,
) -> User:
    """A user with *roles*: pairs of a role and a site, or None for every site."""
    user = User(
        id=new_id(now),
        organisation_id=organisation_id,
        username=username,
        display_name=display_name,
        password_hash=hash_password(settings, password),
        created_at=now,
    )
    session.add(user)
    session.flush()
    for role, site_id in roles:
        session.add(
            Membership(
                id=new_id(now),
                organisation_id=organisation_id,
                user_id=user.id,
                site_id=site_id,
                role=role.value,
            )
        )
    session.flush()
    return user
