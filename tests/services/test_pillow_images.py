"""Each of Pillow's own test images, broken ones included, is stored or refused with a clear 4xx."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.photos import PhotoFile, pixel_bomb
from tests.infrastructure.pillow_images import pillow_images
from tests.infrastructure.service import ROOT
from tests.infrastructure.tus import announce, path, record, upload
from tests.world import World

MEBIBYTES_MOST = 400
SECONDS_MOST = 3.0


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return tried(pillow_images())


def tried(folder: Path) -> dict[str, Any]:
    """What becomes of the images in *folder*, and the memory it takes, in a process of its own."""
    command = [sys.executable, "-m", "tests.infrastructure.try_images", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300, check=False)
    # A picture that kills the decoder would show here.
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_image_is_stored_or_refused_with_a_clear_4xx(report: dict[str, Any]) -> None:
    outcomes = report["outcomes"]
    assert len(outcomes) > 900
    assert {entry["status"] for entry in outcomes.values()} <= {201, 413, 415, 422}
    by_outcome: dict[str, list[str]] = {}
    for name, entry in outcomes.items():
        by_outcome.setdefault(entry["outcome"], []).append(name)
    assert len(by_outcome["stored"]) > 400
    assert "truncated_jpeg.jpg" in by_outcome["image-unreadable"]
    assert "broken_data_stream.png" in by_outcome["image-unreadable"]
    assert "hopper.tif" in by_outcome["image-type-unsupported"]
    # What passes the check of its structure and cannot be decoded is rare.
    assert len(by_outcome.get("stored, image-unreadable", [])) < 5


def test_memory_and_time_stay_bounded(report: dict[str, Any]) -> None:
    assert report["mebibytes"] < MEBIBYTES_MOST
    slow = {n: e["seconds"] for n, e in report["outcomes"].items() if e["seconds"] > SECONDS_MOST}
    assert slow == {}


@pytest.mark.parametrize(
    ("bits", "colour_type", "mebibytes_most"),
    [(1, 0, 150), (8, 2, 330), (8, 6, 330)],
    ids=["black and white", "colour", "transparent"],
)
def test_the_largest_picture_allowed_takes_the_memory_that_was_promised(
    tmp_path: Path, bits: int, colour_type: int, mebibytes_most: int
) -> None:
    file = pixel_bomb(8192, 6144, bits, colour_type)
    (tmp_path / "large.png").write_bytes(file.content)
    found = tried(tmp_path)
    assert found["outcomes"]["large.png"]["outcome"] == "stored"
    assert found["mebibytes"] < mebibytes_most


@pytest.mark.parametrize(
    "name",
    [
        "hopper.jpg",
        "hopper.webp",
        "hopper.png",
        "fujifilm.mpo",
        "hopper_orientation_6.jpg",
        "hopper_16bit.pgm",
        "hopper.gif",
        "truncated_jpeg.jpg",
        "truncated_image.png",
        "broken_data_stream.png",
        "png_decompression_dos.png",
        "iss634.webp",
        "unknown_compression_method.png",
        "apng/syntax_num_frames_zero.png",
        "decompression_bomb.gif",
        "exif-dpi-zerodivision.jpg",
        "icc_profile_big.jpg",
        "pil_sample_cmyk.jpg",
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_selection_through_the_real_upload_ends_as_clearly(
    sqlite_world: World, name: str
) -> None:
    li, file = sqlite_world.person("li"), _file(name)
    document = announce(li, file)
    answer = upload(li, file)
    assert answer.status_code in {201, 413, 415, 422}
    stored = record(li, document["id"])["status"] == "stored"
    assert stored == (answer.status_code == 201)
    if stored:
        assert li.get(path(document)).data == file.content
        assert li.get(path(document, "thumbnail")).status_code in {200, 404}
    else:
        assert answer.json["type"].startswith("/problems/image-")


def _file(name: str) -> PhotoFile:
    return PhotoFile(Path(pillow_images() / name).read_bytes())
