"""Telling people, in the transaction of what they are told of; and their wishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor
from server.calendars.deadlines import KITCHEN_TIME
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.scope import unscoped
from server.db.types import new_id
from server.errors import RECORD_NOT_FOUND, VALIDATION_FAILED, FieldError, Problem, Text
from server.notifications.events import event_of
from server.notifications.models import (
    Notification,
    NotificationChannel,
    NotificationDelivery,
    NotificationSettings,
)
from server.notifications.timing import after_quiet_hours, next_digest

COLLECTION = "notifications"
SERVER_OWNED = (
    "event",
    "title",
    "text",
    "subject_collection",
    "subject_id",
    "site_id",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell. ``key`` names it: nobody is told the same twice."""

    event: str
    key: str
    site_id: str | None
    subject_collection: str
    subject_id: str
    params: Mapping[str, str] = field(default_factory=dict)


def shown_time(text: str) -> str:
    """A wire time as people read it: the kitchen's."""
    return parse_time(text).astimezone(KITCHEN_TIME).strftime("%Y-%m-%d %H:%M")


def tell(
    session: Session, actor: Actor, news: News, user_ids: Iterable[str | None], now: datetime
) -> int:
    """Put *news* into the inboxes of *user_ids* and on the way to their channels.

    Whoever did it is not told of it. Returns how many people were told.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None} - {actor.user_id}
    with unscoped(session):
        known = session.scalars(
            select(Notification.user_id).where(
                Notification.user_id.in_(sorted(wanted)), Notification.dedupe_key == news.key
            )
        ).all()
        for user_id in sorted(wanted - set(known)):
            _tell_one(session, actor, news, user_id, now)
        session.flush()
    return len(wanted) - len(known)


def _tell_one(session: Session, actor: Actor, news: News, user_id: str, now: datetime) -> None:
    event = event_of(news.event)
    row = Notification(
        id=new_id(now),
        organisation_id=actor.organisation_id,
        user_id=user_id,
        dedupe_key=news.key,
        event=news.event,
        created_at=now,
    )
    session.add(row)
    session.flush()
    document = {
        "id": row.id,
        "read_at": None,
        "event": news.event,
        "title": _both(event.title, news.params),
        "text": _both(event.text, news.params),
        "subject_collection": news.subject_collection,
        "subject_id": news.subject_id,
        "site_id": news.site_id,
        "created_at": time_text(now),
    }
    # A person is a place of their own: their phones pull what lies there, nobody else's do.
    publish(session, actor, COLLECTION, row.id, user_id, document, now)
    _send_out(session, row, document, now)


def _both(text: Text, params: Mapping[str, str]) -> dict[str, str]:
    return {"zh": text.render("zh-CN", **params), "en": text.render("en", **params)}


def _send_out(
    session: Session, row: Notification, document: Mapping[str, Any], now: datetime
) -> None:
    wishes = session.get(NotificationSettings, row.user_id)
    rules = {} if wishes is None else orjson.loads(wishes.rules)
    mode = rules.get(row.event, "at_once")
    channels = session.scalars(
        select(NotificationChannel)
        .where(NotificationChannel.user_id == row.user_id)
        .order_by(NotificationChannel.id)
    ).all()
    if mode == "off" or wishes is None:
        return
    language = "zh" if wishes.language == "zh-CN" else "en"
    due = after_quiet_hours(now, wishes.quiet_from, wishes.quiet_until)
    if mode == "digest":
        due = next_digest(now, wishes.digest_at)
    for channel in channels:
        session.add(
            NotificationDelivery(
                id=new_id(now),
                organisation_id=row.organisation_id,
                notification_id=row.id,
                channel_id=channel.id,
                is_digest=mode == "digest",
                title=document["title"][language],
                text=document["text"][language],
                status="waiting",
                attempts=0,
                next_attempt_at=due,
            )
        )


# -- reading ---------------------------------------------------------------------------------------


def mark_read(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Note that the person has read it; once read it stays so.

    Raises
    ------
    Problem
        ``record-not-found`` for what is not the actor's.
    """
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is None or head.site_id != actor.user_id:
        raise Problem(RECORD_NOT_FOUND)
    stored = document_of(head)
    if document["read_at"] is None or stored["read_at"] is not None:
        return head
    with unscoped(session):
        row = session.get_one(Notification, document["id"])
    row.read_at = parse_time(document["read_at"])
    session.flush()
    read = {**stored, "read_at": document["read_at"]}
    return publish(session, actor, COLLECTION, document["id"], actor.user_id, read, now)


# -- wishes ----------------------------------------------------------------------------------------


def save_settings(
    session: Session, actor: Actor, document: Mapping[str, Any], now: datetime
) -> None:
    """Set how the actor wants to be told; *document* is a loaded ``NotificationSettingsSchema``.

    A channel without a target keeps the one on record. Messages on their way to a channel that is
    taken away are not sent any more.
    """
    known = {row.id: row for row in channels_of(session, actor)}
    _refuse_unknown_targets(document, known)
    row = session.get(NotificationSettings, actor.user_id)
    if row is None:
        row = NotificationSettings(user_id=actor.user_id, organisation_id=actor.organisation_id)
        session.add(row)
    row.rules = orjson.dumps({r["event"]: r["mode"] for r in document["rules"]}).decode()
    for name in ("quiet_from", "quiet_until", "digest_at", "language"):
        setattr(row, name, document[name])
    row.updated_at = now
    session.flush()
    wanted = {channel["id"] for channel in document["channels"]}
    for id_ in known.keys() - wanted:
        _drop_channel(session, id_)
    for channel in document["channels"]:
        _put_channel(session, actor, known.get(channel["id"]), channel)
    session.flush()


def _refuse_unknown_targets(
    document: Mapping[str, Any], known: Mapping[str, NotificationChannel]
) -> None:
    text = Text("新的渠道须填写地址", "A new channel needs its target.")
    errors = [
        FieldError(f"/channels/{position}/target", text)
        for position, channel in enumerate(document["channels"])
        if channel["target"] is None
        and (channel["id"] not in known or known[channel["id"]].kind != channel["kind"])
    ]
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _drop_channel(session: Session, channel_id: str) -> None:
    session.execute(
        delete(NotificationDelivery).where(NotificationDelivery.channel_id == channel_id)
    )
    session.execute(delete(NotificationChannel).where(NotificationChannel.id == channel_id))


def _put_channel(
    session: Session,
    actor: Actor,
    row: NotificationChannel | None,
    channel: Mapping[str, Any],
) -> None:
    if row is None:
        row = NotificationChannel(
            id=channel["id"], organisation_id=actor.organisation_id, user_id=actor.user_id
        )
        session.add(row)
    row.kind = channel["kind"]
    if channel["target"] is not None:
        row.target = channel["target"]


def channels_of(session: Session, actor: Actor) -> list[NotificationChannel]:
    statement = select(NotificationChannel).where(NotificationChannel.user_id == actor.user_id)
    return list(session.scalars(statement.order_by(NotificationChannel.id)))


def settings_document(session: Session, actor: Actor) -> dict[str, Any]:
    """The actor's wishes; of targets only their ends."""
    row = session.get(NotificationSettings, actor.user_id)
    rules = {} if row is None else orjson.loads(row.rules)
    return {
        "channels": [
            {"id": channel.id, "kind": channel.kind, "target": "…" + channel.target[-4:]}
            for channel in channels_of(session, actor)
        ],
        "rules": [{"event": event, "mode": mode} for event, mode in rules.items()],
        "quiet_from": None if row is None else row.quiet_from,
        "quiet_until": None if row is None else row.quiet_until,
        "digest_at": "18:00" if row is None else row.digest_at,
        "language": "zh-CN" if row is None else row.language,
    }
