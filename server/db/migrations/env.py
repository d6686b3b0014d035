"""Alembic's environment: the application's own engine, the same migrations on every database."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

import server.db.all_models  # noqa: F401 (the models register themselves)
from server.db.base import Base


def _render_type(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and type(value).__module__ == "server.db.types":
        autogen.imports.add("from server.db.types import " + type(value).__name__)
        return f"{type(value).__name__}()"
    return False


def run_migrations() -> None:
    engine = current_app.extensions["sqlalchemy"].engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            render_item=_render_type,
            compare_server_default=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
