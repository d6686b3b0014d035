"""The unmodified tus-js-client against the real service, over a network that cuts, delays, repeats.

`make test` takes a short run; ``YANSHOU_TEST_SOAK=1`` takes 200 photos and one file of 200 MiB.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from server.blobs.folder import FolderStore
from server.blobs.store import sha256_in
from tests.bench.sync_world import forget_peak_memory, peak_memory_kib
from tests.infrastructure.rough_network import HOSTILE, Fate, Line, RoughNetwork
from tests.infrastructure.service import Service, running_service
from tests.tus.large_files import LargeFile, large_file, send_with_tus_js

IS_SOAK = os.environ.get("YANSHOU_TEST_SOAK") == "1"
PHOTOS, LARGE_MIB, KILLS = (200, 200, 8) if IS_SOAK else (30, 12, 1)
SECONDS = 540 if IS_SOAK else 120
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("service") / "data", log_level="error") as service:
        yield service


@pytest.fixture(scope="module")
def token(service: Service) -> str:
    body = {
        "username": "inspector1",
        "password": service.accounts()["inspector1"],
        "device": {"id": str(uuid4()), "name": "tus-js-client"},
    }
    request = urllib.request.Request(
        f"{service.address}/api/v1/auth/login",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: str = json.load(answer)["access_token"]
        return found


@contextlib.contextmanager
def rough_line(service: Service, seed: int) -> Iterator[Line]:
    network = RoughNetwork(service.port, str(seed))
    try:
        yield network.line("tus", HOSTILE)
    finally:
        network.close()


def require_stored(service: Service, files: list[LargeFile]) -> None:
    store = FolderStore(service.data_dir / "blobs")
    for file in files:
        assert store.stat(file.sha256) == file.size
        assert sha256_in(store, file.sha256, file.size) == file.sha256


def endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/v1/uploads"


def test_photos_arrive_byte_by_byte_over_a_network_that_cuts_delays_and_repeats(
    service: Service, token: str, tmp_path: Path
) -> None:
    files = [large_file(tmp_path / f"{number}.jpg", 300_000) for number in range(PHOTOS)]
    with rough_line(service, 1) as line:
        said = send_with_tus_js(endpoint(line.port), token, files, seconds=SECONDS)
    require_stored(service, files)
    assert said["retries"] > 0
    assert set(line.fates) > {Fate.REQUEST_CUT, Fate.ANSWER_LOST}


def test_one_large_file_arrives_in_parts_over_such_a_network(
    service: Service, token: str, tmp_path: Path
) -> None:
    file = large_file(tmp_path / "film.jpg", LARGE_MIB * MEBIBYTE)
    with rough_line(service, 2) as line:
        send_with_tus_js(
            endpoint(line.port),
            token,
            [file],
            chunk_size=256 * 1024 if not IS_SOAK else MEBIBYTE,
            with_creation=False,
            seconds=SECONDS,
        )
    require_stored(service, [file])


def test_uploads_survive_a_server_that_is_killed_again_and_again(
    service: Service, token: str, tmp_path: Path
) -> None:
    files = [large_file(tmp_path / f"{number}.jpg", 2 * MEBIBYTE) for number in range(8)]
    done = threading.Event()

    def kill() -> None:
        for _ in range(KILLS):
            if done.wait(0.4):
                return
            service.kill()
            service.start()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        send_with_tus_js(
            endpoint(service.port), token, files, chunk_size=64 * 1024, seconds=SECONDS
        )
    finally:
        done.set()
        killer.join()
    require_stored(service, files)


def test_memory_of_the_workers_does_not_grow_with_the_file(
    service: Service, token: str, tmp_path: Path
) -> None:
    # What a process takes once, for its first uploads, is not what an upload takes.
    first = [large_file(tmp_path / f"{number}.jpg", 2 * MEBIBYTE) for number in range(24)]
    send_with_tus_js(endpoint(service.port), token, first, at_once=16)
    workers = worker_ids(service)
    before = {}
    for worker in workers:
        forget_peak_memory(worker)
        before[worker] = peak_memory_kib(worker)
    file = large_file(tmp_path / "film.jpg", max(64, LARGE_MIB) * MEBIBYTE)
    send_with_tus_js(endpoint(service.port), token, [file])
    require_stored(service, [file])
    grown = max(peak_memory_kib(worker) - before[worker] for worker in workers)
    assert grown < 2 * 1024, f"{grown} KiB"


def worker_ids(service: Service) -> list[int]:
    assert service.process is not None
    id_ = service.process.pid
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = Path(f"/proc/{id_}/task/{id_}/children").read_text().split()
        if len(found) == 2:
            return [int(word) for word in found]
        time.sleep(0.05)
    raise AssertionError("no two workers")
