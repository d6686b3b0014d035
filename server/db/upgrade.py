"""Bringing the database to the newest migration."""

from __future__ import annotations

from flask_migrate import upgrade

from server.db.base import current_session
from server.db.schema_check import MIGRATIONS
from server.db.statistics import refresh_statistics
from server.db.transaction import transaction


def upgrade_database() -> None:
    """Run what is missing, and let the planner know the new indexes. Needs an application
    context."""
    upgrade(directory=str(MIGRATIONS))
    with transaction(current_session(), write=True):
        refresh_statistics(current_session())
