"""Whether an image file is whole, told from its structure without decoding a pixel.

Decoding every photo while its phone waits would take most of the time of an upload. Truncation and
damage leave traces that cost a thousandth of it to find: a JPEG without its end, a PNG chunk with a
wrong checksum, a WebP shorter than it says.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO

_PIECE = 256 * 1024
_PNG_SIGNATURE = 8
_PNG_CHUNK_MAX = 2**31
_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_METADATA = frozenset({*range(0xE0, 0xF0), 0xFE})
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def is_whole(file: BinaryIO, format_: str) -> bool:
    """Whether *file* (a JPEG, PNG, WebP …) ends where it says. True for a format without a check,
    which is decoded instead. Leaves the file at any position."""
    check = _CHECKS.get(format_)
    file.seek(0)
    return check is None or check(file)


def is_checked(format_: str) -> bool:
    return format_ in _CHECKS


def _is_whole_jpeg(file: BinaryIO) -> bool:
    """Walk the segments to the first scan, then look for the end of the image.

    In a scan the byte FF is always followed by 00 or a restart, so the first FF D9 after it is
    the end; phones append other things (a second picture, a film) behind it.
    """
    if file.read(2) != b"\xff\xd8":
        return False
    while True:
        marker = _next_marker(file)
        if marker is None or marker == _END_OF_IMAGE:
            return False
        if marker in _JPEG_WITHOUT_LENGTH:
            continue
        length = int.from_bytes(file.read(2))
        if length < 2:
            return False
        file.seek(length - 2, 1)
        if marker == _START_OF_SCAN:
            return _contains(file, b"\xff\xd9")


def jpeg_metadata_bytes(file: BinaryIO, most: int) -> int:
    """How many bytes of application data and comments stand before the picture of a JPEG; counting
    ends beyond *most*. 0 for anything else. Leaves the file at any position."""
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        return 0
    found = 0
    while found <= most:
        marker = _next_marker(file)
        if marker in (None, _END_OF_IMAGE, _START_OF_SCAN):
            break
        if marker in _JPEG_WITHOUT_LENGTH:
            continue
        length = int.from_bytes(file.read(2))
        if length < 2:
            break
        if marker in _JPEG_METADATA:
            found += length
        file.seek(length - 2, 1)
    return found


def _next_marker(file: BinaryIO) -> int | None:
    """The next marker; bytes before it that belong to nothing are skipped, as decoders do."""
    byte = file.read(1)
    while byte and byte != b"\xff":
        byte = file.read(1)
    while byte == b"\xff":
        byte = file.read(1)
    return byte[0] if byte else None


def _contains(file: BinaryIO, wanted: bytes) -> bool:
    kept = b""
    while piece := file.read(_PIECE):
        if wanted in kept + piece[: len(wanted)] or wanted in piece:
            return True
        kept = piece[-(len(wanted) - 1) :]
    return False


def _is_whole_png(file: BinaryIO) -> bool:
    """Every chunk up to the last one is there and has the checksum that it says."""
    file.seek(_PNG_SIGNATURE)
    while len(head := file.read(8)) == 8:
        length, kind = int.from_bytes(head[:4]), head[4:]
        if length >= _PNG_CHUNK_MAX:
            return False
        checksum = _checksum(file, length, zlib.crc32(kind))
        if checksum is None or int.from_bytes(file.read(4)) != checksum:
            return False
        if kind == b"IEND":
            return True
    return False


def png_chunk(file: BinaryIO, kind: bytes, longest: int = 1024 * 1024) -> bytes | None:
    """The content of a PNG's first chunk of this *kind*, None without one of a sane length."""
    file.seek(_PNG_SIGNATURE)
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[:4])
        if head[4:] == kind:
            return file.read(length) if length <= longest else None
        file.seek(length + 4, 1)
    return None


def _checksum(file: BinaryIO, length: int, checksum: int) -> int | None:
    while length > 0:
        piece = file.read(min(_PIECE, length))
        if not piece:
            return None
        checksum, length = zlib.crc32(piece, checksum), length - len(piece)
    return checksum


def _is_whole_webp(file: BinaryIO) -> bool:
    head = file.read(12)
    size = file.seek(0, 2)
    return head[:4] == b"RIFF" and int.from_bytes(head[4:8], "little") + 8 <= size


_CHECKS: Mapping[str, Callable[[BinaryIO], bool]] = {
    "JPEG": _is_whole_jpeg,
    "MPO": _is_whole_jpeg,
    "PNG": _is_whole_png,
    "WEBP": _is_whole_webp,
}
