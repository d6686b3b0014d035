"""The story: what happens in which order follows from its script.

The script decides who does what, what the network does to which request, and when the server is
killed. How threads and processes take turns is the operating system's affair.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from server.access import Role
from server.db.base import current_session, db
from server.db.change_log import ChangeLogHead
from server.db.compaction import compact, new_epoch
from server.db.transaction import transaction
from tests.infrastructure.rough_network import HOSTILE, Line, RoughNetwork
from tests.phone.phone import Later, Phone, SignInNeeded
from tests.phone.storage import Storage
from tests.phone.transport import TROUBLE, Transport
from tests.receiving_world import Canteen
from tests.rectification_world import Inspected
from tests.scenarios.live_server import LiveServer
from tests.simulator.deeds import Person
from tests.simulator.script import Script
from tests.world import PASSWORD, World

MOST_ROUNDS = 8
KILL_PROBABILITY = 0.01
"""Of a phone's process, at each place where it matters."""
TICK_SECONDS = 0.05
"""A phone's clock goes on by this much each time it is looked at: the same in each telling."""


class Killed(Exception):
    """The phone's process ended here."""


@dataclass
class Device:
    """One phone: its file survives, the process does not."""

    path: Path
    line: Line
    began_at: int
    username: str
    user_id: str
    device_id: str
    random: Random
    clock_offset_seconds: int
    kill_probability: float = KILL_PROBABILITY
    is_revoked: bool = False
    person: Person = field(init=False)
    _looked: int = 0

    def __post_init__(self) -> None:
        self.start()

    @property
    def phone(self) -> Phone:
        return self.person.phone

    def start(self) -> None:
        """A fresh process over the file as the last one left it."""
        phone = Phone(
            Storage(self.path),
            Transport("127.0.0.1", self.line.port, timeout=30),
            self.username,
            PASSWORD,
            self.device_id,
            self.random,
            self.clock_offset_seconds,
            self._maybe_die,
            clock=self._clock,
        )
        self.person = Person(phone, self.user_id, self.username, self.random)

    def _clock(self) -> float:
        self._looked += 1
        return self.began_at + self._looked * TICK_SECONDS

    def _maybe_die(self, _where: str) -> None:
        if self.random.random() < self.kill_probability:
            raise Killed

    def restart(self) -> None:
        self.phone.storage.close()
        self.start()

    def act(self, times: int) -> None:
        for _ in range(times):
            try:
                self.person.act()
            except Killed:
                self.restart()

    def sync(self) -> None:
        """One attempt, which may break off anywhere."""
        try:
            self.phone.sync()
        except Killed:
            self.restart()
        except SignInNeeded:
            with suppress(Later, SignInNeeded, *TROUBLE):
                self.phone.sign_in()
        except (Later, *TROUBLE):
            pass

    def calm_down(self) -> None:
        """From here on nothing goes wrong any more."""
        self.kill_probability = 0.0
        self.line.odds = {}


@dataclass
class Simulation:
    app: Flask
    world: World
    server: LiveServer
    folder: Path
    script: Script
    devices: list[Device] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    without: frozenset[str] = frozenset()
    """What does not happen in this story, by the names of the steps."""
    is_compacted: bool = False
    errors: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Simulation:
        self.prepare()
        return self

    def __exit__(self, *_error: object) -> None:
        self.network.close()

    # -- setting up --------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Two sites, seven people, eight phones, and the master data they need."""
        Canteen(self.world)
        inspected = Inspected(self.world)
        both = [self.world.north, self.world.south]
        self.boss = self.world.person("boss", Role.MANAGER, both)
        self.chief = self.world.person("chief", Role.ADMIN, both)
        self.network = RoughNetwork(self.server.port, self.script.seed)
        south = {**inspected.unit("K9", "南区后厨"), "site_id": self.world.south}
        inspected.save("units", south, self.boss)
        people = [("an", both[:1]), ("bo", both[:1]), ("cai", both[:1]), ("ding", both[1:])]
        people += [("er", both[1:]), ("fang", both), ("gao", both[1:])]
        for name, sites in people:
            self.world.person(name, Role.INSPECTOR, sites)
        names = [name for name, _ in people] + ["an"]
        for number, name in enumerate(names):
            self.add_device(name, number)

    def add_device(self, name: str, number: int) -> Device:
        random = Random(f"{self.script.seed}/device/{number}")
        device = Device(
            self.folder / f"phone-{number}.sqlite3",
            self.network.line(f"phone-{number}", HOSTILE),
            self.script.began_at,
            name,
            self.world.person(name).user_id,
            str(UUID(int=random.getrandbits(128), version=4)),
            random,
            random.choice([0, 0, 0, -90, 7200, -86_400, 400 * 86_400]),
        )
        self.devices.append(device)
        return device

    # -- what happens ------------------------------------------------------------------------------

    def run(self, seconds: float = 0.0) -> None:
        """As many steps as the script says; without a word of it, as many as fit in so long."""
        begun, number = time.monotonic(), 0
        while not self._is_over(number, time.monotonic() - begun, seconds):
            self.step(Random(f"{self.script.seed}/{number}"))
            number += 1
            if self.errors:
                raise AssertionError(f"again: {self.again(number)}") from self.errors[0]
        self.script = self.script.of_steps(number)

    def _is_over(self, steps: int, passed_seconds: float, seconds: float) -> bool:
        if self.script.steps is not None:
            return steps >= self.script.steps
        return passed_seconds >= seconds

    def again(self, steps: int | None = None) -> str:
        """How to tell this story once more."""
        script = self.script if steps is None else self.script.of_steps(steps)
        return f"make soak SEED={script}"

    def story(self) -> str:
        """What happened, step by step, and what the network did on each line."""
        lines = (fate for line in self.network.lines.values() for fate in line.told)
        return "\n".join([*self.told, *lines]) + "\n"

    def step(self, random: Random) -> None:
        happenings = {
            self.edit: 30,
            self.sync_some: 60,
            self.kill_server: 3,
            self.move_somebody: 3,
            self.disable_or_enable: 2,
            self.begin_log_anew: 1,
            self.compact_log: 1,
            self.revoke_device: 1,
        }
        may = {deed: n for deed, n in happenings.items() if deed.__name__ not in self.without}
        what = random.choices(list(may), list(may.values()))[0]
        self.happened[what.__name__] += 1
        self.told.append(f"{len(self.told)} {what.__name__}")
        what(random)

    def edit(self, random: Random) -> None:
        for device in random.sample(self.devices, random.randint(1, 4)):
            device.act(random.randint(1, 6))

    def sync_some(self, random: Random) -> None:
        """A few phones at the same time."""
        self._at_once(random.sample(self.devices, random.randint(1, 4)))

    def _at_once(self, devices: list[Device], meanwhile: float | None = None) -> None:
        threads = [threading.Thread(target=self._guarded, args=(each,)) for each in devices]
        for thread in threads:
            thread.start()
        if meanwhile is not None:
            time.sleep(meanwhile)
            self.server.kill()
        for thread in threads:
            thread.join()

    def _guarded(self, device: Device) -> None:
        try:
            device.sync()
        except BaseException as error:
            self.errors.append(error)

    def kill_server(self, random: Random) -> None:
        """SIGKILL to every process of the server while phones are talking to it."""
        self._at_once(random.sample(self.devices, 4), meanwhile=random.random() * 0.4)
        self.server.start()

    def move_somebody(self, random: Random) -> None:
        """An inspector works at another site from now on; records come and go on their phone."""
        name = random.choice(["an", "bo", "ding", "gao"])
        site = random.choice([self.world.north, self.world.south])
        self._change(name, {"roles": [{"role": "inspector", "site_id": site}]})

    def disable_or_enable(self, random: Random) -> None:
        """Somebody leaves, and comes back after all. What they do meanwhile waits for review."""
        name = random.choice(["bo", "cai", "er"])
        self._change(name, {"is_active": name in self.disabled})
        self.disabled ^= {name}

    def _change(self, name: str, change: dict[str, Any]) -> None:
        address = f"/api/v1/users/{self.world.person(name).user_id}"
        answer = self.chief.patch(address, json=change)
        assert answer.status_code == 200, answer.text

    def revoke_device(self, random: Random) -> None:
        """A phone is reported lost; its person gets another one. At most two in one story."""
        in_use = [device for device in self.devices if not device.is_revoked]
        if len(self.devices) - len(in_use) == 2:
            return
        lost = random.choice(in_use)
        if not lost.phone.token:
            return
        answer = self.boss.post(f"/api/v1/devices/{lost.device_id}/revoke")
        assert answer.status_code in (200, 204), answer.text
        lost.is_revoked = True
        self.add_device(lost.username, len(self.devices))

    def begin_log_anew(self, random: Random) -> None:
        """As after a restored backup: every phone starts over, and loses nothing unpushed."""
        with self.app.app_context(), transaction(current_session(), write=True):
            new_epoch(current_session(), self.world.organisation_id)
        self._leave_app()

    def compact_log(self, random: Random) -> None:
        """Forget the older half of what the log remembers."""
        self.is_compacted = True
        with self.app.app_context(), transaction(current_session(), write=True):
            session = current_session()
            head = session.scalars(
                select(ChangeLogHead).where(
                    ChangeLogHead.organisation_id == self.world.organisation_id
                )
            ).one()
            compact(session, self.world.organisation_id, head.sequence // 2)
        self._leave_app()

    def _leave_app(self) -> None:
        with self.app.app_context():
            db.session.remove()

    # -- the end -----------------------------------------------------------------------------------

    def stir_up(self) -> None:
        """After it was settled: everything may go wrong once more."""
        for device in self.devices:
            device.kill_probability = KILL_PROBABILITY
            device.line.odds = HOSTILE

    def settle(self) -> None:
        """The line is good again: every phone sends what it has, until there is nothing new."""
        for device in self.devices:
            device.calm_down()
        self.network.calm_down()
        for name in sorted(self.disabled):
            self._change(name, {"is_active": True})
        self.disabled.clear()
        for _round in range(MOST_ROUNDS):
            before = [device.phone.storage.state("cursor") for device in self.devices]
            for device in self.devices:
                device.phone.sync_with_patience()
            if before == [device.phone.storage.state("cursor") for device in self.devices]:
                return
        raise AssertionError("the phones never come to rest")
