"""The driver that keeps blobs in a folder."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from server.blobs.store import PIECE_BYTES, is_sha256, place_of
from server.errors import UPLOAD_CONTENT_MISMATCH, Problem

_CANNOT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})


class FolderStore:
    """A folder with two levels of fan-out: ``ab/cd/abcd…``.

    New content is written under a temporary name, synced, and renamed: a name that looks like a
    hash always holds whole content, whatever moment the power fails at.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._arriving = root / "arriving"

    def put(self, source: BinaryIO, sha256: str) -> int:
        target = self._path(sha256)
        self._arriving.mkdir(parents=True, exist_ok=True)
        temporary = self._arriving / secrets.token_hex(16)
        try:
            size = self._write(source, temporary, sha256)
            if self.stat(sha256) != size:
                self._make_fan(target.parent)
                temporary.replace(target)
                sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return size

    def adopt(self, path: Path, sha256: str) -> None:
        """Give the file its second name here; on another file system it is copied."""
        target = self._path(sha256)
        self._make_fan(target.parent)
        try:
            target.hardlink_to(path)
        except FileExistsError:
            if target.stat().st_size != path.stat().st_size:
                target.unlink()  # whatever it is, it is not this content
                self.adopt(path, sha256)
                return
            # Its name may be a moment old and not yet durable: another request's, or a crash's.
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            with path.open("rb") as file:
                self.put(file, sha256)
            return
        sync_folder(target.parent)

    def _make_fan(self, folder: Path) -> None:
        """Make *folder*, two levels below the root. The 256 of the first level are made together:
        each on its own would cost a photo one more wait for the disk."""
        try:
            folder.mkdir()
        except FileExistsError:
            return
        except FileNotFoundError:
            make_folder(self._root)
            for number in range(256):
                (self._root / f"{number:02x}").mkdir(exist_ok=True)
            sync_folder(self._root)
            folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)

    def _write(self, source: BinaryIO, temporary: Path, sha256: str) -> int:
        digest, size = hashlib.sha256(), 0
        with temporary.open("xb") as file:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            raise Problem(UPLOAD_CONTENT_MISMATCH, announced=sha256, actual=digest.hexdigest())
        return size

    def open(self, sha256: str) -> BinaryIO:
        return self._path(sha256).open("rb")

    def open_range(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        with self.open(sha256) as file:
            file.seek(start)
            left = stop - start
            while left > 0 and (piece := file.read(min(PIECE_BYTES, left))):
                left -= len(piece)
                yield piece

    def stat(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def written_at(self, sha256: str) -> float | None:
        try:
            # Of the inode: a part file that was long on its way came here when it was linked.
            return self._path(sha256).stat().st_ctime
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        with suppress(FileNotFoundError):
            self._path(sha256).unlink()

    def list(self) -> Iterator[str]:
        for folder in sorted(self._root.glob("??/??")):
            for path in sorted(folder.glob("*")):
                if is_sha256(path.name):
                    yield path.name

    def sizes(self) -> Iterator[tuple[str, int]]:
        for sha256 in self.list():
            size = self.stat(sha256)
            if size is not None:  # deleted meanwhile
                yield sha256, size

    def check(self) -> None:
        self._arriving.mkdir(parents=True, exist_ok=True)
        probe = self._arriving / f"check-{secrets.token_hex(8)}"
        try:
            probe.write_bytes(b"ok")
            if probe.read_bytes() != b"ok":
                raise OSError(f"{self._root} does not return what was written")
        finally:
            probe.unlink(missing_ok=True)

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what a crash left half written before *older_than* [Unix seconds]."""
        return discard_files(self._arriving, older_than)

    def _path(self, sha256: str) -> Path:
        return self._root / place_of(sha256)


def make_folder(folder: Path) -> None:
    """Make *folder* and what is missing above it, so that it is still there after a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make names in *folder* durable: without this a rename may be forgotten in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard_files(folder: Path, older_than: float) -> int:
    """Remove the files of *folder* last written before *older_than* [Unix seconds]."""
    removed = 0
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < older_than:
                path.unlink()
                removed += 1
    return removed
