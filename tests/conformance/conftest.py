"""Every test here runs once for each store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from server.db.base import configure_sqlite
from tests.conformance.phone import Desk
from tests.conformance.sql_world import SqlWorld
from tests.conformance.worlds import MemoryWorld, World
from tests.conftest import POSTGRES, postgres_execute


@pytest.fixture(scope="session")
def sqlite_engine(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("conformance") / "conformance.sqlite3"
    shutil.copyfile(sqlite_template, path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    configure_sqlite(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_template: str, worker_id: str) -> Iterator[Engine]:
    name = f"conformance_{worker_id}_{os.urandom(6).hex()}"
    postgres_execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    engine = create_engine(os.environ[POSTGRES] + name)
    yield engine
    engine.dispose()
    postgres_execute(f'DROP DATABASE "{name}" WITH (FORCE)')


# The tests of one run share a database: each has an organisation of its own in it, and that none
# of them ever notices another's is part of what they prove.
WORLDS: dict[str, Callable[[pytest.FixtureRequest], World]] = {
    "memory": lambda _request: MemoryWorld(),
    "postgresql": lambda request: SqlWorld(request.getfixturevalue("postgres_engine")),
    "sqlite": lambda request: SqlWorld(request.getfixturevalue("sqlite_engine")),
}


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param](request)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)
