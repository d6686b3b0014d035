"""A ZIP made while it is sent: in bounded memory, the same bytes for the same parts."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.reports.wording import KITCHEN_TIME

SUMS = "SHA256SUMS"
_LARGE = 2**31 - 1
"""From this size on an entry is written in the ZIP64 form; old programs read the smaller ones."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the pack. *sha256* is what the record says it is, if the record says it.

    For such a file the list of sums holds the recorded hash and not that of the bytes at hand: if a
    store had changed a photo, the pack must not hide it.
    """

    name: str
    size: int
    read: Callable[[], Iterator[bytes]]
    sha256: str | None = None


def part_of(name: str, content: bytes) -> Part:
    return Part(name, len(content), lambda: iter((content,)))


def stream_zip(
    folder: str, parts: Sequence[Part], made_at: datetime, *, zip64_from: int = _LARGE
) -> Iterator[bytes]:
    """*parts* under *folder*, and at the end the sums of them all, as ``sha256sum -c`` reads them.

    Nothing is compressed: photos are already, and how a file is compressed differs from machine to
    machine.
    """
    sink: Any = _Sink()  # zipfile writes to it and asks for nothing else
    sums: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for part in parts:
            digest = hashlib.sha256()
            info = _info(f"{folder}/{part.name}", made_at, part.size)
            with archive.open(info, "w", force_zip64=part.size > zip64_from) as entry:
                for piece in part.read():
                    digest.update(piece)
                    entry.write(piece)
                    yield from sink.taken()
            sums.append(f"{part.sha256 or digest.hexdigest()}  {part.name}\n")
            yield from sink.taken()
        listed = "".join(sums).encode()
        archive.writestr(_info(f"{folder}/{SUMS}", made_at, len(listed)), listed)
        yield from sink.taken()
    yield from sink.taken()


def _info(name: str, made_at: datetime, size: int) -> zipfile.ZipInfo:
    local = max(made_at.astimezone(KITCHEN_TIME), datetime(1980, 1, 1, tzinfo=KITCHEN_TIME))
    info = zipfile.ZipInfo(name, local.timetuple()[:6])
    info.file_size = size
    info.external_attr = 0o100644 << 16
    info.create_system = 3
    return info


class _Sink:
    """Where the archive writes to; what was written is taken away at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        if pieces:
            yield b"".join(pieces)
