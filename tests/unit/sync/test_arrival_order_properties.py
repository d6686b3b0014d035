"""Counters, sets, maps and lists by id: in whatever order edits arrive, and whichever of them
arrive again later, the end is the one that in-order arrival gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.canonical import canonical_json
from sync.memory import MemoryStore, MemoryTransaction
from sync.policy import COUNTER, KEY_BY_KEY, MAP_MAX, SET, MergePolicy, by_id
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
POLICY = MergePolicy(
    fields={
        "count": COUNTER,
        "tags": SET,
        "marks": MAP_MAX,
        "answers": KEY_BY_KEY,
        "lines": by_id(MergePolicy(fields={"count": COUNTER, "tags": SET})),
    }
)
BASE_TAGS, TAGS = ("p", "q", "r"), ("p", "q", "r", "s", "t")
SHARED_LINES = ("1", "2")


@dataclass(frozen=True)
class Edit:
    """What one person changes at one go; ``device`` makes fields and lines of their own."""

    device: str
    number: int
    counted: int
    added: frozenset[str]
    removed: frozenset[str]
    marks: dict[str, int]
    line: str
    line_counted: int
    drops_own_line: bool

    def on(self, before: dict[str, Any]) -> dict[str, Any]:
        lines = [self._line(line) for line in before["lines"]]
        gone = {f"{self.device} begun"} if self.drops_own_line else set()
        lines = [line for line in lines if line["id"] not in gone]
        marks = {key: max(value, before["marks"].get(key, 0)) for key, value in self.marks.items()}
        return {
            "count": before["count"] + self.counted,
            "tags": sorted((set(before["tags"]) | self.added) - self.removed),
            "marks": {**before["marks"], **marks},
            "answers": {**before["answers"], self.device: f"edit {self.number}"},
            "lines": [*lines, {"id": f"{self.device}{self.number}", "count": 1, "tags": []}],
        }

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        if line["id"] != self.line:
            return line
        tags = sorted({*line["tags"], self.device})
        noted = {self.device: f"edit {self.number}"}
        return {**line, **noted, "count": line["count"] + self.line_counted, "tags": tags}


BASE: dict[str, Any] = {
    "count": 5,
    "tags": sorted(BASE_TAGS),
    "marks": {"p": 2},
    "answers": {"p": "old"},
    "lines": [
        {"id": id_, "count": 3, "tags": []}
        for id_ in (*SHARED_LINES, *(f"{device} begun" for device in DEVICES))
    ],
}
# Nobody adds what somebody may remove: who wins then is a matter of order, and of people.
edits = st.builds(
    dict,
    counted=st.integers(-3, 3),
    added=st.frozensets(st.sampled_from([tag for tag in TAGS if tag not in BASE_TAGS])),
    removed=st.frozensets(st.sampled_from(BASE_TAGS)),
    marks=st.dictionaries(st.sampled_from(["p", "q"]), st.integers(0, 9)),
    line=st.sampled_from(SHARED_LINES),
    line_counted=st.integers(-3, 3),
    drops_own_line=st.booleans(),
)


@dataclass(frozen=True)
class Caller:
    device_id: str
    store: MemoryTransaction

    def may_see(self, collection: str, site_id: str | None) -> bool:
        return True


class Log:
    policy = POLICY

    def admit(self, context: Caller, mutation: Mutation, head: Head | None) -> None:
        """Everybody may."""

    def apply(
        self, context: Caller, mutation: Mutation, document: Document | None, head: Head | None
    ) -> Written:
        published = context.store.publish(
            Publication("log", mutation.record_id, document, None, context.device_id)
        )
        return Written(published.version, document)


@dataclass
class Server:
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        with self.store.transaction() as transaction:
            transaction.publish(Publication("log", "r", BASE))

    def hear(self, mutation: Mutation) -> MutationResult:
        device = mutation.mutation_id[0]
        with self.store.transaction() as transaction:
            [result] = push(transaction, {"log": Log()}, Caller(device, transaction), [mutation])
        return result

    @property
    def document(self) -> Any:
        return self.store.committed.heads[KEY].document


def outbox(device: str, drawn: list[dict[str, Any]]) -> list[Mutation]:
    """The edits of one device, one upon the other, all made on version 1."""
    mutations, document = [], BASE
    for number, values in enumerate(drawn, start=1):
        document = Edit(device, number, **values).on(document)
        mutations.append(Mutation(f"{device}{number}", "log", "r", Operation.UPSERT, 1, document))
    return mutations


@MODEST
@given(
    drawn=st.fixed_dictionaries(
        {device: st.lists(edits, min_size=1, max_size=3) for device in DEVICES}
    ),
    chance=st.randoms(use_true_random=False),
)
def test_counters_sets_maps_and_lists_end_the_same_in_any_order_of_arrival(
    drawn: dict[str, list[dict[str, Any]]], chance: Any
) -> None:
    in_order, shuffled = Server(), Server()
    for device in DEVICES:
        for mutation in outbox(device, drawn[device]):
            in_order.hear(mutation)

    waiting = {device: outbox(device, drawn[device]) for device in DEVICES}
    arrived: list[Mutation] = []
    while any(waiting.values()):
        device = chance.choice([device for device in DEVICES if waiting[device]])
        arrived.append(waiting[device].pop(0))
        assert shuffled.hear(arrived[-1]).status in (Status.APPLIED, Status.MERGED)
        if chance.random() < 0.5:  # something old comes once more, after newer ones
            assert shuffled.hear(chance.choice(arrived)).status is Status.DUPLICATE
    assert canonical_json(shuffled.document) == canonical_json(in_order.document)


@MODEST
@given(
    drawn=st.fixed_dictionaries(
        {device: st.lists(edits, min_size=1, max_size=3) for device in DEVICES}
    )
)
def test_nobodys_part_is_missing_at_the_end(drawn: dict[str, list[dict[str, Any]]]) -> None:
    """The same end everywhere would be easy to reach by losing everything."""
    server = Server()
    for device in DEVICES:
        for mutation in outbox(device, drawn[device]):
            server.hear(mutation)
    everything = [edit for of_device in drawn.values() for edit in of_device]
    document = server.document
    assert document["count"] == 5 + sum(edit["counted"] for edit in everything)
    added = {tag for edit in everything for tag in edit["added"]}
    removed = {tag for edit in everything for tag in edit["removed"]}
    assert set(document["tags"]) == (set(BASE_TAGS) | added) - removed
    made = {f"{device}{n}" for device in DEVICES for n in range(1, len(drawn[device]) + 1)}
    lines = {line["id"]: line for line in document["lines"]}
    assert made <= lines.keys()
    for device in DEVICES:
        is_dropped = any(edit["drops_own_line"] for edit in drawn[device])
        assert (f"{device} begun" in lines) is not is_dropped
    for id_ in SHARED_LINES:
        counted = sum(edit["line_counted"] for edit in everything if edit["line"] == id_)
        assert lines[id_]["count"] == 3 + counted
    assert document["answers"] == {
        "p": "old",
        **{device: f"edit {len(drawn[device])}" for device in DEVICES},
    }
