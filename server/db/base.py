"""The database: one ``db`` object, the declarative base, and the mixins that scope rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, ForeignKey, MetaData, event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from server.db.statistics import RECONNECT_SECONDS
from server.db.types import UtcDateTime, UuidText

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012 (read by SQLAlchemy as it is)


class OrganisationScoped:
    """Rows of one organisation. Selects of such a class are filtered by ``server.db.scope``.

    No index stands on the organisation alone: nearly every row is of the same one, and SQLite
    would take it for what a better index is there for.
    """

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))


class SiteScoped(OrganisationScoped):
    """Rows of one site. Selects are filtered to the actor's sites."""

    site_id: Mapped[str] = mapped_column(UuidText, ForeignKey("sites.id"), index=True)


# Engines and sessions are Flask-SQLAlchemy's; the models stand on the plain declarative base above,
# so that they can be imported and tested without an application.
db = SQLAlchemy(session_options={"expire_on_commit": False})


def init_database(app: Flask, database_url: str) -> None:
    """Bind ``db`` to *app* and set up what makes the engine safe under concurrent writers."""
    is_sqlite = database_url.startswith("sqlite")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = (
        {
            "connect_args": {"timeout": 30, "check_same_thread": False},
            "pool_recycle": RECONNECT_SECONDS,
        }
        if is_sqlite
        else {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}
    )
    db.init_app(app)
    with app.app_context():
        (configure_sqlite if is_sqlite else configure_postgresql)(db.engine)


def configure_postgresql(engine: Engine) -> None:
    """UUIDs come as the text they are on the wire: nothing here wants them as objects."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.adapters.register_loader("uuid", TextLoader)

    @event.listens_for(engine, "handle_error")
    def on_error(context: ExceptionContext) -> None:
        context.is_disconnect = context.is_disconnect or is_gone(context.original_exception)


def is_gone(error: BaseException) -> bool:
    """Whether the driver, not the server, says that a statement failed: it has lost the connection.

    A backend that dies at an unlucky moment leaves psycopg with "connection socket closed" and a
    connection that looks open, but takes no statement any more, not even a rollback.
    """
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def configure_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, durable commits, and transactions that say at once that they will write.

    A deferred transaction that reads first and writes later cannot wait for another writer: SQLite
    answers "database is locked" immediately, whatever the busy time-out. So a transaction marked
    ``sqlite_begin="IMMEDIATE"`` takes the write lock when it begins.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def current_session() -> Session:
    """The session of the current application context (a request, a job, a command)."""
    session: Session = db.session()
    return session
