"""From one store into another while the service runs: nothing is missing at any moment."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from server.blobs.store import BlobStore, sha256_in
from server.errors import UPLOAD_CONTENT_MISMATCH, Problem

_AT_ONCE = 4
_BATCH = 32
Found = TypeVar("Found")


class SameStoreError(ValueError):
    """Source and target are one store under two names."""


class StoreInMotion:
    """Everything is written to *new* and read from wherever it is: what the service uses while
    blobs are moved. The mover removes one from *old* only when *new* has it, so what is found in
    neither is looked for in *new* once more."""

    def __init__(self, new: BlobStore, old: BlobStore) -> None:
        self._new, self._old = new, old

    def put(self, source: BinaryIO, sha256: str) -> int:
        return self._new.put(source, sha256)

    def adopt(self, path: Path, sha256: str) -> None:
        self._new.adopt(path, sha256)

    def open(self, sha256: str) -> BinaryIO:
        return self._where_it_is(lambda store: store.open(sha256))

    def open_range(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        def begin(store: BlobStore) -> Iterator[bytes]:
            pieces = store.open_range(sha256, start, stop)
            first = next(pieces, b"")  # only now is it known whether the content is there
            return _with_first(first, pieces)

        yield from self._where_it_is(begin)

    def stat(self, sha256: str) -> int | None:
        for store in (self._new, self._old, self._new):
            size = store.stat(sha256)
            if size is not None:
                return size
        return None

    def written_at(self, sha256: str) -> float | None:
        for store in (self._new, self._old, self._new):
            moment = store.written_at(sha256)
            if moment is not None:
                return moment
        return None

    def delete(self, sha256: str) -> None:
        self._old.delete(sha256)
        self._new.delete(sha256)

    def list(self) -> Iterator[str]:
        return (sha256 for sha256, _ in self.sizes())

    def sizes(self) -> Iterator[tuple[str, int]]:
        # The old one first: what is moved meanwhile is met in the new one, and told once.
        seen: set[str] = set()
        for store in (self._old, self._new):
            for sha256, size in store.sizes():
                if sha256 not in seen:
                    seen.add(sha256)
                    yield sha256, size

    def check(self) -> None:
        self._new.check()
        self._old.check()

    def discard_unfinished(self, older_than: float) -> int:
        stores = (self._new, self._old)
        return sum(store.discard_unfinished(older_than) for store in stores)

    def _where_it_is(self, read: Callable[[BlobStore], Found]) -> Found:
        for store in (self._new, self._old):
            try:
                return read(store)
            except FileNotFoundError:
                continue
        return read(self._new)


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@dataclass
class Moved:
    """How far a move is. *damaged*: what the source holds is not what its name says."""

    total: int
    blobs: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


def move_blobs(
    source: BlobStore, target: BlobStore, *, keep: bool, report: Callable[[Moved], None]
) -> Moved:
    """Bring every blob of *source* into *target*, and out of *source* unless *keep*.

    It may be killed at any point and run again: a blob leaves the source only after the target
    gave back bytes of the right hash. Damaged ones stay where they are and are named.

    Raises
    ------
    SameStoreError
        before anything is moved.
    OSError
        when one of the stores cannot be reached or is full; run it again to go on.
    """
    _refuse_same(source, target)
    moved = Moved(total=sum(1 for _ in source.list()))
    names = source.list()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        while batch := list(islice(names, _BATCH)):
            sizes = threads.map(lambda name: _move(source, target, name, keep), batch)
            for sha256, size in zip(batch, sizes, strict=True):
                moved.blobs += 1
                if size is None:
                    moved.damaged.append(sha256)
                else:
                    moved.bytes += size
                report(moved)
    return moved


def _refuse_same(source: BlobStore, target: BlobStore) -> None:
    """Links, mounts and host names give one place many addresses, and removing from the one would
    remove from the other: so something is laid down in the one and looked for in the other."""
    probe = secrets.token_bytes(32)
    sha256 = hashlib.sha256(probe).hexdigest()
    target.put(io.BytesIO(probe), sha256)
    try:
        is_same = source.stat(sha256) is not None
    finally:
        target.delete(sha256)
    if is_same:
        raise SameStoreError


def _move(source: BlobStore, target: BlobStore, sha256: str, keep: bool) -> int | None:
    """The size of the blob, which is in *target* now; None if it is damaged."""
    try:
        with source.open(sha256) as file:
            size = target.stat(sha256)
            if size is not None and sha256_in(target, sha256, size) != sha256:
                # Under its name it would be taken for the blob.
                target.delete(sha256)
                size = None
            if size is None:
                size = _copy(file, target, sha256)
    except FileNotFoundError:
        return 0  # deleted meanwhile, by retention or by another run of this command
    if size is not None and not keep:
        source.delete(sha256)
    return size


def _copy(file: BinaryIO, target: BlobStore, sha256: str) -> int | None:
    try:
        size = target.put(file, sha256)
    except Problem as problem:
        if problem.type is not UPLOAD_CONTENT_MISMATCH:
            raise
        return None
    if sha256_in(target, sha256, size) != sha256:
        raise OSError(f"{sha256} does not come back from the new store as it was written")
    return size
