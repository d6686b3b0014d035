"""Refused sign-ins, once they count no more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from server.config import Settings
from server.identity.models import LoginFailure


def run_forget_login_failures(session: Session, settings: Settings, now: datetime) -> int:
    """Delete failures older than the throttle looks back. Returns how many."""
    before = now - timedelta(seconds=settings.login_window_seconds)
    result = session.execute(delete(LoginFailure).where(LoginFailure.failed_at <= before))
    assert isinstance(result, CursorResult)
    return result.rowcount
