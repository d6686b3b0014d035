"""The store beside the records: what it has lost, and what nobody refers to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from server.attachments.losses import report_lost_content
from server.attachments.storage import current_storage
from server.config import Settings
from server.db.transaction import transaction
from server.retention.orphans import compare_store

_log = structlog.get_logger("yanshou.jobs")


def run_find_lost_photos(session: Session, settings: Settings, now: datetime) -> int:
    """Ask the phones again for what was lost, and tell of what could go. Returns how many contents
    were lost."""
    found = compare_store(session, current_storage().blobs, now, settings.orphan_grace_seconds)
    for sha256 in found.missing:
        with transaction(session, write=True):
            report_lost_content(session, sha256, now)
    if found.orphans:
        kinds = Counter[str](orphan.reason for orphan in found.orphans)
        size = sum(orphan.size for orphan in found.orphans)
        _log.warning("contents that no record needs: see find-orphans", bytes=size, **kinds)
    return len(found.missing)
