"""Repeats and arrival orders: however the network shuffles, the end is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import canonical_json
from sync.memory import MemoryStore, MemoryTransaction
from sync.policy import MAP_MAX, MergePolicy, by_id
from sync.push import push
from sync.records import (
    Document,
    Head,
    Mutation,
    MutationResult,
    Operation,
    Publication,
    RecordKey,
    Status,
    Written,
)

MODEST = settings(max_examples=150, derandomize=True, deadline=None, database=None)
DEVICES = ("a", "b", "c")
KEY = RecordKey("log", "r")
BASE: dict[str, Any] = {"marks": {}, "lines": []}


@dataclass(frozen=True)
class Caller:
    device_id: str
    store: MemoryTransaction

    def may_see(self, collection: str, site_id: str | None) -> bool:
        return True


class Log:
    policy = MergePolicy(fields={"marks": MAP_MAX, "lines": by_id()})

    def admit(self, context: Caller, mutation: Mutation, head: Head | None) -> None:
        """Everybody may."""

    def apply(
        self, context: Caller, mutation: Mutation, document: Document | None, head: Head | None
    ) -> Written:
        published = context.store.publish(
            Publication("log", mutation.record_id, document, None, context.device_id)
        )
        return Written(published.version, document)


@contextmanager
def begun() -> Iterator[MemoryStore]:
    """A store with one record at version 1, written at a desk."""
    store = MemoryStore()
    with store.transaction() as transaction:
        transaction.publish(Publication("log", "r", BASE))
    yield store


def edits_of(device: str) -> list[Mutation]:
    """Three edits made offline, one upon the other, all on version 1."""
    mutations, document = [], BASE
    for number in (1, 2, 3):
        document = {
            **document,
            device: f"edit {number}",
            "marks": {device: number},
            "lines": [*document["lines"], {"id": f"{device}{number}"}],
        }
        mutations.append(Mutation(f"{device}-{number}", "log", "r", Operation.UPSERT, 1, document))
    return mutations


def send(store: MemoryStore, device: str, mutations: list[Mutation]) -> list[MutationResult]:
    with store.transaction() as transaction:
        return push(transaction, {"log": Log()}, Caller(device, transaction), mutations)


def final(store: MemoryStore) -> str:
    return canonical_json(store.committed.heads[KEY].document)


@MODEST
@given(order=st.permutations([device for device in DEVICES for _ in range(3)]))
def test_any_arrival_order_of_different_devices_ends_in_the_same_state(order: list[str]) -> None:
    with begun() as store, begun() as in_order:
        for device in DEVICES:
            send(in_order, device, edits_of(device))
        waiting = {device: edits_of(device) for device in DEVICES}
        for device in order:
            (result,) = send(store, device, [waiting[device].pop(0)])
            assert result.status in (Status.APPLIED, Status.MERGED)
        assert final(store) == final(in_order)
        assert store.committed.heads[KEY].version == 10


@MODEST
@given(turns=st.lists(st.tuples(st.sampled_from(DEVICES), st.booleans()), min_size=3, max_size=20))
def test_repeats_after_lost_answers_take_effect_once_and_repeat_the_first_answer(
    turns: list[tuple[str, bool]],
) -> None:
    with begun() as store:
        first: dict[str, MutationResult] = {}
        outbox = {device: edits_of(device) for device in DEVICES}
        for device, is_lost in [*turns, *[(device, False) for device in DEVICES]]:
            for result in send(store, device, outbox[device]):
                before = first.setdefault(result.mutation_id, result)
                assert (result.version, result.document) == (before.version, before.document)
            if not is_lost:
                outbox[device] = []
        head = store.committed.heads[KEY]
        assert head.version == 1 + len(first) == 10
        assert head.document["marks"] == dict.fromkeys(DEVICES, 3)
        assert len(head.document["lines"]) == 9
