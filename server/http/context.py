"""What a request handler may ask for: who is calling, the session, and the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app, g

from server.access import Actor
from server.config import Settings
from server.db.base import current_session as current_session
from server.errors import Problem

Clock = Callable[[], datetime]
_CLOCK = "yanshou.clock"
_SETTINGS = "yanshou.settings"


def system_clock() -> datetime:
    return datetime.now(UTC)


def keep_in_app(app: object, settings: Settings, clock: Clock) -> None:
    extensions = app.extensions  # type: ignore[attr-defined]
    extensions[_SETTINGS] = settings
    extensions[_CLOCK] = clock


def current_settings() -> Settings:
    settings: Settings = current_app.extensions[_SETTINGS]
    return settings


def current_time() -> datetime:
    """Now, in UTC. Tests set the application's clock; nothing else reads the time."""
    now: datetime = current_app.extensions[_CLOCK]()
    return now


def current_actor() -> Actor:
    actor: Actor = g.actor
    return actor


def current_refusal() -> Problem | None:
    """Why nothing of this caller's may be carried out, on a route that takes it nevertheless."""
    refusal: Problem | None = g.refusal
    return refusal
