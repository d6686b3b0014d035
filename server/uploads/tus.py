"""Reading tus 1.0.0's headers, strictly. Knows no database and no files."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from schemas.fields import uuid_text
from schemas.messages import shown
from server.errors import (
    TUS_VERSION_UNSUPPORTED,
    UNSUPPORTED_MEDIA_TYPE,
    UPLOAD_HEADER_INVALID,
    UPLOAD_TOO_LARGE,
    FieldError,
    Problem,
    Text,
)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination"
CHECKSUM_ALGORITHMS = {"sha1": 20, "sha256": 32}
"""Algorithm → digest size in bytes."""
MEDIA_TYPE = "application/offset+octet-stream"

_METADATA_LONGEST = 4096
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")
_METADATA_KEY = re.compile(r"[\x21-\x2b\x2d-\x7e]+")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a creation request announces; *length* is None while the client does not know it."""

    length: int | None
    sha256: str
    attachment_id: str | None
    upload_metadata: str


def require_version(given: str | None) -> None:
    """A server that does not speak the client's version MUST answer 412 and say what it speaks."""
    if given != VERSION:
        headers = {"Tus-Version": VERSION}
        raise Problem(TUS_VERSION_UNSUPPORTED, headers=headers, given=(given or "—")[:40])


def require_media_type(given: str) -> None:
    """A body of any other type MUST be answered with 415."""
    if given != MEDIA_TYPE:
        raise Problem(UNSUPPORTED_MEDIA_TYPE, expected=MEDIA_TYPE, given=given[:80] or "—")


def whole_number(headers: Headers, name: str) -> int:
    text = headers.get(name, "")
    if not _WHOLE_NUMBER.fullmatch(text):
        raise _invalid(name, "应为字节数（整数）", "a whole number of bytes is needed", text)
    return int(text)


def new_upload(headers: Headers, length_max: int) -> NewUpload:
    """What the creation request's headers say.

    Raises
    ------
    Problem
        400 for a header that is missing or not valid; 413 for a file that is too large.
    """
    length = _length_or_deferred(headers, length_max)
    text = headers.get("Upload-Metadata", "")
    metadata = parse_metadata(text)
    sha256 = metadata.get("sha256", "")
    attachment_id = metadata.get("attachment_id")
    if not _SHA256.fullmatch(sha256):
        zh, en = "应含 sha256（64 位十六进制）", "a sha256 of 64 hexadecimal digits is needed"
        raise _invalid("Upload-Metadata", zh, en, sha256)
    if attachment_id is not None and uuid_text(attachment_id) is None:
        zh, en = "attachment_id 应为 UUID", "attachment_id must be a UUID"
        raise _invalid("Upload-Metadata", zh, en, attachment_id)
    return NewUpload(
        length=length,
        sha256=sha256.lower(),
        attachment_id=None if attachment_id is None else uuid_text(attachment_id),
        upload_metadata=text,
    )


def declared_length(headers: Headers, length_max: int) -> int:
    """``Upload-Length``; 413 for a file that is too large."""
    length = whole_number(headers, "Upload-Length")
    if length > length_max:
        raise Problem(UPLOAD_TOO_LARGE, given=length, limit=length_max)
    return length


def _length_or_deferred(headers: Headers, length_max: int) -> int | None:
    """``Upload-Defer-Length`` MUST be 1, and stand alone."""
    deferred = headers.get("Upload-Defer-Length")
    if deferred is None:
        return declared_length(headers, length_max)
    if deferred != "1" or "Upload-Length" in headers:
        zh, en = "应为 1，且不带 Upload-Length", "1 is needed, and no Upload-Length beside it"
        raise _invalid("Upload-Defer-Length", zh, en, deferred)
    return None


def parse_metadata(text: str) -> dict[str, str]:
    """``Upload-Metadata``: comma-separated pairs of a key and a base64 value, parted by a space."""
    metadata: dict[str, str] = {}
    if len(text) > _METADATA_LONGEST:
        longest = _METADATA_LONGEST
        raise _invalid(
            "Upload-Metadata", f"最多 {longest} 个字符", f"at most {longest} characters", text
        )
    for pair in text.split(",") if text.strip() else ():
        key, _, encoded = pair.strip().partition(" ")
        if not _METADATA_KEY.fullmatch(key) or key in metadata:
            zh, en = "应为不重复的键和 base64 值", "each key is used once, with a base64 value"
            raise _invalid("Upload-Metadata", zh, en, pair)
        try:
            metadata[key] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            zh, en = f"{key} 应为 UTF-8 的 base64", f"{key} must be base64 of UTF-8"
            raise _invalid("Upload-Metadata", zh, en, encoded) from None
    return metadata


def checksum(headers: Headers) -> Checksum | None:
    """``Upload-Checksum``; an algorithm we do not offer MUST be answered with 400."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    size = CHECKSUM_ALGORITHMS.get(algorithm)
    if size is None:
        offered = ", ".join(CHECKSUM_ALGORITHMS)
        zh, en = f"可用的算法：{offered}", f"the algorithms offered are {offered}"
        raise _invalid("Upload-Checksum", zh, en, algorithm)
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != size:
        zh = f"应为 {algorithm} 和 {size} 字节的 base64"
        en = f"{algorithm} and {size} bytes in base64 are needed"
        raise _invalid("Upload-Checksum", zh, en, text)
    return Checksum(algorithm, digest)


def _invalid(header: str, zh: str, en: str, given: str) -> Problem:
    text = Text("{header}：{zh}，收到“{given}”。", "{header}: {en}; “{given}” arrived.")
    params = {"header": header, "zh": zh, "en": en, "given": shown(given) or "—"}
    return Problem(UPLOAD_HEADER_INVALID, [FieldError("", text, params)])
