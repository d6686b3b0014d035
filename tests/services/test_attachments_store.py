"""What every blob store promises. A driver is held to it by adding it to ``STORES``."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from server.attachments.blob_store import BlobStore, FolderStore, open_blob_store
from server.config import SettingsError
from server.errors import UPLOAD_CONTENT_MISMATCH, Problem

STORES: dict[str, Callable[[Path], BlobStore]] = {"folder": FolderStore}
CONTENT = os.urandom(700_001)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return STORES[request.param](tmp_path / "blobs")


def test_content_comes_back_byte_by_byte(store: BlobStore) -> None:
    assert store.put(io.BytesIO(CONTENT), SHA256) == len(CONTENT)
    assert store.stat(SHA256) == len(CONTENT)
    with store.open(SHA256) as file:
        assert file.read() == CONTENT
        file.seek(1000)
        assert file.read(5) == CONTENT[1000:1005]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 700_001), (0, 1), (699_999, 700_001), (262_143, 524_289), (5, 5)]
)
def test_any_range_is_read(store: BlobStore, start: int, stop: int) -> None:
    store.put(io.BytesIO(CONTENT), SHA256)
    assert b"".join(store.open_range(SHA256, start, stop)) == CONTENT[start:stop]


def test_content_with_another_hash_is_refused_and_not_kept(store: BlobStore) -> None:
    with pytest.raises(Problem) as refused:
        store.put(io.BytesIO(CONTENT + b"!"), SHA256)
    assert refused.value.type is UPLOAD_CONTENT_MISMATCH
    assert store.stat(SHA256) is None
    assert list(store.list()) == []


def test_same_content_twice_is_there_once(store: BlobStore) -> None:
    store.put(io.BytesIO(CONTENT), SHA256)
    store.put(io.BytesIO(CONTENT), SHA256)
    assert list(store.list()) == [SHA256]


def test_what_is_not_there_is_told_so(store: BlobStore) -> None:
    assert store.stat(SHA256) is None
    assert list(store.list()) == []
    with pytest.raises(FileNotFoundError):
        store.open(SHA256)


def test_deleted_content_is_gone_and_deleting_again_is_no_error(store: BlobStore) -> None:
    store.put(io.BytesIO(CONTENT), SHA256)
    store.delete(SHA256)
    store.delete(SHA256)
    assert store.stat(SHA256) is None


def test_everything_is_listed(store: BlobStore) -> None:
    contents = [b"one", b"two", b"three"]
    names = [hashlib.sha256(content).hexdigest() for content in contents]
    for content, name in zip(contents, names, strict=True):
        store.put(io.BytesIO(content), name)
    assert sorted(store.list()) == sorted(names)


@pytest.mark.parametrize("name", ["", "../" * 20 + "etc/passwd", "A" * 64, "a" * 63])
def test_a_name_that_is_no_hash_never_becomes_a_path(store: BlobStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.stat(name)


def test_a_store_in_order_passes_its_check(store: BlobStore) -> None:
    store.check()
    assert list(store.list()) == []


class BreaksOff(io.BytesIO):
    """A source that fails after its first piece, as a full disk or a killed process would."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 0:
            raise OSError("broke off")
        return super().read(size)


def test_content_that_broke_off_is_not_there_under_its_name(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    with pytest.raises(OSError, match="broke off"):
        store.put(BreaksOff(CONTENT), SHA256)
    assert store.stat(SHA256) is None
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_half_a_file_under_the_right_name_is_replaced(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(io.BytesIO(CONTENT), SHA256)
    (damaged,) = (p for p in tmp_path.rglob("*") if p.is_file())
    damaged.write_bytes(CONTENT[:1000])
    store.put(io.BytesIO(CONTENT), SHA256)
    assert damaged.read_bytes() == CONTENT


def test_what_a_crash_left_half_written_is_discarded_when_it_is_old(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(io.BytesIO(CONTENT), SHA256)
    for name, age in (("old", 1000), ("young", 3000)):
        (tmp_path / "arriving" / name).write_bytes(b"half")
        os.utime(tmp_path / "arriving" / name, (age, age))
    assert store.discard_unfinished(older_than=2000) == 1
    assert [p.name for p in (tmp_path / "arriving").iterdir()] == ["young"]
    assert list(store.list()) == [SHA256]


def test_a_folder_that_cannot_be_written_fails_its_check(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("not a folder")
    with pytest.raises(OSError, match="blobs"):
        FolderStore(tmp_path / "blobs").check()


@pytest.mark.parametrize("url", ["ftp://host/x", "file://relative", "blobs", "", "file:/one"])
def test_an_unknown_place_for_blobs_is_refused_naming_what_is_allowed(url: str) -> None:
    with pytest.raises(SettingsError, match=r"YANSHOU_BLOB_URL=.*file:///"):
        open_blob_store(url)
