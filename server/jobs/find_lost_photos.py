"""Photos that records count on and the store has not (any more)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.attachments.losses import lost_contents, report_lost_content
from server.attachments.storage import current_storage
from server.config import Settings
from server.db.transaction import transaction


def run_find_lost_photos(session: Session, settings: Settings, now: datetime) -> int:
    """Ask the phones again for what was lost. Returns how many contents that were."""
    with transaction(session, write=False):
        lost = lost_contents(session, current_storage().blobs)
    for sha256 in lost:
        with transaction(session, write=True):
            report_lost_content(session, sha256, now)
    return len(lost)
