"""Real photos for tests, made by Pillow: with orientation, position, time and camera in EXIF, and
files that only pretend to be photos."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base


@dataclass(frozen=True, slots=True)
class PhotoFile:
    content: bytes
    media_type: str = "image/jpeg"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)


@cache
def photo(
    seed: int = 0,
    *,
    size: tuple[int, int] = (640, 480),
    format_: str = "JPEG",
    orientation: int = 1,
    captured: str | None = "2026:03:02 09:15:30",
    offset: str | None = "+08:00",
    position: tuple[float, float] | None = (31.230416, 121.473701),
    make: str = "HUAWEI",
    model: str = "P60 Pro",
) -> PhotoFile:
    """A picture whose top left quarter is red, whose other quarters are not, and whose content
    differs with *seed*. *size* is the stored one; *orientation* says how it is to be turned."""
    image = _picture(seed, size)
    buffer = io.BytesIO()
    exif = _exif(orientation, captured, offset, position, make, model)
    image.save(buffer, format_, quality=90, exif=exif)
    return PhotoFile(buffer.getvalue(), f"image/{format_.lower()}")


def _picture(seed: int, size: tuple[int, int]) -> Image.Image:
    width, height = size
    image = Image.new("RGB", size, (30, 30, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2, height // 2), fill=(220, 20, 20))
    draw.rectangle((width // 2, height // 2, width, height), fill=(20, 160, 20))
    step = max(8, width // 40)
    for index, x in enumerate(range(0, width, step)):
        shade = (seed * 37 + index * 11) % 256
        draw.line((x, height * 3 // 4, x + step, height - 1), fill=(shade, shade, 0), width=3)
    draw.text((width // 2 + 4, 4), f"photo {seed}", fill="white")
    return image


def _exif(
    orientation: int,
    captured: str | None,
    offset: str | None,
    position: tuple[float, float] | None,
    make: str,
    model: str,
) -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make], exif[Base.Model] = make, model
    details = exif.get_ifd(IFD.Exif)
    if captured is not None:
        details[Base.DateTimeOriginal] = captured
    if offset is not None:
        details[Base.OffsetTimeOriginal] = offset
    if position is not None:
        place = exif.get_ifd(IFD.GPSInfo)
        latitude, longitude = position
        place[GPS.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
        place[GPS.GPSLatitude] = _degrees(abs(latitude))
        place[GPS.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
        place[GPS.GPSLongitude] = _degrees(abs(longitude))
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4)


def truncated(whole: PhotoFile) -> PhotoFile:
    """The first two thirds of *whole*."""
    return PhotoFile(whole.content[: whole.size * 2 // 3], whole.media_type)


def text_called_jpeg() -> PhotoFile:
    return PhotoFile("冷藏车温度 3.2 ℃，一切正常。\n".encode() * 50)


def pixel_bomb(
    width: int = 20_000, height: int = 10_000, bits: int = 1, colour_type: int = 0
) -> PhotoFile:
    """A PNG of a few hundred kilobytes at most that unpacks to *width* × *height* pixels."""
    packer = zlib.compressobj(9 if bits == 1 else 1)
    bits_a_pixel = bits * {0: 1, 2: 3, 6: 4}[colour_type]
    line = b"\x00" + bytes((width * bits_a_pixel + 7) // 8)
    data = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return PhotoFile(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png")


def undecodable_png() -> PhotoFile:
    """A PNG whose every checksum is right and whose pixels are none."""
    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", b"no pixels" * 50), _chunk(b"IEND", b""))
    return PhotoFile(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), "image/png")


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
