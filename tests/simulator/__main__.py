"""``make soak``: the simulation for as long as one likes, on both databases.

``python -m tests.simulator --minutes 30``; ``--seed`` with the word that a failure printed tells
the same story again. What happened in a story that went wrong is written to ``var/soak/``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.db.upgrade import upgrade_database
from tests.conftest import TestClock, make_settings
from tests.infrastructure.postgres import postgres_server
from tests.scenarios.live_server import live_server
from tests.simulator.checks import faults_found, read_truth, summary
from tests.simulator.script import Script, read_script
from tests.simulator.simulation import Simulation
from tests.world import World

STORY_SECONDS = 120
"""A story has to end now and then, for only then can everything be compared."""


def main() -> int:
    arguments = _arguments()
    script = read_script(arguments.seed)
    stories = max(1, round(arguments.minutes * 60 / STORY_SECONDS / 2))
    with postgres_server() as postgres:
        for number in range(1 if script.steps is not None else stories):
            one = script if number == 0 else replace(script, seed=f"{script.seed}-{number}")
            for kind in ("sqlite", "postgresql"):
                if not _tell(kind, postgres, one):
                    return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seed", default="")
    return parser.parse_args()


def _tell(kind: str, postgres: str, script: Script) -> bool:
    """One story on a fresh database. Returns whether everything was right at its end."""
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-soak-") as name,
        _world(kind, postgres, Path(name)) as (world, settings),
        live_server(settings) as server,
        Simulation(world.app, world, server, Path(name), script) as simulation,
    ):
        simulation.run(STORY_SECONDS)
        simulation.settle()
        truth = read_truth(simulation)
        found = faults_found(simulation, truth)
        told = json.dumps(dict(summary(simulation, truth)), ensure_ascii=False)
        outcome = "right" if not found else "WRONG"
        sys.stdout.write(f"{kind}: {outcome}, SEED={simulation.script} {told}\n")
        if found:
            _keep_story(f"{kind}-{simulation.script}.txt", simulation)
    sys.stdout.writelines(f"  {fault}\n" for fault in found)
    sys.stdout.flush()
    return not found


def _keep_story(name: str, simulation: Simulation) -> None:
    folder = Path("var/soak")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(simulation.story(), encoding="utf-8")
    sys.stdout.write(f"  the story: {folder / name}\n")


@contextmanager
def _world(kind: str, postgres: str, folder: Path) -> Iterator[tuple[World, Settings]]:
    url = f"sqlite:///{folder / 'soak.sqlite3'}"
    if kind == "postgresql":
        name = f"soak_{os.urandom(4).hex()}"
        with psycopg.connect(postgres.replace("+psycopg", "") + "postgres", autocommit=True) as c:
            c.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        url = postgres + name
    settings = make_settings(folder, url)
    app = create_app(settings, TestClock())
    with app.app_context():
        upgrade_database()
    try:
        yield World(app), settings
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
