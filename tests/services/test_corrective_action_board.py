"""The board: its lanes and lists, what each reader may do, and that it costs the same however many
notices there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.access import Role
from server.corrective_actions.lanes import end_of_day
from tests.rectification_world import Inspected

BOARD = "/api/v1/corrective-actions/board"


@contextmanager
def counted_selects() -> Iterator[list[str]]:
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def lists(inspected: Inspected, lane: str, **query: str) -> list[str]:
    answer = inspected.manager.get(
        "/api/v1/corrective-actions", query_string={"lane": lane, **query}
    )
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["corrective_actions"]]


def test_the_lanes_number_what_their_lists_hold(world, clock):
    inspected = Inspected(world)
    late = inspected.issued(deadline="at_once")
    waiting, returned, verified, closed, asked = (inspected.issued() for _ in range(5))
    submissions = {}
    for action in (waiting, returned, verified, closed):
        submissions[action["id"]] = inspected.take(inspected.submission(action), inspected.chen)
    for action, kind in ((returned, "returned"), (verified, "verified"), (closed, "verified")):
        concerns = submissions[action["id"]]["id"]
        step = inspected.step(action, kind, text="看过了", concerns_step_id=concerns)
        inspected.take(step, inspected.manager)
    inspected.take(inspected.step(closed, "closed"), inspected.manager)
    far = "2126-05-01T00:00:00Z"
    inspected.take(
        inspected.step(asked, "extension_asked", text="等配件", due_at=far), inspected.chen
    )

    clock.now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    answer = inspected.manager.get(BOARD)
    assert answer.status_code == 200, answer.text
    held = {lane: lists(inspected, lane) for lane in answer.json["lanes"]}
    assert {lane: len(ids) for lane, ids in held.items()} == answer.json["lanes"]
    assert held["submitted"] == [waiting["id"]]
    assert held["returned"] == [returned["id"]]
    assert held["verified"] == [verified["id"]]
    assert held["closed"] == [closed["id"]]
    assert held["extension"] == [asked["id"]]
    assert (held["overdue"], held["due_today"]) == ([late["id"]], [])
    assert set(held["to_do"]) == {late["id"], returned["id"], asked["id"]}
    assert lists(inspected, "to_do", order="last_due") == held["to_do"][::-1]

    # Of one unit, or one person, the same: and nothing of another.
    of_kitchen = inspected.manager.get(BOARD, query_string={"unit_id": inspected.kitchen["id"]})
    assert of_kitchen.json == answer.json
    of_store = inspected.manager.get(BOARD, query_string={"unit_id": inspected.store["id"]})
    assert set(of_store.json["lanes"].values()) == {0}
    [responsible] = answer.json["responsible"]
    assert (responsible["responsible_name"], responsible["assignee_name"]) == ("后厨班组", "Chen")
    assert (responsible["live"], responsible["overdue"]) == (4, len(held["overdue"]))


def test_only_what_is_possible_is_offered_and_the_reason_is_told(sqlite_world):
    inspected = Inspected(sqlite_world)
    inspector_too = sqlite_world.person("li", Role.QUALITY)
    action = inspected.issued(assignee_user_id=inspector_too.user_id)
    inspected.take(inspected.submission(action), inspected.chen)
    address = f"/api/v1/corrective-actions/{action['id']}"

    for_the_judge = inspected.manager.get(address).json
    assert {"verified", "returned", "reassigned"} <= set(for_the_judge["possible_steps"])
    assert for_the_judge["hindrance"] is None
    assert "Zhao" in [person["name"] for person in for_the_judge["people"]]

    # Whoever answers for it may judge others' notices, and reads here why not this one.
    for_the_assignee = inspector_too.get(address).json
    assert not {"verified", "returned"} & set(for_the_assignee["possible_steps"])
    assert "整改责任人" in for_the_assignee["hindrance"]["zh"]
    for_the_inspector = inspected.zhao.get(address).json
    assert for_the_inspector["possible_steps"] == ["remark"]
    assert (for_the_inspector["hindrance"], for_the_inspector["people"]) == (None, [])
    observer = sqlite_world.person("watcher", Role.OBSERVER)
    assert observer.get(address).json["possible_steps"] == []

    # What is not offered is refused: the pages and the server follow one rule.
    for kind in ("verified", "returned", "closed", "reassigned", "withdrawn"):
        assert kind not in for_the_inspector["possible_steps"]
        step = inspected.step(
            action, kind, text="x", concerns_step_id=inspected.action(action)["last_step_id"]
        )
        assert inspected.refused(step, inspected.zhao).status_code in (403, 409)


def test_a_page_and_the_board_cost_as_many_queries_for_one_notice_as_for_many(sqlite_world):
    inspected = Inspected(sqlite_world)
    inspected.issued()
    costs = []
    for _ in range(2):
        with counted_selects() as sent:
            assert inspected.manager.get(BOARD).status_code == 200
            assert inspected.manager.get("/api/v1/corrective-actions").status_code == 200
        costs.append(len(sent))
        for _ in range(5):
            inspected.issued()
    assert costs[0] == costs[1]


def test_the_day_of_the_board_ends_at_midnight_in_the_kitchen():
    before_midnight = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    assert end_of_day(before_midnight) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert end_of_day(end_of_day(before_midnight)) == datetime(2026, 3, 3, 16, tzinfo=UTC)
