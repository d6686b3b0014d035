"""Previews and thumbnails, cached in a folder. They can always be made again from the blob."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from server.attachments.blob_store import BlobStore
from server.attachments.images import Photo, read_photo

DerivativeName = Literal["preview", "thumbnail"]
RECIPE = 1
"""Part of the file names and ETags: raise it when previews or thumbnails are made differently."""


class Derivatives:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, photo: Photo) -> None:
        self._write(self._path(sha256, "preview"), photo.preview)
        self._write(self._path(sha256, "thumbnail"), photo.thumbnail)

    def read(self, sha256: str, name: DerivativeName, store: BlobStore, pixels_max: int) -> bytes:
        """The small version called *name*, made anew if the cache has lost it.

        Raises
        ------
        OSError
            if neither the cache nor the store can be read.
        """
        try:
            return self._path(sha256, name).read_bytes()
        except FileNotFoundError:
            with store.open(sha256) as file:
                photo = read_photo(file, pixels_max)
            self.keep(sha256, photo)
            return photo.preview if name == "preview" else photo.thumbnail

    def has(self, sha256: str) -> bool:
        return all(self._path(sha256, name).exists() for name in ("preview", "thumbnail"))

    def _path(self, sha256: str, name: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / f"{sha256}.{name}.{RECIPE}.jpg"

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all; synced, or a power cut might leave an empty file under the name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
