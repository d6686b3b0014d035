"""From a body to the part file: in bounded memory, and not for ever."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path
from uuid import uuid4

import pytest
from werkzeug.exceptions import ClientDisconnected

from server.errors import UPLOAD_CHECKSUM_MISMATCH, UPLOAD_EXCEEDS_LENGTH, Problem
from server.uploads.body import SILENCE_SECONDS, append_body, bounded_silence
from server.uploads.part_files import LockedPart, PartFiles
from server.uploads.tus import Checksum
from server.uploads.wire import Wire

MEBIBYTE = 1024 * 1024


class Zeros(io.RawIOBase):
    """A body of *size* zero bytes that nobody has to keep in memory."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        size = min(len(buffer), self._left)
        buffer[:size] = bytes(size)
        self._left -= size
        return size


class BreaksOff(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ClientDisconnected()
        return piece


class FakeSocket:
    """Remembers every time limit it is given."""

    def __init__(self) -> None:
        self.limits: list[float | None] = [None]

    def gettimeout(self) -> float | None:
        return self.limits[-1]

    def settimeout(self, seconds: float | None) -> None:
        self.limits.append(seconds)


@pytest.fixture
def parts(tmp_path: Path) -> PartFiles:
    return PartFiles(tmp_path)


def new_part(parts: PartFiles) -> str:
    upload_id = str(uuid4())
    parts.create(upload_id)
    return upload_id


def test_memory_stays_under_two_mebibytes_whatever_the_size(parts: PartFiles) -> None:
    size = 48 * MEBIBYTE
    with parts.locked(new_part(parts)) as part:
        tracemalloc.start()
        arrived = append_body(part, Wire(Zeros(size), {}), size, size, None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert part.size == size
    assert arrived.sha256 == hashlib.sha256(bytes(size)).hexdigest()
    assert peak < 2 * MEBIBYTE


def test_body_that_breaks_off_keeps_what_arrived_and_says_so(parts: PartFiles) -> None:
    with parts.locked(new_part(parts)) as part:
        arrived = append_body(part, Wire(BreaksOff(b"x" * 100_000), {}), 200_000, 500_000, None)
        assert (part.size, arrived.is_whole_body) == (100_000, False)


def test_chunked_body_that_breaks_off_is_not_taken_for_whole(parts: PartFiles) -> None:
    with parts.locked(new_part(parts)) as part:
        arrived = append_body(part, Wire(BreaksOff(b"x" * 100_000), {}), None, 500_000, None)
        assert (part.size, arrived.is_whole_body) == (100_000, False)


def test_hash_of_a_resumed_upload_is_not_taken_from_its_last_part(parts: PartFiles) -> None:
    with parts.locked(new_part(parts)) as part:
        append_body(part, Wire(io.BytesIO(b"first"), {}), 5, 10, None)
        assert append_body(part, Wire(io.BytesIO(b"other"), {}), 5, 5, None).sha256 is None


@pytest.mark.parametrize("length", [8, None])
def test_more_than_there_is_room_for_is_not_kept(parts: PartFiles, length: int | None) -> None:
    with parts.locked(new_part(parts)) as part:
        append_body(part, Wire(io.BytesIO(b"12"), {}), 2, 9, None)
        with pytest.raises(Problem) as refused:
            append_body(part, Wire(io.BytesIO(b"34567890"), {}), length, 7, None)
        assert refused.value.type is UPLOAD_EXCEEDS_LENGTH
        assert part.size == 2


def test_wrong_checksum_leaves_the_part_as_it_was(parts: PartFiles) -> None:
    def append(part: LockedPart, digest: bytes) -> None:
        append_body(part, Wire(io.BytesIO(b"34"), {}), 2, 7, Checksum("sha1", digest))

    with parts.locked(new_part(parts)) as part:
        append_body(part, Wire(io.BytesIO(b"12"), {}), 2, 9, None)
        with pytest.raises(Problem) as refused:
            append(part, hashlib.sha1(b"xx").digest())
        assert refused.value.type is UPLOAD_CHECKSUM_MISMATCH
        assert part.size == 2
        append(part, hashlib.sha1(b"34").digest())
        assert part.size == 4


@pytest.mark.parametrize("name", ["gunicorn.socket", "werkzeug.socket"])
def test_silent_client_is_given_up_after_a_while(name: str) -> None:
    socket = FakeSocket()
    with bounded_silence({name: socket}):
        assert socket.gettimeout() == SILENCE_SECONDS
    assert socket.gettimeout() is None
