"""Whether the database stands at the newest migration."""

from __future__ import annotations

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).with_name("migrations")


def require_newest_migration(session: Session) -> None:
    """Raise RuntimeError naming both revisions unless the database is up to date."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    current = MigrationContext.configure(session.connection()).get_current_revision()
    if current != newest:
        raise RuntimeError(f"the database is at migration {current}, the program at {newest}")
