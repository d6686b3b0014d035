"""What cameras write, well and badly: time with its offset, place, camera, software."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from server.attachments.exif import CameraFacts
from server.attachments.images import ImageLimits, inspect_photo
from tests.infrastructure.photos import photo

LIMITS = ImageLimits(51_000_000, 8)
NINE = "2026:03:02 09:15:30"


def facts(
    main: dict[int, Any] | None = None,
    details: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
    format_: str = "JPEG",
    **options: Any,
) -> CameraFacts:
    exif = Image.Exif()
    for tag, value in (main or {}).items():
        exif[tag] = value
    exif.get_ifd(IFD.Exif).update(details or {})
    exif.get_ifd(IFD.GPSInfo).update(gps or {})
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, format_, exif=exif, **options)
    return inspect_photo(buffer, LIMITS).camera


def at(hour: int, minute: int, second: int, microsecond: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, second, microsecond, tzinfo=UTC)


# -- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ("+08:00", at(1, 15, 30)),
        ("-05:00", at(14, 15, 30)),
        ("+05:45", at(3, 30, 30)),
        ("+00:00", at(9, 15, 30)),
        ("Z", at(9, 15, 30)),
        ("+08:00\x00", at(1, 15, 30)),
    ],
)
def test_time_is_told_with_the_offset_of_its_tag(offset: str, expected: datetime) -> None:
    found = facts(details={Base.DateTimeOriginal: NINE, Base.OffsetTimeOriginal: offset})
    assert (found.captured_at, found.is_offset_assumed) == (expected, False)


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [("5", 500_000), ("05", 50_000), ("057", 57_000), ("1234567", 123_000), ("12 ", 120_000)],
)
def test_fractions_of_a_second_are_decimals(fraction: str, microsecond: int) -> None:
    found = facts(details={Base.DateTimeOriginal: NINE, Base.SubsecTimeOriginal: fraction})
    assert found.captured_at == at(1, 15, 30, microsecond)


@pytest.mark.parametrize("fraction", ["", "x", "½", "-1"])
def test_fraction_that_is_none_is_left_out(fraction: str) -> None:
    found = facts(details={Base.DateTimeOriginal: NINE, Base.SubsecTimeOriginal: fraction})
    assert found.captured_at == at(1, 15, 30)


@pytest.mark.parametrize(
    "text", ["2026-03-02 09:15:30", "2026/03/02 09:15:30", "2026:03:02T09:15:30", f"{NINE}\x00\x00"]
)
def test_other_ways_of_writing_a_time_are_read(text: str) -> None:
    assert facts(details={Base.DateTimeOriginal: text}).captured_at == at(1, 15, 30)


@pytest.mark.parametrize(
    "text",
    ["0000:00:00 00:00:00", "2026:13:01 00:00:00", "2026:02:30 00:00:00", "1904:01:01 00:00:00"],
)
def test_time_that_is_none_gives_way_to_the_next(text: str) -> None:
    found = facts(details={Base.DateTimeOriginal: text, Base.DateTimeDigitized: NINE})
    assert found.captured_at == at(1, 15, 30)
    assert facts(details={Base.DateTimeOriginal: text}).captured_at is None


def test_old_cameras_have_one_time_only() -> None:
    assert facts({Base.DateTime: NINE}).captured_at == at(1, 15, 30)


def test_satellites_tell_the_offset_where_no_tag_does() -> None:
    gps = {GPS.GPSDateStamp: "2026:03:02", GPS.GPSTimeStamp: (0.0, 15.0, 27.0)}
    found = facts(details={Base.DateTimeOriginal: NINE}, gps=gps)
    assert (found.captured_offset, found.is_offset_assumed) == ("+09:00", False)
    assert found.captured_at == at(0, 15, 30)
    kathmandu = {GPS.GPSDateStamp: "2026:03:02", GPS.GPSTimeStamp: (3.0, 30.0, 0.0)}
    assert facts(details={Base.DateTimeOriginal: NINE}, gps=kathmandu).captured_offset == "+05:45"
    west = {GPS.GPSDateStamp: "2026:03:02", GPS.GPSTimeStamp: (12.0, 45.0, 0.0)}
    assert facts(details={Base.DateTimeOriginal: NINE}, gps=west).captured_offset == "-03:30"


@pytest.mark.parametrize(
    "gps",
    [
        {GPS.GPSDateStamp: "2026:03:02", GPS.GPSTimeStamp: (0.0, 7.0, 30.0)},  # an old fix
        {GPS.GPSDateStamp: "2019:04:07", GPS.GPSTimeStamp: (1.0, 15.0, 30.0)},
        {GPS.GPSDateStamp: "", GPS.GPSTimeStamp: (1.0, 15.0, 30.0)},
        {GPS.GPSDateStamp: "2026:03:02"},
    ],
)
def test_satellite_time_that_does_not_fit_is_not_believed(gps: dict[int, Any]) -> None:
    found = facts(details={Base.DateTimeOriginal: NINE}, gps=gps)
    assert (found.captured_offset, found.is_offset_assumed) == ("+08:00", True)


# -- place ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (("N", "E"), ("31.5", "121.25")),
        (("S", "E"), ("-31.5", "121.25")),
        (("N", "W"), ("31.5", "-121.25")),
        (("s", "w"), ("-31.5", "-121.25")),
        (("South", "West"), ("-31.5", "-121.25")),
        (("S\x00", "W\x00"), ("-31.5", "-121.25")),
    ],
)
def test_hemispheres(sides: tuple[str, str], expected: tuple[str, str]) -> None:
    gps = {
        GPS.GPSLatitudeRef: sides[0],
        GPS.GPSLatitude: (31.0, 30.0, 0.0),
        GPS.GPSLongitudeRef: sides[1],
        GPS.GPSLongitude: (121.0, 15.0, 0.0),
    }
    found = facts(gps=gps)
    assert (found.latitude, found.longitude) == expected


@pytest.mark.parametrize(
    ("latitude", "expected"),
    [
        ((31.0, 30.0), "31.5"),
        ((31.5,), "31.5"),
        ((31.0, 30.0, IFDRational(0, 0)), None),
        ((91.0, 0.0, 0.0), None),
        ((31.0, 30.0, 0.0, 0.0), None),
    ],
)
def test_degrees_in_fewer_parts_are_read_and_nonsense_is_not(
    latitude: tuple[Any, ...], expected: str | None
) -> None:
    gps = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: latitude}
    gps |= {GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (121.0, 15.0, 0.0)}
    assert facts(gps=gps).latitude == expected


def test_one_damaged_part_spoils_no_other() -> None:
    content = photo(1).content
    pointer = b"\x88\x25\x00\x04\x00\x00\x00\x01"
    at_ = content.index(pointer) + len(pointer)
    damaged = content[:at_] + b"\xff\xff\xff\xf0" + content[at_ + 4 :]
    found = inspect_photo(io.BytesIO(damaged), LIMITS).camera
    assert (found.camera, found.captured_at) == ("HUAWEI P60 Pro", at(1, 15, 30))
    assert found.latitude is None


def test_garbage_behind_the_end_of_a_text_is_not_part_of_it() -> None:
    assert facts({Base.Make: "NIKON\x00\x07garbage"}).camera == "NIKON"


# -- software ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "software",
    [
        "Adobe Photoshop 25.1 (Windows)",
        "Adobe Lightroom 6.0",
        "GIMP 2.10.34",
        "Snapseed 2.0",
        "美图秀秀",
        "Photos 1.5",
        "Picasa",
    ],
)
def test_editors_are_named(software: str) -> None:
    found = facts({Base.Software: software.encode()})
    assert (found.software, found.edited_with) == (software, software)


@pytest.mark.parametrize(
    "software",
    [
        "17.4.1",
        "HDR+ 1.0.585804376zd",
        "MIUI 14.0",
        "ALN-AL00 4.2.0.130(C00E130R3P2)",
        "S918BXXU3BWK5",
        "Ver.1.10",
        "MediaTek Camera Application",
        "Android UP1A.231005.007",
    ],
)
def test_software_of_a_camera_is_no_editor(software: str) -> None:
    found = facts({Base.Software: software})
    assert (found.software, found.edited_with) == (software, None)


def test_editor_that_only_the_xmp_names_is_found() -> None:
    packet = (
        b"<x:xmpmeta><rdf:RDF><rdf:Description "
        b"xmp:CreatorTool='Adobe Photoshop 22.0 (Macintosh)'/></rdf:RDF></x:xmpmeta>"
    )
    assert facts(xmp=packet).edited_with == "Adobe Photoshop 22.0 (Macintosh)"
    harmless = packet.replace(b"Adobe Photoshop 22.0 (Macintosh)", b"17.4.1")
    assert facts(xmp=harmless).edited_with is None


def test_photoshop_that_left_its_blocks_alone_is_found() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "JPEG")
    plain = buffer.getvalue()
    block = b"Ducky\x00\x01\x00\x04\x00\x00\x00\x3c\x00\x00"
    segment = b"\xff\xec" + (len(block) + 2).to_bytes(2) + block
    marked = io.BytesIO(plain[:2] + segment + plain[2:])
    assert inspect_photo(marked, LIMITS).camera.edited_with == "Adobe Photoshop (Save for Web)"


def test_software_named_in_a_png_counts() -> None:
    info = PngInfo()
    info.add_text("Software", "paint.net 5.0")
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, "PNG", pnginfo=info)
    assert inspect_photo(buffer, LIMITS).camera.edited_with == "paint.net 5.0"


# -- where EXIF stands ---------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_every_format_carries_the_same_facts(format_: str) -> None:
    found = facts({Base.Make: "Xiaomi"}, {Base.DateTimeOriginal: NINE}, format_=format_)
    assert (found.camera, found.captured_at) == ("Xiaomi", at(1, 15, 30))


def test_exif_behind_the_pixels_of_a_png_is_found() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[Base.Make] = "Xiaomi"
    exif[Base.Orientation] = 6
    Image.new("RGB", (64, 48), "red").save(buffer, "PNG", exif=exif)
    content = buffer.getvalue()
    start = content.index(b"eXIf") - 4
    stop = start + 12 + int.from_bytes(content[start : start + 4])
    end = content.index(b"IEND") - 4
    moved = content[:start] + content[stop:end] + content[start:stop] + content[end:]
    assert sorted(moved) == sorted(content)
    photo = inspect_photo(io.BytesIO(moved), LIMITS)
    assert (photo.camera.camera, photo.width, photo.height) == ("Xiaomi", 48, 64)
