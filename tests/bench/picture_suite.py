"""Small versions of photos: ours beside Pillow alone, on the same files, in turns."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps

from server.attachments.derivatives import Derivatives
from server.attachments.images import ImageLimits, inspect_photo
from server.blobs.folder import FolderStore
from tests.bench.measuring import Beside, Measurement
from tests.infrastructure.photos import PhotoFile

LIMITS = ImageLimits(51_000_000, 8)
PHOTOS = 12
ROUNDS = 3


def measure() -> list[Measurement]:
    files = [_photo_of_a_phone(seed) for seed in range(PHOTOS)]
    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(Path(folder) / "blobs")
        for file in files:
            store.put(io.BytesIO(file.content), file.sha256)
        ours, pillows = _in_turns(
            lambda place: _ours(files, store, Path(folder) / f"derived-{place}"),
            lambda _: _pillow_alone(files),
        )
    looking = _best(lambda _: [inspect_photo(io.BytesIO(f.content), LIMITS) for f in files])
    return [
        Measurement(
            "small versions of 12-megapixel photos (preview and thumbnail, JPEG and WebP), "
            "hashed for likeness and kept durably",
            PHOTOS / ours,
            "photos/s",
            goal=0.8 * PHOTOS / pillows,
            more_is_better=True,
            beside=(Beside("Pillow alone: the same four files, in memory only", PHOTOS / pillows),),
        ),
        Measurement(
            "what an upload looks at (type, limits, EXIF, whole or not)",
            PHOTOS / looking,
            "photos/s",
            more_is_better=True,
        ),
    ]


def _photo_of_a_phone(seed: int) -> PhotoFile:
    """4000 × 3000 with fine and coarse detail, some three megabytes, lying on its side."""
    noise = Image.effect_noise((1000, 750), 60 + seed).resize((4000, 3000))
    light = Image.linear_gradient("L").resize((4000, 3000))
    image = Image.merge("RGB", (noise, light, light.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, exif=exif)
    return PhotoFile(buffer.getvalue())


def _ours(files: list[PhotoFile], store: FolderStore, folder: Path) -> None:
    derivatives = Derivatives(folder)
    for file in files:
        derivatives.make(file.sha256, store, LIMITS)


def _pillow_alone(files: list[PhotoFile]) -> None:
    """As Pillow's own documentation does it: ``thumbnail``, turned upright, saved."""
    for file in files:
        with Image.open(io.BytesIO(file.content)) as image:
            image.thumbnail((1280, 1280))
            preview = ImageOps.exif_transpose(image)
        thumbnail = preview.copy()
        thumbnail.thumbnail((320, 320))
        for picture in (preview, thumbnail):
            picture.save(io.BytesIO(), "JPEG", quality=82)
            picture.save(io.BytesIO(), "WEBP", quality=78, method=0)


def _in_turns(one: Callable[[int], object], other: Callable[[int], object]) -> tuple[float, float]:
    """The fastest round of each; in turns, so that what else runs here hits both."""
    rounds = [(_seconds(one, place), _seconds(other, place)) for place in range(ROUNDS)]
    return min(first for first, _ in rounds), min(second for _, second in rounds)


def _best(job: Callable[[int], object]) -> float:
    return min(_seconds(job, place) for place in range(ROUNDS))


def _seconds(job: Callable[[int], object], place: int) -> float:
    start = time.perf_counter()
    job(place)
    return time.perf_counter() - start
