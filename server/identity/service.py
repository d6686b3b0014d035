"""Signing in and out, and who a token stands for."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from server.access import Actor, Caller, Role
from server.config import Settings
from server.db.audit import record_audit
from server.db.prepared import Prepared
from server.db.scope import unscoped
from server.db.types import new_id
from server.errors import (
    DEVICE_REVOKED,
    RECORD_NOT_FOUND,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    WORK_OF_DISABLED_USER,
    WORK_OF_REVOKED_DEVICE,
    WRONG_CREDENTIALS,
    Problem,
)
from server.identity.models import AccessToken, Device, LoginFailure, Membership, Site, User

# A name from one address is held to few attempts; a name from everywhere, and an address (it may
# stand for a whole site behind a router), to this many times as many. So nobody can lock somebody
# else out by a handful of wrong passwords.
WIDER_LIMIT_FACTOR = 10


@dataclass(frozen=True, slots=True)
class SignIn:
    access_token: str
    expires_at: datetime
    actor: Actor


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# -- signing in: the password is checked between two transactions, never inside one --------------


def find_login(
    session: Session, settings: Settings, username: str, address: str, now: datetime
) -> User | None:
    """The user of that name, after the throttle let the attempt through."""
    require_patience(session, settings, username, address, now)
    with unscoped(session):
        return session.scalar(select(User).where(User.username == username))


def require_patience(
    session: Session, settings: Settings, username: str, address: str, now: datetime
) -> None:
    """Refuse for a while after too many failures under that name, or from that address."""
    since = now - timedelta(seconds=settings.login_window_seconds)
    by_name = LoginFailure.username == username
    by_address = LoginFailure.address == address
    for_pair, for_name, for_address, oldest = session.execute(
        select(
            func.count().filter(by_name, by_address),
            func.count().filter(by_name),
            func.count().filter(by_address),
            func.min(LoginFailure.failed_at),
        ).where(LoginFailure.failed_at > since, or_(by_name, by_address))
    ).one()
    allowed = settings.login_failures_allowed
    if for_pair >= allowed or max(for_name, for_address) >= allowed * WIDER_LIMIT_FACTOR:
        wait = int((oldest - since).total_seconds()) + 1
        raise Problem(TOO_MANY_REQUESTS, headers={"Retry-After": str(wait)}, seconds=wait)


def record_failure(session: Session, username: str, address: str, now: datetime) -> None:
    session.add(LoginFailure(id=new_id(now), username=username, address=address, failed_at=now))


def sign_in(
    session: Session,
    settings: Settings,
    user: User,
    device_id: str,
    device_name: str,
    now: datetime,
) -> SignIn:
    """Register the device, and give out a token. The password was right."""
    with unscoped(session):
        if not user.is_active:
            raise Problem(WRONG_CREDENTIALS)
        _register_device(session, user, device_id, device_name, now)
        session.execute(delete(LoginFailure).where(LoginFailure.username == user.username))
        token = secrets.token_urlsafe(32)
        expires_at = now + timedelta(seconds=settings.token_ttl_seconds)
        session.add(
            AccessToken(
                token_hash=hash_token(token),
                organisation_id=user.organisation_id,
                user_id=user.id,
                device_id=device_id,
                created_at=now,
                expires_at=expires_at,
            )
        )
        actor = make_actor(session, user, device_id)
        record_audit(session, actor, "signed_in", now, details={"device_name": device_name})
        return SignIn(token, expires_at, actor)


def _register_device(
    session: Session, user: User, device_id: str, device_name: str, now: datetime
) -> None:
    device = session.get(Device, (user.organisation_id, device_id))
    if device is None:
        device = Device(organisation_id=user.organisation_id, id=device_id, created_at=now)
        session.add(device)
    elif device.revoked_at is not None:
        raise Problem(DEVICE_REVOKED)
    device.name = device_name
    device.last_login_at = now
    session.flush()


def sign_out(session: Session, token: str, now: datetime) -> None:
    session.execute(
        update(AccessToken)
        .where(AccessToken.token_hash == hash_token(token), AccessToken.ended_at.is_(None))
        .values(ended_at=now)
    )


# -- who is asking -------------------------------------------------------------------------------


_tokens, _users, _devices, _memberships, _sites = (
    class_.__table__ for class_ in (AccessToken, User, Device, Membership, Site)
)
_ROLE = (_memberships.c.role, _memberships.c.site_id, _sites.c.is_active)


def _with_roles(tables: Any) -> Any:
    """*tables* with a row for each role of the user, and whether its site is open."""
    is_there = (_sites.c.id == _memberships.c.site_id) & (
        _sites.c.organisation_id == _users.c.organisation_id
    )
    held = tables.outerjoin(_memberships, _memberships.c.user_id == _users.c.id)
    return held.outerjoin(_sites, is_there)


_BEHIND_TOKEN = Prepared(
    select(
        _tokens.c.expires_at,
        _tokens.c.ended_at,
        _devices.c.revoked_at,
        _devices.c.id,
        _users.c.is_active,
        _users.c.id,
        _users.c.username,
        _users.c.display_name,
        _users.c.organisation_id,
        *_ROLE,
    )
    .select_from(
        _with_roles(
            _tokens.join(_users, _users.c.id == _tokens.c.user_id).join(
                _devices,
                (_devices.c.organisation_id == _tokens.c.organisation_id)
                & (_devices.c.id == _tokens.c.device_id),
            )
        )
    )
    .where(_tokens.c.token_hash == bindparam("token_hash"))
)
_ROLES_OF = Prepared(
    select(*_ROLE).select_from(_with_roles(_users)).where(_users.c.id == bindparam("user_id"))
)
_OPEN_SITES = Prepared(
    select(_sites.c.id).where(
        _sites.c.organisation_id == bindparam("organisation_id"), _sites.c.is_active
    )
)


def caller_for_token(session: Session, token: str, now: datetime) -> Caller:
    """The person behind *token*, with the roles held at this moment.

    A revoked device, a disabled account and an account without any role left are known as what
    they are: they may hand over what was captured before, and do nothing else.

    Raises
    ------
    Problem
        ``unauthenticated`` for an unknown, ended or expired token.
    """
    rows = _BEHIND_TOKEN.all(session, {"token_hash": hash_token(token)})
    if not rows:
        raise Problem(UNAUTHENTICATED)
    expires_at, ended_at, revoked_at, device_id, is_active, *user = rows[0][: -len(_ROLE)]
    if ended_at is not None or expires_at <= now:
        raise Problem(UNAUTHENTICATED)
    user_id, username, display_name, organisation_id = user
    held = [row[-len(_ROLE) :] for row in rows]
    roles = _roles(session, organisation_id, held)
    actor = Actor(user_id, username, display_name, organisation_id, device_id, roles)
    if not is_active:
        return Caller(actor, Problem(WORK_OF_DISABLED_USER), Problem(UNAUTHENTICATED))
    if revoked_at is not None:
        return Caller(actor, Problem(WORK_OF_REVOKED_DEVICE), Problem(DEVICE_REVOKED))
    if not roles:
        return Caller(actor, Problem(WORK_OF_DISABLED_USER))
    return Caller(actor)


def make_actor(session: Session, user: User, device_id: str | None = None) -> Actor:
    """*user* as an actor; a role held at every site is spread over the sites there are now."""
    session.flush()
    held = _ROLES_OF.all(session, {"user_id": user.id})
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        organisation_id=user.organisation_id,
        device_id=device_id,
        roles=_roles(session, user.organisation_id, held),
    )


def _roles(
    session: Session, organisation_id: str, held: Iterable[tuple[Any, ...]]
) -> dict[str, frozenset[Role]]:
    """The roles at each open site, from rows of role, site, and whether that site is open."""
    roles: defaultdict[str, set[Role]] = defaultdict(set)
    for role, site_id, is_open in held:
        if role is None:
            continue  # somebody without any role
        if site_id is not None:
            sites = [site_id] if is_open else []
        else:
            rows = _OPEN_SITES.all(session, {"organisation_id": organisation_id})
            sites = [row[0] for row in rows]
        for site in sites:
            roles[site].add(Role(role))
    return {site: frozenset(at_site) for site, at_site in roles.items()}


# -- devices -------------------------------------------------------------------------------------


def revoke_device(session: Session, actor: Actor, device_id: str, now: datetime) -> Device:
    """Refuse the device from its next request on. Doing it again changes nothing."""
    device = session.scalar(select(Device).where(Device.id == device_id))
    if device is None:
        raise Problem(RECORD_NOT_FOUND)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = now, actor.user_id
        record_audit(session, actor, "device_revoked", now, details={"device_id": device.id})
    return device


def reinstate_device(session: Session, actor: Actor, device_id: str, now: datetime) -> Device:
    """Let a device that was found again sign in anew. Its old sign-ins stay ended: whoever had it
    meanwhile has their tokens."""
    device = session.scalar(select(Device).where(Device.id == device_id))
    if device is None:
        raise Problem(RECORD_NOT_FOUND)
    if device.revoked_at is not None:
        device.revoked_at = device.revoked_by = None
        record_audit(session, actor, "device_reinstated", now, details={"device_id": device.id})
        session.execute(
            update(AccessToken)
            .where(AccessToken.device_id == device.id, AccessToken.ended_at.is_(None))
            .values(ended_at=now)
        )
    return device


def list_devices(session: Session) -> list[Device]:
    return list(session.scalars(select(Device).order_by(Device.last_login_at.desc())))
