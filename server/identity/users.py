"""Accounts as administrators see them: who works where, and who works here no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from server.access import Actor, Permission, Role
from server.config import Settings
from server.db.audit import record_audit
from server.db.change_store import publish
from server.db.scope import unscoped
from server.db.types import new_id
from server.errors import (
    FORBIDDEN,
    OWN_ACCOUNT,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.identity.guests import is_a_person
from server.identity.models import AccessToken, Membership, Site, User
from server.identity.passwords import hash_password
from server.identity.setup import SITE_MEMBERS, create_user, publish_member

_UNKNOWN_SITE = Text("没有这个站点，或已停用", "There is no such site, or it is closed.")
_NAME_TAKEN = Text("这个用户名已被使用，请换一个", "This user name is taken; choose another.")
RoleAt = tuple[str, str | None]
"""A role and the site it is held at; None for every site."""


@dataclass(frozen=True, slots=True)
class Account:
    user: User
    held: list[Membership]

    @property
    def places(self) -> set[str | None]:
        return {membership.site_id for membership in self.held}


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where somebody manages users. What is held everywhere, or at a site that is closed, only
    those manage who manage every open site."""

    managed: frozenset[str]
    open_sites: frozenset[str]

    @property
    def is_everywhere(self) -> bool:
        return self.open_sites <= self.managed

    def covers(self, place: str | None) -> bool:
        return self.is_everywhere or (place is not None and place in self.managed)

    def sees(self, account: Account) -> bool:
        return self.is_everywhere or bool(account.places & (self.managed | {None}))

    def require(self, places: Iterable[str | None]) -> None:
        if not all(self.covers(place) for place in places):
            raise Problem(FORBIDDEN, permission=Permission.MANAGE_USERS.value)


def _reach(session: Session, actor: Actor) -> _Reach:
    open_sites = session.scalars(select(Site.id).where(Site.is_active))
    return _Reach(actor.sites_with(Permission.MANAGE_USERS), frozenset(open_sites))


def list_accounts(session: Session, actor: Actor) -> list[Account]:
    """The people of the sites whose users *actor* manages, those who have left included."""
    reach = _reach(session, actor)
    held: defaultdict[str, list[Membership]] = defaultdict(list)
    for membership in session.scalars(select(Membership)):
        held[membership.user_id].append(membership)
    users = session.scalars(select(User).where(is_a_person()).order_by(User.username))
    accounts = (Account(user, held[user.id]) for user in users)
    return [account for account in accounts if reach.sees(account)]


def find_account(session: Session, actor: Actor, user_id: str) -> Account:
    return _find(session, _reach(session, actor), user_id)


def _find(session: Session, reach: _Reach, user_id: str) -> Account:
    user = session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise Problem(RECORD_NOT_FOUND)
    held = session.scalars(select(Membership).where(Membership.user_id == user_id))
    account = Account(user, list(held))
    if not reach.sees(account):
        raise Problem(RECORD_NOT_FOUND)
    return account


def create_account(
    session: Session, settings: Settings, actor: Actor, given: Mapping[str, Any], now: datetime
) -> Account:
    """Somebody new: ``id``, ``username``, ``display_name``, ``password``, ``roles``. The same id
    and name again give the account as it is.

    Raises
    ------
    Problem
        ``forbidden`` for a role where *actor* manages no users, ``validation-failed`` for an
        unknown site or a user name that is taken.
    """
    reach = _reach(session, actor)
    # User names are unique over all organisations: they sign in without naming one.
    with unscoped(session):
        known = session.scalars(
            select(User).where(or_(User.id == given["id"], User.username == given["username"]))
        ).all()
    if [(user.id, user.username) for user in known] == [(given["id"], given["username"])]:
        return _find(session, reach, given["id"])
    if known:
        raise Problem(VALIDATION_FAILED, [FieldError("/username", _NAME_TAKEN)])
    _require_known_sites(reach, given["roles"], {})
    roles = dict.fromkeys((Role(each["role"]), each["site_id"]) for each in given["roles"])
    reach.require(place for _, place in roles)
    user = create_user(
        session,
        settings,
        actor.organisation_id,
        given["username"],
        given["display_name"],
        given["password"],
        roles,
        now,
        user_id=given["id"],
    )
    _note(session, actor, "user_created", user, now, gained=[*roles])
    return _find(session, reach, user.id)


def set_password(
    session: Session, settings: Settings, actor: Actor, user_id: str, password: str, now: datetime
) -> None:
    """Give somebody a new password; whoever signed in with the old one signs in anew. What their
    phones hold stays there and is sent after that.

    Raises
    ------
    Problem
        ``record-not-found`` or ``forbidden`` for somebody at sites whose users *actor* does not
        manage.
    """
    reach = _reach(session, actor)
    account = _find(session, reach, user_id)
    reach.require(account.places)
    account.user.password_hash = hash_password(settings, password)
    _end_sign_ins(session, account.user, now)
    _note(session, actor, "password_set", account.user, now)


def change_user(
    session: Session, actor: Actor, user_id: str, change: Mapping[str, Any], now: datetime
) -> Account:
    """Carry out *change*: ``display_name``, ``is_active``, ``roles`` (all that are to be held).

    Raises
    ------
    Problem
        ``record-not-found`` for somebody at sites whose users *actor* does not manage,
        ``forbidden`` for a role there, ``own-account`` for the own roles and the own end,
        ``validation-failed`` for an unknown site.
    """
    reach = _reach(session, actor)
    # Two administrators at the same account take turns.
    session.scalar(select(User.id).where(User.id == user_id).with_for_update())
    account = _find(session, reach, user_id)
    user = account.user
    if user_id == actor.user_id and ("roles" in change or change.get("is_active") is False):
        raise Problem(OWN_ACCOUNT)
    name, is_active = change.get("display_name", user.display_name), user.is_active
    will_be_active = change.get("is_active", is_active)
    is_renamed = (name, will_be_active) != (user.display_name, is_active)
    if is_renamed:
        reach.require(account.places)
    before = list(account.held)
    gained, lost = _exchange_roles(session, actor, reach, account, change.get("roles"), now)
    if name != user.display_name or gained or lost:
        user.display_name = name
        _note(session, actor, "user_changed", user, now, gained=gained, lost=lost)
    if will_be_active != is_active:
        _set_active(session, actor, user, will_be_active, now)
    if is_renamed:
        for membership in before:
            if membership in account.held:
                publish_member(session, actor, membership, user, now)
    for membership in account.held:
        if membership not in before:
            publish_member(session, actor, membership, user, now)
    return account


def _exchange_roles(
    session: Session,
    actor: Actor,
    reach: _Reach,
    account: Account,
    roles: list[dict[str, Any]] | None,
    now: datetime,
) -> tuple[list[RoleAt], list[RoleAt]]:
    """Make *account* hold *roles*. Returns what was gained and what was lost."""
    if roles is None:
        return [], []
    held = {(each.role, each.site_id): each for each in account.held}
    wanted = dict.fromkeys((each["role"], each["site_id"]) for each in roles)
    _require_known_sites(reach, roles, held)
    gained = [each for each in wanted if each not in held]
    lost = [each for each in held if each not in wanted]
    reach.require(place for _, place in (*gained, *lost))
    for each in lost:
        membership = held[each]
        publish(session, actor, SITE_MEMBERS, membership.id, None, {}, now, deleted=True)
        account.held.remove(membership)
        session.delete(membership)
    for role, site_id in gained:
        membership = Membership(
            id=new_id(now),
            organisation_id=account.user.organisation_id,
            user_id=account.user.id,
            site_id=site_id,
            role=role,
        )
        session.add(membership)
        account.held.append(membership)
    session.flush()
    return gained, lost


def _require_known_sites(
    reach: _Reach, roles: list[dict[str, Any]], held: Mapping[RoleAt, Membership]
) -> None:
    """A role may stay where it is held, and otherwise needs a site that is open."""
    wrong = [
        FieldError(f"/roles/{number}/site_id", _UNKNOWN_SITE)
        for number, each in enumerate(roles)
        if each["site_id"] is not None
        and each["site_id"] not in reach.open_sites
        and (each["role"], each["site_id"]) not in held
    ]
    if wrong:
        raise Problem(VALIDATION_FAILED, wrong)


def _set_active(session: Session, actor: Actor, user: User, is_active: bool, now: datetime) -> None:
    """A disabled account is refused by what its tokens stand for. They live on to hand over what
    was captured before; once the account is enabled again they would open everything, so they end.
    """
    user.is_active = is_active
    _note(session, actor, "user_enabled" if is_active else "user_disabled", user, now)
    if is_active:
        _end_sign_ins(session, user, now)


def _end_sign_ins(session: Session, user: User, now: datetime) -> None:
    session.execute(
        update(AccessToken)
        .where(AccessToken.user_id == user.id, AccessToken.ended_at.is_(None))
        .values(ended_at=now)
    )


def _note(
    session: Session,
    actor: Actor,
    action: str,
    user: User,
    now: datetime,
    **roles: list[RoleAt],
) -> None:
    details: dict[str, Any] = {"user_id": user.id, "display_name": user.display_name}
    for name, pairs in roles.items():
        details[name] = [{"role": role, "site_id": site_id} for role, site_id in pairs]
    record_audit(session, actor, action, now, details=details)
