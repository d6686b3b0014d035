"""What a photo becomes: upright small versions, facts from EXIF, ranges and ETags."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from server.http.context import current_settings
from tests.infrastructure.photos import (
    PhotoFile,
    photo,
    pixel_bomb,
    text_called_jpeg,
    truncated,
)
from tests.infrastructure.tus import (
    VERSION,
    announce,
    create,
    creation,
    path,
    record,
    send,
    stored_photo,
    upload,
)
from tests.world import World

SIZES = ("content", "preview", "thumbnail")
UNREADABLE = "/problems/image-unreadable"
NO_IMAGE = "/problems/image-type-unsupported"
TOO_MANY_PIXELS = "/problems/image-too-many-pixels"


def data_dir(world: World) -> Path:
    with world.app.app_context():
        return current_settings().data_dir


# -- what a photo becomes ------------------------------------------------------------------------


def test_rotated_photo_of_twelve_megapixels_is_shown_upright_in_both_small_sizes(
    sqlite_world: World,
) -> None:
    li, file = sqlite_world.person("li"), photo(1, size=(4000, 3000), orientation=6)
    document = stored_photo(li, file)
    assert (document["width"], document["height"]) == (3000, 4000)
    for size, pixels in (("preview", 1280), ("thumbnail", 320)):
        answer = li.get(path(document, size))
        assert answer.content_type == "image/jpeg"
        image = Image.open(io.BytesIO(answer.data))
        assert image.size == (pixels * 3 // 4, pixels)
        # The red quarter, top left as stored, is top right once the phone's turn is undone.
        red, _, blue = image.getpixel((image.width * 9 // 10, image.height // 20))
        assert red > 180
        assert blue < 80


def test_small_versions_carry_no_position_and_no_other_metadata(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    assert b"Exif" in file.content
    document = stored_photo(li, file)
    for size in ("preview", "thumbnail"):
        content = li.get(path(document, size)).data
        assert b"Exif" not in content
        assert b"HUAWEI" not in content
        assert dict(Image.open(io.BytesIO(content)).getexif()) == {}


def test_capture_time_position_and_camera_are_read_into_the_record(world: World) -> None:
    li = world.person("li")
    document = stored_photo(li, photo(1, offset="+09:00"))
    assert document["exif"] == {
        "captured_at": "2026-03-02T00:15:30.000Z",
        "captured_offset": "+09:00",
        "is_offset_assumed": False,
        "latitude": "31.230416",
        "longitude": "121.473701",
        "camera": "HUAWEI P60 Pro",
        "software": None,
    }
    assert document["stored_at"] == "2026-03-02T01:30:00.000Z"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_are_kept_as_they_came(sqlite_world: World, format_: str) -> None:
    li, file = sqlite_world.person("li"), photo(2, format_=format_)
    document = stored_photo(li, file)
    answer = li.get(path(document))
    assert answer.data == file.content
    assert answer.content_type == document["media_type"] == file.media_type
    assert Image.open(io.BytesIO(li.get(path(document, "thumbnail")).data)).size == (320, 240)


def test_media_type_is_what_the_file_is_whatever_was_announced(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(2, format_="PNG")
    document = stored_photo(li, file, media_type="image/jpeg")
    assert document["media_type"] == "image/png"


@pytest.mark.parametrize(
    ("file", "status", "type_"),
    [
        (text_called_jpeg(), 415, NO_IMAGE),
        (PhotoFile(b"GIF89a" + bytes(500)), 415, NO_IMAGE),
        (truncated(photo(1)), 422, UNREADABLE),
        (truncated(photo(1, size=(4000, 3000))), 422, UNREADABLE),
        (truncated(photo(1, format_="PNG")), 422, UNREADABLE),
        (truncated(photo(1, format_="WEBP")), 422, UNREADABLE),
        (pixel_bomb(), 413, TOO_MANY_PIXELS),
    ],
    ids=["text", "gif", "jpeg", "large jpeg", "png", "webp", "bomb"],
)
@pytest.mark.parametrize("way", ["one request", "two requests"])
def test_file_that_is_no_sound_image_is_refused_and_leaves_nothing_behind(
    sqlite_world: World, file: PhotoFile, status: int, type_: str, way: str
) -> None:
    li = sqlite_world.person("li")
    document = announce(li, file)
    if way == "one request":
        answer = upload(li, file)
    else:
        address = create(li, file)
        send(li, address, 0, file.content[:100])
        answer = send(li, address, 100, file.content[100:])
        assert li.head(address, headers=VERSION).status_code == 404
    assert (answer.status_code, answer.json["type"]) == (status, type_)
    assert record(li, document["id"])["status"] == "expected"
    folder = data_dir(sqlite_world)
    left = [*folder.rglob("*.part"), *folder.glob("blobs/**/*"), *folder.glob("derived/**/*")]
    assert [place for place in left if place.is_file()] == []


def test_empty_file_is_refused_before_it_is_created(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    answer = li.post("/api/v1/uploads", headers=creation(PhotoFile(b"")))
    assert answer.status_code == 422


def test_same_content_in_two_records_is_stored_once(world: World) -> None:
    li, file = world.person("li"), photo(1)
    first, second = announce(li, file), announce(li, file)
    upload(li, file)
    third = announce(li, file)
    assert upload(li, file).status_code == 201
    for document in (first, second, third):
        assert record(li, document["id"])["status"] == "stored"
        assert li.get(path(document)).data == file.content
    blobs = [p for p in (data_dir(world) / "blobs").rglob("*") if p.is_file()]
    assert [p.name for p in blobs] == [file.sha256]


def test_lost_small_versions_are_made_again(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    before = {size: li.get(path(document, size)).data for size in SIZES}
    shutil.rmtree(data_dir(sqlite_world) / "derived")
    assert {size: li.get(path(document, size)).data for size in SIZES} == before


@pytest.mark.parametrize("size", SIZES)
def test_photo_the_store_has_lost_is_asked_for_again_and_heals(
    sqlite_world: World, size: str
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    shutil.rmtree(data_dir(sqlite_world) / "blobs")
    assert li.get(path(document, size)).status_code == 503
    assert li.get(path(document, size)).json["type"] == "/problems/attachment-not-stored"
    waiting = record(li, document["id"])
    assert (waiting["status"], waiting["exif"]) == ("expected", document["exif"])
    missing = li.get("/api/v1/attachments/missing").json["attachments"]
    assert [entry["id"] for entry in missing] == [document["id"]]
    # Announcing it anew does not make the content appear.
    assert announce(li, photo(1))["status"] == "expected"
    assert upload(li, photo(1)).status_code == 201
    assert record(li, document["id"])["status"] == "stored"
    assert li.get(path(document)).data == photo(1).content


# -- serving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_each_size_has_a_strong_etag_of_its_own_and_answers_304(
    sqlite_world: World, size: str
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    answer = li.get(path(document, size))
    etag = answer.headers["ETag"]
    assert etag.startswith(f'"{document["sha256"]}')
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Authorization" in answer.vary
    assert ("Accept" in answer.vary) == (size != "content")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(f'inline; filename="{document["id"]}')
    again = li.get(path(document, size), headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    other = li.get(path(document, size), headers={"If-None-Match": '"something"'})
    assert other.status_code == 200


def test_the_three_sizes_have_different_etags(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    assert len({li.get(path(document, size)).headers["ETag"] for size in SIZES}) == 3


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-10", -10, None)],
)
@pytest.mark.parametrize("size", SIZES)
def test_a_range_is_served_as_206(
    sqlite_world: World, size: str, wanted: str, start: int, stop: int | None
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    whole = li.get(path(document, size)).data
    answer = li.get(path(document, size), headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.data == whole[start:stop]
    first = start % len(whole)
    last = first + len(answer.data) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert answer.content_length == len(answer.data)


def test_a_range_behind_the_end_answers_416(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = stored_photo(li, file)
    answer = li.get(path(document), headers={"Range": f"bytes={file.size}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{file.size}"


def test_several_ranges_or_an_outdated_if_range_are_answered_with_the_whole(
    sqlite_world: World,
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = stored_photo(li, file)
    for headers in (
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-1", "If-Range": '"outdated"'},
    ):
        answer = li.get(path(document), headers=headers)
        assert (answer.status_code, answer.data) == (200, file.content)
    current = {"Range": "bytes=0-1", "If-Range": f'"{file.sha256}"'}
    assert li.get(path(document), headers=current).status_code == 206


def test_head_of_a_photo_tells_its_size_without_its_bytes(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    answer = li.head(path(stored_photo(li, file)))
    assert (answer.status_code, answer.content_length, answer.data) == (200, file.size, b"")


@pytest.mark.parametrize(
    ("accept", "format_"),
    [
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "WEBP"),
        ("image/webp,image/jpeg;q=0.9", "WEBP"),
        ("*/*", "JPEG"),
        (None, "JPEG"),
        ("image/png,image/*;q=0.8,*/*;q=0.5", "JPEG"),
        ("image/webp;q=0,*/*", "JPEG"),
        ("image/webp;q=0.5,image/jpeg", "JPEG"),
    ],
)
@pytest.mark.parametrize("size", ["preview", "thumbnail"])
def test_format_is_what_the_browser_accepts_with_an_etag_of_its_own(
    sqlite_world: World, size: str, accept: str | None, format_: str
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    headers = {} if accept is None else {"Accept": accept}
    answer = li.get(path(document, size), headers=headers)
    image = Image.open(io.BytesIO(answer.data))
    assert (image.format, answer.content_type) == (format_, f"image/{format_.lower()}")
    assert answer.headers["Content-Disposition"].endswith(
        '.webp"' if format_ == "WEBP" else '.jpg"'
    )
    etag = answer.headers["ETag"]
    assert format_.lower() in etag
    again = li.get(path(document, size), headers={**headers, "If-None-Match": etag})
    assert again.status_code == 304
