"""Where bytes are kept, by their SHA-256: the port, and the driver that uses a folder."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from server.config import SettingsError
from server.errors import STORAGE_UNAVAILABLE, UPLOAD_CONTENT_MISMATCH, Problem

PIECE_BYTES = 256 * 1024
_HEX = frozenset("0123456789abcdef")


class BlobStore(Protocol):
    """Content under its own SHA-256. What is there is whole and never changes.

    Every method raises OSError when the store cannot be reached or is full.
    """

    def put(self, source: BinaryIO, sha256: str) -> int:
        """Keep everything *source* still holds, durably, and return its size in bytes.

        Raises
        ------
        Problem
            ``upload-content-mismatch`` if the content has another hash; nothing is kept then.
        """

    def open(self, sha256: str) -> BinaryIO:
        """The content as a seekable file. FileNotFoundError if it is not there."""

    def open_range(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from *start* up to but not including *stop*, in pieces."""

    def stat(self, sha256: str) -> int | None:
        """The size in bytes, or None if the content is not there."""

    def delete(self, sha256: str) -> None:
        """Forget the content. Nothing happens if it is not there."""

    def list(self) -> Iterator[str]:
        """Every SHA-256 there is."""

    def check(self) -> None:
        """Raise OSError unless content can be written and read."""


@contextmanager
def storage_trouble(*, except_missing: bool = False) -> Iterator[None]:
    """Tell trouble with disk, store or memory as 503: upload clients try that again, unlike 4xx.

    With *except_missing* a FileNotFoundError passes: there is no trouble, only nothing there.
    """
    try:
        yield
    except FileNotFoundError as error:
        if except_missing:
            raise
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "30"}) from error
    except (OSError, MemoryError) as error:
        raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "30"}) from error


def open_blob_store(url: str) -> BlobStore:
    """The store that ``YANSHOU_BLOB_URL`` names.

    Raises
    ------
    SettingsError
        for a scheme that no driver serves, or a path that is not absolute.
    """
    scheme, separator, path = url.partition("://")
    if scheme != "file" or not separator or not path.startswith("/"):
        raise SettingsError(
            f"YANSHOU_BLOB_URL={url!r} is not supported; use file:///an/absolute/folder"
        )
    return FolderStore(Path(path))


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
                make_folder(target.parent)
                temporary.replace(target)
                sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return size

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

    def delete(self, sha256: str) -> None:
        with suppress(FileNotFoundError):
            self._path(sha256).unlink()

    def list(self) -> Iterator[str]:
        for path in sorted(self._root.glob("??/??/*")):
            if _is_sha256(path.name):
                yield path.name

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
        # The name becomes a path: whatever a caller passes, it cannot leave the folder.
        if not _is_sha256(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._root / sha256[:2] / sha256[2:4] / sha256


def _is_sha256(name: str) -> bool:
    return len(name) == 64 and _HEX.issuperset(name)


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
