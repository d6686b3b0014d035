"""From a request's body to the part file, piece by piece: memory does not grow with the file."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from werkzeug.exceptions import ClientDisconnected

from server.blobs.store import storage_trouble
from server.errors import (
    STORAGE_UNAVAILABLE,
    UPLOAD_CHECKSUM_MISMATCH,
    UPLOAD_EXCEEDS_LENGTH,
    Problem,
)
from server.uploads.part_files import LockedPart
from server.uploads.tus import Checksum
from server.uploads.wire import Piece, Wire

SILENCE_SECONDS = 20
"""A phone that lost its network says nothing and does not hang up. After this long its request
lets go of the upload, so that the same phone, back on the network, finds it free."""

_log = structlog.get_logger("yanshou.uploads")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one request brought; *sha256* of the whole part file, where all of it was seen."""

    is_whole_body: bool
    sha256: str | None


@contextmanager
def bounded_silence(environ: dict[str, Any]) -> Iterator[None]:
    """Within this block a read from a silent client ends in an OSError."""
    socket = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if socket is None:
        yield
        return
    before = socket.gettimeout()
    socket.settimeout(SILENCE_SECONDS)
    try:
        yield
    finally:
        socket.settimeout(before)


def append_body(
    part: LockedPart,
    wire: Wire,
    content_length: int | None,
    room: int,
    announced: Checksum | None,
) -> Arrived:
    """Write the body to the end of *part*. What arrives before a connection breaks is kept, but for
    the piece being read when it is reset or falls silent (the web server does not give that out).

    Parameters
    ----------
    content_length
        What the request says its body holds; None for a chunked body.
    room
        How many bytes the upload still lacks. [bytes]

    Raises
    ------
    Problem
        460 for another checksum than announced, and for a body that broke off before it could be
        checked; 413 for more bytes than the upload lacks. Nothing of the body is kept then.
    """
    start = part.size
    if content_length is not None and content_length > room:
        raise Problem(UPLOAD_EXCEEDS_LENGTH, room=room)
    if room == 0:
        _refuse_more(wire, content_length)
        return Arrived(True, None)
    whole = hashlib.sha256() if start == 0 else None
    checked = hashlib.new(announced.algorithm) if announced is not None else None
    # One byte more than there is room for tells a chunked body that is too long.
    wanted = room + 1 if content_length is None else content_length
    try:
        hashes = [h.update for h in (whole, checked) if h is not None]
        arrived, broke_off = _copy(part, wire, wanted, hashes)
        if arrived > room:
            raise Problem(UPLOAD_EXCEEDS_LENGTH, room=room)
        if announced is not None and checked is not None:
            _require_checksum(announced, checked.digest())
    except Problem as problem:
        if problem.type is not STORAGE_UNAVAILABLE:
            with storage_trouble():
                part.truncate(start)
        raise
    with storage_trouble():
        part.sync()
    is_whole_body = not broke_off and (content_length is None or arrived == content_length)
    return Arrived(is_whole_body, whole.hexdigest() if whole is not None else None)


def _refuse_more(wire: Wire, content_length: int | None) -> None:
    """A complete part file is not touched again: the store may have its bytes already."""
    with suppress(ClientDisconnected, OSError):
        if content_length is None and next(wire.pieces(1), None):
            raise Problem(UPLOAD_EXCEEDS_LENGTH, room=0)


def _copy(
    part: LockedPart, wire: Wire, wanted: int, hashes: Sequence[Callable[[Piece], None]]
) -> tuple[int, bool]:
    """Copy at most *wanted* bytes. Returns how many, and whether reading ended in an error."""
    arrived, pieces = 0, wire.pieces(wanted)
    while True:
        try:
            piece = next(pieces, None)
        except (ClientDisconnected, OSError) as error:
            _log.info("upload broke off", arrived=arrived, reason=type(error).__name__)
            return arrived, True
        if piece is None:
            return arrived, False
        with storage_trouble():
            part.append(piece)
        arrived += len(piece)
        for update in hashes:
            update(piece)


def _require_checksum(announced: Checksum, digest: bytes) -> None:
    if not hmac.compare_digest(announced.digest, digest):
        raise Problem(UPLOAD_CHECKSUM_MISMATCH)
