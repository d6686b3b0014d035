"""Fixtures shared by all tests.

Tests that touch the database ask for ``app`` (or ``client``, ``world``) and so run twice: on SQLite
and on a real PostgreSQL server, each with a migrated database of its own that holds nothing.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.db.upgrade import upgrade_database
from server.pwa.libraries import bring_libraries
from tests.infrastructure.emptied_databases import EmptiedDatabases
from tests.infrastructure.postgres import postgres_server
from tests.infrastructure.s3_server import S3Server, s3_server
from tests.infrastructure.shared_app import lent_app
from tests.world import World

POSTGRES = "YANSHOU_TESTS_RUNNING_POSTGRES"
_stack = ExitStack()

hypothesis_settings.register_profile(
    "yanshou", deadline=None, derandomize=True, max_examples=100, print_blob=True
)
hypothesis_settings.load_profile("yanshou")


def pytest_configure(config: pytest.Config) -> None:
    """What the whole run shares, before the workers start: the libraries of the phone app, and one
    PostgreSQL server."""
    if hasattr(config, "workerinput"):
        return
    bring_libraries()
    if POSTGRES not in os.environ:
        os.environ[POSTGRES] = _stack.enter_context(postgres_server())


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a service, a browser or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it for garbage again and again takes
    time in every test."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _stack.close()


class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def make_settings(data_dir: Path, database_url: str) -> Settings:
    """Settings for tests: cheap password hashing, everything else as in service."""
    return Settings(
        demo_records=False,
        data_dir=data_dir,
        database_url=database_url,
        blob_url=f"file://{data_dir / 'blobs'}",
        secret_key="only-for-tests-" * 3,
        log_level="error",
        argon2_time_cost=1,
        argon2_memory_kib=8,
    )


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade_database()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to be copied."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    path = folder / "template.sqlite3"
    _migrate(make_settings(folder, f"sqlite:///{path}"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """The name of a migrated, empty PostgreSQL database to be copied."""
    name = f"template_{worker_id}"
    postgres_execute(f'CREATE DATABASE "{name}"')
    folder = tmp_path_factory.mktemp("postgres-template")
    _migrate(make_settings(folder, os.environ[POSTGRES] + name))
    return name


@pytest.fixture(scope="session")
def postgres_databases(postgres_template: str, worker_id: str) -> Iterator[EmptiedDatabases]:
    databases = EmptiedDatabases(os.environ[POSTGRES], postgres_template, worker_id)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    worker: dict[str, str] = getattr(request.config, "workerinput", {})
    return worker.get("workerid", "main")


def postgres_execute(statement: str) -> None:
    url = os.environ[POSTGRES].replace("postgresql+psycopg", "postgresql") + "postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "yanshou.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    with request.getfixturevalue("postgres_databases").one() as name:
        yield os.environ[POSTGRES] + name


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return make_settings(tmp_path / "data", database_url)


@pytest.fixture
def app(settings: Settings, clock: TestClock) -> Iterator[Flask]:
    with lent_app(settings, clock) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sqlite_app(tmp_path: Path, sqlite_template: Path, clock: TestClock) -> Iterator[Flask]:
    """The application on SQLite only, for tests in which the database plays no part."""
    path = tmp_path / "yanshou.sqlite3"
    shutil.copyfile(sqlite_template, path)
    settings = make_settings(tmp_path / "data", f"sqlite:///{path}")
    with lent_app(settings, clock) as app:
        yield app


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real S3 server, kept for all tests of this process."""
    with s3_server() as server:
        yield server


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.fixture
def sqlite_world(sqlite_app: Flask) -> World:
    return World(sqlite_app)
