"""Sending what waits: short transactions around each batch, and none while anything is on its way.

A message is marked before it is sent. If the process dies in between, nobody knows whether it went
out: it is marked as uncertain and not sent again, since it stands in the person's inbox anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.db.scope import unscoped
from server.db.transaction import transaction
from server.notifications.models import NotificationChannel, NotificationDelivery
from server.notifications.timing import wait_after

AT_ONCE = 20
LOST_AFTER = timedelta(minutes=10)
"""After so long a message that is still being sent belongs to a process that died."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one channel: one delivery, or a digest of several."""

    delivery_ids: tuple[str, ...]
    kind: str
    target: str
    title: str
    text: str


Send = Callable[[Message], str | None]
"""Sends one message. Returns what went wrong, or None."""


def send_waiting(session: Session, send: Send, now: datetime) -> int:
    """Send what is due. Returns how many messages went out."""
    with transaction(session, write=True), unscoped(session):
        _give_up_lost(session, now)
        messages = _claim(session, now)
    sent = 0
    for message in messages:
        error = send(message)
        sent += error is None
        with transaction(session, write=True), unscoped(session):
            _note(session, message, error, now)
    return sent


def _give_up_lost(session: Session, now: datetime) -> None:
    session.execute(
        update(NotificationDelivery)
        .where(
            NotificationDelivery.status == "sending",
            NotificationDelivery.claimed_at < now - LOST_AFTER,
        )
        .values(status="uncertain", last_error="the process ended while sending")
    )


def _claim(session: Session, now: datetime) -> list[Message]:
    rows = session.execute(
        select(NotificationDelivery, NotificationChannel.kind, NotificationChannel.target)
        .join(NotificationChannel, NotificationChannel.id == NotificationDelivery.channel_id)
        .where(
            NotificationDelivery.status == "waiting",
            NotificationDelivery.next_attempt_at <= now,
        )
        .order_by(NotificationDelivery.next_attempt_at, NotificationDelivery.id)
        .limit(AT_ONCE)
        .with_for_update(of=NotificationDelivery, skip_locked=True)
    ).all()
    for row, _, _ in rows:
        row.status, row.claimed_at, row.attempts = "sending", now, row.attempts + 1
    session.flush()
    return list(_messages([(row, kind, target) for row, kind, target in rows]))


def _messages(rows: Iterable[tuple[NotificationDelivery, str, str]]) -> Iterable[Message]:
    digests: dict[str, list[tuple[NotificationDelivery, str, str]]] = {}
    for row, kind, target in rows:
        if row.is_digest:
            digests.setdefault(row.channel_id, []).append((row, kind, target))
        else:
            yield Message((row.id,), kind, target, row.title, row.text)
    for entries in digests.values():
        _, kind, target = entries[0]
        lines = "\n".join(f"· {row.title}：{row.text}" for row, _, _ in entries)
        ids = tuple(row.id for row, _, _ in entries)
        yield Message(ids, kind, target, f"今日汇总 / Today ({len(entries)})", lines)


def _note(session: Session, message: Message, error: str | None, now: datetime) -> None:
    rows = session.scalars(
        select(NotificationDelivery).where(NotificationDelivery.id.in_(message.delivery_ids))
    )
    for row in rows:
        if error is None:
            row.status, row.sent_at, row.last_error = "sent", now, None
            continue
        row.last_error = error[:200]
        wait = wait_after(row.attempts)
        row.status = "failed" if wait is None else "waiting"
        row.next_attempt_at = now if wait is None else now + wait
    session.flush()
