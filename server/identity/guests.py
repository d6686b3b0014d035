"""The account that stands for people without one: those who answer a notice by link.

One for each organisation. Nobody signs in with it: it has no password and no role, and is closed.
What somebody answers bears it, with the name they gave.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.access import Actor, Guest
from server.identity.models import User

_PREFIX = "answer-link."
_NAMESPACE = UUID("6d1f0d0c-6f0e-5b0a-9a35-3a3f1c6f7a11")


def guest_user_id(organisation_id: str) -> str:
    return str(uuid5(_NAMESPACE, organisation_id))


def make_guest_user(session: Session, organisation_id: str, now: datetime) -> None:
    """Make the account unless it is there. Two who make the first link at once both find one."""
    user_id = guest_user_id(organisation_id)
    if session.get(User, user_id) is not None:
        return
    row = User(
        id=user_id,
        organisation_id=organisation_id,
        username=f"{_PREFIX}{organisation_id}",
        display_name="外部回复 / External answer",
        password_hash="",
        is_active=False,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        session.expire_all()


def is_a_person() -> ColumnElement[bool]:
    """For lists of accounts: everybody but the one that stands for guests."""
    return ~User.username.startswith(_PREFIX)


def guest_actor(organisation_id: str, guest: Guest, name: str = "") -> Actor:
    user_id = guest_user_id(organisation_id)
    device_id = f"answer-link:{guest.link_id}"
    return Actor(user_id, "", name, organisation_id, device_id, guest=guest)
