"""Part files: what has arrived of an upload. Its length is the offset, whatever else happened."""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.blobs.folder import discard_files, make_folder, sync_folder
from server.blobs.store import storage_trouble
from server.errors import NOT_FOUND, UPLOAD_IN_USE, Problem


class LockedPart:
    """One part file, open and locked: nobody else writes it meanwhile, in any process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self._descriptor = path, descriptor

    @property
    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def append(self, piece: bytes | memoryview) -> None:
        """Write at the end. After an OSError the file holds a beginning of *piece*, or nothing."""
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def reader(self) -> io.BufferedReader:
        """The whole content from its beginning, in a file of its own."""
        return self.path.open("rb")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class PartFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, upload_id: str) -> None:
        with storage_trouble():
            make_folder(self._folder)
            self._path(upload_id).touch(exist_ok=False)

    def sync_name(self) -> None:
        """Let a new part file still be there after a power cut: needed before it is told of."""
        with storage_trouble():
            sync_folder(self._folder)

    def size(self, upload_id: str) -> int:
        """How much is there, made durable before it is told."""
        try:
            descriptor = os.open(self._path(upload_id), os.O_RDONLY)
        except FileNotFoundError:
            raise Problem(NOT_FOUND) from None
        try:
            with storage_trouble():
                os.fsync(descriptor)
                return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    @contextmanager
    def locked(self, upload_id: str) -> Iterator[LockedPart]:
        """The part file for writing.

        Raises
        ------
        Problem
            ``upload-in-use`` (423) while somebody else has it; 404 if it is gone.
        """
        path = self._path(upload_id)
        try:
            # Appending: whatever a writer that died had left, the next bytes follow it.
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            raise Problem(NOT_FOUND) from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Problem(UPLOAD_IN_USE, headers={"Retry-After": "1"}) from None
            if os.fstat(descriptor).st_nlink == 0:
                # Finished or deleted between opening and locking.
                raise Problem(NOT_FOUND)
            yield LockedPart(path, descriptor)
        finally:
            os.close(descriptor)

    def remove_unless_locked(self, upload_id: str) -> bool:
        """Remove the part file, if any; False if somebody is writing it."""
        try:
            with self.locked(upload_id) as part:
                part.remove()
        except Problem as problem:
            return problem.type is not UPLOAD_IN_USE
        return True

    def discard_abandoned(self, older_than: float) -> int:
        """Remove files last written before *older_than* [Unix seconds] that no upload expects."""
        return discard_files(self._folder, older_than)

    def _path(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.part"
