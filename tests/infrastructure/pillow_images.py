"""Pillow's own test images, whole ones and broken ones."""

from __future__ import annotations

from pathlib import Path

from tests.infrastructure.source_packages import SourcePackage

_PILLOW = SourcePackage(
    "pillow",
    "13.0.0",
    "cdcd1ba258178f7356d74170c9a81ba4eab6a5d55748bc402a5a2a6fe6be3510",
    "Tests/images",
)


def pillow_images() -> Path:
    return _PILLOW.files()


if __name__ == "__main__":
    pillow_images()
