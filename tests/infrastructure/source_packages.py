"""Files that only the source package of a library brings, such as its own test data.

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
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """One release of a package on PyPI, and the folder of it that is wanted."""

    name: str
    version: str
    sha256: str
    folder: str

    def files(self) -> Path:
        """The folder; fetched by the first of several processes that ask."""
        kept = Path(sys.prefix) / f"{self.name}-{self.version}-{Path(self.folder).name}"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.is_dir():
                self._fetch(kept)
        return kept

    def _fetch(self, kept: Path) -> None:
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            temporary = Path(name)
            # A source package is wanted, to be read and not to be built.
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--no-binary", ":all:", "--dest", name, f"{self.name}=={self.version}"]
            subprocess.run(command, check=True, timeout=300)
            [package] = temporary.glob("*.tar.gz")
            found = hashlib.sha256(package.read_bytes()).hexdigest()
            if found != self.sha256:
                raise RuntimeError(f"{package.name} has SHA-256 {found}, expected is {self.sha256}")
            with tarfile.open(package) as archive:
                wanted = [m for m in archive if m.isfile() and f"/{self.folder}/" in m.name]
                archive.extractall(temporary / "all", wanted, filter="data")
            [folder] = (temporary / "all").glob(f"*/{self.folder}")
            shutil.move(folder, kept)
