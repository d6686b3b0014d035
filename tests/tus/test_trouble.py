"""Disk full, S3 away, S3 failing: uploads answer 503 or succeed, and nothing acknowledged is lost.

The whole service over HTTP; the disk is a real file system of a few megabytes, the S3 server a real
one behind a proxy. ``YANSHOU_TEST_SOAK=1`` keeps S3 away for a minute instead of some seconds.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infrastructure.faulty_s3 import FaultyS3, faulty_s3
from tests.infrastructure.photos import photo
from tests.infrastructure.s3_server import S3Server
from tests.infrastructure.service import Service, running_service
from tests.tus.patient_phone import PatientPhone, numbered

AWAY_SECONDS = 60 if os.environ.get("YANSHOU_TEST_SOAK") == "1" else 3
SMALL = photo(1)
LARGE = photo(2, size=(2400, 1800))
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def proxy(s3: S3Server) -> Iterator[FaultyS3]:
    with faulty_s3(s3.ports["s3.port"]) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def over_s3(
    s3: S3Server, proxy: FaultyS3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    settings = {"BLOB_URL": s3.new_url(), "LOG_LEVEL": "error"}
    given = s3.environment(proxy.endpoint).items()
    settings |= {name.removeprefix("YANSHOU_"): value for name, value in given}
    with running_service(tmp_path_factory.mktemp("over-s3") / "data", **settings) as service:
        yield service


def phone_of(service: Service) -> PatientPhone:
    return PatientPhone(service).sign_in("inspector1", service.accounts()["inspector1"])


@contextlib.contextmanager
def well_after(proxy: FaultyS3, seconds: float) -> Iterator[None]:
    def recover() -> None:
        proxy.mood = "well"

    timer = threading.Timer(seconds, recover)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def require_all_there(phone: PatientPhone, count: int) -> None:
    assert len(phone.acknowledged) == count
    for file in phone.acknowledged:
        assert phone.fetched(file) == file.content
    phone.require_refused_kindly()


def test_uploads_while_s3_is_away_wait_and_arrive(over_s3: Service, proxy: FaultyS3) -> None:
    phone = phone_of(over_s3)
    proxy.mood = "away"
    started = time.monotonic()
    assert not phone.send_once(SMALL, in_one=True)
    [(status, _, _)] = phone.refusals
    assert status == 503
    assert time.monotonic() - started < 60
    with well_after(proxy, AWAY_SECONDS):
        phone.send_until_acknowledged(numbered(SMALL, 12), seconds=60 + AWAY_SECONDS)
    require_all_there(phone, 12)


def test_uploads_while_s3_fails_half_of_the_time_arrive(over_s3: Service, proxy: FaultyS3) -> None:
    phone, before = phone_of(over_s3), proxy.refused
    proxy.mood = "half of the time"
    phone.send_until_acknowledged(numbered(LARGE, 12), seconds=240)
    assert proxy.refused - before >= 6
    proxy.mood = "well"
    require_all_there(phone, 12)


# -- a full disk ---------------------------------------------------------------------------------


def own_disk() -> list[str]:
    """A command prefix that runs a command on a small file system of its own, if that is allowed
    here: with a mount namespace for root, with a user namespace for others."""
    ways = [["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]]
    script = 'mount -t tmpfs -o size=48m tmpfs "$YANSHOU_DATA_DIR" && exec "$@"'
    for way in ways[os.geteuid() != 0 :]:
        with contextlib.suppress(OSError):
            probe = [*way, "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /tmp"]
            if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return [*way, "sh", "-c", script, "sh"]
    pytest.skip("no file system can be mounted here")


@pytest.fixture
def on_small_disk(tmp_path: Path) -> Iterator[tuple[Service, Path]]:
    """The service with everything it writes on 48 MiB, and where its disk is seen from here."""
    prefix = own_disk()
    with running_service(tmp_path / "data", prefix=prefix, log_level="error") as service:
        assert service.process is not None
        yield service, Path(f"/proc/{service.process.pid}/root{service.data_dir}")


def fill(disk: Path, leaving: int) -> Path:
    filler = disk / "filler"
    usage = os.statvfs(disk)
    with filler.open("wb") as file:
        left = usage.f_bavail * usage.f_frsize - leaving
        while left > 0:
            left -= file.write(bytes(min(left, MEBIBYTE)))
    return filler


def test_uploads_on_a_full_disk_are_told_to_wait_and_arrive_once_there_is_room(
    on_small_disk: tuple[Service, Path],
) -> None:
    service, disk = on_small_disk
    service.data_dir = disk
    phone = phone_of(service)
    files = numbered(LARGE, 36)
    for turn, leaving in enumerate((2 * MEBIBYTE, 100_000, 0)):
        some = files[turn * 12 : turn * 12 + 12]
        assert sum(file.size for file in some) > leaving
        filler, refused = fill(disk, leaving), len(phone.refusals)
        phone.send_until_acknowledged(some, seconds=2)
        assert len(phone.refusals) > refused
        stored = {path.name for path in (disk / "blobs").glob("??/??/*")}
        assert {file.sha256 for file in phone.acknowledged} <= stored
        filler.unlink()
        phone.send_until_acknowledged(
            [file for file in some if file not in phone.acknowledged], seconds=60
        )
    require_all_there(phone, len(files))
