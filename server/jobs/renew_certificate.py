"""The server's certificate, when its time is nearly over or the machine has other addresses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.certificates.renewal import keep_own_certificates
from server.config import Settings


def run_renew_certificate(_session: Session, settings: Settings, now: datetime) -> int:
    """Renew it if it is due. New connections get the new one; returns whether there is one."""
    return int(settings.https and keep_own_certificates(settings, now).is_renewed)
