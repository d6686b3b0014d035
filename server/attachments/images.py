"""Opening photos safely: what they are and what their cameras say, without decoding them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from server.attachments.exif import CameraFacts, read_camera_facts
from server.attachments.soundness import is_checked, is_whole, jpeg_metadata_bytes, png_chunk
from server.errors import (
    IMAGE_HEIC_UNSUPPORTED,
    IMAGE_METADATA_TOO_LARGE,
    IMAGE_TOO_MANY_FRAMES,
    IMAGE_TOO_MANY_PIXELS,
    IMAGE_TYPE_UNSUPPORTED,
    IMAGE_UNREADABLE,
    Problem,
)

_FORMATS = ("JPEG", "PNG", "WEBP")
# Phones write JPEGs with a second picture inside (depth, brightness); Pillow calls them MPO.
_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# Colour profiles, a preview, and the depth map some phones put there take a few megabytes.
_METADATA_BYTES_MOST = 16 * 2**20
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_EXIF_SOURCES = frozenset({"exif", "Raw profile type exif"})
_ORIENTATION_TAG = 0x0112
# libwebp's decoder holds a picture four times; no camera writes WebP, messengers do, and small.
_PIXELS_DIVIDED_BY = {"WEBP": 2}

# Pillow's own limit only warns up to twice its value and is one for the whole process. Here every
# image passes _refuse_oversized before it is decoded, which is exact.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What is refused before anything is decoded."""

    pixels_max: int
    frames_max: int


@dataclass(frozen=True, slots=True)
class Photo:
    """What an image file turned out to be. Width and height are those of the upright picture."""

    media_type: str
    width: int
    height: int
    camera: CameraFacts


def inspect_photo(file: BinaryIO, limits: ImageLimits) -> Photo:
    """What *file* is, from its header and structure.

    Raises
    ------
    Problem
        ``image-type-unsupported``, ``image-heic-unsupported``, ``image-too-many-pixels``,
        ``image-too-many-frames``, or ``image-unreadable`` for a truncated or broken file.
    """
    with open_image(file, limits) as image:
        try:
            exif = exif_of(image, file)
            camera, turn = read_camera_facts(image, exif), orientation(exif)
            format_, size = image.format or "", image.size
            if not is_checked(format_):
                image.load()
            is_sound = is_whole(file, format_)
        except (MemoryError, Problem):
            raise
        except Exception as error:
            # On broken files Pillow raises OSError, SyntaxError, struct.error, IndexError, …
            raise Problem(IMAGE_UNREADABLE) from error
    if not is_sound:
        raise Problem(IMAGE_UNREADABLE)
    width, height = (size[1], size[0]) if turn in _ON_ITS_SIDE else size
    return Photo(_MEDIA_TYPES[format_], width, height, camera)


def open_image(file: BinaryIO, limits: ImageLimits) -> Image.Image:
    """*file* opened and not decoded, if it is of a supported kind and within *limits*."""
    # Pillow keeps all of it, and a file of 256 MiB may be nothing else.
    metadata = jpeg_metadata_bytes(file, _METADATA_BYTES_MOST)
    if metadata > _METADATA_BYTES_MOST:
        raise Problem(IMAGE_METADATA_TOO_LARGE, limit=_METADATA_BYTES_MOST // 2**20)
    formats = (*_FORMATS, "HEIF") if _is_heic(file) else _FORMATS
    try:
        file.seek(0)
        image = Image.open(file, formats=formats)
        frames = getattr(image, "n_frames", 1)
    except UnidentifiedImageError as error:
        raise Problem(IMAGE_TYPE_UNSUPPORTED) from error
    except MemoryError:
        raise
    except Exception as error:
        raise Problem(IMAGE_UNREADABLE) from error
    _refuse_oversized(image, frames, limits)
    return image


def _is_heic(file: BinaryIO) -> bool:
    """Whether *file* is one of an iPhone's HEIC pictures.

    Raises
    ------
    Problem
        ``image-heic-unsupported`` if it is and this installation cannot open them.
    """
    file.seek(0)
    head = file.read(12)
    if head[4:8] != b"ftyp" or head[8:12] not in _HEIC_BRANDS:
        return False
    if not can_read_heic():
        raise Problem(IMAGE_HEIC_UNSUPPORTED)
    return True


@cache
def can_read_heic() -> bool:
    """Whether pillow-heif is installed; an extra, because its wheel brings a GPL encoder along."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener(thumbnails=False)
    return True


def _refuse_oversized(image: Image.Image, frames: int, limits: ImageLimits) -> None:
    width, height = image.size
    limit = limits.pixels_max // _PIXELS_DIVIDED_BY.get(image.format or "", 1)
    if width * height > limit:
        image.close()
        raise Problem(IMAGE_TOO_MANY_PIXELS, width=width, height=height, limit=limit)
    if frames > limits.frames_max:
        image.close()
        raise Problem(IMAGE_TOO_MANY_FRAMES, frames=frames, limit=limits.frames_max)


def exif_of(image: Image.Image, file: BinaryIO) -> Image.Exif:
    """The EXIF of *image*, opened from *file*; empty where there is none or it is damaged.

    A PNG may have it behind the pixels, where Pillow would decode them to get there. Nothing is
    decoded here, and *file* stands elsewhere afterwards.
    """
    try:
        if image.format != "PNG" or _EXIF_SOURCES & image.info.keys():
            return image.getexif()
        exif = Image.Exif()
        content = png_chunk(file, b"eXIf")
        if content:
            exif.load(content)
        return exif
    except MemoryError:
        raise
    except Exception:
        return Image.Exif()


def orientation(exif: Image.Exif) -> int:
    """How the stored picture is to be turned: 1 (not at all) to 8, as EXIF counts."""
    try:
        value = exif.get(_ORIENTATION_TAG, 1)
    except Exception:
        # Damaged EXIF: the picture is shown as it lies.
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
