"""Every list says of each record how many of its photos are here, in as many statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.attachments.completeness import named_photos
from tests.conftest import TestClock
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import announce, stored_photo
from tests.registers_world import Kitchen
from tests.world import Person, World


@contextmanager
def statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def listed(person: Person, kind: str) -> dict[str, dict[str, int]]:
    """By record id."""
    answer = person.get(f"/api/v1/{kind}")
    assert answer.status_code == 200, answer.text
    return {row["id"]: row["photos"] for row in answer.json[kind.replace("-", "_")]}


def test_each_list_counts_announced_and_stored_photos(world: World, clock: TestClock) -> None:
    kitchen = Kitchen(world, clock)
    inspected, zhao = kitchen.inspected, kitchen.zhao
    here, coming, silent = stored_photo(zhao, photo(1)), announce(zhao, photo(2)), str(uuid4())
    finding = inspected.finding(attachment_ids=[here["id"], coming["id"], silent])
    # One more names the finding itself.
    announce(zhao, photo(3), owner_collection="findings", owner_id=finding["id"])
    inspected.save("findings", finding, zhao)
    assert listed(zhao, "findings") == {finding["id"]: {"announced": 4, "stored": 1}}

    notice = inspected.save("corrective-actions", inspected.notice(finding), zhao)
    submission = inspected.submission(notice)
    submission["attachment_ids"] = [stored_photo(inspected.chen, photo(4))["id"]]
    inspected.take(submission, inspected.chen)
    # What the finding names, and the photo of what was done; owners count in their own lists.
    count = {"announced": 4, "stored": 2}
    assert listed(inspected.manager, "corrective-actions") == {notice["id"]: count}
    whole = inspected.manager.get(f"/api/v1/corrective-actions/{notice['id']}").json
    assert whole["photos"] == count

    sample = kitchen.sample()
    inspected.save("register-entries", sample, zhao)
    assert listed(zhao, "register-entries") == {sample["id"]: {"announced": 1, "stored": 0}}


@pytest.mark.parametrize("kind", ["findings", "corrective-actions", "register-entries"])
def test_a_longer_list_takes_no_more_statements(
    sqlite_world: World, clock: TestClock, kind: str
) -> None:
    kitchen, taken = Kitchen(sqlite_world, clock), []
    for _ in range(2):
        for _ in range(2):
            kitchen.inspected.issued()
            kitchen.inspected.save("register-entries", kitchen.sample(), kitchen.zhao)
        with statements() as sent:
            assert len(listed(kitchen.manager, kind)) >= 2
        taken.append(len(sent))
    assert taken[0] == taken[1]


def test_photos_are_found_wherever_a_document_names_them_but_not_an_earlier_ones() -> None:
    document = {
        "answers": [
            {"attachment_ids": ["a"]},
            {"attachment_ids": ["b", "c"], "note": "attachment"},
        ],
        "signature": {"attachment_id": "d"},
        "verification": {"attachment_id": None},
        "repeat_of": {"attachment_ids": ["e"]},
        "attachment_ids": [],
    }
    assert sorted(named_photos(document)) == ["a", "b", "c", "d"]
