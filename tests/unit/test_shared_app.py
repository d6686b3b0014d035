"""What tests share must be as good as new for each of them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from server.config import Settings
from server.db.base import db
from tests.conftest import POSTGRES, TestClock, make_settings
from tests.infrastructure.emptied_databases import EmptiedDatabases
from tests.infrastructure.shared_app import lent_app
from tests.world import World

Place = Callable[[str], Settings]


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Place:
    def make(name: str) -> Settings:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copyfile(sqlite_template, folder / "yanshou.sqlite3")
        return make_settings(folder, f"sqlite:///{folder / 'yanshou.sqlite3'}")

    return make


def test_a_borrower_finds_nothing_of_the_one_before(place: Place) -> None:
    first_clock, second_clock = TestClock(), TestClock()
    first, second = place("first"), place("second")
    with lent_app(first, first_clock) as app:
        World(app).person("li").get("/api/v1/sync/pull")
        kept = dict(app.extensions)
    with lent_app(second, second_clock) as app:
        assert app.extensions["yanshou.settings"] == second
        assert app.extensions["yanshou.clock"] is second_clock
        for name in ("storage", "press", "sync_counting", "request_counts"):
            assert app.extensions[f"yanshou.{name}"] is not kept[f"yanshou.{name}"]
        with app.app_context():
            assert db.session.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
            (_, _, file), *_ = db.session.execute(text("PRAGMA database_list")).all()
            assert file == str(second.data_dir / "yanshou.sqlite3")


def test_two_borrowers_at_once_have_two_applications(place: Place) -> None:
    with lent_app(place("a"), TestClock()) as one, lent_app(place("b"), TestClock()) as other:
        assert one is not other
        World(one), World(other)


def test_an_application_somebody_has_changed_is_not_lent_again(place: Place) -> None:
    with lent_app(place("a"), TestClock()) as changed:
        changed.config["MAX_CONTENT_LENGTH"] = 1
    with lent_app(place("b"), TestClock()) as app:
        assert app is not changed
        app.after_request(lambda response: response)
    with lent_app(place("c"), TestClock()) as third:
        assert third is not app


def test_an_application_a_thread_still_works_with_is_not_lent_again(place: Place) -> None:
    finish = threading.Event()
    with lent_app(place("a"), TestClock()) as busy:
        thread = threading.Thread(target=finish.wait)
        thread.start()
    with lent_app(place("b"), TestClock()) as app:
        assert app is not busy
    finish.set()
    thread.join()


@pytest.fixture
def databases(postgres_template: str, worker_id: str) -> Iterator[EmptiedDatabases]:
    databases = EmptiedDatabases(os.environ[POSTGRES], postgres_template, f"own_{worker_id}")
    yield databases
    databases.close()


def execute(name: str, *statements: str) -> None:
    url = os.environ[POSTGRES].replace("postgresql+psycopg", "postgresql") + name
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def test_a_database_is_emptied_and_used_again(databases: EmptiedDatabases, tmp_path: Path) -> None:
    names = set()
    for turn in ("first", "second"):
        with databases.one() as name:
            names.add(name)
            settings = make_settings(tmp_path / turn, os.environ[POSTGRES] + name)
            with lent_app(settings, TestClock()) as app:
                World(app).person("li").get("/api/v1/sync/pull")  # would fail on rows left behind
    assert len(names) == 1


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE sites ADD COLUMN colour text",
        "ALTER TABLE sites ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_kept",
        "CREATE INDEX ix_extra ON sites (name)",
        "CREATE SEQUENCE extra",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "UPDATE alembic_version SET version_num = '0001'",
        "ANALYZE alembic_version",
    ],
)
def test_a_database_of_which_more_than_rows_was_changed_is_thrown_away(
    databases: EmptiedDatabases, change: str
) -> None:
    with databases.one() as changed:
        execute(changed, change)
    with databases.one() as name:
        assert name != changed


def test_a_database_somebody_is_still_connected_to_is_thrown_away(
    databases: EmptiedDatabases,
) -> None:
    with databases.one() as busy:
        url = os.environ[POSTGRES].replace("postgresql+psycopg", "postgresql") + busy
        lingering = psycopg.connect(url)
    with databases.one() as name:
        assert name != busy
    lingering.close()
