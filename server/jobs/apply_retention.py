"""Photos whose time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.attachments.storage import current_storage
from server.config import Settings
from server.retention.daily import apply_retention


def run_apply_retention(session: Session, settings: Settings, now: datetime) -> int:
    """Report what is over, and let it go where that is switched on. Returns how many contents were
    deleted; the log has the rest."""
    return apply_retention(session, current_storage(), settings, now).deleted
