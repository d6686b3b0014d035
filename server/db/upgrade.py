"""Bringing the database to the newest migration."""

from __future__ import annotations

from flask_migrate import upgrade

from server.db.schema_check import MIGRATIONS


def upgrade_database() -> None:
    """Run what is missing. Needs an application context."""
    upgrade(directory=str(MIGRATIONS))
