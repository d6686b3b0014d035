"""Attachments below HTTP: owners, completeness, races, and housekeeping."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from schemas.attachments import AttachmentSchema
from server.access import Actor, Role
from server.attachments import mutations, queries, service
from server.db.base import current_session
from server.db.change_store import document_of
from server.db.scope import Scope, enter_scope, leave_scope
from server.db.transaction import transaction
from server.db.types import new_id
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.context import current_settings, current_time
from server.identity.models import Membership
from server.uploads.service import expire_uploads, part_files
from server.work_log.service import save_entry
from tests.conftest import TestClock
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import announce, attachment, create, record, upload
from tests.world import Person, World


@contextmanager
def acting(world: World, person: Person) -> Iterator[tuple[Session, Actor]]:
    """A writing transaction of *person*, as the request wrapper makes it."""
    with world.app.app_context(), transaction(current_session(), write=True):
        session, actor = current_session(), world.actor(person)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        yield session, actor
        session.flush()
        leave_scope(session)


def loaded(file: PhotoFile, **values: Any) -> dict[str, Any]:
    document: dict[str, Any] = AttachmentSchema().load(attachment(file, **values))
    return document


def work_log_entry(session: Session, actor: Actor, entry_id: str, site_id: str) -> None:
    document = {"id": entry_id, "site_id": site_id, "title": "晨检", "text": "", "marks": {}}
    save_entry(session, actor, document, current_time())


def test_offline_and_online_pass_the_same_service_functions() -> None:
    assert mutations.attachments.save is service.announce_attachment
    assert mutations.attachments.delete is service.delete_attachment


# -- owners --------------------------------------------------------------------------------------


def test_photos_of_several_records_are_listed_and_counted(world: World, clock: TestClock) -> None:
    li = world.person("li")
    first, second, bare = (str(uuid4()) for _ in range(3))
    for seed, owner_id in ((1, first), (2, first), (3, second)):
        announce(li, photo(seed), owner_collection="goods_receipts", owner_id=owner_id)
        clock.advance(seconds=1)
    announce(li, photo(4), owner_collection="work_log_entries", owner_id=first)
    upload(li, photo(1))
    with acting(world, li) as (session, _):
        owned = queries.attachments_of(session, "goods_receipts", [first, second, bare])
    assert {k: (v.stored, v.announced, v.is_complete) for k, v in owned.items()} == {
        first: (1, 2, False),
        second: (0, 1, False),
        bare: (0, 0, True),
    }
    stored, expected = owned[first].items
    assert (stored.status, stored.width, stored.media_type) == ("stored", 640, "image/jpeg")
    assert (expected.status, expected.width) == ("expected", None)
    assert stored.to_dict()["captured_at"] == "2026-03-02T01:15:30.000Z"


def test_photo_may_come_before_its_record_and_after_it(world: World) -> None:
    li, before, after = world.person("li"), str(uuid4()), str(uuid4())
    owner = {"owner_collection": "work_log_entries"}
    announce(li, photo(1), **owner, owner_id=before)
    with acting(world, li) as (session, actor):
        for entry_id in (before, after):
            work_log_entry(session, actor, entry_id, world.north)
    announce(li, photo(2), **owner, owner_id=after)
    with acting(world, li) as (session, _):
        owned = queries.attachments_of(session, "work_log_entries", [before, after])
    assert [owned[entry_id].announced for entry_id in (before, after)] == [1, 1]


def test_photo_cannot_be_hung_on_another_sites_record(world: World) -> None:
    li, wang = world.person("li"), world.person("wang", Role.MANAGER, [world.south])
    entry_id = str(uuid4())
    with acting(world, wang) as (session, actor):
        work_log_entry(session, actor, entry_id, world.south)
    document = loaded(photo(1), owner_collection="work_log_entries", owner_id=entry_id)
    with pytest.raises(Problem) as refused, acting(world, li) as (session, actor):
        service.announce_attachment(session, actor, document, current_time())
    assert refused.value.type is RECORD_NOT_FOUND


def test_photo_whose_record_turns_out_to_be_elsewhere_is_not_the_records(world: World) -> None:
    everywhere = world.person("boss", Role.MANAGER, [world.north, world.south])
    entry_id = str(uuid4())
    owner = {"owner_collection": "work_log_entries", "owner_id": entry_id}
    announce(everywhere, photo(1), **owner, site_id=world.north)
    with acting(world, everywhere) as (session, actor):
        work_log_entry(session, actor, entry_id, world.south)
        owned = queries.attachments_of(session, "work_log_entries", [entry_id])
        assert owned[entry_id].announced == 0
    announce(everywhere, photo(2), **owner, site_id=world.south)
    with acting(world, everywhere) as (session, _):
        owned = queries.attachments_of(session, "work_log_entries", [entry_id])
    assert [item.site_id for item in owned[entry_id].items] == [world.south]


def test_queries_give_a_person_the_attachments_of_their_sites_alone(world: World) -> None:
    li, wang = world.person("li"), world.person("wang", Role.MANAGER, [world.south])
    owner = {"owner_collection": "goods_receipts", "owner_id": str(uuid4())}
    document = announce(li, photo(1), **owner)
    with acting(world, wang) as (session, actor):
        assert queries.attachments_by_id(session, [document["id"]]) == {}
        owned = queries.attachments_of(session, "goods_receipts", [owner["owner_id"]])
        assert owned[owner["owner_id"]].announced == 0
        with pytest.raises(Problem):
            queries.attachment_record(session, actor, document["id"])
    with acting(world, li) as (session, _):
        assert list(queries.attachments_by_id(session, [document["id"]])) == [document["id"]]


def test_somebody_of_several_sites_has_to_say_which(world: World) -> None:
    boss = world.person("boss", Role.MANAGER, [world.north, world.south])
    with pytest.raises(Problem) as refused, acting(world, boss) as (session, actor):
        service.announce_attachment(session, actor, loaded(photo(1)), current_time())
    assert refused.value.type.slug == "site-required"


# -- becoming stored -----------------------------------------------------------------------------


def test_photo_of_a_colleague_at_the_same_site_is_stored_at_once(world: World) -> None:
    li, sun, file = world.person("li"), world.person("sun"), photo(1)
    announce(li, file)
    upload(li, file)
    assert announce(sun, file)["status"] == "stored"


def test_own_upload_serves_the_uploaders_other_sites_too(world: World) -> None:
    boss = world.person("boss", Role.MANAGER, [world.north, world.south])
    wang = world.person("wang", Role.MANAGER, [world.south])
    upload(boss, photo(1))
    assert announce(boss, photo(1), site_id=world.north)["status"] == "stored"
    assert announce(wang, photo(1))["status"] == "expected"


def test_observer_elsewhere_stores_nothing_where_he_may_only_read(world: World) -> None:
    li = world.person("li")
    waiting = announce(li, photo(1))
    chen = world.person("chen", Role.INSPECTOR, [world.south])
    with world.app.app_context(), transaction(current_session(), write=True):
        current_session().add(
            Membership(
                id=new_id(current_time()),
                organisation_id=world.organisation_id,
                user_id=chen.user_id,
                site_id=world.north,
                role=Role.OBSERVER,
            )
        )
    assert upload(chen, photo(1)).status_code == 201
    assert record(li, waiting["id"])["status"] == "expected"


def test_photo_announced_while_its_upload_finishes_is_not_expected_for_ever(world: World) -> None:
    """Neither transaction sees the other; one has to wait for the other to end."""
    li, sun, file = world.person("li"), world.person("sun"), photo(1)
    arriving = threading.Thread(target=upload, args=(sun, file))
    with acting(world, li) as (session, actor):
        head = service.announce_attachment(session, actor, loaded(file), current_time())
        assert document_of(head)["status"] == "expected"
        arriving.start()
        # Long enough for the upload to end if nothing kept it waiting.
        arriving.join(timeout=0.4)
        assert arriving.is_alive()
    arriving.join()
    assert record(li, head.id)["status"] == "stored"


# -- housekeeping --------------------------------------------------------------------------------


def test_upload_being_written_survives_the_job_and_leftovers_do_not(world: World) -> None:
    li = world.person("li")
    busy, idle = (create(li, photo(seed)).rsplit("/", 1)[1] for seed in (1, 2))
    with world.app.app_context():
        settings = current_settings()
        later = current_time().timestamp() + settings.upload_ttl_seconds + 7200
        leftover = settings.data_dir / "uploads" / f"{uuid4()}.part"
        leftover.write_bytes(b"of an upload nobody knows")
        young = settings.data_dir / "uploads" / f"{uuid4()}.part"
        young.write_bytes(b"of an upload about to be created")
        os.utime(leftover, (later - settings.upload_ttl_seconds - 3700,) * 2)
        os.utime(young, (later, later))
        now = current_time().fromtimestamp(later, tz=current_time().tzinfo)
        with part_files(settings).locked(busy), transaction(current_session(), write=True):
            assert expire_uploads(current_session(), settings, now) == 1
    left = {path.name for path in (settings.data_dir / "uploads").iterdir()}
    assert left == {f"{busy}.part", young.name}
    assert idle not in left
