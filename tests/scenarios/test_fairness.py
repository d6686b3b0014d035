"""One device that pushes ten thousand records does not stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from server.config import Settings
from tests.api.sync_client import entry, mutation
from tests.scenarios.live_server import LivePhone, LiveServer, live_server
from tests.world import World

RECORDS, AT_ONCE = 10_000, 500
PATIENCE_SECONDS = 5.0
"""How long a person waits before a saved record must be through, while the machine is shared."""


@pytest.fixture
def live(world: World, settings: Settings) -> Iterator[LiveServer]:
    for name in ("greedy", "li", "wang"):
        world.person(name)
    with live_server(settings) as server:
        yield server


class Waiting:
    """Pushes one record and pulls, again and again; remembers how long each took."""

    def __init__(self, phone: LivePhone) -> None:
        self.phone = phone
        self.seconds: list[float] = []
        self.pushed: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.stop.is_set():
            sent = mutation(entry(title="别人的记录"))
            started = time.monotonic()
            [result] = self.phone.push(sent)
            self.seconds.append(time.monotonic() - started)
            assert result["status"] == "applied", result
            self.pushed.append(sent["id"])
            self.stop.wait(0.02)


def test_others_push_and_pull_while_one_device_pushes_ten_thousand_records(
    live: LiveServer,
) -> None:
    greedy = live.sign_in("greedy", "phone-of-greedy")
    others = [Waiting(live.sign_in(name, f"phone-of-{name}")) for name in ("li", "wang")]
    for other in others:
        other.thread.start()
    try:
        for _ in range(RECORDS // AT_ONCE):
            results = greedy.push(*(mutation(entry()) for _ in range(AT_ONCE)))
            assert {result["status"] for result in results} == {"applied"}
    finally:
        for other in others:
            other.stop.set()
        for other in others:
            other.thread.join()
    for other in others:
        assert len(other.pushed) >= 10
        assert max(other.seconds) < PATIENCE_SECONDS
    held = {change["id"] for change in greedy.pull_all("work_log_entries")}
    assert len(held) == RECORDS + sum(len(other.pushed) for other in others)
