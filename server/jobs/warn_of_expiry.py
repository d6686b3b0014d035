"""Licences and health certificates that end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.expiry.warnings import warn_of_expiry


def run_warn_of_expiry(session: Session, settings: Settings, now: datetime) -> int:
    """Warn 60, 30 and 7 days ahead, and once it is over. Returns how many people were told."""
    return warn_of_expiry(session, now)
