"""Store and records side by side, on a folder and on S3."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.attachments import storage as storage_module
from server.attachments.storage import current_storage
from server.blobs.store import BlobStore
from server.db.base import current_session
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from server.retention.orphans import Comparison, compare_store
from tests.custody.test_verification import run_command
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import stored_photo, upload
from tests.retention.house import House
from tests.world import World

DAY = 24 * 3600


@pytest.fixture(params=["folder", "s3"])
def house(request: pytest.FixtureRequest, sqlite_world: World, clock: Any) -> House:
    if request.param == "s3":
        storage = sqlite_world.app.extensions[storage_module._STORAGE]
        store = request.getfixturevalue("s3").store()
        sqlite_world.app.extensions[storage_module._STORAGE] = replace(storage, blobs=store)
    return House(sqlite_world, clock)


def store_of(house: House) -> BlobStore:
    with house.world.app.app_context():
        return current_storage().blobs


def put(store: BlobStore, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(io.BytesIO(content), sha256)
    return sha256


def compare(house: House, hours_later: float) -> Comparison:
    """So long after now by the clock of the disk: the test's own stands elsewhere."""
    with house.world.app.app_context():
        now = datetime.now(UTC) + timedelta(hours=hours_later)
        return compare_store(current_session(), current_storage().blobs, now, DAY)


def test_orphans_are_named_once_they_are_a_day_old_and_nothing_else_is(house: House) -> None:
    kept, unclaimed, lost, removed = (photo(seed) for seed in range(4))
    stored_photo(house.li, kept)
    stored_photo(house.li, lost)
    assert upload(house.li, unclaimed).status_code == 201
    store = store_of(house)
    stray = put(store, b"put there by hand")
    store.delete(lost.sha256)
    fresh = compare(house, 0)
    assert (fresh.orphans, fresh.missing) == ((), (lost.sha256,))
    found = compare(house, 25)
    assert {(orphan.sha256, orphan.reason) for orphan in found.orphans} == {
        (stray, "unknown"),
        (unclaimed.sha256, "unclaimed"),
    }
    assert [orphan.size for orphan in found.orphans if orphan.sha256 == stray] == [17]
    assert found.missing == (lost.sha256,)
    assert found.contents == 3
    house.photo_of(house.log_entry(), removed)
    house.years_pass(2.5)
    house.run()
    put(store, removed.content)
    reasons = {orphan.sha256: orphan.reason for orphan in compare(house, 25).orphans}
    assert reasons[removed.sha256] == "removed"


def test_the_command_names_them_and_neither_it_nor_the_job_removes_any(house: House) -> None:
    document_file = photo(5)
    stored_photo(house.li, document_file)
    run_command(house.world.app, "audit-head")  # attaches the commands once
    clean = run_command(house.world.app, "find-orphans")
    assert clean.exit_code == 0, clean.output
    stray = put(store_of(house), b"put there by hand")
    house.clock.now = datetime.now(UTC) + timedelta(days=8)
    found = run_command(house.world.app, "find-orphans")
    assert found.exit_code == 1
    assert f"{stray}            17 B  没有登记 never registered" in found.output
    assert "2 个内容 contents · 1 无主 orphans · 0 缺失 missing" in found.output
    assert run_command(house.world.app, "find-orphans", "--grace-hours", "999").exit_code == 0
    [job] = [job for job in JOBS if job.name == "find_lost_photos"]
    assert run_job(house.world.app, job) == 0
    assert store_of(house).stat(stray) == 17
