"""Overdue notices climb the ladder: whoever puts it right, their head, the managers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.corrective_actions.escalation import escalate_overdue


def run_escalate_overdue(session: Session, settings: Settings, now: datetime) -> int:
    """Tell whoever has to know by now. Returns how many notices climbed."""
    return escalate_overdue(session, now)
