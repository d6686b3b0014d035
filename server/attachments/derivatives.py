"""Previews and thumbnails, cached in a folder. They can always be made again from the blob."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from server.attachments.images import ImageLimits
from server.attachments.pictures import VARIANTS, SmallVersions, Variant, make_small_versions
from server.blobs.folder import discard_files
from server.blobs.store import BlobStore

RECIPE = 2
"""Part of the file names and ETags: raise it when previews or thumbnails are made differently."""


class Derivatives:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arriving = folder / "arriving"

    def make(self, sha256: str, store: BlobStore, limits: ImageLimits) -> SmallVersions:
        """Decode the blob, keep its small versions and return them.

        Raises
        ------
        OSError
            if the store cannot be read or the cache not be written.
        Problem
            ``image-unreadable`` where the pixels cannot be decoded.
        """
        with store.open(sha256) as file:
            versions = make_small_versions(file, limits)
        for variant, content in versions.files.items():
            self._write(self._path(sha256, variant), content)
        return versions

    def read(self, sha256: str, variant: Variant, store: BlobStore, limits: ImageLimits) -> bytes:
        """One small version, made now if it was not made yet or the cache has lost it."""
        try:
            return self._path(sha256, variant).read_bytes()
        except FileNotFoundError:
            return self.make(sha256, store, limits).files[variant]

    def has(self, sha256: str) -> bool:
        return all(self._path(sha256, variant).exists() for variant in VARIANTS)

    def remove(self, sha256: str) -> None:
        """Forget the small versions, those of older recipes too."""
        for path in (self._folder / sha256[:2] / sha256[2:4]).glob(f"{sha256}.*"):
            path.unlink(missing_ok=True)

    def discard_unfinished(self, older_than: float) -> int:
        """Remove what a crash left half written before *older_than* [Unix seconds]."""
        return discard_files(self._arriving, older_than)

    def _path(self, sha256: str, variant: Variant) -> Path:
        name = f"{sha256}.{variant.size}.{RECIPE}.{variant.format}"
        return self._folder / sha256[:2] / sha256[2:4] / name

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all; synced, or a power cut might leave an empty file under the name."""
        self._arriving.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._arriving / secrets.token_hex(16)
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
