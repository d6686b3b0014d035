"""What the phone does to a photo's file: the facts of the camera survive, whatever it holds."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from server.attachments.exif import read_camera_facts
from tests.infrastructure.photos import photo
from tests.javascript.phone_code import results_of

PROGRAM = "photos.mjs"


def packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def ask(op: str, **given: Any) -> Any:
    return results_of(PROGRAM, [{"op": op, **given}])[0]


def plain_jpeg() -> bytes:
    """As a canvas writes one: JFIF, and nothing of a camera."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 10, 10)).save(buffer, "JPEG")
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def carried(original: bytes) -> Image.Image:
    return opened(
        base64.b64decode(ask("carried", **{"from": packed(original), "to": packed(plain_jpeg())}))
    )


def test_time_place_and_camera_are_carried_into_the_smaller_picture_which_is_upright():
    original = photo(7, orientation=6).content
    before, after = opened(original), carried(original)
    assert after.getexif()[Base.Orientation] == 1
    assert read_camera_facts(after, after.getexif()) == read_camera_facts(before, before.getexif())
    assert after.size == (64, 48)


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read_and_kept(order):
    exif = Image.Exif()
    exif.endian = order
    exif[Base.Orientation] = 8
    exif[Base.Model] = "P60"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:03:02 09:15:30"
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "S",
            GPS.GPSLatitude: (33.0, 51.0, 35.9),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (151.0, 12.0, 40.0),
        }
    )
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", exif=exif)
    facts = ask("facts", file=packed(buffer.getvalue()))
    assert facts == {
        "local": "2026-03-02T09:15:30.000",
        "offset": None,
        "latitude": "-33.8599722",
        "longitude": "151.2111111",
    }
    after = carried(buffer.getvalue()).getexif()
    assert (after[Base.Orientation], after[Base.Model]) == (1, "P60")


def test_what_is_damaged_is_as_good_as_none_and_never_an_error():
    whole = photo(3).content
    place = whole.index(b"Exif\0\0")
    cases: list[dict[str, Any]] = []
    for step in range(0, 400, 3):
        damaged = bytearray(whole)
        damaged[place + 6 + step % 300] ^= 0xFF
        cases.append({"op": "carried", "from": packed(bytes(damaged)), "to": packed(plain_jpeg())})
    cases += [
        {"op": "carried", "from": packed(whole[:length]), "to": packed(plain_jpeg())}
        for length in (0, 1, 3, 10, place, place + 9, place + 40)
    ]
    for answer in results_of(PROGRAM, cases):
        image = opened(base64.b64decode(answer))
        assert image.size == (64, 48)
        read_camera_facts(image, image.getexif())


def test_a_block_too_large_for_a_segment_leaves_only_that_the_picture_is_upright():
    exif = Image.Exif()
    exif[Base.Orientation] = 3
    details = exif.get_ifd(IFD.Exif)
    for tag in range(0xE000, 0xE000 + 31):
        details[tag] = "x" * 2000
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", exif=exif)
    after = carried(buffer.getvalue()).getexif()
    assert dict(after) == {Base.Orientation: 1}


def test_traces_of_an_editor_stay_in_the_file():
    buffer = io.BytesIO()
    packet = b'<x:xmpmeta><rdf:Description xmp:CreatorTool="Adobe Photoshop 25.1"/></x:xmpmeta>'
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", xmp=packet)
    after = carried(buffer.getvalue())
    facts = read_camera_facts(after, after.getexif())
    assert facts.edited_with == "Adobe Photoshop 25.1"


@pytest.mark.parametrize(
    ("offset_minutes", "offset", "local"),
    [
        (480, "+08:00", "2026:03:02 09:15:30"),
        (-210, "-03:30", "2026:03:01 21:45:30"),
        (0, "+00:00", "2026:03:02 01:15:30"),
    ],
)
def test_a_photo_of_the_apps_own_camera_says_when_it_was_taken(offset_minutes, offset, local):
    milliseconds = 1_772_414_130_057
    given = {"to": packed(plain_jpeg()), "milliseconds": milliseconds}
    made = opened(base64.b64decode(ask("own", **given, offset_minutes=offset_minutes)))
    facts = read_camera_facts(made, made.getexif())
    assert facts.captured_at is not None
    assert facts.captured_at.isoformat() == "2026-03-02T01:15:30.057000+00:00"
    assert (facts.captured_offset, facts.is_offset_assumed) == (offset, False)
    assert made.getexif().get_ifd(IFD.Exif)[Base.DateTimeOriginal] == local


def test_the_kind_is_told_by_the_first_bytes_and_not_by_the_name():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    files: Sequence[tuple[bytes, str | None]] = [
        (photo(1).content, "image/jpeg"),
        (photo(1, format_="PNG").content, "image/png"),
        (photo(1, format_="WEBP").content, "image/webp"),
        (heic, "image/heic"),
        (b"\0\0\0\x18ftypmp42", None),
        ("冷藏车温度".encode(), None),
        (b"", None),
    ]
    cases = [{"op": "kind", "file": packed(content[:64])} for content, _ in files]
    assert results_of(PROGRAM, cases) == [kind for _, kind in files]


def test_the_own_digest_is_sha_256_at_every_length():
    contents = [bytes(range(256))[:length] for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 128)]
    contents.append(photo(2).content)
    cases = [{"op": "digest", "file": packed(content)} for content in contents]
    assert results_of(PROGRAM, cases) == [hashlib.sha256(c).hexdigest() for c in contents]


def test_decimals_are_written_as_the_wire_wants_them():
    values = [(0.0000001, 7), (-0.00000001, 7), (121.4737010, 7), (5, 1), (100, 0), (-33.5, 7)]
    cases = [{"op": "decimal", "value": value, "places": places} for value, places in values]
    assert results_of(PROGRAM, cases) == ["0.0000001", "0", "121.473701", "5", "100", "-33.5"]


def test_a_touch_is_no_signature():
    cases: list[dict[str, Any]] = [
        {"op": "drawn", "strokes": []},
        {"op": "drawn", "strokes": [[[5, 5]]]},
        {"op": "drawn", "strokes": [[[0, 0], [30, 40]], [[0, 0], [0, 10], [10, 10]]]},
    ]
    assert results_of(PROGRAM, cases) == [0, 0, 70]
