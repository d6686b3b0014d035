"""Transactions at the same time, on threads of their own where one may have to wait for another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.errors import RetryTransaction
from sync.records import Publication, Status
from tests.conformance.phone import Desk, upsert
from tests.conformance.worlds import World, uid


@pytest.fixture
def interleaving(world: World) -> World:
    if not world.interleaves:
        pytest.skip("writers queue here: there is nothing to interleave")
    return world


def note(world: World, name: str, **fields: object) -> Publication:
    return Publication("notes", uid(name), {"id": uid(name), **fields}, world.site("north"))


def at_once(*works: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result(timeout=60)


def until_it_wins(work: Callable[[], None]) -> None:
    while True:
        try:
            return work()
        except RetryTransaction:
            continue


class Meeting:
    """Where threads wait for each other once; who comes to it again, or alone, does not wait."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)

    def attend(self) -> None:
        try:
            self._barrier.wait(timeout=0.3)
        except threading.BrokenBarrierError:
            return


def test_a_change_committed_late_is_not_skipped(interleaving: World, desk: Desk) -> None:
    world, scope = interleaving, desk.scope()
    cursor = desk.pull(scope).cursor
    with world.transaction() as first:
        first.publish(note(world, "slow"))
        with world.transaction() as second:
            second.publish(note(world, "fast"))
        page = desk.pull(scope, cursor)
        assert [change.record_id for change in page.changes] == [uid("fast")]
    page = desk.pull(scope, page.cursor)
    assert [change.record_id for change in page.changes] == [uid("slow")]


def test_a_reader_sees_nothing_of_a_transaction_that_is_not_committed(
    interleaving: World, desk: Desk
) -> None:
    with interleaving.transaction() as writer:
        writer.publish(note(interleaving, "a"))
        assert desk.pull(desk.scope()).changes == ()


def test_a_transaction_killed_half_way_leaves_no_gap(interleaving: World, desk: Desk) -> None:
    world, cursor = interleaving, desk.pull(desk.scope()).cursor

    def be_killed() -> None:
        with world.transaction() as doomed:
            doomed.publish(note(world, "doomed"))
            with world.transaction() as other:
                other.publish(note(world, "other"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed()
    changes, _ = desk.pull_all(desk.scope(), cursor)
    assert [change.record_id for change in changes] == [uid("other")]


def test_two_writers_of_one_record_each_get_a_version_of_their_own(
    world: World, desk: Desk
) -> None:
    desk.write("note", names=[])
    meeting = Meeting(2)

    def append(name: str) -> None:
        with world.transaction() as store:
            key = note(world, "note").key
            head = store.heads([key])[key]
            meeting.attend()
            store.publish(note(world, "note", names=[*head.document["names"], name]))

    at_once(lambda: until_it_wins(lambda: append("a")), lambda: until_it_wins(lambda: append("b")))
    head = desk.head("note")
    assert head is not None
    assert head.version == 3
    assert sorted(head.document["names"]) == ["a", "b"]


def test_the_same_mutation_on_four_connections_at_once_takes_effect_once(
    world: World, desk: Desk
) -> None:
    mutation = upsert("m", "note", title="a", site_id=world.site("north"))
    meeting, answers = Meeting(4), []

    def send() -> None:
        meeting.attend()
        answers.extend(desk.push("phone", mutation))

    at_once(send, send, send, send)
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [Status.APPLIED, *[Status.DUPLICATE] * 3]
    assert {answer.version for answer in answers} == {1}
    assert all(answer.document == answers[0].document for answer in answers)
    head = desk.head("note")
    assert head is not None
    assert head.version == 1


def test_the_same_conflict_and_the_same_refusal_on_four_connections_at_once_are_kept_once(
    world: World, desk: Desk
) -> None:
    desk.write("note", title="a", site_id=world.site("north"))
    [theirs] = desk.push("other", upsert("theirs", "note", 1, title="theirs"))
    assert theirs.status is Status.APPLIED
    sent = [upsert("mine", "note", 1, title="mine"), upsert("bad", "bad", colour="red")]
    meeting, answers = Meeting(4), []

    def send() -> None:
        meeting.attend()
        answers.append(desk.push("phone", *sent))

    at_once(send, send, send, send)
    conflicts, refusals = zip(*answers, strict=True)
    assert {answer.status for answer in conflicts} == {Status.CONFLICT}
    assert len({str(answer) for answer in conflicts}) == 1
    assert {answer.status for answer in refusals} == {Status.REJECTED}
    assert len({str(answer) for answer in refusals}) == 1


def test_pages_read_while_others_write_miss_nothing(world: World, desk: Desk) -> None:
    scope, heard = desk.scope(), set[str]()

    def write(name: str) -> None:
        for number in range(15):
            until_it_wins(lambda number=number: publish_one(f"{name}{number}"))  # type: ignore[misc]

    def publish_one(name: str) -> None:
        with world.transaction() as store:
            store.publish(note(world, name))

    def read() -> None:
        cursor: str | None = None
        while len(heard) < 30:
            changes, cursor = desk.pull_all(scope, cursor, limit=4)
            heard.update(change.record_id for change in changes)

    at_once(lambda: write("a"), lambda: write("b"), read)
    assert heard == {uid(f"{name}{number}") for name in "ab" for number in range(15)}
