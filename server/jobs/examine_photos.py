"""Previews, thumbnails and flags of the photos that arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.attachments.examination import Examiner
from server.attachments.storage import current_storage
from server.config import Settings


def run_examine_photos(session: Session, settings: Settings, now: datetime) -> int:
    """Decode and judge what waits for it, in transactions of its own. Returns how many."""
    return Examiner(session, current_storage(), settings, now).examine_waiting()
