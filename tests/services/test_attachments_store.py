"""What every blob store promises: the folder, S3 (a real server), and both while blobs move."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest

from server.blobs.folder import FolderStore
from server.blobs.moving import StoreInMotion
from server.blobs.opening import open_store
from server.blobs.s3 import PART_BYTES, open_s3_store
from server.blobs.store import BlobStore
from server.config import SettingsError
from server.errors import UPLOAD_CONTENT_MISMATCH, Problem
from tests.conftest import make_settings
from tests.infrastructure.s3_server import S3Server
from tests.infrastructure.service import ROOT

STORES = ("folder", "s3", "in motion")
CONTENT = os.urandom(700_001)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    folder = FolderStore(tmp_path / "blobs")
    if request.param == "folder":
        return folder
    s3: BlobStore = request.getfixturevalue("s3").store()
    return s3 if request.param == "s3" else StoreInMotion(s3, folder)


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
    assert {store.stat(name) for name in names} == {3, 5}
    assert sorted(store.sizes()) == sorted((name, store.stat(name)) for name in names)


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
        open_store(url, make_settings(Path("/nowhere"), ""))


def test_s3_without_a_bucket_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"YANSHOU_BLOB_URL='s3://' names no bucket"):
        open_store("s3://", make_settings(Path("/nowhere"), ""))


def test_s3_without_boto3_is_refused_saying_what_to_install() -> None:
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "from server.blobs.s3 import open_s3_store\n"
        "from server.config import S3Access, SettingsError\n"
        "try: open_s3_store('s3://photos', S3Access())\n"
        "except SettingsError as error: print(error)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "requirements-s3.txt" in answer.stdout


# -- S3 alone ------------------------------------------------------------------------------------


def test_a_large_blob_goes_in_parts_and_comes_back_whole(s3: S3Server) -> None:
    store, content = s3.store(), os.urandom(1_000_003) * 34
    sha256 = hashlib.sha256(content).hexdigest()
    assert store.put(io.BytesIO(content), sha256) == len(content) > 2 * PART_BYTES
    assert b"".join(store.open_range(sha256, 0, len(content))) == content


def test_parts_that_a_crash_left_are_given_up_when_they_are_old(s3: S3Server) -> None:
    store = s3.store()
    store._client.create_multipart_upload(**store._key(SHA256))
    assert store.discard_unfinished(older_than=time.time() - 3600) == 0
    assert store.discard_unfinished(older_than=time.time() + 3600) == 1
    assert store.discard_unfinished(older_than=time.time() + 3600) == 0
    assert store.stat(SHA256) is None


@pytest.mark.parametrize("kept", [b"", CONTENT[:1000]])
def test_part_of_an_object_is_not_there_and_is_replaced(s3: S3Server, kept: bytes) -> None:
    store = s3.store()
    meant = {"size": str(len(CONTENT))}
    store._client.put_object(**store._key(SHA256), Body=kept, Metadata=meant)
    assert (store.stat(SHA256), store.written_at(SHA256)) == (None, None)
    with pytest.raises(FileNotFoundError):
        store.open(SHA256)
    for start in (0, 700_000):
        with pytest.raises(FileNotFoundError):
            next(store.open_range(SHA256, start, len(CONTENT)))
    assert list(store.sizes()) == ([(SHA256, len(kept))] if kept else [])
    store.put(io.BytesIO(CONTENT), SHA256)
    assert list(store.sizes()) == [(SHA256, len(CONTENT))]


def test_an_object_that_another_program_copied_counts_unless_it_is_empty(s3: S3Server) -> None:
    store = s3.store()
    for content, size in ((CONTENT, len(CONTENT)), (b"", None)):
        store._client.put_object(**store._key(SHA256), Body=content)
        assert store.stat(SHA256) == size


class WriterDied(Exception):
    pass


def dies_after_the_headers(request: AWSPreparedRequest, **_: object) -> None:
    """What SIGKILL between two writes to the socket does: the request's head is out, no more."""
    address = urlsplit(request.url)
    assert address.port is not None
    head = "".join(f"{name}: {_text(value)}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", address.port)) as wire:
        line = f"PUT {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        wire.sendall(f"{line}{head}\r\n".encode())
    raise WriterDied


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def test_a_writer_that_dies_leaves_no_object_under_the_contents_name(s3: S3Server) -> None:
    store, names = s3.store(), [hashlib.sha256(bytes([n])).hexdigest() for n in range(12)]
    store._client.meta.events.register("before-send.s3.PutObject", dies_after_the_headers)
    for n, name in enumerate(names):
        with pytest.raises(WriterDied):
            store.put(io.BytesIO(bytes([n])), name)
    time.sleep(0.2)  # the server may hear of the hang-up a moment later
    keys = store._client.list_objects_v2(Bucket="photos", Prefix=store._bucket.prefix)
    assert keys.get("Contents", []) == []
    assert [store.stat(name) for name in names] == [None] * len(names)


def test_a_source_that_cannot_seek_is_kept_too(s3: S3Server) -> None:
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

    store = s3.store()
    store.put(OneWay(CONTENT), SHA256)
    assert b"".join(store.open_range(SHA256, 0, len(CONTENT))) == CONTENT


def test_a_wrong_key_or_a_bucket_that_is_missing_is_trouble_and_not_missing_content(
    s3: S3Server,
) -> None:
    for url, access in (
        ("s3://photos/x", replace(s3.access(), secret_key="wrong")),
        ("s3://no-such-bucket/x", s3.access()),
    ):
        store = open_s3_store(url, access)
        with pytest.raises(OSError, match=r"Forbidden|403|SignatureDoesNotMatch|NoSuchBucket"):
            store.check()
        with pytest.raises(OSError, match=r"403|404"):
            store.stat(SHA256)


# -- a file that is taken over -------------------------------------------------------------------


def test_an_adopted_file_is_there_and_stays_when_its_first_name_goes(
    store: BlobStore, tmp_path: Path
) -> None:
    path = tmp_path / "arrived.part"
    path.write_bytes(CONTENT)
    store.adopt(path, SHA256)
    store.adopt(path, SHA256)
    path.unlink()
    assert b"".join(store.open_range(SHA256, 0, len(CONTENT))) == CONTENT
    assert list(store.list()) == [SHA256]


def test_a_file_on_another_file_system_is_copied(tmp_path: Path, monkeypatch) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path, store = tmp_path / "arrived.part", FolderStore(tmp_path / "blobs")
    path.write_bytes(CONTENT)
    store.adopt(path, SHA256)
    path.write_bytes(b"something else")
    assert b"".join(store.open_range(SHA256, 0, len(CONTENT))) == CONTENT
    assert list((tmp_path / "blobs" / "arriving").iterdir()) == []


def test_a_store_says_when_a_blob_came(store: BlobStore) -> None:
    before = time.time()
    sha256 = hashlib.sha256(b"came now").hexdigest()
    assert store.written_at(sha256) is None
    store.put(io.BytesIO(b"came now"), sha256)
    moment = store.written_at(sha256)
    assert moment is not None
    assert abs(moment - before) < 120
