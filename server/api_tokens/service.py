"""Making, listing, taking back and recognising the tokens of business tools."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.access import Actor, Permission, Role
from server.api_tokens.models import ApiToken, ApiTokenSite
from server.db.audit import record_audit
from server.db.scope import unscoped
from server.db.types import new_id
from server.errors import (
    API_TOKENS_FULL,
    RECORD_NOT_FOUND,
    UNAUTHENTICATED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.identity.models import Site, User

PREFIX = "yst_"
"""It tells the token from a sign-in, and lets secret scanners find one that was published."""
DAYS_BY_DEFAULT, DAYS_MOST = 365, 731
TOKENS_MOST = 100
TOKEN_LENGTH = len(PREFIX) + 43
_USE_TOLD_EVERY = timedelta(minutes=5)
_BEGINNING = len(PREFIX) + 4
_OVER_TOO_SOON = Text("到期时间须在将来", "It must end in the future.")
_TOO_LONG = Text(f"最长 {DAYS_MOST} 天", f"It may last {DAYS_MOST} days at most.")


@dataclass(frozen=True, slots=True)
class TokenWithSites:
    row: ApiToken
    site_ids: tuple[str, ...]
    made_by: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Who comes with a token. *is_use_told*: its last use need not be written down again yet."""

    token_id: str
    actor: Actor
    is_use_told: bool


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# -- administrators --------------------------------------------------------------------------------


def make_token(
    session: Session, actor: Actor, wanted: Mapping[str, Any], token: str, now: datetime
) -> TokenWithSites:
    """Enter *token* as *wanted* (a loaded ``ApiTokenIn``) says.

    Raises
    ------
    Problem
        ``record-not-found`` or ``forbidden`` for a site whose tokens *actor* does not manage,
        ``validation-failed`` for an end that has passed or is too far away, ``api-tokens-full``.
    """
    site_ids = tuple(dict.fromkeys(wanted["site_ids"]))
    for site_id in site_ids:
        actor.require(Permission.MANAGE_API_TOKENS, site_id)
    expires_at = _expiry(wanted["expires_at"], now)
    good = select(func.count(ApiToken.id)).where(
        ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    if (session.scalar(good) or 0) >= TOKENS_MOST:
        raise Problem(API_TOKENS_FULL, most=TOKENS_MOST)
    row = ApiToken(
        id=new_id(now),
        organisation_id=actor.organisation_id,
        name=wanted["name"],
        token_hash=hash_token(token),
        beginning=token[:_BEGINNING],
        reads=" ".join(sorted(set(wanted["reads"]))),
        made_by=actor.user_id,
        made_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        ApiTokenSite(organisation_id=actor.organisation_id, api_token_id=row.id, site_id=site_id)
        for site_id in site_ids
    )
    details = {
        "api_token_id": row.id,
        "name": row.name,
        "reads": row.reads.split(),
        "site_ids": sorted(site_ids),
    }
    record_audit(session, actor, "api_token_made", now, details=details)
    return TokenWithSites(row, site_ids, actor.display_name)


def _expiry(given: str | None, now: datetime) -> datetime:
    if given is None:
        return now + timedelta(days=DAYS_BY_DEFAULT)
    expires_at = parse_time(given)
    wrong = None
    if expires_at <= now:
        wrong = _OVER_TOO_SOON
    elif expires_at > now + timedelta(days=DAYS_MOST):
        wrong = _TOO_LONG
    if wrong is not None:
        raise Problem(VALIDATION_FAILED, [FieldError("/expires_at", wrong)])
    return expires_at


def list_tokens(session: Session, actor: Actor) -> list[TokenWithSites]:
    """The tokens that read at a site whose tokens *actor* manages, the newest first."""
    mine = actor.sites_with(Permission.MANAGE_API_TOKENS)
    sites: defaultdict[str, list[str]] = defaultdict(list)
    for token_id, site_id in session.execute(
        select(ApiTokenSite.api_token_id, ApiTokenSite.site_id).order_by(ApiTokenSite.site_id)
    ):
        sites[token_id].append(site_id)
    rows = session.execute(
        select(ApiToken, User.display_name)
        .join(User, User.id == ApiToken.made_by)
        .order_by(ApiToken.made_at.desc(), ApiToken.id.desc())
    )
    return [
        TokenWithSites(row, tuple(sites[row.id]), name)
        for row, name in rows
        if mine.intersection(sites[row.id])
    ]


def revoke_token(session: Session, actor: Actor, token_id: str, now: datetime) -> TokenWithSites:
    """Refuse the token from its next request on. Doing it again changes nothing."""
    found = next((one for one in list_tokens(session, actor) if one.row.id == token_id), None)
    if found is None:
        raise Problem(RECORD_NOT_FOUND)
    if found.row.revoked_at is None:
        found.row.revoked_at, found.row.revoked_by = now, actor.user_id
        details = {"api_token_id": token_id, "name": found.row.name}
        record_audit(session, actor, "api_token_revoked", now, details=details)
    return found


# -- who is asking ---------------------------------------------------------------------------------


def tool_for_token(session: Session, token: str, now: datetime) -> Tool:
    """The tool behind *token*: an observer at its sites that are open, who reads what it was made
    for.

    Raises
    ------
    Problem
        ``unauthenticated`` for an unknown, revoked or expired token, and for one whose sites are
        all closed.
    """
    with unscoped(session):
        found = session.execute(
            select(ApiToken, ApiTokenSite.site_id)
            .join(ApiTokenSite, ApiTokenSite.api_token_id == ApiToken.id)
            .join(Site, Site.id == ApiTokenSite.site_id)
            .where(ApiToken.token_hash == hash_token(token), Site.is_active)
        ).all()
    if not found:
        raise Problem(UNAUTHENTICATED)
    row: ApiToken = found[0][0]
    if row.revoked_at is not None or row.expires_at <= now:
        raise Problem(UNAUTHENTICATED)
    actor = Actor(
        user_id=row.id,
        username="",
        display_name=row.name,
        organisation_id=row.organisation_id,
        device_id=f"api-token:{row.id}",
        roles={site_id: frozenset({Role.OBSERVER}) for _, site_id in found},
        reads=frozenset(row.reads.split()),
    )
    last = row.last_used_at
    return Tool(row.id, actor, last is not None and now - last < _USE_TOLD_EVERY)


def note_use(session: Session, token_id: str, address: str, now: datetime) -> None:
    with unscoped(session):
        session.execute(
            update(ApiToken)
            .where(ApiToken.id == token_id)
            .values(last_used_at=now, last_used_address=address[:64])
        )
