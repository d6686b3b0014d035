"""Conflicts as a reviewer uses them: both sides and the base, field by field, and one decision."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from schemas.fields import time_text
from server.access import Role
from tests.api.sync_client import (
    deletion,
    entries_of,
    entry,
    mutation,
    pull,
    push,
    slug_of,
    statuses,
)
from tests.world import Person, World

CONFLICTS = "/api/v1/sync/conflicts"


class Dispute:
    """*wang* changed what *li* changed meanwhile; *quality* decides."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.li, self.wang = world.person("li"), world.person("wang")
        self.quality = world.person("q", Role.QUALITY)
        self.base = entry(text="原文", marks={"a": 1})
        push(self.li, mutation(self.base))
        push(self.li, mutation({**self.base, "title": "李"}, 1))
        self.lost = mutation(
            {**self.base, "title": "王", "text": "王的"}, 1, captured_at="2026-02-28T01:02:03Z"
        )
        assert statuses(push(self.wang, self.lost)) == ["conflict"]

    @property
    def address(self) -> str:
        return f"{CONFLICTS}/{self.lost['mutation_id']}"

    def resolve(self, resolution: str, by: Person | None = None, **body: Any) -> Any:
        body = {"reason": "问过两个人", "current_version": 2, **body}
        answer_to = by or self.quality
        text = json.dumps({"resolution": resolution, **body})
        address = f"{self.address}/resolve"
        return answer_to.post(address, data=text, content_type="application/json")

    def stands(self) -> dict[str, Any]:
        [change] = entries_of(self.li).values()
        return change


@pytest.fixture
def dispute(world: World) -> Dispute:
    return Dispute(world)


@pytest.fixture
def sqlite_dispute(sqlite_world: World) -> Dispute:
    return Dispute(sqlite_world)


def test_both_sides_and_the_base_are_shown_field_by_field(dispute: Dispute) -> None:
    shown = dispute.quality.get(dispute.address).json
    assert (shown["fields"], shown["reason"]) == (["title"], "both-changed")
    assert [side["version"] for side in (shown["base"], shown["theirs"], shown["current"])] == [
        1,
        1,
        2,
    ]
    assert shown["comparison"] == [
        {"field": "title", "clashes": True, "base": "晨会", "theirs": "王", "current": "李"},
        {"field": "text", "clashes": False, "base": "原文", "theirs": "王的", "current": "原文"},
    ]
    assert shown["author"]["user_id"] == dispute.wang.user_id
    assert shown["captured_at"] == "2026-02-28T01:02:03Z"
    assert shown["theirs"]["document"]["text"] == "王的"


def test_the_same_page_of_conflicts_can_be_narrowed(dispute: Dispute) -> None:
    def ids(**query: str) -> list[str]:
        page = dispute.quality.get(CONFLICTS, query_string=query).json
        return [item["mutation_id"] for item in page["conflicts"]]

    mine = [dispute.lost["mutation_id"]]
    assert ids() == ids(user_id=dispute.wang.user_id) == ids(state="all") == mine
    assert ids(user_id=dispute.li.user_id) == ids(state="settled") == []


def test_keeping_what_stands_publishes_nothing(dispute: Dispute) -> None:
    cursor = pull(dispute.li)["cursor"]
    answer = dispute.resolve("keep_current")
    assert answer.status_code == 200, answer.text
    assert (answer.json["resolution"], answer.json["resolved_version"]) == ("keep_current", 2)
    assert pull(dispute.li, cursor)["changes"] == []
    assert dispute.quality.get(CONFLICTS).json["conflicts"] == []


def test_taking_the_losing_side_is_the_next_version_for_every_phone(dispute: Dispute) -> None:
    cursors = [(who, pull(who)["cursor"]) for who in (dispute.li, dispute.wang)]
    answer = dispute.resolve("take_theirs")
    assert answer.json["resolved_version"] == 3
    for who, cursor in cursors:
        [change] = pull(who, cursor)["changes"]
        assert change["version"] == 3
        assert (change["document"]["title"], change["document"]["text"]) == ("王", "王的")
        assert change["document"]["received_at"] == dispute.stands()["document"]["received_at"]


def test_a_document_put_together_is_the_next_version(dispute: Dispute) -> None:
    together = {**dispute.base, "title": "李和王", "text": "王的"}
    answer = dispute.resolve("put_together", document=together)
    assert answer.json["resolved_version"] == 3
    assert dispute.stands()["document"]["title"] == "李和王"


def test_the_decision_is_recorded_with_who_when_and_why(dispute: Dispute, clock: Any) -> None:
    clock.advance(hours=3)
    together = {**dispute.base, "title": "李和王"}
    dispute.resolve("put_together", document=together, reason="两人都在场")
    [step] = dispute.quality.get(dispute.address).json["steps"]
    assert (step["action"], step["outcome"], step["version"]) == ("resolve", "put_together", 3)
    assert (step["reason"], step["by"]["user_id"]) == ("两人都在场", dispute.quality.user_id)
    assert step["done_at"] == time_text(clock.now)
    assert step["content"]["title"] == "李和王"


def test_deciding_twice_is_refused_naming_who_decided_what(dispute: Dispute) -> None:
    dispute.resolve("take_theirs")
    admin = dispute.world.person("admin", Role.ADMIN)
    again = dispute.resolve("keep_current", by=admin, current_version=3)
    assert (again.status_code, slug_of(again)) == (409, "conflict-already-resolved")
    assert "采用冲突的一方" in again.json["detail"]
    assert "Q" in again.json["detail"]
    assert dispute.stands()["version"] == 3


def test_a_record_that_moved_on_meanwhile_is_looked_at_anew(dispute: Dispute) -> None:
    push(dispute.li, mutation({**dispute.base, "title": "李又改"}, 2))
    late = dispute.resolve("take_theirs")
    assert (late.status_code, slug_of(late)) == (412, "version-mismatch")
    assert dispute.stands()["document"]["title"] == "李又改"
    assert dispute.resolve("take_theirs", current_version=3).status_code == 200
    assert dispute.stands()["document"]["title"] == "王"


def test_the_phone_that_lost_does_not_pass_over_the_decision(dispute: Dispute) -> None:
    """It took what stood, as it was told, and went on from there."""
    dispute.resolve("put_together", document={**dispute.base, "title": "决定"})
    [answer] = push(dispute.wang, mutation({**dispute.base, "title": "王又改"}, 2))
    assert answer["status"] == "conflict"
    assert dispute.stands()["document"]["title"] == "决定"


def test_the_losing_mutation_sent_again_gets_its_first_answer_and_changes_nothing(
    dispute: Dispute,
) -> None:
    dispute.resolve("take_theirs")
    assert statuses(push(dispute.wang, dispute.lost)) == ["conflict"]
    assert dispute.stands()["version"] == 3
    assert dispute.quality.get(CONFLICTS).json["conflicts"] == []


def test_a_deletion_that_lost_can_be_taken(dispute: Dispute) -> None:
    other = deletion(dispute.base["id"], 1)
    assert statuses(push(dispute.wang, other)) == ["conflict"]
    address = f"{CONFLICTS}/{other['mutation_id']}"
    assert dispute.quality.get(address).json["theirs"]["deleted"]
    body = {"resolution": "take_theirs", "reason": "重复", "current_version": 2}
    answer = dispute.quality.post(f"{address}/resolve", json=body)
    assert answer.json["resolved_version"] == 3
    assert entries_of(dispute.li) == {}


def test_an_edit_of_what_was_deleted_can_be_taken(world: World) -> None:
    li, wang, quality = world.person("li"), world.person("wang"), world.person("q", Role.QUALITY)
    base = entry()
    push(li, mutation(base), deletion(base["id"], 1))
    lost = mutation({**base, "title": "还要"}, 1)
    assert statuses(push(wang, lost)) == ["conflict"]
    shown = quality.get(f"{CONFLICTS}/{lost['mutation_id']}").json
    assert (shown["current"]["deleted"], shown["current"]["version"]) == (True, 2)
    body = {"resolution": "take_theirs", "reason": "误删", "current_version": 2}
    quality.post(f"{CONFLICTS}/{lost['mutation_id']}/resolve", json=body)
    [change] = entries_of(li).values()
    assert (change["version"], change["document"]["title"]) == (3, "还要")


def test_a_conflict_with_a_record_the_server_never_had_can_be_taken(world: World) -> None:
    li, quality = world.person("li"), world.person("q", Role.QUALITY)
    lost = mutation(entry(), 7)
    assert statuses(push(li, lost)) == ["conflict"]
    shown = quality.get(f"{CONFLICTS}/{lost['mutation_id']}").json
    assert (shown["current"]["version"], shown["base"]) == (None, None)
    body = {"resolution": "take_theirs", "reason": "恢复", "current_version": None}
    answer = quality.post(f"{CONFLICTS}/{lost['mutation_id']}/resolve", json=body)
    assert answer.json["resolved_version"] == 1
    assert len(entries_of(li)) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"resolution": "toss a coin"}, "/resolution"),
        ({"resolution": "put_together"}, "/document"),
        ({"resolution": "keep_current", "document": {}}, "/document"),
        ({"resolution": "keep_current", "reason": ""}, "/reason"),
        ({"resolution": "keep_current", "current_version": "2"}, "/current_version"),
        (
            {"resolution": "put_together", "document": {"title": "x", "colour": "red"}},
            "/document/colour",
        ),
        ({"resolution": "put_together", "document": {"title": "\ud800"}}, "/document/title"),
    ],
)
def test_a_decision_is_validated_and_nothing_happens(
    sqlite_dispute: Dispute, body: dict[str, Any], pointer: str
) -> None:
    answer = sqlite_dispute.resolve(**body)
    assert (answer.status_code, slug_of(answer)) == (422, "validation-failed")
    assert pointer in {error["pointer"] for error in answer.json["errors"]}
    assert sqlite_dispute.stands()["version"] == 2
    assert len(sqlite_dispute.quality.get(CONFLICTS).json["conflicts"]) == 1


def test_other_sites_and_those_who_only_capture_decide_nothing(dispute: Dispute) -> None:
    world = dispute.world
    south = world.person("south", Role.QUALITY, [world.south])
    abroad = world.person("abroad", Role.ADMIN, [world.abroad])
    for stranger in (south, abroad):
        assert stranger.get(dispute.address).status_code == 404
        assert dispute.resolve("take_theirs", by=stranger).status_code == 404
    assert dispute.resolve("take_theirs", by=dispute.wang).status_code == 403
    assert dispute.stands()["version"] == 2
    assert dispute.quality.get(f"{CONFLICTS}/{uuid4()}").status_code == 404
