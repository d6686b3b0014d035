"""Photos a second and one large file, beside @tus/server in the same run.

The same client sends the same bytes to both, with creation-with-upload. What each side does with
them: @tus/server (two processes, @tus/file-store) writes the file and a JSON file beside it. We
(two gunicorn workers, SQLite) sign the caller in, hash the whole while it arrives, look at the
picture, fsync bytes and folder, and write the upload and what waits for it into the database.
The second one beside is the same @tus/server with an fsync of file and folder after each write:
what it would have to do before it could promise that a power cut loses no photo.
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
from collections.abc import Iterator, Mapping, Sequence
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
DURABLE = "@tus/server with fsync of file and folder"


def measure() -> list[Measurement]:
    with tempfile.TemporaryDirectory(prefix="yanshou-bench-") as name:
        folder = Path(name)
        with (
            _ours(folder) as (ours, token),
            _theirs(folder / "theirs") as theirs,
            _theirs(folder / "durable", "durable") as durable,
        ):
            sides = {ours: token, theirs: "", durable: ""}
            return [_photos(folder, sides), _large(folder, sides)]


def _photos(folder: Path, sides: Mapping[int, str]) -> Measurement:
    """*sides*: port → token, ours first."""
    taken: dict[int, list[float]] = {port: [] for port in sides}
    for turn in range(ROUNDS + 1):
        files = [large_file(folder / f"{turn}-{n}.jpg", PHOTO_BYTES) for n in range(PHOTOS)]
        for port, token in sides.items():
            seconds = _seconds_for(port, token, files, CONNECTIONS)
            if turn > 0:  # the first fills caches on all sides
                taken[port].append(seconds)
    return _beside("uploads of 300 KB", "photos/s", 1.5, PHOTOS, taken)


def _large(folder: Path, sides: Mapping[int, str]) -> Measurement:
    taken: dict[int, list[float]] = {port: [] for port in sides}
    for turn in range(ROUNDS):
        file = large_file(folder / f"large-{turn}.jpg", LARGE_BYTES)
        for port, token in sides.items():
            taken[port].append(_seconds_for(port, token, [file], 1))
        file.path.unlink()
    return _beside("upload of 200 MiB", "MB/s", 1.0, LARGE_BYTES / 1_000_000, taken)


def _beside(
    name: str, unit: str, factor: float, amount: float, taken: Mapping[int, list[float]]
) -> Measurement:
    ours, other, durable = (amount / statistics.median(seconds) for seconds in taken.values())
    return Measurement(
        name,
        ours,
        unit,
        goal=factor * other,
        more_is_better=True,
        beside=(Beside(OTHER, other), Beside(DURABLE, durable)),
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
def _theirs(store: Path, *how: str) -> Iterator[int]:
    installed_packages(FOLDER)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    store.mkdir()
    program = str(FOLDER / "measured_server.mjs")
    process = subprocess.Popen(
        [node_program(), program, str(store), str(port), *how], stdout=subprocess.DEVNULL
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
