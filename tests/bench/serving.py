"""Servers to measure, each a gunicorn of its own, and a client that costs next to nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKERS = 2


class Server:
    """gunicorn with two workers and the service's own settings."""

    def __init__(self, application: str, environment: Mapping[str, str], config: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn"),
                *("--config", f"python:{config}", application),
            ],
            cwd=ROOT,
            env={
                **{name: v for name, v in os.environ.items() if not name.startswith("YANSHOU_")},
                "YANSHOU_PORT": str(self.port),
                "YANSHOU_WORKERS": str(WORKERS),
                "YANSHOU_LOG_LEVEL": "error",
                **environment,
            },
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), Wire(self.port) as wire:
                if wire.ask(get("/readyz"))[0] == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("the server to be measured did not start")

    def worker_ids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(word) for word in children.read_text().split()]

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()


@contextlib.contextmanager
def serving(
    application: str, environment: Mapping[str, str], config: str = "server.gunicorn_conf"
) -> Iterator[Server]:
    server = Server(application, environment, config)
    try:
        yield server
    finally:
        server.stop()


class Wire:
    """One kept connection. Requests are bytes made beforehand; answers are not looked into."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body."""
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._some()
        head = bytes(received[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        parts, missing = [bytes(received[end + 4 :])], length - (len(received) - end - 4)
        while missing > 0:
            parts.append(self._some())
            missing -= len(parts[-1])
        return int(head[9:12]), b"".join(parts)

    def _some(self) -> bytes:
        more = self._socket.recv(1 << 20)
        if not more:
            raise ConnectionError("the server hung up")
        return more


def get(path: str, token: str = "", *headers: str) -> bytes:
    return _request("GET", path, token, headers)


def post(path: str, body: bytes, token: str = "") -> bytes:
    told = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    return _request("POST", path, token, told) + body


def _request(method: str, path: str, token: str, headers: Sequence[str]) -> bytes:
    told = [f"{method} {path} HTTP/1.1", "Host: bench", *headers]
    if token:
        told.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(told) + "\r\n\r\n").encode()


def seconds_for(port: int, requests: Sequence[bytes], connections: int) -> float:
    """How long the server takes for all of *requests*, sent over several connections at once."""
    waiting = iter(requests)
    taking, failures = threading.Lock(), []

    def work() -> None:
        with Wire(port) as wire:
            while True:
                with taking:
                    request = next(waiting, None)
                if request is None:
                    return
                status, body = wire.ask(request)
                if status != 200 or b'"rejected"' in body[:400]:
                    failures.append(body[:400])
                    return

    workers = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = time.perf_counter() - start
    if failures:
        raise RuntimeError(f"the server refused: {failures[0]!r}")
    return taken


def seconds_of_each(port: int, requests: Sequence[bytes]) -> list[float]:
    """How long each of *requests* takes, one after the other."""
    found = []
    with Wire(port) as wire:
        for request in requests:
            start = time.perf_counter()
            status, body = wire.ask(request)
            found.append(time.perf_counter() - start)
            if status != 200 or b'"rejected"' in body[:400]:
                raise RuntimeError(f"the server refused: {body[:400]!r}")
    return found
