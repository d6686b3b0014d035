"""The service as a process: starting anywhere, stopping gently, surviving a worker's death."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.gunicorn_conf import bound_silence
from tests.infrastructure.service import ROOT, Service, running_service

LOGIN = json.dumps(
    {"username": "nobody", "password": "wrong", "device": {"id": "d-1", "name": "phone"}}
).encode()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data_dir = tmp_path_factory.mktemp("service") / "data"
    with running_service(data_dir, scheduler="1", log_level="error") as service:
        yield service


@pytest.fixture
def service(seeded: Service) -> Service:
    """A running service; a test may end it, the next one finds it started again."""
    assert seeded.process is not None
    if seeded.process.poll() is not None:
        seeded.start()
    wait_until(lambda: len(workers_of(seeded)) == 2)
    return seeded


def connection_to(service: Service) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)


def fetch(service: Service, path: str) -> http.client.HTTPResponse:
    connection = connection_to(service)
    connection.request("GET", path, headers={"Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def workers_of(service: Service) -> list[int]:
    assert service.process is not None
    pid = service.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def begin_slow_request(service: Service) -> socket.socket:
    """A sign-in whose body has not come yet; a thread of a worker waits for it."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=30)
    head = (
        f"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(LOGIN)}\r\n\r\n"
    )
    connection.sendall(head.encode())
    # The interim answer is sent when the request has been taken up.
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def test_it_starts_from_any_folder_on_an_empty_data_directory(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("YANSHOU_")},
        "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "YANSHOU_DATA_DIR": "data",
        "YANSHOU_PORT": str(port),
        "YANSHOU_SCHEDULER": "1",
    }
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "server.start"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        service = Service(tmp_path / "data", port, environment, process)
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + process.stdout.readline()
            wait_until(lambda: _answers(service))
            assert f"http://127.0.0.1:{port}" in said.decode()
            assert str(tmp_path / "data" / "demo-accounts.json") in said.decode()
            assert service.accounts().keys() >= {"admin", "manager1", "inspector1"}
            # Nothing is written but the data directory.
            assert {path.name for path in tmp_path.iterdir()} == {"data", "log"}
        finally:
            process.terminate()
        assert process.wait(timeout=30) == 0
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert "request" in [json.loads(line)["event"] for line in lines]


def _answers(service: Service) -> bool:
    try:
        return fetch(service, "/readyz").status == 200
    except OSError:
        return False


def test_sigterm_lets_a_running_request_finish(service):
    with begin_slow_request(service) as slow:
        assert service.process is not None
        service.process.send_signal(signal.SIGTERM)
        # The worker that has nothing to finish goes at once.
        wait_until(lambda: len(workers_of(service)) == 1)
        slow.sendall(LOGIN)
        answer = slow.recv(65536)
        assert answer.startswith(b"HTTP/1.1 401")
    began = time.monotonic()
    assert service.process.wait(timeout=30) == 0
    assert time.monotonic() - began < 10


def test_the_death_of_a_worker_is_survived_and_another_takes_its_place(service):
    victim, survivor = workers_of(service)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(set(workers_of(service)) - {victim}) == 2)
    assert survivor in workers_of(service)
    assert all(fetch(service, "/readyz").status == 200 for _ in range(10))
    log = (service.data_dir / "service.log").read_text(encoding="utf-8")
    events = [json.loads(line) for line in log.splitlines()]
    assert any(str(victim) in event["event"] for event in events)


def test_the_jobs_move_to_another_worker_when_theirs_dies(service):
    wait_until(lambda: _runner(service) is not None)
    first = _runner(service)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: _runner(service) not in (None, first))
    assert service.stop() == 0


def _runner(service: Service) -> int | None:
    """The worker that holds the scheduler's lock: the others have closed the file again."""
    lock = service.data_dir / "scheduler.lock"
    holding = []
    for worker in workers_of(service):
        try:
            opened = [os.readlink(entry) for entry in Path(f"/proc/{worker}/fd").iterdir()]
        except OSError:
            continue
        if str(lock) in opened:
            holding.append(worker)
    return holding[0] if len(holding) == 1 else None


def test_a_second_service_on_the_same_port_is_refused_in_both_languages(service, tmp_path):
    second = {**service.environment, "YANSHOU_DATA_DIR": str(tmp_path / "other")}
    refused = subprocess.run(
        [sys.executable, "-m", "server.start"],
        cwd=ROOT,
        env=second,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert f"port {service.port} is in use" in refused.stderr
    assert f"端口 {service.port} 已被占用" in refused.stderr
    assert not (tmp_path / "other" / "yanshou.sqlite3").exists()


def test_a_setting_that_cannot_work_is_named_and_nothing_starts(tmp_path):
    environment = {**os.environ, "YANSHOU_DATA_DIR": str(tmp_path), "YANSHOU_THREADS": "many"}
    refused = subprocess.run(
        [sys.executable, "-m", "server.start"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "YANSHOU_THREADS='many'" in refused.stderr


def test_a_client_that_falls_silent_does_not_hold_its_thread_for_ever():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        bound_silence(listener, 0.2)
        listener.listen()
        with socket.create_connection(listener.getsockname()) as phone:
            accepted, _ = listener.accept()
            with accepted:
                phone.sendall(b"POST ")
                assert accepted.recv(100) == b"POST "
                with pytest.raises(BlockingIOError):
                    accepted.recv(100)
                with pytest.raises(BlockingIOError):
                    accepted.sendall(bytes(50_000_000))  # more than any buffer takes
