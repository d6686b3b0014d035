"""A user of one site sees, pulls, changes and finds nothing of another, whatever ids they guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import Membership
from tests.api.sync_client import (
    PUSH,
    deletion,
    entries_of,
    entry,
    mutation,
    pull,
    push,
    quarantined,
    slugs,
    statuses,
)
from tests.world import Person, World

SECRET = "只有北区知道的事"


@dataclass
class TwoSites:
    """Li works in the north and has written down a secret; Sun works in the south."""

    world: World
    li: Person
    sun: Person
    secret: dict[str, Any]
    sent: dict[str, Any]


@pytest.fixture
def two(world: World) -> TwoSites:
    li = world.person("li", sites=[world.north])
    sun = world.person("sun", sites=[world.south])
    secret = entry(title=SECRET, marks={SECRET: 1})
    sent = mutation(secret)
    push(li, sent)
    return TwoSites(world, li, sun, secret, sent)


def test_nothing_of_another_site_is_pulled(two: TwoSites) -> None:
    assert entries_of(two.sun) == {}
    everything = two.sun.get("/api/v1/sync/pull", query_string={"limit": 1000})
    assert SECRET not in everything.text
    assert two.secret["id"] not in everything.text
    assert two.world.north not in everything.text


@pytest.mark.parametrize(
    "guess",
    [
        lambda two: mutation({**two.secret, "title": "mine"}),
        lambda two: mutation({**two.secret, "title": "mine"}, 1),
        lambda two: mutation(two.secret, 1),
        lambda two: mutation({**two.secret, "site_id": two.world.south}, 1),
        lambda two: mutation({**two.secret, "site_id": two.world.north}, 1),
        lambda two: mutation({**two.secret, "title": "mine"}, 99),
        lambda two: deletion(two.secret["id"], 1),
        lambda two: deletion(two.secret["id"], None),
    ],
    ids=[
        "as if it were new",
        "on its version",
        "the same content",
        "into the own site",
        "into its site",
        "on a version to come",
        "delete",
        "delete without a version",
    ],
)
def test_a_guessed_id_of_another_site_is_no_record_at_all(two: TwoSites, guess: Any) -> None:
    answer = two.sun.post(PUSH, json={"device_id": two.sun.device_id, "mutations": [guess(two)]})
    assert slugs(answer.json["results"]) == ["record-not-found"]
    assert SECRET not in answer.text
    assert "version" not in answer.json["results"][0]
    assert entries_of(two.li)[two.secret["id"]]["version"] == 1


def test_a_guessed_id_answers_as_an_entry_for_another_site_does(two: TwoSites) -> None:
    """Whether the id exists must not show in the answer."""
    taken, free = two.secret["id"], str(uuid4())
    results = push(
        two.sun, *(mutation(entry(id=id_, site_id=two.world.north)) for id_ in (taken, free))
    )
    problems = [result["problem"] for result in results]
    assert problems[0] == problems[1]


def test_the_answer_to_somebody_elses_mutation_shows_nothing(two: TwoSites) -> None:
    answer = two.sun.post(PUSH, json={"device_id": two.sun.device_id, "mutations": [two.sent]})
    assert SECRET not in answer.text
    other = {**two.sent, "document": {**two.secret, "title": "x", "marks": {}}}
    answer = two.sun.post(PUSH, json={"device_id": two.sun.device_id, "mutations": [other]})
    assert slugs(answer.json["results"]) == ["mutation-id-reused"]
    assert SECRET not in answer.text


def test_a_record_cannot_be_pushed_into_another_site(two: TwoSites) -> None:
    intruder = entry(title="planted", site_id=two.world.north)
    assert slugs(push(two.sun, mutation(intruder))) == ["record-not-found"]
    assert intruder["id"] not in entries_of(two.li)


def test_a_record_stays_where_it_was_made(two: TwoSites) -> None:
    both = two.world.person("both", sites=[two.world.north, two.world.south])
    push(both, mutation({**two.secret, "site_id": two.world.south, "text": "moved?"}, 1))
    assert entries_of(two.sun) == {}
    assert entries_of(two.li)[two.secret["id"]]["document"]["site_id"] == two.world.north


def test_the_tombstone_of_another_site_is_not_heard_of(two: TwoSites) -> None:
    cursor = pull(two.sun)["cursor"]
    push(two.li, deletion(two.secret["id"], 1))
    assert pull(two.sun, cursor)["changes"] == []
    assert slugs(push(two.sun, mutation({**two.secret, "title": "mine"}, 2))) == [
        "record-not-found"
    ]


def test_what_waits_for_review_is_shown_to_its_own_site(two: TwoSites) -> None:
    wang = two.world.person("wang", sites=[two.world.north])
    push(two.li, mutation(entry(colour="red")))
    push(two.li, mutation({**two.secret, "title": "李"}, 1))
    push(wang, mutation({**two.secret, "title": "王"}, 1))
    for_north = two.world.person("qn", Role.QUALITY, [two.world.north])
    for_south = two.world.person("qs", Role.QUALITY, [two.world.south])
    for waiting, name in (("quarantine", "quarantined"), ("conflicts", "conflicts")):
        assert len(for_north.get(f"/api/v1/sync/{waiting}").json[name]) == 1
        assert for_south.get(f"/api/v1/sync/{waiting}").json[name] == []


def test_another_organisation_shares_nothing_even_with_the_same_ids(two: TwoSites) -> None:
    stranger = two.world.person("stranger", Role.ADMIN, [two.world.abroad])
    assert entries_of(stranger) == {}
    assert statuses(push(stranger, deletion(two.secret["id"], None))) == ["applied"]
    assert statuses(push(stranger, {**two.sent, "document": {**two.secret, "title": "own"}})) == [
        "applied"
    ]
    assert entries_of(two.li)[two.secret["id"]]["document"]["title"] == SECRET
    assert quarantined(two.world) == []


def test_a_role_at_one_site_opens_no_other_site_where_another_role_is_held(world: World) -> None:
    """An inspector in the north who is a supplier's contact in the south reads the north only."""
    sun = world.person("sun", sites=[world.south])
    push(sun, mutation(entry(title=SECRET)))
    li = world.person("li", sites=[world.north])
    with world.app.app_context(), transaction(current_session(), write=True):
        current_session().add(
            Membership(
                id=str(uuid4()),
                organisation_id=world.organisation_id,
                user_id=li.user_id,
                site_id=world.south,
                role=Role.SUPPLIER_CONTACT.value,
            )
        )
    assert entries_of(li) == {}
    theirs = next(iter(entries_of(sun)))
    guess = mutation(entry(id=theirs, title="mine"))
    answer = li.post(PUSH, json={"device_id": li.device_id, "mutations": [guess]})
    assert slugs(answer.json["results"]) == ["record-not-found"]
    assert SECRET not in answer.text


def test_a_user_who_moves_takes_leave_of_the_old_site_and_hears_of_the_new(two: TwoSites) -> None:
    push(two.sun, mutation(entry(title="southern")))
    cursor = pull(two.li, collections="work_log_entries")["cursor"]
    with two.world.app.app_context(), transaction(current_session(), write=True):
        moved = update(Membership).where(Membership.user_id == two.li.user_id)
        with unscoped(current_session()):
            current_session().execute(moved.values(site_id=two.world.south))
    page = pull(two.li, cursor, collections="work_log_entries")
    brief = [
        (c["deleted"], c.get("reason"), c["document"] and c["document"]["title"])
        for c in page["changes"]
    ]
    assert brief == [(True, "out_of_scope", None), (False, None, "southern")]
