"""Signing in and out, and who a token stands for."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from server.access import Actor, Caller, Role
from server.config import Settings
from server.db.audit import record_audit
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
    with unscoped(session):
        return session.scalar(select(User).where(User.username == username))


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


# Made once, as every request asks: to build a statement costs more than to run it.
_BEHIND_TOKEN = (
    select(AccessToken, User, Device)
    .join(User, User.id == AccessToken.user_id)
    .join(
        Device,
        (Device.organisation_id == AccessToken.organisation_id)
        & (Device.id == AccessToken.device_id),
    )
    .where(AccessToken.token_hash == bindparam("token_hash"))
)
_ROLES_HELD = select(Membership.site_id, Membership.role).where(
    Membership.user_id == bindparam("user_id")
)
_OPEN_SITES = select(Site.id).where(
    Site.organisation_id == bindparam("organisation_id"), Site.is_active
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
    with unscoped(session):
        row = session.execute(_BEHIND_TOKEN, {"token_hash": hash_token(token)}).one_or_none()
        if row is None:
            raise Problem(UNAUTHENTICATED)
        access_token, user, device = row
        if access_token.ended_at is not None or access_token.expires_at <= now:
            raise Problem(UNAUTHENTICATED)
        actor = make_actor(session, user, device.id)
    if not user.is_active:
        return Caller(actor, Problem(WORK_OF_DISABLED_USER), Problem(UNAUTHENTICATED))
    if device.revoked_at is not None:
        return Caller(actor, Problem(WORK_OF_REVOKED_DEVICE), Problem(DEVICE_REVOKED))
    if not actor.roles:
        return Caller(actor, Problem(WORK_OF_DISABLED_USER))
    return Caller(actor)


def make_actor(session: Session, user: User, device_id: str | None = None) -> Actor:
    """*user* as an actor; a role held at every site is spread over the sites there are now."""
    rows = session.execute(_ROLES_HELD, {"user_id": user.id}).all()
    sites = session.scalars(_OPEN_SITES, {"organisation_id": user.organisation_id}).all()
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        organisation_id=user.organisation_id,
        device_id=device_id,
        roles=_spread([(site, role) for site, role in rows], sites),
    )


def _spread(
    held: Iterable[tuple[str | None, str]], sites: Iterable[str]
) -> dict[str, frozenset[Role]]:
    known = set(sites)
    roles: defaultdict[str, set[Role]] = defaultdict(set)
    for site_id, role in held:
        for site in known if site_id is None else known & {site_id}:
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
