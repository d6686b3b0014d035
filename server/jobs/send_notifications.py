"""Messages on their way to e-mail, robots and webhooks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.notifications import transport
from server.notifications.sending import send_waiting


def run_send_notifications(session: Session, settings: Settings, now: datetime) -> int:
    """Send what is due. Returns how many messages went out."""
    return send_waiting(session, lambda message: transport.send(settings, message, now), now)
