"""Opening photos safely: what they are, and their small versions, in one decode."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from server.attachments.exif import CameraFacts, read_camera_facts
from server.errors import (
    IMAGE_TOO_MANY_PIXELS,
    IMAGE_TYPE_UNSUPPORTED,
    IMAGE_UNREADABLE,
    Problem,
)

PREVIEW_PIXELS = 1280
THUMBNAIL_PIXELS = 320
_FORMATS = ("JPEG", "PNG", "WEBP")
# Phones write JPEGs with a second picture inside (depth, brightness); Pillow calls them MPO.
_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_PROFILE_BYTES_MAX = 64 * 1024

# Pillow's own limit only warns up to twice its value and is one for the whole process. Here every
# image passes _refuse_many_pixels before it is decoded, which is exact.
Image.MAX_IMAGE_PIXELS = None

# A decoded PNG of 100 million pixels takes 400 MB and its reduction as much again: one at a time in
# each process, however many threads serve.
_decoding = threading.BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class Photo:
    """What an image file turned out to be. Width and height are those of the upright picture."""

    media_type: str
    width: int
    height: int
    camera: CameraFacts
    preview: bytes
    thumbnail: bytes


def read_photo(file: BinaryIO, pixels_max: int) -> Photo:
    """Decode *file* once and make its small versions, as JPEG, upright and without any metadata.

    Raises
    ------
    Problem
        ``image-type-unsupported``, ``image-too-many-pixels`` (before anything is decoded), or
        ``image-unreadable`` for a truncated or broken file.
    """
    image = _open(file)
    _refuse_many_pixels(image, pixels_max)
    with image, _decoding:
        size = image.size
        try:
            # JPEG can be decoded at half, quarter or eighth size; never below what is asked for.
            image.draft(None, (PREVIEW_PIXELS, PREVIEW_PIXELS))
            image.load()
            camera = read_camera_facts(image)
            turn = _orientation(image)
            preview = _upright(_on_white(_reduced(_resizable(image), PREVIEW_PIXELS)), turn)
        except MemoryError:
            raise
        except Exception as error:
            # On broken files Pillow raises OSError, SyntaxError, struct.error, IndexError, …
            raise Problem(IMAGE_UNREADABLE) from error
        media_type, profile = _MEDIA_TYPES[image.format or ""], _profile(image)
    width, height = (size[1], size[0]) if turn in _ON_ITS_SIDE else size
    return Photo(
        media_type=media_type,
        width=width,
        height=height,
        camera=camera,
        preview=_jpeg(preview, 82, profile),
        thumbnail=_jpeg(_reduced(preview, THUMBNAIL_PIXELS), 75, profile),
    )


def _open(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise Problem(IMAGE_TYPE_UNSUPPORTED) from error
    except MemoryError:
        raise
    except Exception as error:
        raise Problem(IMAGE_UNREADABLE) from error


def _refuse_many_pixels(image: Image.Image, pixels_max: int) -> None:
    width, height = image.size
    if width * height > pixels_max:
        image.close()
        raise Problem(IMAGE_TOO_MANY_PIXELS, width=width, height=height, limit=pixels_max)


def _resizable(image: Image.Image) -> Image.Image:
    """*image* in a mode whose pixels can be averaged."""
    if image.mode.startswith("I"):
        # 16 bits a pixel: keep the upper eight, where a plain conversion would clip to white.
        return image.point(lambda level: level / 256).convert("L")
    if image.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    """*image* in plain RGB; what is transparent becomes white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def _reduced(image: Image.Image, pixels: int) -> Image.Image:
    """A copy of *image* of at most *pixels* on its longer side; never enlarged."""
    scale = min(1.0, pixels / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    if (width, height) == image.size:
        return image.copy()
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        # Damaged EXIF: the picture is shown as it lies.
        return 1
    return value if value in _UPRIGHT else 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image if orientation == 1 else image.transpose(_UPRIGHT[orientation])


def _profile(image: Image.Image) -> bytes | None:
    """The colour profile, where the preview keeps the colours it is about."""
    profile = image.info.get("icc_profile")
    fits = isinstance(profile, bytes) and 0 < len(profile) <= _PROFILE_BYTES_MAX
    return profile if fits and image.mode in {"RGB", "RGBA"} else None


def _jpeg(image: Image.Image, quality: int, profile: bytes | None) -> bytes:
    """Encoded from the pixels alone: the copy has no EXIF and so tells no position."""
    buffer = io.BytesIO()
    image.info.clear()
    image.save(buffer, "JPEG", quality=quality, icc_profile=profile)
    return buffer.getvalue()
