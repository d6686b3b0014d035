"""While a hold is open nothing that it covers is deleted, by whatever way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.api.sync_client import deletion, entry, mutation, push
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import announce, path, upload
from tests.receiving_world import Canteen
from tests.retention.house import HOLDS, House
from tests.world import World

[COMPACT] = [job for job in JOBS if job.name == "compact_change_log"]


@pytest.fixture
def house(sqlite_world: World, clock: Any) -> House:
    return House(sqlite_world, clock)


def test_a_hold_on_a_record_a_site_or_the_photo_itself_keeps_the_content(
    world: World, clock: Any
) -> None:
    house = House(world, clock)
    files = [photo(seed) for seed in range(4)]
    entries = [house.log_entry() for _ in files]
    photos = [house.photo_of(log, file) for log, file in zip(entries, files, strict=True)]
    house.years_pass(2.5)
    of_record = house.hold(kind="record", collection="work_log_entries", record_id=entries[0]["id"])
    of_photo = house.hold(kind="record", collection="attachments", record_id=photos[1]["id"])
    assert (of_record.status_code, of_photo.status_code) == (201, 201), of_photo.text
    result = house.run(deletes=False)
    assert (result.due, result.held) == (4, 2)
    held = {one["attachment_id"] for one in house.due() if one["is_held"]}
    assert held == {photos[0]["id"], photos[1]["id"]}
    of_site = house.hold(kind="site", site_id=world.north)
    assert house.run().removed == 0
    assert house.release(of_site.json["id"]).status_code == 200
    assert house.run().removed == 2
    assert [house.has(file) for file in files] == [True, True, False, False]
    assert house.release(of_record.json["id"]).status_code == 200
    assert house.release(of_photo.json["id"]).status_code == 200
    assert house.run().removed == 2


def test_a_hold_on_a_supplier_keeps_the_photos_of_its_deliveries(
    sqlite_world: World, clock: Any
) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.signed("vegetables")
    assert canteen.put(draft).status_code in {200, 201}
    house, file = House(sqlite_world, clock), photo(1)
    announce(house.li, file, owner_collection="goods_receipts", owner_id=draft.document["id"])
    assert upload(house.li, file).status_code == 201
    house.years_pass(2.5)
    hold = house.hold(kind="supplier", supplier_id=canteen.supplier["id"])
    assert hold.status_code == 201, hold.text
    assert hold.json["site_id"] is None
    result = house.run()
    assert (result.due, result.held, result.removed) == (1, 1, 0)
    house.release(hold.json["id"])
    assert house.run().removed == 1


def test_held_records_and_their_parts_cannot_be_deleted(house: House) -> None:
    held, free = entry(), entry()
    push(house.li, mutation(held), mutation(free))
    waiting = announce(house.li, photo(2), owner_collection="work_log_entries", owner_id=held["id"])
    hold = house.hold(kind="record", collection="work_log_entries", record_id=held["id"]).json
    photo_gone = deletion(waiting["id"], 1, collection="attachments")
    refused, done, kept = push(
        house.li, deletion(held["id"], 1), deletion(free["id"], 1), photo_gone
    )
    for one in (refused, kept):
        assert one["problem"]["type"].endswith("/record-is-held"), one
    assert done["status"] == "applied"
    house.release(hold["id"])
    assert push(house.li, deletion(held["id"], 1))[0]["status"] == "applied"


def test_a_hold_keeps_superseded_versions_from_being_forgotten(house: House) -> None:
    document = entry()
    push(house.li, mutation(document))
    push(house.li, mutation({**document, "title": "改过"}, base_version=1))
    run_job(house.world.app, COMPACT)
    hold = house.hold(kind="record", collection="work_log_entries", record_id=document["id"]).json
    house.years_pass(1)
    assert run_job(house.world.app, COMPACT) == 0
    house.release(hold["id"])
    forgotten = run_job(house.world.app, COMPACT)
    assert forgotten is not None
    assert forgotten >= 1


def test_placing_and_releasing_are_on_record_with_their_reasons(house: House) -> None:
    hold = house.hold(kind="site", site_id=house.world.north).json
    again = house.hold(id=hold["id"], kind="site", site_id=house.world.north)
    assert again.status_code == 201
    assert again.json == hold
    released = house.release(hold["id"])
    assert released.json["release_reason"] == "调查结束"
    twice = house.release(hold["id"])
    assert (twice.status_code, twice.json["type"].rsplit("/")[-1]) == (409, "hold-is-released")
    entries = house.ma.get("/api/v1/audit-entries", query_string={"collection": "sites"}).json[
        "entries"
    ]
    told = [(one["action"], one["details"]["reason"]) for one in entries if one["details"]]
    assert told == [("hold_released", "调查结束"), ("hold_placed", "学生家长投诉")]
    listed = house.ma.get(HOLDS, query_string={"is_open": "false"}).json["holds"]
    assert [one["id"] for one in listed] == [hold["id"]]
    assert house.ma.get(HOLDS, query_string={"is_open": "true"}).json["holds"] == []


def test_who_may_hold_what(house: House, clock: Any) -> None:
    world = house.world
    nan = world.person("nan", Role.MANAGER, [world.south])
    north = {"kind": "site", "site_id": world.north}
    assert house.hold(house.li, **north).status_code == 403
    assert house.hold(world.person("q", Role.QUALITY), **north).status_code == 403
    assert house.hold(nan, **north).status_code == 404
    document = house.log_entry()
    of_record = {"kind": "record", "collection": "work_log_entries", "record_id": document["id"]}
    assert house.hold(nan, **of_record).status_code == 404
    nobody = {**of_record, "record_id": str(uuid4())}
    assert house.hold(**nobody).status_code == 404
    hold = house.hold(**of_record).json
    assert house.release(hold["id"], nan).status_code == 404
    assert house.hold(nan, id=hold["id"], **of_record).status_code == 404
    assert [one["id"] for one in nan.get(HOLDS).json["holds"]] == []
    supplier = Canteen(world).supplier["id"]
    of_supplier = house.hold(kind="supplier", supplier_id=supplier).json
    assert house.release(of_supplier["id"], nan).status_code == 403
    boss = world.person("boss", Role.MANAGER, [world.north, world.south])
    assert house.release(of_supplier["id"], boss).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "site"},
        {"kind": "site", "site_id": str(uuid4()), "supplier_id": str(uuid4())},
        {"kind": "record", "record_id": str(uuid4())},
        {"kind": "supplier", "record_id": str(uuid4())},
        {"kind": "everything"},
        {"kind": "site", "site_id": str(uuid4()), "reason": "x"},
    ],
)
def test_a_hold_names_exactly_what_it_holds(house: House, wrong: dict[str, Any]) -> None:
    answer = house.hold(**wrong)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]


def test_held_photos_stay_reachable(house: House) -> None:
    document = house.photo_of(house.log_entry(), photo(3))
    house.years_pass(2.5)
    house.hold(kind="site", site_id=house.world.north)
    house.run()
    assert house.li.get(path(document)).status_code == 200
