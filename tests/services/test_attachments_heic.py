"""HEIC, the format of iPhones: with the optional reader and without it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from server.attachments import images
from server.attachments.images import ImageLimits, inspect_photo
from server.attachments.pictures import Variant, make_small_versions
from server.errors import (
    IMAGE_HEIC_UNSUPPORTED,
    IMAGE_TOO_MANY_PIXELS,
    IMAGE_TYPE_UNSUPPORTED,
    IMAGE_UNREADABLE,
    Problem,
)
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.service import ROOT
from tests.infrastructure.tus import announce, path, stored_photo, upload
from tests.world import World

LIMITS = ImageLimits(51_000_000, 8)


@pytest.fixture(scope="module")
def heic() -> PhotoFile:
    """A picture lying on its side, with EXIF, encoded as an iPhone does."""
    lying = Image.open(io.BytesIO(photo(1, orientation=6, make="Apple", model="iPhone 15").content))
    assert images.can_read_heic()
    buffer = io.BytesIO()
    lying.save(buffer, "HEIF", quality=80, exif=lying.info["exif"])
    return PhotoFile(buffer.getvalue(), "image/heic")


@pytest.fixture
def without_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without requirements-heic.txt."""
    monkeypatch.setattr(images, "can_read_heic", lambda: False)


def test_with_the_reader_heic_is_stored_and_shown_upright_as_jpeg(
    sqlite_world: World, heic: PhotoFile
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, heic)
    assert (document["media_type"], document["width"], document["height"]) == (
        "image/heic",
        480,
        640,
    )
    assert document["exif"]["camera"] == "Apple iPhone 15"
    assert document["exif"]["captured_at"] == "2026-03-02T01:15:30.000Z"
    assert document["exif"]["latitude"] == "31.230416"
    original = li.get(path(document))
    assert (original.data, original.content_type) == (heic.content, "image/heic")
    shown = Image.open(io.BytesIO(li.get(path(document, "preview")).data))
    assert (shown.format, shown.size) == ("JPEG", (480, 640))
    red, green, _ = shown.getpixel((430, 60))
    assert red > 150
    assert green < 90
    assert dict(shown.getexif()) == {}


@pytest.mark.usefixtures("without_reader")
def test_without_the_reader_the_refusal_says_what_to_do_in_both_languages(
    sqlite_world: World, heic: PhotoFile
) -> None:
    li = sqlite_world.person("li")
    announce(li, heic)
    refused = upload(li, heic, **{"Accept-Language": "en"})
    assert (refused.status_code, refused.json["type"]) == (415, "/problems/image-heic-unsupported")
    assert "Most Compatible" in IMAGE_HEIC_UNSUPPORTED.detail.en
    assert "兼容性最佳" in IMAGE_HEIC_UNSUPPORTED.detail.zh
    assert "requirements-heic.txt" in refused.json["detail"]
    # Everything else is as before.
    assert upload(li, photo(1)).status_code == 201


def test_damaged_heic_is_refused_clearly(heic: PhotoFile) -> None:
    for length in range(13, heic.size, heic.size // 12):
        with pytest.raises(Problem) as refused:
            inspect_photo(io.BytesIO(heic.content[:length]), LIMITS)
        assert refused.value.type in {IMAGE_UNREADABLE, IMAGE_TYPE_UNSUPPORTED}


def test_heic_of_too_many_pixels_is_refused_before_it_is_decoded(heic: PhotoFile) -> None:
    with pytest.raises(Problem) as refused:
        inspect_photo(io.BytesIO(heic.content), ImageLimits(1000, 8))
    assert refused.value.type is IMAGE_TOO_MANY_PIXELS


def test_small_versions_of_heic_come_from_the_same_path(heic: PhotoFile) -> None:
    made = make_small_versions(io.BytesIO(heic.content), LIMITS)
    thumbnail = Image.open(io.BytesIO(made.files[Variant("thumbnail", "webp")]))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (240, 320))


def test_the_reader_is_an_extra_and_never_a_requirement() -> None:
    for name in ("requirements.txt", "requirements-heic.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines if line.startswith("pillow-heif")]
        assert bool(wanted) == (name == "requirements-heic.txt")
