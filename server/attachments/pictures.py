"""The small versions of a photo, all from one decode: upright and without any metadata."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal, NamedTuple

from PIL import Image

from server.attachments.images import ImageLimits, exif_of, open_image, orientation
from server.attachments.likeness import likeness_of
from server.errors import IMAGE_UNREADABLE, Problem

SizeName = Literal["preview", "thumbnail"]
FormatName = Literal["jpeg", "webp"]
PREVIEW_PIXELS = 1280
THUMBNAIL_PIXELS = 320
_QUALITY: Mapping[tuple[SizeName, FormatName], int] = {
    ("preview", "jpeg"): 82,
    ("preview", "webp"): 78,
    ("thumbnail", "jpeg"): 75,
    ("thumbnail", "webp"): 72,
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
_PROFILE_BYTES_MAX = 64 * 1024
_STRIP_PIXELS = 2_000_000

# A decoded PNG of 50 million pixels takes 200 MB: one at a time in each process, however many
# threads serve.
_decoding = threading.BoundedSemaphore(1)


class Variant(NamedTuple):
    size: SizeName
    format: FormatName


VARIANTS = tuple(Variant(size, format_) for size, format_ in _QUALITY)


@dataclass(frozen=True, slots=True)
class SmallVersions:
    """The encoded small versions, and the picture's perceptual hash if it says anything."""

    files: Mapping[Variant, bytes]
    likeness: int | None


def make_small_versions(file: BinaryIO, limits: ImageLimits) -> SmallVersions:
    """Decode *file* once and make every small version.

    Raises
    ------
    Problem
        ``image-unreadable`` where the pixels cannot be decoded, and what ``open_image`` refuses.
    """
    with _decoding, open_image(file, limits) as image:
        try:
            # JPEG can be decoded at half, quarter or eighth size; never below what is asked for.
            image.draft(None, (PREVIEW_PIXELS, PREVIEW_PIXELS))
            image.load()
            turn = orientation(exif_of(image, file))
            preview = _upright(_on_white(_reduced(_brought_near(image), PREVIEW_PIXELS)), turn)
        except MemoryError:
            raise
        except Exception as error:
            # On broken files Pillow raises OSError, SyntaxError, struct.error, IndexError, …
            raise Problem(IMAGE_UNREADABLE) from error
        profile = _profile(image)
    thumbnail = _reduced(preview, THUMBNAIL_PIXELS)
    pictures = {"preview": preview, "thumbnail": thumbnail}
    files = {
        variant: _encoded(pictures[variant.size], variant.format, _QUALITY[variant], profile)
        for variant in VARIANTS
    }
    return SmallVersions(files, likeness_of(thumbnail))


def _brought_near(image: Image.Image) -> Image.Image:
    """*image* averaged down to no less than twice the preview, in a mode that can be resized.

    Strip by strip: converting a large picture as a whole would take its memory once or twice more.
    """
    factor = max(image.size) // (2 * PREVIEW_PIXELS)
    if factor < 2:
        return _resizable(image)
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // (width * factor)) * factor
    strips = [
        _resizable(image.crop((0, top, width, min(top + rows, height)))).reduce(factor)
        for top in range(0, height, rows)
    ]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


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


def _upright(image: Image.Image, turn: int) -> Image.Image:
    return image if turn == 1 else image.transpose(_UPRIGHT[turn])


def _profile(image: Image.Image) -> bytes | None:
    """The colour profile, where the preview keeps the colours it is about."""
    profile = image.info.get("icc_profile")
    fits = isinstance(profile, bytes) and 0 < len(profile) <= _PROFILE_BYTES_MAX
    return profile if fits and image.mode in {"RGB", "RGBA"} else None


def _encoded(image: Image.Image, format_: FormatName, quality: int, profile: bytes | None) -> bytes:
    """Encoded from the pixels alone: the copy has no EXIF and so tells no position."""
    buffer = io.BytesIO()
    image.info.clear()
    if format_ == "jpeg":
        image.save(buffer, "JPEG", quality=quality, icc_profile=profile)
    else:
        # Method 0 takes a quarter of the default's time for files as small.
        image.save(buffer, "WEBP", quality=quality, method=0, icc_profile=profile or b"")
    return buffer.getvalue()
