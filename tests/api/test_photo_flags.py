"""Accepting flags: who may, what is kept, and what an acceptance is worth later."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.access import Role
from server.attachments.models import FlagAcceptance
from server.attachments.queries import attachments_by_id
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import record, stored_photo
from tests.services.test_photo_examination import examine, flags, looking_across, owned
from tests.world import Person, World

REASON = "供应商当场补拍，已与司机核对"


@pytest.fixture
def flagged(world: World) -> dict[str, Any]:
    """A photo of li's from the gallery, examined."""
    document = stored_photo(world.person("li"), photo(1), **owned(), source="gallery")
    examine(world)
    return record(world.person("li"), document["id"])


@pytest.fixture
def boss(world: World) -> Person:
    return world.person("boss", Role.MANAGER)


def accept(
    person: Person, document: dict[str, Any], code: str = "from_gallery", **arguments: Any
) -> TestResponse:
    body = {"reason": arguments.pop("reason", REASON)}
    headers = arguments.pop("headers", {"If-Match": "*"})
    address = f"/api/v1/attachments/{document['id']}/flags/{code}/acceptance"
    return person.post(address, json=body, headers=headers)


def test_acceptance_is_in_the_document_with_who_when_and_why(
    world: World, flagged: dict[str, Any], boss: Person
) -> None:
    answer = accept(boss, flagged)
    assert answer.status_code == 200, answer.text
    li = world.person("li")
    assert flags(li, flagged)["from_gallery"]["accepted"] == {
        "user_id": boss.user_id,
        "name": "Boss",
        "reason": REASON,
        "accepted_at": "2026-03-02T01:30:00.000Z",
        "is_by_photographer": False,
    }
    pulled = li.get("/api/v1/sync/pull?collections=attachments").json["changes"]
    [flag] = pulled[-1]["document"]["flags"]
    assert flag["accepted"]["reason"] == REASON
    # The judge keeps it.
    examine(world)
    assert flags(li, flagged)["from_gallery"]["accepted"]["name"] == "Boss"


def test_accepting_again_changes_nothing_and_the_first_reason_stands(
    world: World, flagged: dict[str, Any], boss: Person
) -> None:
    first = accept(boss, flagged).json
    second = accept(boss, flagged, reason="另一个理由")
    assert (second.status_code, second.json) == (200, first)
    with looking_across(world, write=False) as session:
        [kept] = session.scalars(select(FlagAcceptance)).all()
    assert (kept.reason, kept.user_id, kept.code) == (REASON, boss.user_id, "from_gallery")


def test_somebody_accepts_what_they_have_seen(flagged: dict[str, Any], boss: Person) -> None:
    assert accept(boss, flagged, headers={}).status_code == 428
    assert accept(boss, flagged, headers={"If-Match": '"1"'}).status_code == 412


def test_flag_that_is_not_there_is_404_in_both_languages(
    flagged: dict[str, Any], boss: Person
) -> None:
    answer = accept(boss, flagged, "edited")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/flag-not-found")
    assert accept(boss, {"id": "0195523e-7a4e-7b3a-8f4e-3d2c1b0a9f8e"}).status_code == 404


@pytest.mark.parametrize("reason", ["", " ", "x", "理" * 501, None, 7])
def test_acceptance_needs_a_reason(flagged: dict[str, Any], boss: Person, reason: Any) -> None:
    assert accept(boss, flagged, reason=reason).status_code == 422


def test_only_those_who_decide_at_the_site_may_accept(
    world: World, flagged: dict[str, Any]
) -> None:
    elsewhere = world.person("wang", Role.MANAGER, [world.south])
    assert accept(world.person("li"), flagged).status_code == 403
    assert accept(world.person("admin", Role.ADMIN), flagged).status_code == 403
    assert accept(elsewhere, flagged).status_code == 404
    assert accept(world.person("zhao", Role.MANAGER, [world.abroad]), flagged).status_code == 404
    assert accept(world.person("quality", Role.QUALITY), flagged).status_code == 200


def test_photographer_who_accepts_it_himself_is_said_to_be_that(world: World) -> None:
    boss = world.person("boss", Role.MANAGER)
    document = stored_photo(boss, photo(1), source="gallery")
    examine(world)
    accept(boss, document)
    assert flags(boss, document)["from_gallery"]["accepted"]["is_by_photographer"] is True


def test_acceptance_holds_for_the_numbers_it_was_given_for(world: World, boss: Person) -> None:
    li = world.person("li")
    first = stored_photo(li, photo(1), **owned())
    stored_photo(li, photo(1), **owned())
    while examine(world):
        pass
    assert accept(boss, first, "same_content").status_code == 200
    stored_photo(li, photo(1), **owned())
    while examine(world):
        pass
    found = flags(li, first)["same_content"]
    assert (found["params"], found["accepted"]) == ({"records": 2}, None)
    assert accept(boss, first, "same_content", reason="三次都是同一批货").status_code == 200
    with looking_across(world, write=False) as session:
        kept = session.scalars(select(FlagAcceptance).order_by(FlagAcceptance.params)).all()
    assert [acceptance.params for acceptance in kept] == ['{"records":1}', '{"records":2}']


def test_lists_count_the_flags_that_nobody_accepted(world: World, boss: Person) -> None:
    document = stored_photo(boss, photo(1), source="gallery")
    examine(world)
    counts = []
    for _ in range(2):
        with looking_across(world, write=False) as session:
            counts.append(attachments_by_id(session, [document["id"]])[document["id"]].open_flags)
        accept(boss, document)
    assert counts == [1, 0]


def test_the_worklist_has_the_open_flags_of_ones_own_sites_the_oldest_first(
    world: World, clock: Any
) -> None:
    path, boss = "/api/v1/attachments/flagged", world.person("boss", Role.MANAGER)
    li = world.person("li")
    first = stored_photo(li, photo(1), **owned(), source="gallery")
    clock.advance(seconds=5)
    second = stored_photo(li, photo(9, size=(900, 300)), **owned(), source="gallery")
    examine(world)
    listed = boss.get(path).json["photos"]
    assert [one["id"] for one in listed] == [first["id"], second["id"]]
    assert "from_gallery" in [flag["code"] for flag in listed[0]["flags"]]
    one = boss.get(path, query_string={"limit": 1}).json
    other = boss.get(path, query_string={"limit": 1, "cursor": one["next_cursor"]}).json
    assert [p["id"] for page in (one, other) for p in page["photos"]] == [first["id"], second["id"]]
    for flag in listed[0]["flags"]:
        assert accept(boss, first, flag["code"]).status_code == 200
    assert [p["id"] for p in boss.get(path).json["photos"]] == [second["id"]]
    assert boss.get(path, query_string={"site_id": world.south}).json["photos"] == []
    assert world.person("nan", Role.MANAGER, [world.south]).get(path).json["photos"] == []
    assert li.get(path).status_code == 403
