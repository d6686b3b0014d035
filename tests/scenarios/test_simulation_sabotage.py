"""The simulation proves something: a server that breaks one of its promises is found out.

Each sabotage takes away one thing the engine rests on. The story is told in short chapters, and
somewhere in them the checks must see what it leads to.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

import server.db.change_store as change_store
import sync.decide
import sync.pull
import sync.push
from server.config import Settings
from server.db.change_log import ChangeLogHead
from server.db.sync_store import SqlStore
from sync.decide import Apply
from tests.simulator.checks import faults_found, read_truth
from tests.simulator.script import read_script
from tests.simulator.simulation import Simulation

CHAPTERS, STEPS = 12, 10
# Nobody is killed, and nothing is forgotten on purpose: the sabotage alone makes the difference.
OUT_OF_PLACE = frozenset(
    {"kill_server", "begin_log_anew", "compact_log", "revoke_device", "disable_or_enable"}
)
Patch = pytest.MonkeyPatch


class QuietHandler(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Nobody reads it."""


@dataclass
class ThreadedServer:
    """The application of this process, on a port: what the test changes is in force."""

    settings: Settings
    server: BaseWSGIServer
    errors: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.port


@contextmanager
def threaded_server(app: Any, settings: Settings) -> Iterator[ThreadedServer]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ThreadedServer(settings, server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# -- what is taken away ----------------------------------------------------------------------------


def give_sequences_before_the_lock(patch: Patch) -> None:
    """A number of the change log is taken first, and the transaction commits some time later."""
    chance = Random(1)

    def take(session: Session, organisation_id: str, count: int) -> range:
        at = ChangeLogHead.organisation_id == organisation_id
        taken = {"sequence": ChangeLogHead.sequence + count}
        with Session(session.get_bind()) as early:
            statement = update(ChangeLogHead).where(at).values(taken)
            last = early.scalar(statement.returning(ChangeLogHead.sequence))
            early.commit()
        time.sleep(chance.random() * 0.1)
        # The audit log's chain still needs the lock.
        session.execute(update(ChangeLogHead).where(at).values(sequence=ChangeLogHead.sequence))
        return range(last - count + 1, last + 1)

    patch.setattr(change_store, "_take_sequences", take)


def forget_what_was_answered(patch: Patch) -> None:
    """No answer is written down, so that a mutation that comes again is carried out again."""
    patch.setattr(SqlStore, "keep_result", lambda _self, _result: None)


def let_the_last_writer_win(patch: Patch) -> None:
    def overwrite(_policy: Any, _head: Any, _timeline: Any, plain: dict[str, object]) -> Apply:
        return Apply(plain, merged=False, changed_fields=tuple(sorted(plain)))

    patch.setattr(sync.decide, "_combine", overwrite)


def throw_the_losing_side_away(patch: Patch) -> None:
    patch.setattr(SqlStore, "keep_conflict", lambda _self, _conflict: None)


def leave_lost_sites_on_the_phone(patch: Patch) -> None:
    """The user is moved, and nobody tells the phone what it must give up."""

    def leave(_store: Any, _scope: Any, cursor: Any, _position: int, _room: int) -> Any:
        return [], sync.pull.replace(cursor, leaving=sync.pull.Phase()), True

    patch.setattr(sync.pull, "_leave", leave)


def bring_nothing_of_new_sites(patch: Patch) -> None:
    def enter(_store: Any, _scope: Any, cursor: Any, _position: int, _room: int) -> Any:
        served = cursor.served | cursor.entering.places
        entering = sync.pull.Phase()
        return [], sync.pull.replace(cursor, served=served, entering=entering), True

    patch.setattr(sync.pull, "_enter", enter)


SABOTAGES: list[tuple[str, Callable[[Patch], None], str]] = [
    ("postgresql", give_sequences_before_the_lock, "lacks|it stands at"),
    ("sqlite", forget_what_was_answered, "was acknowledged as version"),
    ("sqlite", let_the_last_writer_win, "written over|lost|mark"),
    ("sqlite", throw_the_losing_side_away, "does not wait for review"),
    ("sqlite", leave_lost_sites_on_the_phone, "holds too much"),
    ("sqlite", bring_nothing_of_new_sites, "lacks"),
]


def found_in(world: Any, settings: Settings, folder: Any, chapters: int) -> list[str]:
    """Tell the story until something is wrong, and say what."""
    with (
        threaded_server(world.app, settings) as server,
        Simulation(world.app, world, server, folder, read_script("sabotage")) as simulation,  # type: ignore[arg-type]
    ):
        simulation.without = OUT_OF_PLACE
        for chapter in range(chapters):
            for step in range(STEPS):
                simulation.step(Random(f"{chapter}/{step}"))
            simulation.settle()
            assert simulation.errors == []
            found = faults_found(simulation, read_truth(simulation))
            if found:
                return found
            simulation.stir_up()
    return []


@pytest.mark.parametrize(
    ("database_url", "sabotage", "traces"),
    SABOTAGES,
    indirect=["database_url"],
    ids=[sabotage.__name__ for _, sabotage, _ in SABOTAGES],
)
def test_a_server_that_breaks_a_promise_is_found_out(
    world, settings, tmp_path, monkeypatch, sabotage, traces
):
    sabotage(monkeypatch)
    found = found_in(world, settings, tmp_path, CHAPTERS)
    assert found, "nobody noticed"
    assert any(re.search(traces, fault) for fault in found), found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_sabotage_nothing_is_found(world, settings, tmp_path):
    assert found_in(world, settings, tmp_path, 2) == []
