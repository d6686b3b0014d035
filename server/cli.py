"""Commands: ``flask --app wsgi …``."""

from __future__ import annotations

import sys

from flask import Flask
from flask_migrate import migrate
from sqlalchemy import select

from server.blobs.command import init_move_command
from server.checklists.exchange.commands import read_command, write_command
from server.custody.commands import head_command, verify_command
from server.db.audit import record_audit
from server.db.base import current_session
from server.db.compaction import new_epoch
from server.db.schema_check import MIGRATIONS
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_time
from server.identity.models import Organisation
from server.identity.setup import system_actor
from server.retention.commands import orphans_command, retention_command
from server.sync_api.export_commands import import_command


def init_cli(app: Flask) -> None:
    """Attach the commands to *app*."""
    app.cli.add_command(read_command)
    app.cli.add_command(write_command)
    app.cli.add_command(verify_command)
    app.cli.add_command(head_command)
    app.cli.add_command(orphans_command)
    app.cli.add_command(retention_command)
    app.cli.add_command(import_command)
    init_move_command(app)

    @app.cli.command("new-migration")
    def new_migration() -> None:
        """Write the migration that brings the schema to the models (review it!)."""
        migrate(directory=str(MIGRATIONS), message="change")
        sys.stdout.write("now give the file a name that says what it changes\n")

    @app.cli.command("after-restore")
    def after_restore() -> None:
        """Let every phone pull anew. Needed once after a database was restored from a copy."""
        session = current_session()
        with transaction(session, write=True), unscoped(session):
            organisation_ids = session.scalars(select(Organisation.id)).all()
            for organisation_id in organisation_ids:
                new_epoch(session, organisation_id)
                actor = system_actor(organisation_id)
                record_audit(session, actor, "database_restored", current_time())
        count = len(organisation_ids)
        sys.stdout.write(f"{count} 个单位的设备将重新拉取数据\n")
        sys.stdout.write(f"the devices of {count} organisation(s) will pull anew\n")
