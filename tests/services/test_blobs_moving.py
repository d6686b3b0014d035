"""Moving blobs between stores: nothing is missing at any moment, whatever dies on the way."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from server.blobs.folder import FolderStore
from server.blobs.moving import Moved, StoreInMotion, move_blobs
from server.blobs.opening import open_store
from server.blobs.store import BlobStore, sha256_in
from tests.conftest import make_settings
from tests.infrastructure.s3_server import S3Server
from tests.infrastructure.service import ROOT


def filled(folder: Path, count: int, size: int = 2000) -> tuple[FolderStore, dict[str, bytes]]:
    store = FolderStore(folder)
    contents = [os.urandom(size) for _ in range(count)]
    blobs = {hashlib.sha256(content).hexdigest(): content for content in contents}
    for sha256, content in blobs.items():
        store.put(io.BytesIO(content), sha256)
    return store, blobs


def content_of(store: BlobStore, sha256: str) -> bytes:
    with store.open(sha256) as file:
        return file.read()


def silent(_moved: Moved) -> None:
    pass


def path_in(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256[2:4] / sha256


def test_everything_is_in_the_new_store_and_gone_from_the_old(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 50)
    target = FolderStore(tmp_path / "b")
    told: list[int] = []
    moved = move_blobs(source, target, keep=False, report=lambda m: told.append(m.blobs))
    assert (moved.total, moved.blobs, moved.bytes, moved.damaged) == (50, 50, 100_000, [])
    assert told == list(range(1, 51))
    assert list(source.list()) == []
    for sha256, content in blobs.items():
        assert content_of(target, sha256) == content


def test_kept_blobs_are_in_both(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 5)
    target = FolderStore(tmp_path / "b")
    move_blobs(source, target, keep=True, report=silent)
    assert set(source.list()) == set(target.list()) == set(blobs)


def test_damaged_blobs_stay_are_named_and_stop_nothing(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 6)
    damaged = sorted(blobs)[2]
    path_in(tmp_path / "a", damaged).write_bytes(b"rust")
    target = FolderStore(tmp_path / "b")
    moved = move_blobs(source, target, keep=False, report=silent)
    assert moved.damaged == [damaged]
    assert list(source.list()) == [damaged]
    assert set(target.list()) == set(blobs) - {damaged}


def test_a_wrong_copy_in_the_new_store_is_replaced_before_the_old_one_goes(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 1)
    ((sha256, content),) = blobs.items()
    target = FolderStore(tmp_path / "b")
    target.put(io.BytesIO(content), sha256)
    path_in(tmp_path / "b", sha256).write_bytes(b"x" * len(content))
    move_blobs(source, target, keep=False, report=silent)
    assert content_of(target, sha256) == content


def test_half_an_object_in_the_new_store_counts_for_nothing_and_is_replaced(
    tmp_path: Path, s3: S3Server
) -> None:
    source, blobs = filled(tmp_path / "a", 3)
    target = s3.store()
    both = StoreInMotion(target, source)
    halves = dict(zip(blobs, (b"", b"half", b"x" * 2000), strict=True))
    for sha256, half in halves.items():
        size = {"size": str(len(blobs[sha256]))}
        target._client.put_object(**target._key(sha256), Body=half, Metadata=size)
    for sha256 in list(blobs)[:2]:
        assert both.stat(sha256) == 2000
        assert b"".join(both.open_range(sha256, 0, 2000)) == blobs[sha256]
        assert content_of(both, sha256) == blobs[sha256]
    assert sorted(both.sizes()) == sorted((sha256, 2000) for sha256 in blobs)
    move_blobs(source, target, keep=False, report=silent)
    assert {sha256: content_of(target, sha256) for sha256 in blobs} == blobs


class Forgetful(FolderStore):
    """Acknowledges, and gives other bytes back: a broken disk behind a cache."""

    def put(self, source: BinaryIO, sha256: str) -> int:
        size = super().put(source, sha256)
        self._path(sha256).write_bytes(b"x" * size)
        return size


def test_nothing_leaves_the_old_store_before_the_new_one_gave_it_back_right(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 8)
    with pytest.raises(OSError, match="does not come back"):
        move_blobs(source, Forgetful(tmp_path / "b"), keep=False, report=silent)
    assert set(source.list()) == set(blobs)


class Full(FolderStore):
    def put(self, source: BinaryIO, sha256: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_move_and_loses_nothing(tmp_path: Path) -> None:
    source, blobs = filled(tmp_path / "a", 8)
    with pytest.raises(OSError, match="No space"):
        move_blobs(source, Full(tmp_path / "b"), keep=False, report=silent)
    assert set(source.list()) == set(blobs)


# -- the service meanwhile -----------------------------------------------------------------------


class MovesJustNow(FolderStore):
    """The old store, from which the mover takes a blob between two looks of a reader."""

    def __init__(self, root: Path, new: FolderStore) -> None:
        super().__init__(root)
        self.new = new

    def _move(self, sha256: str) -> None:
        path = self._path(sha256)
        if path.exists():
            self.new.put(io.BytesIO(path.read_bytes()), sha256)
            path.unlink()

    def open(self, sha256: str) -> BinaryIO:
        self._move(sha256)
        return super().open(sha256)

    def stat(self, sha256: str) -> int | None:
        self._move(sha256)
        return super().stat(sha256)


@pytest.mark.parametrize("way", ["open", "open_range", "stat"])
def test_a_blob_that_moves_between_two_looks_is_found(tmp_path: Path, way: str) -> None:
    _, blobs = filled(tmp_path / "a", 1)
    ((sha256, content),) = blobs.items()
    new = FolderStore(tmp_path / "b")
    store = StoreInMotion(new, MovesJustNow(tmp_path / "a", new))
    if way == "stat":
        assert store.stat(sha256) == len(content)
    elif way == "open":
        assert content_of(store, sha256) == content
    else:
        assert b"".join(store.open_range(sha256, 0, len(content))) == content


def test_while_moving_new_content_goes_to_the_new_store_and_everything_is_listed_once(
    tmp_path: Path,
) -> None:
    old, blobs = filled(tmp_path / "a", 3)
    new = FolderStore(tmp_path / "b")
    store = StoreInMotion(new, old)
    content = b"later"
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(io.BytesIO(content), sha256)
    move_blobs(old, new, keep=True, report=silent)
    assert old.stat(sha256) is None
    assert sorted(store.list()) == sorted([*blobs, sha256])
    store.delete(sha256)
    assert store.stat(sha256) is None


# -- the command, killed -------------------------------------------------------------------------


def command(data_dir: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "move-blobs", *arguments],
        cwd=ROOT,
        env={**os.environ, "YANSHOU_DATA_DIR": str(data_dir), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_a_move_into_s3_killed_many_times_ends_with_every_byte_there(
    tmp_path: Path, s3: S3Server
) -> None:
    source, blobs = filled(tmp_path / "blobs", 150, 60_000)
    url = s3.new_url()
    target = open_store(url, replace(make_settings(tmp_path, ""), s3=s3.access()))
    arguments = (f"--from=file://{tmp_path / 'blobs'}",)
    chance, begun = random.Random(7), 0
    for _ in range(2):
        process = command(tmp_path, *arguments, YANSHOU_BLOB_URL=url, **s3.environment())
        _wait_for_progress(target, begun)
        time.sleep(chance.random() * 0.15)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        begun = _require_all(source, target, blobs)
    process = command(tmp_path, *arguments, YANSHOU_BLOB_URL=url, **s3.environment())
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert list(source.list()) == []
    assert _require_all(source, target, blobs) == len(blobs)


def _wait_for_progress(target: BlobStore, begun: int) -> None:
    deadline = time.monotonic() + 60
    while sum(1 for _ in target.list()) <= begun and time.monotonic() < deadline:
        time.sleep(0.02)


def _require_all(source: BlobStore, target: BlobStore, blobs: dict[str, bytes]) -> int:
    """Each blob is whole in one of both, and whatever the new store has is whole."""
    there = set(target.list())
    for sha256, content in blobs.items():
        if sha256 in there:
            assert sha256_in(target, sha256, len(content)) == sha256
        else:
            assert content_of(source, sha256) == content
    return len(there)


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    process = command(tmp_path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "YANSHOU_FORMER_BLOB_URL" in output


def test_the_same_place_twice_is_refused(tmp_path: Path) -> None:
    filled(tmp_path / "blobs", 1)
    (tmp_path / "link").symlink_to(tmp_path / "blobs")
    process = command(tmp_path, f"--from=file://{tmp_path / 'link'}")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "same place" in output
    assert len(list(FolderStore(tmp_path / "blobs").list())) == 1


def test_away_from_where_the_service_looks_nothing_is_moved(tmp_path: Path) -> None:
    _, blobs = filled(tmp_path / "blobs", 2)
    place = f"file://{tmp_path / 'elsewhere'}"
    process = command(tmp_path, f"--from=file://{tmp_path / 'blobs'}", f"--to={place}")
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, "--keep" in output) == (1, True)
    assert set(FolderStore(tmp_path / "blobs").list()) == set(blobs)


def test_a_store_that_is_away_is_told_with_what_to_do(tmp_path: Path) -> None:
    _, blobs = filled(tmp_path / "blobs", 1)
    process = command(
        tmp_path,
        f"--from=file://{tmp_path / 'blobs'}",
        YANSHOU_BLOB_URL="s3://photos/x",
        YANSHOU_S3_ENDPOINT="http://127.0.0.1:9",
        YANSHOU_S3_ACCESS_KEY="a",
        YANSHOU_S3_SECRET_KEY="b",
    )
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "run the command again" in output
    assert set(FolderStore(tmp_path / "blobs").list()) == set(blobs)
