"""Inspections that nobody made in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.planning.missed import tell_of_missed_tasks


def run_tell_of_missed_tasks(session: Session, settings: Settings, now: datetime) -> int:
    """Tell the assignee and the managers, once. Returns how many people were told."""
    return tell_of_missed_tasks(session, now)
