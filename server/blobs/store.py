"""The port: what every store of blobs promises, whatever it is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from server.errors import STORAGE_UNAVAILABLE, Problem

PIECE_BYTES = 256 * 1024
_HEX = frozenset("0123456789abcdef")
_ASK_AGAIN_SECONDS = 30


class BlobStore(Protocol):
    """Content under its own SHA-256. What is there is whole and never changes: half of one, which
    a store that cannot rename may keep of a writer that died, is not there.

    Every method raises OSError when the store cannot be reached or is full.
    """

    def put(self, source: BinaryIO, sha256: str) -> int:
        """Keep everything *source* still holds, durably, and return its size in bytes.

        Raises
        ------
        Problem
            ``upload-content-mismatch`` if the content has another hash; nothing is kept then.
        """

    def adopt(self, path: Path, sha256: str) -> None:
        """Keep the file at *path*, which has this hash (the caller has just checked), is durable
        and is never written again. The store may share its bytes; the caller removes the name."""

    def open(self, sha256: str) -> BinaryIO:
        """The content as a seekable file. FileNotFoundError if it is not there."""

    def open_range(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from *start* up to but not including *stop*, in pieces."""

    def stat(self, sha256: str) -> int | None:
        """The size in bytes, or None if the content is not there."""

    def written_at(self, sha256: str) -> float | None:
        """When the content came here [Unix seconds], or None if it is not there."""

    def delete(self, sha256: str) -> None:
        """Forget the content. Nothing happens if it is not there."""

    def list(self) -> Iterator[str]:
        """Every SHA-256 there is, in no particular order."""

    def sizes(self) -> Iterator[tuple[str, int]]:
        """What :meth:`list` tells, each with its size. Whoever knows the size that a content has
        compares: a file system that broke may have made it shorter since."""

    def check(self) -> None:
        """Raise OSError unless content can be written and read."""

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what a crash left half written before *older_than* [Unix seconds]; how many."""


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
        raise _unavailable() from error
    except (OSError, MemoryError) as error:
        raise _unavailable() from error


def _unavailable() -> Problem:
    return Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": str(_ASK_AGAIN_SECONDS)})


def is_sha256(name: str) -> bool:
    return len(name) == 64 and _HEX.issuperset(name)


def place_of(sha256: str) -> str:
    """``ab/cd/abcd…``, the same in every store: a folder copied into a bucket is a store there.

    The name becomes a path: whatever a caller passes, it cannot leave the store.
    """
    if not is_sha256(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sha256_in(store: BlobStore, sha256: str, size: int) -> str:
    """The hash of what *store* really gives out under *sha256*."""
    digest = hashlib.sha256()
    for piece in store.open_range(sha256, 0, size):
        digest.update(piece)
    return digest.hexdigest()
