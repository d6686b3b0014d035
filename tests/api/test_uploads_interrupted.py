"""Uploads that break off, crash, expire or are given up."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from server.app import create_app
from server.attachments.storage import current_storage
from server.db.base import current_session, db
from server.db.transaction import transaction
from server.http.context import current_settings
from server.uploads.service import expire_uploads, part_files
from tests.conftest import TestClock
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import (
    VERSION,
    announce,
    create,
    record,
    send,
)
from tests.world import World


def files_of(app: Flask) -> list[Path]:
    """Everything in the data directory but the database: part files, blobs, derivatives."""
    with app.app_context():
        folder = current_settings().data_dir
    return [p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".sqlite3", ""}] + [
        p for p in (folder / "blobs").rglob("*") if p.is_file()
    ]


# -- going on after trouble ----------------------------------------------------------------------


def test_upload_goes_on_after_a_restart_of_the_server(world: World, clock: TestClock) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    address = create(li, file)
    send(li, address, 0, file.content[:4000])
    with world.app.app_context():
        restarted = create_app(current_settings(), clock)
    li.client = restarted.test_client()
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "4000"
    assert send(li, address, 4000, file.content[4000:]).status_code == 204
    assert record(li, document["id"])["status"] == "stored"
    dispose(restarted)


def dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("blob_was_put", [False, True])
@pytest.mark.parametrize("verb", ["HEAD", "PATCH"])
def test_upload_that_crashed_before_it_was_finished_is_finished_by_the_next_request(
    world: World, verb: str, blob_was_put: bool
) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    address = create(li, file)
    # What a crash leaves: all bytes in the part file, perhaps in the store too, and no word of it.
    with world.app.app_context():
        settings = current_settings()
        with part_files(settings).locked(address.rsplit("/", 1)[1]) as part:
            part.append(file.content)
            if blob_was_put:
                with part.reader() as reader:
                    current_storage().blobs.put(reader, file.sha256)
    if verb == "HEAD":
        answer = li.head(address, headers=VERSION)
    else:
        answer = send(li, address, file.size, b"")
    assert answer.headers["Upload-Offset"] == str(file.size)
    assert record(li, document["id"])["status"] == "stored"
    assert not list((settings.data_dir / "uploads").iterdir())


def test_finishing_request_sent_again_answers_the_same(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    address = create(li, file)
    send(li, address, 0, file.content)
    again = send(li, address, file.size, b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(file.size))
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == str(file.size)
    assert send(li, address, 0, file.content).status_code == 409
    assert li.get(f"/api/v1/attachments/{document['id']}").json["version"] == 2


def test_second_writer_of_an_upload_gets_423_and_may_go_on_later(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    with sqlite_world.app.app_context():
        parts = part_files(current_settings())
    with parts.locked(address.rsplit("/", 1)[1]):
        answer = send(li, address, 0, file.content)
        assert (answer.status_code, answer.headers["Retry-After"]) == (423, "1")
        assert li.delete(address, headers=VERSION).status_code == 423
        assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "0"
    assert send(li, address, 0, file.content).status_code == 204


def test_store_that_is_away_answers_503_and_the_upload_can_be_finished_later(
    sqlite_world: World,
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    address = create(li, file)
    with sqlite_world.app.app_context():
        blobs = current_settings().data_dir / "blobs"
    blobs.write_text("a file where the folder should be")
    answer = send(li, address, 0, file.content)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert li.head(address, headers=VERSION).status_code == 503
    assert sqlite_world.client.get("/readyz").status_code == 503
    blobs.unlink()
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == str(file.size)
    assert record(li, document["id"])["status"] == "stored"
    assert sqlite_world.client.get("/readyz").status_code == 200


# -- ending --------------------------------------------------------------------------------------


def test_terminated_upload_is_gone_with_its_bytes(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    send(li, address, 0, file.content[:100])
    assert li.delete(address, headers=VERSION).status_code == 204
    assert li.head(address, headers=VERSION).status_code == 404
    assert files_of(sqlite_world.app) == []


def test_terminating_a_finished_upload_keeps_the_photo(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    address = create(li, file)
    send(li, address, 0, file.content)
    assert li.delete(address, headers=VERSION).status_code == 204
    assert li.get(f"/api/v1/attachments/{document['id']}/content").data == file.content


def test_expired_upload_answers_410_and_is_removed_by_the_job(
    world: World, clock: TestClock
) -> None:
    li, file = world.person("li"), photo(1)
    old = create(li, file)
    send(li, old, 0, file.content[:100])
    clock.advance(days=5)
    young = create(li, file)
    send(li, young, 0, file.content[:200])
    clock.advance(days=2)
    assert li.head(old, headers=VERSION).status_code == 410
    assert send(li, old, 100, file.content[100:]).status_code == 410
    with world.app.app_context(), transaction(current_session(), write=True):
        assert expire_uploads(current_session(), current_settings(), clock.now) == 1
    assert li.head(old, headers=VERSION).status_code == 404
    assert li.head(young, headers=VERSION).headers["Upload-Offset"] == "200"
    assert [p.name for p in files_of(world.app)] == [young.rsplit("/", 1)[1] + ".part"]
