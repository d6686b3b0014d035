"""Sign-ins that ended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, or_
from sqlalchemy.orm import Session

from server.config import Settings
from server.identity.models import AccessToken

KEPT = timedelta(days=30)


def run_forget_access_tokens(session: Session, settings: Settings, now: datetime) -> int:
    """Delete tokens that expired or were ended 30 days ago or earlier. Returns how many."""
    long_ago = now - KEPT
    gone = or_(AccessToken.expires_at <= long_ago, AccessToken.ended_at <= long_ago)
    result = session.execute(delete(AccessToken).where(gone))
    assert isinstance(result, CursorResult)
    return result.rowcount
