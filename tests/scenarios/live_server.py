"""The real server as processes of its own, and a phone's side of HTTP that may lose answers."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.config import Settings
from tests.world import PASSWORD

ROOT = Path(__file__).parents[2]
WORKERS = 2
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Ask again and again, as often as the machine allows, until *condition* holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain until {what}")
        time.sleep(0.002)


@dataclass
class LiveServer:
    """gunicorn with two workers over the database of *settings*; may be killed and started anew."""

    settings: Settings
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.port = self.port or _free_port()
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("YANSHOU_")},
            "YANSHOU_DATA_DIR": str(self.settings.data_dir),
            "YANSHOU_DATABASE_URL": self.settings.database_url,
            "YANSHOU_SECRET_KEY": self.settings.secret_key,
            "YANSHOU_PORT": str(self.port),
            "YANSHOU_WORKERS": str(WORKERS),
            "YANSHOU_LOG_LEVEL": "error",
        }
        arguments = ["gunicorn", "--config", "python:server.gunicorn_conf", "wsgi:app"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        wait_until(self._answers, "the server answers")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the server ended with {self._process.returncode}")
        try:
            return self.request("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """SIGKILL to the master and every worker at once: nobody gets to tidy up."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.kill()

    def request(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        sent = None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None

    def sign_in(self, username: str, device_id: str) -> LivePhone:
        device = {"id": device_id, "name": "phone"}
        login = {"username": username, "password": PASSWORD, "device": device}
        status, answer = self.request("POST", "/api/v1/auth/login", login)
        assert status == 200, answer
        return LivePhone(self, device_id, answer["access_token"])


@dataclass
class LivePhone:
    server: LiveServer
    device_id: str
    token: str

    def push(self, *mutations: dict[str, Any]) -> list[dict[str, Any]]:
        body = {"device_id": self.device_id, "mutations": list(mutations)}
        status, answer = self.server.request("POST", "/api/v1/sync/push", body, self.token)
        assert status == 200, answer
        results: list[dict[str, Any]] = answer["results"]
        return results

    def push_into_the_void(self, *mutations: dict[str, Any]) -> threading.Thread:
        """Push without hearing the answer: the server is about to be killed."""

        def send() -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.push(*mutations)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        return thread

    def pull_all(self, collections: str) -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/api/v1/sync/pull?limit=100&collections={collections}{cursor}"
            status, page = self.server.request("GET", path, token=self.token)
            assert status == 200, page
            changes += page["changes"]
            cursor = f"&cursor={page['cursor']}"
            if not page["has_more"]:
                return changes


def push_from_processes(
    phone: LivePhone, mutations: list[dict[str, Any]], *, processes: int, times: int
) -> list[list[dict[str, Any]]]:
    """The same push *times* times from each of several processes, all at the same moment."""
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(processes), context.Queue()
    body = {"device_id": phone.device_id, "mutations": mutations}
    workers = [
        context.Process(
            target=_push_at_once,
            args=(phone.server.port, phone.token, body, times, start, answers),
        )
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    results = [answers.get(timeout=60) for _ in range(processes * times)]
    for worker in workers:
        worker.join()
    answers.close()
    answers.join_thread()
    for status, answer in results:
        assert status == 200, answer
    return [answer["results"] for _, answer in results]


def _push_at_once(
    port: int, token: str, body: dict[str, Any], times: int, start: Any, answers: Any
) -> None:
    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        barrier.wait()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", "/api/v1/sync/push", json.dumps(body), headers)
        answer = connection.getresponse()
        answers.put((answer.status, json.loads(answer.read())))
        connection.close()

    barrier = threading.Barrier(times, action=start.wait)
    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """Even if the tests are killed, no server stays behind."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


@contextlib.contextmanager
def live_server(settings: Settings) -> Iterator[LiveServer]:
    server = LiveServer(settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
