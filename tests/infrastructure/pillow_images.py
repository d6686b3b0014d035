"""Pillow's own test images, whole ones and broken ones, from its source package.

They are fetched once, by pip, with a pinned checksum; nothing of them is kept in this repository.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "13.0.0"
FOLDER = Path(sys.prefix) / "pillow-test-images" / VERSION
SHA256 = "cdcd1ba258178f7356d74170c9a81ba4eab6a5d55748bc402a5a2a6fe6be3510"


def pillow_images() -> Path:
    """The folder of the images; fetched by the first of several processes that ask."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with (FOLDER.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not FOLDER.is_dir():
            _fetch()
    return FOLDER


def _fetch() -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as name:
        temporary = Path(name)
        # A source package is wanted, to be read and not to be built.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", name, f"pillow=={VERSION}"]
        subprocess.run(command, check=True, timeout=300)
        [package] = temporary.glob("*.tar.gz")
        found = hashlib.sha256(package.read_bytes()).hexdigest()
        if found != SHA256:
            raise RuntimeError(f"{package.name} has SHA-256 {found}, expected is {SHA256}")
        with tarfile.open(package) as archive:
            members = [m for m in archive if m.isfile() and "/Tests/images/" in m.name]
            archive.extractall(temporary / "all", members, filter="data")
        [images] = (temporary / "all").glob("*/Tests/images")
        shutil.move(images, FOLDER)


if __name__ == "__main__":
    pillow_images()
