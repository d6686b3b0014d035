"""Photos of any size: a small JPEG with other data behind its end, as phones append short films."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infrastructure.node import installed_packages, node_program
from tests.infrastructure.photos import photo

FOLDER = Path(__file__).parent
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class LargeFile:
    path: Path
    sha256: str
    size: int


def large_file(path: Path, size: int) -> LargeFile:
    """A sound JPEG of *size* bytes that is like no other."""
    digest, left = hashlib.sha256(), size
    with path.open("wb") as file:
        for piece in _content(size):
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    assert left == 0
    return LargeFile(path, digest.hexdigest(), size)


def _content(size: int) -> Any:
    picture = photo(1).content
    yield picture
    left = size - len(picture)
    while left > 0:
        yield os.urandom(min(_PIECE, left))
        left -= min(_PIECE, left)


def send_with_tus_js(
    endpoint: str,
    token: str,
    files: list[LargeFile],
    *,
    at_once: int = 4,
    chunk_size: int | None = None,
    with_creation: bool = True,
    seconds: float = 300,
) -> dict[str, Any]:
    """Let the unmodified tus-js-client bring *files*; what it says about it."""
    installed_packages(FOLDER)
    work = {
        "endpoint": endpoint,
        "token": token,
        "files": [{"path": str(one.path), "sha256": one.sha256, "size": one.size} for one in files],
        "atOnce": at_once,
        "chunkSize": chunk_size,
        "withCreation": with_creation,
    }
    ran = subprocess.run(
        [node_program(), str(FOLDER / "upload_files.mjs")],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said: dict[str, Any] = json.loads(ran.stdout)
    return said
