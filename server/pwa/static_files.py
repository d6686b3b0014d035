"""The page's files, read once when the program starts.

They are few and small. A name is looked up in a table, never in a file system, so no address can
reach anything else.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("files")
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    packed: bytes
    media_type: str
    etag: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Every file by its name below the folder, such as ``phone/main.js``."""
    return {
        path.relative_to(FOLDER).as_posix(): static_file(
            path.read_bytes(), _MEDIA_TYPES[path.suffix]
        )
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in _MEDIA_TYPES
    }


def static_file(content: bytes, media_type: str) -> StaticFile:
    return StaticFile(
        content,
        gzip.compress(content, 9, mtime=0),
        media_type,
        hashlib.sha256(content).hexdigest()[:24],
    )
