"""The process that removes contents dies between any two steps; the next run goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

from server.blobs.folder import FolderStore
from server.http.context import current_settings, current_time
from server.uploads import service
from tests.custody.test_verification import verify
from tests.infrastructure.photos import photo
from tests.infrastructure.service import ROOT
from tests.infrastructure.tus import announce, create, path, send
from tests.retention.house import House
from tests.world import World

RUN = """
import os, signal, sys
from dataclasses import replace
from datetime import datetime
from server.app import create_app
from server.attachments.storage import current_storage
from server.blobs.folder import FolderStore
from server.config import Settings
from server.db.base import current_session
from server.retention.daily import apply_retention

delete = FolderStore.delete

def die_before(self, sha256):
    os.kill(os.getpid(), signal.SIGKILL)

def die_after(self, sha256):
    delete(self, sha256)
    os.kill(os.getpid(), signal.SIGKILL)

FolderStore.delete = {"before": die_before, "after": die_after}[sys.argv[3]]
settings = Settings.from_env({
    "YANSHOU_DATA_DIR": sys.argv[1], "YANSHOU_DATABASE_URL": sys.argv[2],
    "YANSHOU_LOG_LEVEL": "error", "YANSHOU_RETENTION_DELETES": "1",
})
with create_app(settings).app_context():
    now = datetime.fromisoformat(sys.argv[4])
    apply_retention(current_session(), current_storage(), settings, now)
print("not killed")
"""


@pytest.fixture
def house(sqlite_world: World, clock: Any) -> House:
    return House(sqlite_world, clock)


def run_until_killed(house: House, moment: str) -> None:
    with house.world.app.app_context():
        settings, now = current_settings(), current_time()
    command = [sys.executable, "-c", RUN, str(settings.data_dir), settings.database_url, moment]
    done = subprocess.run(
        [*command, now.isoformat()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("moment", ["before", "after"])
def test_sigkill_around_the_deletion_is_taken_up_by_the_next_run(house: House, moment: str) -> None:
    file = photo(1)
    document = house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    run_until_killed(house, moment)
    assert house.has(file) == (moment == "before")
    assert house.li.get(path(document)).status_code == 410
    [removal] = house.ma.get("/api/v1/retention/removals").json["removals"]
    assert removal["content_deleted_at"] is None
    assert verify(house.world).exit_code == 0
    assert house.run(deletes=False).deleted == 1
    assert not house.has(file)
    [removal] = house.ma.get("/api/v1/retention/removals").json["removals"]
    assert removal["content_deleted_at"] is not None


def test_a_hold_placed_after_the_kill_keeps_the_content(house: House) -> None:
    file = photo(2)
    house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    run_until_killed(house, "before")
    hold = house.hold(kind="site", site_id=house.world.north).json
    assert house.run().deleted == 0
    assert house.has(file)
    house.release(hold["id"])
    assert house.run().deleted == 1


def test_what_was_brought_anew_before_the_content_went_stays(house: House) -> None:
    file = photo(3)
    house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    run_until_killed(house, "before")
    fresh = announce(house.li, file)
    address = create(house.li, file)
    assert send(house.li, address, 0, file.content).status_code == 204
    assert house.run().deleted == 0
    assert house.li.get(path(fresh)).data == file.content
    assert verify(house.world).exit_code == 0


def test_an_upload_that_ends_while_its_content_is_removed_is_sent_to_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photo(4)
    house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    address = create(house.li, file)
    put_content, removed = service.put_content, []

    def removed_at_once(*arguments: Any) -> Any:
        """The store has the content and the upload relies on it; then retention comes between."""
        photo_facts = put_content(*arguments)
        if not removed:
            removed.append(house.run().deleted)
        return photo_facts

    monkeypatch.setattr(service, "put_content", removed_at_once)
    answer = send(house.li, address, 0, file.content)
    assert removed == [1]
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    again = house.li.head(address, headers={"Tus-Resumable": "1.0.0"})
    assert again.headers["Upload-Offset"] == str(file.size)
    fresh = announce(house.li, file)
    assert house.li.get(path(fresh)).data == file.content


def test_a_store_that_is_away_stops_the_run_and_the_next_one_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photo(5)
    house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)

    def away(_self: FolderStore, _sha256: str) -> int:
        raise OSError("the store is away")

    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "stat", away)
        with pytest.raises(OSError, match="away"):
            house.run()
    assert house.has(file)
    assert house.run().deleted == 1
