"""The migrations, run on both databases, end in exactly the schema of the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.schema import CreateSchema

import server.db.all_models  # noqa: F401 (the models register themselves)
from server.db.base import Base, current_session, db
from server.db.schema_check import MIGRATIONS, require_newest_migration


@contextmanager
def connection_of(app: Flask) -> Iterator[Connection]:
    with app.app_context(), db.engine.connect() as connection:
        yield connection


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


def test_the_migrated_schema_equals_the_models(app: Flask) -> None:
    with connection_of(app) as connection:
        assert differences(connection) == []


def checks_of(connection: Connection, schema: str | None = None) -> list[tuple[str, str, str]]:
    inspector = inspect(connection)
    return sorted(
        (table.name, check["name"] or "", check["sqltext"])
        for table in Base.metadata.sorted_tables
        for check in inspector.get_check_constraints(table.name, schema=schema)
    )


def test_the_checks_of_the_models_are_in_the_schema_once_each(app: Flask) -> None:
    """Alembic's comparison does not look at CHECK constraints."""
    with connection_of(app) as connection:
        there = checks_of(connection)
        if connection.dialect.name == "sqlite":
            with create_engine("sqlite://").connect() as fresh:
                Base.metadata.create_all(fresh)
                assert there == checks_of(fresh)
            return
        connection.execute(CreateSchema("meant"))
        beside = connection.execution_options(schema_translate_map={None: "meant"})
        Base.metadata.create_all(beside)
        assert there == checks_of(connection, "meant")
        connection.rollback()


def test_all_the_way_down_and_up_again_ends_where_it_began(app: Flask) -> None:
    with app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="base")
    with connection_of(app) as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    with connection_of(app) as connection:
        assert differences(connection) == []


def test_upgrading_twice_changes_nothing(app: Flask) -> None:
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        require_newest_migration(current_session())
        current_session().rollback()
    with connection_of(app) as connection:
        assert differences(connection) == []


def test_the_migrations_are_one_line_without_branches() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_a_database_that_is_not_up_to_date_is_not_ready(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"] == "failed"
    assert answer.json["checks"]["database"] == "ok"
