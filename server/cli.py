"""Commands: ``flask --app wsgi …``."""

from __future__ import annotations

import sys

from flask import Flask
from flask_migrate import migrate

from server.db.schema_check import MIGRATIONS


def init_cli(app: Flask) -> None:
    """Attach the commands to *app*."""

    @app.cli.command("new-migration")
    def new_migration() -> None:
        """Write the migration that brings the schema to the models (review it!)."""
        migrate(directory=str(MIGRATIONS), message="change")
        sys.stdout.write("now give the file a name that says what it changes\n")
