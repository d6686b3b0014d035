"""Several reviewers, and the phone itself, at the same moment: one effect, clear answers."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from server.access import Role
from tests.api.sync_client import entries_of, entry, mutation, push, statuses
from tests.world import Person, World

AT_ONCE = 4


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """All of *calls* from threads of their own, begun together; their answers."""
    barrier, answers = threading.Barrier(len(calls)), list[Any]()

    def run(call: Callable[[], Any]) -> None:
        barrier.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers


def reviewers(world: World) -> list[Person]:
    return [world.person(f"q{number}", Role.QUALITY) for number in range(AT_ONCE)]


def test_an_entry_carried_out_by_four_reviewers_and_the_phone_has_one_effect(
    world: World,
) -> None:
    observer = world.person("observer", Role.OBSERVER)
    sent = mutation(entry())
    assert statuses(push(observer, sent)) == ["rejected"]
    people = reviewers(world)
    [kept] = people[0].get("/api/v1/sync/quarantine").json["quarantined"]
    address = f"/api/v1/sync/quarantine/{kept['id']}/reapply"
    calls: list[Callable[[], Any]] = [
        lambda person=person: person.post(address, json={"reason": "看过"}) for person in people
    ]
    calls.append(lambda: push(observer, sent))
    answers = at_once(calls)
    results = [
        answer[0]["status"] if isinstance(answer, list) else answer.json["result"]["status"]
        for answer in answers
    ]
    counted = Counter(results)
    assert counted["applied"] == 1, results
    assert counted["applied"] + counted["duplicate"] + counted["rejected"] == len(calls)
    assert counted["rejected"] <= 1  # the observer's own push, if it came first
    [change] = entries_of(world.person("li")).values()
    assert change["version"] == 1
    detail = people[0].get(f"/api/v1/sync/quarantine/{kept['id']}").json
    assert [step["outcome"] for step in detail["steps"]] == ["applied"]


def test_a_conflict_is_decided_once_however_many_decide_at_once(world: World) -> None:
    li, wang, base = world.person("li"), world.person("wang"), entry()
    push(li, mutation(base))
    push(li, mutation({**base, "title": "李"}, 1))
    lost = mutation({**base, "title": "王"}, 1)
    push(wang, lost)
    address = f"/api/v1/sync/conflicts/{lost['mutation_id']}/resolve"
    body = {"resolution": "take_theirs", "reason": "看过", "current_version": 2}
    answers = at_once(
        [lambda person=person: person.post(address, json=body) for person in reviewers(world)]
    )
    counted = Counter(answer.status_code for answer in answers)
    assert counted[200] == 1, counted
    assert set(counted) <= {200, 409, 412, 503}, counted
    [change] = entries_of(li).values()
    assert change["version"] == 3


def test_an_entry_is_either_carried_out_or_discarded(world: World) -> None:
    observer = world.person("observer", Role.OBSERVER)
    sent = mutation(entry())
    push(observer, sent)
    one, other, *_ = reviewers(world)
    [kept] = one.get("/api/v1/sync/quarantine").json["quarantined"]
    address = f"/api/v1/sync/quarantine/{kept['id']}"
    at_once(
        [
            lambda: one.post(f"{address}/reapply", json={"reason": "看过"}),
            lambda: other.post(f"{address}/discard", json={"reason": "看过"}),
        ]
    )
    detail = one.get(address).json
    held = entries_of(world.person("li"))
    assert (detail["outcome"], len(held)) in {("reapplied", 1), ("discarded", 0)}
    told = statuses(push(observer, sent))
    assert told == (["duplicate"] if held else ["rejected"])
