"""The whole service as its users start it: a process of its own on a free port."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """A running service. ``restart`` keeps its data and its port."""

    data_dir: Path
    port: int
    environment: dict[str, str]
    prefix: Sequence[str] = ()
    """A command that the service's own is handed to."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_https(self) -> bool:
        return self.environment.get("YANSHOU_HTTPS") == "1"

    @property
    def address(self) -> str:
        return f"{'https' if self.is_https else 'http'}://127.0.0.1:{self.port}"

    def trust(self) -> ssl.SSLContext | None:
        """What a phone trusts that has installed the certificate, once it was made."""
        if not self.is_https:
            return None
        return ssl.create_default_context(cafile=self.data_dir / "https" / "ca.crt")

    def accounts(self) -> dict[str, str]:
        """Password by user name, from the file the seed wrote."""
        text = (self.data_dir / "demo-accounts.json").read_text(encoding="utf-8")
        return {entry["username"]: entry["password"] for entry in json.loads(text)["accounts"]}

    def start(self) -> Service:
        with (self.data_dir / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "server.start"],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        return self

    def _wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.address}/readyz", timeout=5, context=self.trust()),
            ):
                return
            time.sleep(0.1)
        log = (self.data_dir / "service.log").read_text(errors="replace")
        raise RuntimeError(f"the service did not become ready:\n{log[-3000:]}")

    def stop(self) -> int:
        """Ask it to stop, as an operator would. Returns its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """Take its life, with all its workers, at whatever it is doing."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def running_service(
    data_dir: Path, *, prefix: Sequence[str] = (), **settings: str
) -> Iterator[Service]:
    """Start the service over *data_dir*; *settings* are further ``YANSHOU_…`` variables."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("YANSHOU_")},
        "YANSHOU_DATA_DIR": str(data_dir),
        "YANSHOU_PORT": str(port),
        "YANSHOU_HOST": "127.0.0.1",
        # A story counts what it has brought about itself.
        "YANSHOU_DEMO_RECORDS": "0",
        **{f"YANSHOU_{name.upper()}": value for name, value in settings.items()},
    }
    service = Service(data_dir, port, environment, prefix).start()
    try:
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.kill()
