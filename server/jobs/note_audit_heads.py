"""The head of each audit log, once a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.custody.heads import note_heads


def run_note_audit_heads(session: Session, settings: Settings, now: datetime) -> int:
    """Note today's head of each organisation that has none yet. Returns how many."""
    return note_heads(session, now)
