"""Several phones, a desk, lost answers, users and records that move: at the end all agree."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sync.records import Mutation, MutationResult, Publication, Status
from tests.conformance.phone import Desk, Phone
from tests.conformance.worlds import World, uid

SITES = ("north", "south", "east")
ANSWERED = {Status.APPLIED, Status.MERGED, Status.DUPLICATE}


class Story:
    """A random but repeatable course of events."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.desk = world, Desk(world)
        self.random = random.Random(seed)
        self.phones = [
            Phone(self.desk, f"phone-{n}", self.random.sample(SITES, n % 2 + 1)) for n in range(4)
        ]
        self.records: list[str] = []
        self.acknowledged: dict[tuple[str, str], int] = {}

    def happen(self) -> None:
        phone = self.random.choice(self.phones)
        act = self.random.choices(
            [self.create, self.edit, self.erase, self.push, self.pull, self.move_user, self.move],
            [3, 10, 1, 8, 8, 1, 2],
        )[0]
        act(phone)

    def create(self, phone: Phone) -> None:
        record = uid("record", str(len(self.records)))
        self.records.append(record)
        site_id = self.world.site(self.random.choice(phone.sites))
        phone.edit(record, lambda document: document.update(site_id=site_id, marks={phone.name: 1}))

    def edit(self, phone: Phone) -> None:
        if not phone.held:
            return
        title = self.random.choice([None, None, "x", "y"])

        def change(document: dict[str, Any]) -> None:
            marks = document.setdefault("marks", {})
            marks[phone.name] = marks.get(phone.name, 0) + 1
            if title:
                document["title"] = title

        phone.edit(self.random.choice(sorted(phone.held)), change)

    def erase(self, phone: Phone) -> None:
        if phone.held:
            phone.erase(self.random.choice(sorted(phone.held)))

    def push(self, phone: Phone) -> None:
        sent = list(phone.outbox)
        answers = phone.push(answer_is_lost=self.random.random() < 0.25)
        for mutation, answer in zip(sent, answers, strict=False):
            self.hear(phone, mutation, answer)

    def hear(self, phone: Phone, mutation: Mutation, answer: MutationResult) -> None:
        if answer.status in ANSWERED and mutation.document is not None:
            key = (mutation.record_id, phone.name)
            mark = mutation.document["marks"].get(phone.name, 0)
            self.acknowledged[key] = max(self.acknowledged.get(key, 0), mark)

    def pull(self, phone: Phone) -> None:
        phone.pull(limit=self.random.randint(1, 5), pages=self.random.randint(1, 4))

    def move_user(self, phone: Phone) -> None:
        phone.sites = tuple(self.random.sample(SITES, self.random.randint(1, 2)))

    def move(self, phone: Phone) -> None:
        """The desk gives a record to another site, or to all."""
        if not phone.held:
            return
        record = self.random.choice(sorted(phone.held))
        with self.world.transaction() as store:
            head = store.heads([key := _key(record)]).get(key)
            if head is not None and not head.deleted:
                place = self.random.choice([*SITES, None])
                site_id = self.world.site(place) if place else None
                store.publish(Publication("notes", record, head.document, site_id))

    def come_to_rest(self) -> None:
        for phone in self.phones:
            self.push(phone)
            while phone.outbox:
                self.push(phone)
        for phone in self.phones:
            phone.pull(limit=3)

    def on_the_server(self, phone: Phone) -> dict[str, tuple[int | None, str]]:
        """What a phone that starts over would hold."""
        fresh = Phone(self.desk, phone.name, phone.sites)
        fresh.pull()
        return fresh.holdings()


def _key(record: str) -> Any:
    return Publication("notes", record, None).key


@pytest.mark.parametrize("seed", [*range(6), 152, 447, 3415])
def test_all_devices_end_with_what_the_server_has_in_their_scope(world: World, seed: int) -> None:
    story = Story(world, seed)
    for _ in range(150):
        story.happen()
    story.come_to_rest()
    for phone in story.phones:
        assert phone.holdings() == story.on_the_server(phone)
    assert_nothing_acknowledged_is_lost(story)


def assert_nothing_acknowledged_is_lost(story: Story) -> None:
    with story.world.transaction() as store:
        heads = store.heads([_key(record) for record in story.records])
    for (record, phone), mark in story.acknowledged.items():
        assert heads[_key(record)].document["marks"][phone] >= mark
    kept = {conflict.mutation.mutation_id for conflict in story.world.conflicts()}
    kept |= {quarantined.mutation_id for quarantined in story.world.quarantined()}
    for device in story.phones:
        for mutation in [*device.conflicts, *device.rejected]:
            assert mutation.mutation_id in kept
