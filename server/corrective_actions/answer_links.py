"""Links by which somebody without an account answers one notice: made, listed, taken back, used."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Guest, Permission
from server.corrective_actions import issuing
from server.corrective_actions.lifecycle import STATUS_LABELS
from server.corrective_actions.models import AnswerLink
from server.db.audit import record_audit
from server.db.documents import read_documents
from server.db.scope import unscoped
from server.db.types import new_id
from server.errors import (
    ANSWER_LINK_OVER,
    ANSWER_LINK_UNKNOWN,
    ANSWER_NOT_NEEDED,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.identity.guests import guest_actor, make_guest_user

TOKEN_BYTES = 24
"""192 bits: no rate limit is needed against guessing it, and it still fits into a small QR code."""
DAYS_AFTER_DEADLINE = 7
DAYS_MOST = 60
_TOUCHED_EVERY = timedelta(minutes=1)
_ADDRESS_LONGEST, _DEVICE_LONGEST = 64, 200
_OVER = frozenset({"closed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link and its token, which nobody can tell afterwards."""

    row: AnswerLink
    token: str


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_url(address: str, token: str) -> str:
    """The token stands behind the ``#``: browsers keep that part to themselves, so that it is in
    no log of a server or proxy and in no Referer."""
    return f"{address}/a#{token}"


# -- those who issue notices -----------------------------------------------------------------------


def make_link(
    session: Session,
    actor: Actor,
    action_id: str,
    wanted: Mapping[str, Any],
    token: str,
    now: datetime,
    *,
    is_printed: bool = False,
) -> NewLink:
    """A link to answer the notice; *wanted* is a loaded ``AnswerLinkIn``.

    Raises
    ------
    Problem
        ``answer-not-needed`` once the notice is closed or withdrawn; ``validation-failed`` for an
        end that has passed or is too far away; ``forbidden``, ``record-not-found``.
    """
    action = _action(session, actor, action_id)
    if action["status"] in _OVER:
        state = STATUS_LABELS[action["status"]]
        raise Problem(ANSWER_NOT_NEEDED, number=action["number"], state=state)
    make_guest_user(session, actor.organisation_id, now)
    row = AnswerLink(
        id=new_id(now),
        organisation_id=actor.organisation_id,
        site_id=action["site_id"],
        corrective_action_id=action_id,
        token_hash=hash_token(token),
        given_to=wanted["given_to"] or (action["supplier_contact"] or {"name": ""})["name"],
        is_printed=is_printed,
        made_by=actor.user_id,
        made_at=now,
        expires_at=_expiry(action, wanted["expires_at"], now),
        answers=0,
    )
    session.add(row)
    session.flush()
    _record(session, actor, "answer_link_made", row, now)
    return NewLink(row, token)


def list_links(session: Session, actor: Actor, action_id: str) -> list[AnswerLink]:
    """The notice's links, the newest first."""
    _action(session, actor, action_id)
    statement = select(AnswerLink).where(AnswerLink.corrective_action_id == action_id)
    return list(
        session.scalars(statement.order_by(AnswerLink.made_at.desc(), AnswerLink.id.desc()))
    )


def revoke_link(session: Session, actor: Actor, link_id: str, now: datetime) -> AnswerLink:
    """Refuse the link from its next request on. Doing it again changes nothing."""
    row = session.scalar(select(AnswerLink).where(AnswerLink.id == link_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.ISSUE_RECTIFICATION_ORDER, row.site_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, actor.user_id
        session.flush()
        _record(session, actor, "answer_link_revoked", row, now)
    return row


def _action(session: Session, actor: Actor, action_id: str) -> dict[str, Any]:
    found = read_documents(session, actor.organisation_id, issuing.COLLECTION, [action_id])
    if action_id not in found:
        raise Problem(RECORD_NOT_FOUND)
    action = found[action_id].document
    actor.require(Permission.ISSUE_RECTIFICATION_ORDER, action["site_id"])
    return action


def _expiry(action: Mapping[str, Any], wanted: str | None, now: datetime) -> datetime:
    latest = now + timedelta(days=DAYS_MOST)
    if wanted is None:
        due_at = max(parse_time(action["due_at"]), now)
        return min(due_at + timedelta(days=DAYS_AFTER_DEADLINE), latest)
    expires_at = parse_time(wanted)
    if not now < expires_at <= latest:
        text = Text("有效期须在今后 {days} 天之内", "It must end within {days} days from now.")
        raise Problem(VALIDATION_FAILED, [FieldError("/expires_at", text, {"days": DAYS_MOST})])
    return expires_at


def _record(session: Session, actor: Actor, action: str, row: AnswerLink, now: datetime) -> None:
    record_audit(
        session,
        actor,
        action,
        now,
        site_id=row.site_id,
        collection=issuing.COLLECTION,
        record_id=row.corrective_action_id,
        details={
            "link_id": row.id,
            "given_to": row.given_to,
            "is_printed": row.is_printed,
            "expires_at": time_text(row.expires_at),
        },
    )


def link_document(row: AnswerLink, now: datetime) -> dict[str, Any]:
    """The link as those who issue notices see it: never what opens it."""
    times = ("made_at", "expires_at", "revoked_at", "last_used_at")
    told = ("id", "corrective_action_id", "given_to", "is_printed", "made_by", "answers")
    return {
        **{name: getattr(row, name) for name in told},
        **{name: _time(getattr(row, name)) for name in times},
        "last_used_address": row.last_used_address,
        "is_usable": _is_usable(row, now),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def _is_usable(row: AnswerLink, now: datetime) -> bool:
    return row.revoked_at is None and now < row.expires_at


# -- those who hold a link -------------------------------------------------------------------------


def guest_for_token(
    session: Session, token: str, address: str, device: str, now: datetime
) -> Actor:
    """Who comes with *token*: a guest at the one notice it is for.

    Raises
    ------
    Problem
        ``answer-link-unknown`` (404) and ``answer-link-over`` (410), which say no more than that.
    """
    with unscoped(session):
        row = session.scalar(select(AnswerLink).where(AnswerLink.token_hash == hash_token(token)))
    if row is None:
        raise Problem(ANSWER_LINK_UNKNOWN)
    if not _is_usable(row, now):
        raise Problem(ANSWER_LINK_OVER)
    guest = Guest(
        link_id=row.id,
        notice_id=row.corrective_action_id,
        site_id=row.site_id,
        address=address[:_ADDRESS_LONGEST],
        device=_printable(device)[:_DEVICE_LONGEST],
    )
    return guest_actor(row.organisation_id, guest)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def note_use(session: Session, actor: Actor, now: datetime, *, answered: bool = False) -> None:
    """Remember when and from where the link was used last; to the minute is enough."""
    assert actor.guest is not None
    row = session.get_one(AnswerLink, actor.guest.link_id)
    if answered:
        row.answers += 1
    elif row.last_used_at is not None and now - row.last_used_at < _TOUCHED_EVERY:
        return
    row.last_used_at, row.last_used_address = now, actor.guest.address
    session.flush()
