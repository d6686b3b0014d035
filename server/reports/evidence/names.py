"""File names that Windows, macOS and Linux can keep and people can read."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_BYTES_MOST = 120
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "application/pdf": ".pdf",
}


def file_name(text: str, *, otherwise: str = "file") -> str:
    """*text* as a file name: nothing a file system refuses, not too long, never hidden."""
    cleaned = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))
    cleaned = _shortened(" ".join(cleaned.split())).strip(" .")
    if not cleaned or _RESERVED.fullmatch(cleaned):
        return otherwise
    return cleaned


def _shortened(text: str) -> str:
    """At most so many bytes of UTF-8: that is what file systems count."""
    return text.encode("utf-8", "replace")[:_BYTES_MOST].decode("utf-8", "ignore")


def suffix_of(media_type: str) -> str:
    return _SUFFIXES.get(media_type, ".bin")
