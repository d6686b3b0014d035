"""Final numbers: consecutive for each site, kind and year, given when the server accepts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from server.access import Actor
from server.calendars.deadlines import KITCHEN_TIME
from server.identity.models import Site

_NEXT = text(
    "INSERT INTO document_counters (organisation_id, site_id, kind, year, value)"
    " VALUES (:organisation_id, :site_id, :kind, :year, 1)"
    " ON CONFLICT (site_id, kind, year) DO UPDATE SET value = document_counters.value + 1"
    " RETURNING value"
)


def next_number(session: Session, actor: Actor, site_id: str, kind: str, now: datetime) -> str:
    """The next number of *kind* at the site, such as ``YS-N1-2026-000042``.

    Taken inside the caller's transaction: if that fails, the number is free again, so a gap in the
    numbers means that something was removed. The year is that of the kitchens' clock.
    """
    site = session.get_one(Site, site_id)
    year = now.astimezone(KITCHEN_TIME).year
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    value = session.execute(
        _NEXT,
        {
            # SQLite keeps a UUID as its 32 digits, and plain SQL must say so itself.
            "organisation_id": actor.organisation_id.replace("-", "" if is_sqlite else "-"),
            "site_id": site_id.replace("-", "" if is_sqlite else "-"),
            "kind": kind,
            "year": year,
        },
    ).scalar_one()
    return f"{kind}-{site.code}-{year}-{value:06d}"
