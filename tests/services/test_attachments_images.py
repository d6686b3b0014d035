"""Opening image files: what is read, what is refused, and that nothing surprises."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from server.attachments.images import ImageLimits, Photo, inspect_photo
from server.attachments.pictures import SmallVersions, Variant, make_small_versions
from server.errors import (
    IMAGE_METADATA_TOO_LARGE,
    IMAGE_TOO_MANY_PIXELS,
    IMAGE_TYPE_UNSUPPORTED,
    Problem,
)
from tests.infrastructure.photos import PhotoFile, photo, pixel_bomb, truncated

LIMITS = ImageLimits(pixels_max=51_000_000, frames_max=8)


def read(file: PhotoFile, limits: ImageLimits = LIMITS) -> Photo:
    return inspect_photo(io.BytesIO(file.content), limits)


def made(file: PhotoFile) -> SmallVersions:
    return make_small_versions(io.BytesIO(file.content), LIMITS)


def small(file: PhotoFile, size: str = "preview", format_: str = "jpeg") -> Image.Image:
    return Image.open(io.BytesIO(made(file).files[Variant(size, format_)]))


def saved(image: Image.Image, format_: str, **options: object) -> PhotoFile:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return PhotoFile(buffer.getvalue())


# Where the red quarter of the stored picture (top left) is to be seen, for each orientation.
RED_AT = {1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "tl", 6: "tr", 7: "br", 8: "bl"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_shown_upright(format_: str, orientation: int) -> None:
    read_ = read(photo(1, orientation=orientation, format_=format_))
    upright = (480, 640) if orientation >= 5 else (640, 480)
    assert (read_.width, read_.height) == upright
    image = small(photo(1, orientation=orientation, format_=format_))
    assert image.size == upright
    near, far = 0.1, 0.9
    places = {"tl": (near, near), "tr": (far, near), "bl": (near, far), "br": (far, far)}
    for name, (x, y) in places.items():
        red, green, _ = image.getpixel((int(image.width * x), int(image.height * y)))
        is_red = red > 150 and green < 90
        assert is_red == (name == RED_AT[orientation]), name


def test_time_without_an_offset_is_taken_as_shanghai_and_said_so() -> None:
    camera = read(photo(1, offset=None)).camera
    assert camera.captured_at == datetime(2026, 3, 2, 1, 15, 30, tzinfo=UTC)
    assert (camera.captured_offset, camera.is_offset_assumed) == ("+08:00", True)


@pytest.mark.parametrize("offset", ["+25:00", "8", "", "  "])
def test_an_offset_that_is_none_is_treated_as_missing(offset: str) -> None:
    assert read(photo(1, offset=offset)).camera.is_offset_assumed


@pytest.mark.parametrize(
    "captured", [None, "0000:00:00 00:00:00", "    :  :     :  :  ", "gestern"]
)
def test_a_camera_without_a_clock_gives_no_time(captured: str | None) -> None:
    camera = read(photo(1, captured=captured)).camera
    assert camera.captured_at is None
    assert camera.captured_offset is None
    assert camera.camera == "HUAWEI P60 Pro"


@pytest.mark.parametrize(
    ("position", "latitude", "longitude"),
    [
        ((-33.8567844, 151.2152967), "-33.8567844", "151.2152967"),
        ((40.689247, -74.044502), "40.689247", "-74.044502"),
        ((0.0, 0.0), "0", "0"),
        (None, None, None),
        ((91.0, 10.0), None, None),
    ],
)
def test_position_is_read_with_its_signs(
    position: tuple[float, float] | None, latitude: str | None, longitude: str | None
) -> None:
    camera = read(photo(1, position=position)).camera
    assert (camera.latitude, camera.longitude) == (latitude, longitude)


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("OPPO ", "\x00\x01", "OPPO"),
        ("", "", None),
    ],
)
def test_camera_is_named_once_and_printably(make: str, model: str, camera: str | None) -> None:
    assert read(photo(1, make=make, model=model)).camera.camera == camera


def test_damaged_exif_harms_no_photo() -> None:
    damaged = photo(1).content.replace(b"Exif\x00\x00MM\x00*", b"Exif\x00\x00MM\x00\xff")
    assert damaged != photo(1).content
    read_ = read(PhotoFile(damaged))
    assert (read_.width, read_.camera.camera) == (640, None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: saved(Image.new("L", (400, 300), 200), "JPEG"),
        lambda: saved(Image.new("CMYK", (400, 300)), "JPEG"),
        lambda: saved(Image.new("RGB", (400, 300)), "JPEG", progressive=True),
        lambda: saved(Image.new("1", (400, 300)), "PNG"),
        lambda: saved(Image.new("P", (400, 300)), "PNG", transparency=0),
        lambda: saved(Image.new("LA", (400, 300)), "PNG"),
        lambda: saved(Image.new("RGBA", (400, 300)), "PNG"),
        lambda: saved(Image.new("I;16", (400, 300), 30_000), "PNG"),
        lambda: saved(Image.new("RGBA", (400, 300)), "WEBP", lossless=True),
        lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
        lambda: saved(Image.new("RGB", (5000, 1)), "PNG"),
    ],
    ids=[
        "grey",
        "cmyk",
        "progressive",
        "1",
        "palette",
        "la",
        "rgba",
        "16 bit",
        "webp",
        "1x1",
        "line",
    ],
)
def test_every_kind_of_pixel_becomes_a_plain_jpeg(make: Callable[[], PhotoFile]) -> None:
    image = small(make())
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert max(image.size) <= 1280
    image.load()


def test_what_is_transparent_is_shown_white() -> None:
    image = small(saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG"))
    assert image.getpixel((20, 15)) == (255, 255, 255)


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    image = small(saved(Image.new("I;16", (40, 30), 0x4000), "PNG"))
    assert abs(image.getpixel((20, 15))[0] - 0x40) <= 2


def test_small_photo_is_not_enlarged() -> None:
    file = photo(1, size=(200, 100))
    assert small(file).size == small(file, "thumbnail").size == (200, 100)


def test_jpeg_with_a_second_picture_inside_is_a_jpeg() -> None:
    picture, map_ = Image.new("RGB", (640, 480), "red"), Image.new("L", (64, 48))
    file = saved(picture, "MPO", save_all=True, append_images=[map_])
    read_ = read(file)
    assert (read_.media_type, read_.width, read_.height) == ("image/jpeg", 640, 480)


@pytest.mark.parametrize("format_", ["GIF", "BMP", "TIFF", "PPM"])
def test_formats_that_are_not_offered_are_not_even_tried(format_: str) -> None:
    with pytest.raises(Problem) as refused:
        read(saved(Image.new("RGB", (40, 30)), format_))
    assert refused.value.type is IMAGE_TYPE_UNSUPPORTED


def test_limit_on_pixels_is_exact() -> None:
    file = saved(Image.new("1", (1000, 1000)), "PNG")
    assert read(file, ImageLimits(1_000_000, 1)).width == 1000
    with pytest.raises(Problem) as refused:
        read(file, ImageLimits(999_999, 1))
    assert refused.value.type is IMAGE_TOO_MANY_PIXELS
    assert refused.value.params == {"width": 1000, "height": 1000, "limit": 999_999}


def test_bomb_of_few_bytes_is_refused_unopened() -> None:
    bomb = pixel_bomb()
    assert bomb.size < 50_000
    with pytest.raises(Problem) as refused:
        read(bomb)
    assert refused.value.type is IMAGE_TOO_MANY_PIXELS


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_truncation_at_any_place_is_noticed(format_: str) -> None:
    whole = photo(1, format_=format_)
    # The last bytes of a JPEG or PNG end the file and carry no picture.
    for length in [*range(0, whole.size - 100, whole.size // 40)]:
        with pytest.raises(Problem):
            read(PhotoFile(whole.content[:length]))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_damaged_bytes_end_in_a_photo_or_in_a_clear_refusal(format_: str) -> None:
    whole, dice = photo(1, format_=format_), random.Random(20260302)
    refusals: set[int] = set()
    for _ in range(60):
        damaged = bytearray(whole.content)
        for _ in range(dice.randint(1, 20)):
            damaged[dice.randrange(min(whole.size, 2000))] = dice.randrange(256)
        try:
            read(PhotoFile(bytes(damaged)))
        except Problem as problem:
            refusals.add(problem.type.status)
    assert refusals <= {413, 415, 422}
    assert refusals


def test_file_that_ends_early_is_refused_by_the_small_decode_too() -> None:
    with pytest.raises(Problem):
        read(truncated(photo(1, size=(4000, 3000))))


def test_jpeg_of_nothing_but_comments_is_refused_without_reading_them_all() -> None:
    whole = photo(1).content
    segment = b"\xff\xfe\xff\xff" + bytes(65533)
    few, many = (PhotoFile(whole[:2] + segment * count + whole[2:]) for count in (200, 300))
    assert read(few).width == 640
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as refused:
            read(many)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.type is IMAGE_METADATA_TOO_LARGE
    assert peak < 2**20
