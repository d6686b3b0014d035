"""The phone comes back when it was told to, and not before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.phone.phone import Later, Phone
from tests.phone.storage import Storage
from tests.phone.transport import Answer

PULLED = {"changes": [], "cursor": "c", "has_more": False}


@dataclass
class BusyServer:
    """Answers as told, then as usual; writes down when it was asked for what."""

    answers: list[Answer]
    passed: float = 1000.0
    asked: list[tuple[float, str]] = field(default_factory=list)

    def request(self, method: str, path: str, body: Any, headers: Any) -> Answer:
        name = path.partition("?")[0].rpartition("/")[2]
        self.asked.append((self.passed, name))
        self.passed += 0.1
        if self.answers:
            return self.answers.pop(0)
        if name == "push":
            mutations = json.loads(body)["mutations"]
            results = [
                {
                    "mutation_id": each["mutation_id"],
                    "status": "applied",
                    "version": 1,
                    "document": each["document"],
                }
                for each in mutations
            ]
            return said(200, {"results": results})
        return said(
            200, {"login": {"access_token": "t"}, "pull": PULLED}.get(name, {"attachments": []})
        )

    def elapsed(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.passed += seconds


class NeverPacked(Random):
    def random(self) -> float:
        return 0.9


def said(status: int, content: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps(content).encode())


def phone_of(server: BusyServer, folder: Path) -> Phone:
    phone = Phone(
        Storage(folder / "phone.sqlite3"),
        server,  # type: ignore[arg-type]
        "li",
        "secret",
        "device",
        NeverPacked(),
        elapsed=server.elapsed,
        sleep=server.sleep,
    )
    phone.storage.set_state("token", "t")
    phone.capture("work_log_entries", {"id": phone.new_id(), "title": "晨会"})
    return phone


@pytest.mark.parametrize("status", [429, 503])
def test_nothing_is_sent_before_retry_after_has_passed_and_nothing_is_lost(
    tmp_path: Path, status: int
) -> None:
    server = BusyServer([said(status, retry_after="37")])
    phone = phone_of(server, tmp_path)
    with pytest.raises(Later):
        phone.sync()
    for _ in range(3):  # its person taps "sync now"
        with pytest.raises(Later):
            phone.sync()
    assert len(server.asked) == 1
    phone.sync_with_patience()
    (refused_at, _), (next_at, name), *_ = server.asked
    assert name == "push"
    assert next_at >= refused_at + 37
    assert phone.storage.outbox() == []


def test_it_waits_at_the_sign_in_too(tmp_path: Path) -> None:
    server = BusyServer([said(429, retry_after="60")])
    phone = phone_of(server, tmp_path)
    phone.storage.set_state("token", None)
    phone.sync_with_patience()
    assert [name for _, name in server.asked[:3]] == ["login", "login", "push"]
    assert server.asked[1][0] >= server.asked[0][0] + 60


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    server = BusyServer([said(503, retry_after="7200")])
    with pytest.raises(Later):
        phone_of(server, tmp_path).sync_with_patience(seconds=600)
    assert server.passed < 1001


@pytest.mark.parametrize("header", ["", "soon", "-5"])
def test_without_a_number_it_backs_off_by_itself(tmp_path: Path, header: str) -> None:
    server = BusyServer([said(503, retry_after=header)] * 4)
    phone_of(server, tmp_path).sync_with_patience()
    times = [at for at, _ in server.asked]
    pauses = [after - before for before, after in pairwise(times[:5])]
    assert pauses == sorted(pauses)
    assert pauses[-1] < 2
