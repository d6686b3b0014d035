"""Keeping the change log to what devices still need."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.config import Settings
from server.db import compaction
from server.db.change_log import ChangeLogHead
from server.db.holds import open_holds

REFERRED_TO = frozenset({"products"})
"""Receipts name the version of a product they were inspected by, however late they arrive."""


def run_compact_change_log(session: Session, settings: Settings, now: datetime) -> int:
    """Forget tombstones and superseded versions that have reached their age. Returns how many rows.

    A phone that was away for longer is told to pull anew and loses nothing that it has not pushed.
    """
    tombstones_until = now - timedelta(days=settings.tombstones_kept_days)
    versions_until = now - timedelta(days=settings.versions_kept_days)
    organisations = session.scalars(select(ChangeLogHead.organisation_id)).all()
    forgotten, oldest = 0, {}
    for organisation_id in sorted(organisations):
        if open_holds(session, organisation_id):
            # What is held may include versions and deletions that nobody else would miss.
            compaction.mark_position(session, organisation_id, now)
            continue
        up_to = compaction.position_at(session, organisation_id, tombstones_until)
        forgotten += compaction.forget_deletions(session, organisation_id, up_to)
        oldest[organisation_id] = up_to
        up_to = compaction.position_at(session, organisation_id, versions_until)
        forgotten += compaction.forget_versions(session, organisation_id, up_to, REFERRED_TO)
        compaction.forget_marks(session, organisation_id, min(tombstones_until, versions_until))
        compaction.mark_position(session, organisation_id, now)
    session.flush()
    # The heads come last, and in one order: nothing may be locked after them.
    for organisation_id, up_to in oldest.items():
        compaction.raise_oldest(session, organisation_id, up_to)
    return forgotten
