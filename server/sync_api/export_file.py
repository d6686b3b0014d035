"""The file a phone writes as its last resort, opened entry by entry: docs/PHONE-EXPORT.md."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MAGIC = b"YANSHOU-EXPORT 1\n"
_HEADER_MAX = 4096
_ENTRY_MAX = 256 * 1024 * 1024
_ROUNDS_MAX = 10_000_000
_IV = 12


class NotAnExport(ValueError):
    """No export file, a part of one, or one of a newer version."""


class WrongPassphrase(ValueError):
    """The passphrase does not open the file, or the file was changed."""


@dataclass(frozen=True, slots=True)
class ExportHeader:
    user_id: str
    device_id: str
    created_at: str
    entries: int
    salt: bytes
    rounds: int
    line: bytes
    """As it stands in the file: every entry is bound to it."""


@dataclass(frozen=True, slots=True)
class ExportEntry:
    content: dict[str, Any]
    photo: bytes


def read_header(file: IO[bytes]) -> ExportHeader:
    """The first two lines; the entries follow.

    Raises
    ------
    NotAnExport
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise NotAnExport
    line = file.readline(_HEADER_MAX)
    try:
        header = json.loads(line)
        kdf = header["kdf"]
        known = (header["cipher"], kdf["name"], kdf["hash"]) == ("AES-256-GCM", "PBKDF2", "SHA-256")
        read = ExportHeader(
            user_id=str(header["user_id"]),
            device_id=str(header["device_id"]),
            created_at=str(header["created_at"]),
            entries=int(header["entries"]),
            salt=base64.b64decode(kdf["salt"], validate=True),
            rounds=int(kdf["iterations"]),
            line=line.removesuffix(b"\n"),
        )
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise NotAnExport from error
    if not known or not line.endswith(b"\n") or not 1 <= read.rounds <= _ROUNDS_MAX:
        raise NotAnExport
    return read


def open_entries(file: IO[bytes], header: ExportHeader, passphrase: str) -> Iterator[ExportEntry]:
    """Every entry in its order, whole and unchanged.

    Raises
    ------
    WrongPassphrase
    NotAnExport
    """
    typed = unicodedata.normalize("NFC", passphrase).encode()
    cipher = AESGCM(hashlib.pbkdf2_hmac("sha256", typed, header.salt, header.rounds, 32))
    for place in range(header.entries):
        (length,) = struct.unpack(">I", _exactly(file, 4))
        if not _IV < length <= _ENTRY_MAX:
            raise NotAnExport
        sealed = _exactly(file, length)
        bound_to = header.line + b"\n%d" % place
        try:
            plain = cipher.decrypt(sealed[:_IV], sealed[_IV:], bound_to)
        except InvalidTag as error:
            raise WrongPassphrase from error
        yield _unpacked(plain)
    if file.read(1):
        raise NotAnExport


def _exactly(file: IO[bytes], length: int) -> bytes:
    read = file.read(length)
    if len(read) != length:
        raise NotAnExport
    return read


def _unpacked(plain: bytes) -> ExportEntry:
    try:
        (length,) = struct.unpack_from(">I", plain)
        content = json.loads(plain[4 : 4 + length])
    except (struct.error, ValueError, RecursionError) as error:
        raise NotAnExport from error
    if not isinstance(content, dict):
        raise NotAnExport
    return ExportEntry(content, plain[4 + length :])
