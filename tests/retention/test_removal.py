"""Content goes when its time is over, and not before; what was said of it stays for good."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from server.attachments.storage import current_storage
from server.db.base import current_session
from server.db.transaction import transaction
from server.http.context import current_settings, current_time
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from server.retention.removal import Remover, StillNeeded
from tests.custody.test_verification import assert_broken, run_command, tamper, verify
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import announce, path, record, stored_photo, upload
from tests.retention.house import House
from tests.world import World


@pytest.fixture
def house(sqlite_world: World, clock: Any) -> House:
    return House(sqlite_world, clock)


def test_a_photo_goes_when_its_time_is_over_and_leaves_a_tombstone(
    world: World, clock: Any
) -> None:
    house, file = House(world, clock), photo(1)
    document = house.photo_of(house.log_entry(), file)
    assert house.li.get(path(document, "thumbnail")).status_code == 200
    house.years_pass(1.99)
    assert house.run().deleted == 0
    house.years_pass(0.02)
    house.run(deletes=False)
    [due] = house.due()
    assert due["attachment_id"] == document["id"]
    assert (due["keep_until"], due["rule"]) == ("2028-03-02", "work_log")
    result = house.run()
    assert (result.due, result.removed, result.deleted) == (1, 1, 1)
    assert not house.has(file)
    for size in ("content", "preview", "thumbnail"):
        answer = house.li.get(path(document, size))
        assert answer.status_code == 410, size
        assert answer.json["type"].endswith("/photo-removed")
    after = record(house.li, document["id"])
    assert after["status"] == "stored"
    assert after["removed_at"] is not None
    assert after["sha256"] == file.sha256
    [removal] = house.ma.get("/api/v1/retention/removals").json["removals"]
    assert removal["sha256"] == file.sha256
    assert removal["rule"] == "work_log"
    assert removal["content_deleted_at"] is not None
    assert house.due() == []
    answer = verify(world)
    assert answer.exit_code == 0, answer.output
    assert "removed by retention on 2028-" in answer.output
    assert house.run().deleted == 0


def test_nothing_is_deleted_unless_it_is_switched_on(house: House) -> None:
    file = photo(2)
    house.photo_of(house.log_entry(), file)
    house.years_pass(3)
    result = house.run(deletes=False)
    assert (result.due, result.removed, result.deleted) == (1, 0, 0)
    assert house.has(file)
    [job] = [job for job in JOBS if job.name == "apply_retention"]
    assert run_job(house.world.app, job) == 0
    assert house.has(file)
    assert house.ma.get("/api/v1/retention/due").json["is_deleting"] is False
    answer = run_command_of(house, "apply-retention")
    assert "1 张到期 over" in answer.output
    assert "deletion is off" in answer.output


def run_command_of(house: House, *arguments: str) -> Any:
    run_command(house.world.app, "audit-head")  # attaches the commands once
    return run_command(house.world.app, *arguments)


def test_a_content_in_several_records_is_kept_until_the_last_lets_it_go(house: House) -> None:
    file = photo(3)
    first = house.photo_of(house.log_entry(), file)
    second = house.photo_of(house.log_entry("2027-03-02T00:00:00Z"), file)
    abroad = house.world.person("wu", sites=[house.world.abroad])
    third = stored_photo(abroad, file)
    house.years_pass(2.1)
    assert house.due() == []  # terms are read by the daily run
    assert house.run().removed == 0
    assert [one["attachment_id"] for one in house.due()] == [first["id"]]
    assert house.li.get(path(first)).data == file.content
    house.years_pass(1)
    assert house.run().removed == 1
    assert not house.has(file)
    for person, document in ((house.li, first), (house.li, second), (abroad.sign_in(), third)):
        assert person.get(path(document)).status_code == 410


def test_a_record_that_names_a_photo_keeps_it_though_it_belongs_to_another(house: House) -> None:
    file = photo(4)
    document = house.photo_of(house.log_entry(), file)
    house.years_pass(2.1)
    later = {
        "id": str(uuid4()),
        "title": "再次发现",
        "nonconformity_class": "B",
        "attachment_ids": [document["id"]],
        "captured_at": "2028-03-20T00:00:00Z",
    }
    answer = house.li.put(f"/api/v1/findings/{later['id']}", json=later)
    assert answer.status_code == 201, answer.text
    assert house.run().removed == 0
    assert house.due() == []
    house.years_pass(2)
    assert house.run().removed == 1


def test_a_record_written_after_the_terms_were_read_still_keeps_its_photo(house: House) -> None:
    file = photo(5)
    document = house.photo_of(house.log_entry(), file)
    house.years_pass(2.1)
    assert house.run(deletes=False).due == 1
    moved = {
        "id": str(uuid4()),
        "title": "旧照片",
        "kind": "good_practice",
        "attachment_ids": [document["id"]],
        "captured_at": "2028-03-20T00:00:00Z",
    }
    assert house.li.put(f"/api/v1/findings/{moved['id']}", json=moved).status_code == 201
    with house.world.app.app_context():
        session, settings = current_session(), current_settings()
        remover = Remover(session, current_storage(), settings, current_time())
        assert remover.remove(file.sha256) is False
    assert house.has(file)
    assert record(house.li, document["id"])["removed_at"] is None


def test_a_photo_without_a_record_is_kept_for_two_years_after_it_came(house: House) -> None:
    file = photo(6)
    stored_photo(house.li, file)
    stored_photo(house.li, photo(7), owner_collection="work_log_entries", owner_id=str(uuid4()))
    house.years_pass(1.9)
    assert house.run().due == 0
    house.years_pass(0.2)
    assert house.run().removed == 2
    assert not house.has(file)


def test_the_least_term_of_the_installation_is_kept(house: House) -> None:
    house.photo_of(house.log_entry(), photo(8))
    stored_photo(house.li, photo(9))
    house.years_pass(3)
    assert house.run(retention_months_least=48).due == 0
    assert house.run(retention_months_least=30).removed == 2


def test_a_photo_just_uploaded_anew_is_not_removed_before_it_is_announced(house: House) -> None:
    file = photo(10)
    house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    assert upload(house.li, file).status_code == 201
    assert house.run().removed == 0
    document = announce(house.li, file)
    assert house.li.get(path(document)).data == file.content


def test_a_removed_photo_that_is_brought_anew_is_there_for_its_new_record_alone(
    house: House,
) -> None:
    file = photo(11)
    old = house.photo_of(house.log_entry(), file)
    house.years_pass(2.5)
    assert house.run().deleted == 1
    fresh = announce(house.li, file)
    assert fresh["status"] == "expected"
    assert upload(house.li, file).status_code == 201
    assert house.li.get(path(fresh)).data == file.content
    assert house.li.get(path(old)).status_code == 410
    assert verify(house.world).exit_code == 0
    house.years_pass(2.5)
    assert house.run().deleted == 1
    removals = house.ma.get("/api/v1/retention/removals").json["removals"]
    assert len(removals) == 2
    assert verify(house.world).exit_code == 0


def test_a_phone_that_sends_an_old_announcement_again_changes_nothing(house: House) -> None:
    document = house.photo_of(house.log_entry(), photo(12))
    house.years_pass(2.5)
    house.run()
    answer = house.li.put(f"/api/v1/attachments/{document['id']}", json=document)
    assert answer.status_code == 200, answer.text
    assert answer.json["document"]["removed_at"] is not None
    assert house.li.get(path(document)).status_code == 410
    missing = house.li.get("/api/v1/attachments/missing").json["attachments"]
    assert missing == []


def test_other_jobs_neither_look_for_a_removed_photo_nor_call_it_lost(house: House) -> None:
    document = house.photo_of(house.log_entry(), photo(13))
    house.photo_of(house.log_entry("2028-01-01T00:00:00Z"), photo(14))
    house.years_pass(2.5)
    house.run()
    jobs = {job.name: job for job in JOBS}
    assert run_job(house.world.app, jobs["find_lost_photos"]) == 0
    run_job(house.world.app, jobs["examine_photos"])
    assert run_job(house.world.app, jobs["examine_photos"]) == 0
    assert record(house.li, document["id"])["status"] == "stored"


def test_a_photo_said_to_be_removed_behind_the_logs_back_is_found(house: House) -> None:
    file = photo(15)
    house.photo_of(house.log_entry(), file)
    with house.world.app.app_context():
        current_storage().blobs.delete(file.sha256)
    tamper(house.world, "UPDATE blobs SET removed_at = '2026-03-02 02:00:00'")
    assert_broken(house.world, "marked as removed", file.sha256)


def test_only_managers_see_what_is_due_and_only_at_their_sites(house: House) -> None:
    house.photo_of(house.log_entry(), photo(16))
    house.years_pass(2.5)
    house.run(deletes=False)
    south = house.world.person("nan", Role.MANAGER, [house.world.south])
    for name in ("due", "removals", "holds", "rules"):
        assert house.li.get(f"/api/v1/retention/{name}").status_code == 403
        assert south.get(f"/api/v1/retention/{name}").status_code == 200
    assert south.get("/api/v1/retention/due").json["photos"] == []
    assert len(house.due(site_id=house.world.north)) == 1
    assert house.due(site_id=house.world.south) == []
    house.run()
    assert south.get("/api/v1/retention/removals").json["removals"] == []


def test_still_needed_is_told_for_a_content_that_never_was(house: House) -> None:
    with house.world.app.app_context():
        remover = Remover(current_session(), current_storage(), current_settings(), current_time())
        assert remover.remove("0" * 64) is False
        with pytest.raises(StillNeeded), transaction(current_session(), write=True):
            remover._remove("0" * 64)
