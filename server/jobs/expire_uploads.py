"""Interrupted uploads that nobody came back for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.attachments.storage import current_storage
from server.config import Settings
from server.uploads import service


def run_expire_uploads(session: Session, settings: Settings, now: datetime) -> int:
    """Remove uploads whose time is over, with their files. Returns how many."""
    # Small versions that a crash left half written: none takes an hour.
    current_storage().derivatives.discard_unfinished(now.timestamp() - 3600)
    return service.expire_uploads(session, settings, now)
