"""The planner's statistics, after the tables have grown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.db.statistics import refresh_statistics


def run_refresh_statistics(session: Session, settings: Settings, now: datetime) -> int:
    """Have SQLite look at its tables again. Returns of how many indexes it has learnt something."""
    return refresh_statistics(session)
