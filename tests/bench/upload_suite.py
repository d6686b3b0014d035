"""Photos a second and one large file, beside @tus/server in the same run.

The same client sends the same bytes to both, with creation-with-upload. What each side does with
them: @tus/server (two processes, @tus/file-store) writes the file and a JSON file beside it. We
(two gunicorn workers, SQLite) sign the caller in, hash the whole while it arrives, look at the
picture, fsync bytes and folder, and write the upload and what waits for it into the database.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.db.upgrade import upgrade_database
from tests.bench.measuring import Beside, Measurement
from tests.bench.serving import serving
from tests.infrastructure.node import installed_packages, node_program
from tests.tus.large_files import FOLDER, LargeFile, large_file
from tests.world import World

PHOTOS, PHOTO_BYTES = 120, 300_000
LARGE_BYTES = 200 * 1024 * 1024
CONNECTIONS, ROUNDS = 8, 3
OTHER = "@tus/server, neither hash nor fsync nor database"


def measure() -> list[Measurement]:
    with tempfile.TemporaryDirectory(prefix="yanshou-bench-") as name:
        folder = Path(name)
        with _ours(folder) as (ours, token), _theirs(folder) as theirs:
            return [_photos(folder, ours, token, theirs), _large(folder, ours, token, theirs)]


def _photos(folder: Path, ours: int, token: str, theirs: int) -> Measurement:
    taken: dict[int, list[float]] = {ours: [], theirs: []}
    for turn in range(ROUNDS + 1):
        files = [large_file(folder / f"{turn}-{n}.jpg", PHOTO_BYTES) for n in range(PHOTOS)]
        for port in (ours, theirs):
            seconds = _seconds_for(port, token if port == ours else "", files, CONNECTIONS)
            if turn > 0:  # the first fills caches on both sides
                taken[port].append(seconds)
    other = PHOTOS / statistics.median(taken[theirs])
    return Measurement(
        "uploads of 300 KB",
        PHOTOS / statistics.median(taken[ours]),
        "photos/s",
        goal=1.5 * other,
        more_is_better=True,
        beside=(Beside(OTHER, other),),
    )


def _large(folder: Path, ours: int, token: str, theirs: int) -> Measurement:
    taken: dict[int, list[float]] = {ours: [], theirs: []}
    for turn in range(ROUNDS):
        file = large_file(folder / f"large-{turn}.jpg", LARGE_BYTES)
        for port in (ours, theirs):
            taken[port].append(_seconds_for(port, token if port == ours else "", [file], 1))
        file.path.unlink()
    other = LARGE_BYTES / 1_000_000 / statistics.median(taken[theirs])
    return Measurement(
        "upload of 200 MiB",
        LARGE_BYTES / 1_000_000 / statistics.median(taken[ours]),
        "MB/s",
        goal=other,
        more_is_better=True,
        beside=(Beside(OTHER, other),),
    )


# -- the servers ---------------------------------------------------------------------------------


@contextlib.contextmanager
def _ours(folder: Path) -> Iterator[tuple[int, str]]:
    environment = {"YANSHOU_DATA_DIR": str(folder / "data")}
    app = create_app(Settings.from_env({**environment, "YANSHOU_LOG_LEVEL": "error"}))
    with app.app_context():
        upgrade_database()
    token = World(app).person("li").token
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with serving("wsgi:app", environment) as server:
        yield server.port, token


@contextlib.contextmanager
def _theirs(folder: Path) -> Iterator[int]:
    installed_packages(FOLDER)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    store = folder / "theirs"
    store.mkdir()
    program = str(FOLDER / "measured_server.mjs")
    process = subprocess.Popen(
        [node_program(), program, str(store), str(port)], stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise RuntimeError("@tus/server did not start")


# -- the client ----------------------------------------------------------------------------------


def _seconds_for(port: int, token: str, files: Sequence[LargeFile], connections: int) -> float:
    """How long the server takes for all of *files*, sent over several connections at once."""
    waiting, taking, failures = iter(files), threading.Lock(), []

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=120) as wire:
            while True:
                with taking:
                    file = next(waiting, None)
                if file is None:
                    return
                status = _send(wire, token, file)
                if status != 201:
                    failures.append(status)
                    return

    workers = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = time.perf_counter() - start
    if failures:
        raise RuntimeError(f"the server refused: {failures}")
    return taken


def _send(wire: socket.socket, token: str, file: LargeFile) -> int:
    metadata = base64.b64encode(file.sha256.encode()).decode()
    head = [
        f"POST {'/api/v1/uploads' if token else '/files'} HTTP/1.1",
        "Host: 127.0.0.1",
        "Tus-Resumable: 1.0.0",
        f"Upload-Length: {file.size}",
        f"Upload-Metadata: sha256 {metadata}",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {file.size}",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    wire.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    with file.path.open("rb") as content:
        wire.sendfile(content)
    return _status(wire)


def _status(wire: socket.socket) -> int:
    """The answer's status; its body, if any, is read to its end and dropped."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(wire)
    head, _, body = received.partition(b"\r\n\r\n")
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        while not body.endswith(b"0\r\n\r\n"):
            body += _some(wire)
    elif b"content-length:" in head:
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += _some(wire)
    return int(head[9:12])


def _some(wire: socket.socket) -> bytes:
    piece = wire.recv(65536)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece
