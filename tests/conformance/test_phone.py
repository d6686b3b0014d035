"""What a client must do, shown on one that does it, and what would go wrong otherwise."""

from __future__ import annotations

from typing import Any

from sync.records import Status
from tests.conformance.phone import Desk, Phone
from tests.conformance.worlds import uid

NOTE = uid("note")


def titled(title: str) -> Any:
    return lambda document: document.update(title=title)


def texted(text: str) -> Any:
    return lambda document: document.update(text=text)


def phone_at(desk: Desk, *sites: str) -> Phone:
    phone = Phone(desk, "phone", sites)
    phone.pull()
    return phone


def test_an_edit_waiting_in_the_outbox_keeps_its_base_when_a_pull_brings_a_newer_version(
    desk: Desk,
) -> None:
    desk.write("note", title="a", text="")
    phone = phone_at(desk, "north")
    phone.edit(NOTE, texted("mine"))
    desk.write("note", title="theirs", text="")
    phone.pull()
    phone.edit(NOTE, texted("mine, longer"))
    assert [mutation.base_version for mutation in phone.outbox] == [1, 1]
    phone.push()
    head = desk.head("note")
    assert head is not None
    assert (head.document["title"], head.document["text"]) == ("theirs", "mine, longer")


def test_an_answer_without_a_document_leaves_the_own_state_on_its_old_base(desk: Desk) -> None:
    desk.write("note", title="a", text="")
    phone = phone_at(desk, "north")
    desk.write("note", title="theirs", text="")
    phone.edit(NOTE, texted("mine"))
    phone.push(answer_is_lost=True)  # merged into version 3
    phone.sites = ("south",)
    (answer,) = phone.push()
    assert (answer.status, answer.version, answer.document) == (Status.DUPLICATE, 3, None)
    phone.sites = ("north",)
    assert phone.edit(NOTE, texted("mine, longer")).base_version == 1
    phone.push()
    head = desk.head("note")
    assert head is not None
    assert (head.document["title"], head.document["text"]) == ("theirs", "mine, longer")


def test_an_answer_older_than_what_a_pull_brought_replaces_nothing(desk: Desk) -> None:
    desk.write("note", title="a")
    phone = phone_at(desk, "north")
    phone.edit(NOTE, titled("mine"))
    phone.push(answer_is_lost=True)
    desk.write("note", title="later")
    phone.pull()
    (answer,) = phone.push()
    assert (answer.status, answer.version) == (Status.DUPLICATE, 2)
    assert phone.held[NOTE][0] == 3
    assert phone.held[NOTE][1]["title"] == "later"


def test_a_tombstone_takes_the_record_and_leaves_the_outbox(desk: Desk) -> None:
    desk.write("note", title="a")
    phone = phone_at(desk, "north")
    mutation = phone.edit(NOTE, titled("mine"))
    desk.erase("note")
    phone.pull()
    assert NOTE not in phone.held
    assert phone.outbox == [mutation]
    (answer,) = phone.push()
    assert answer.status is Status.CONFLICT
    assert [conflict.mutation for conflict in desk.world.conflicts()] == [mutation]


def test_a_record_no_pull_ever_brought_is_dropped_after_a_whole_pull(desk: Desk) -> None:
    phone = phone_at(desk, "north")
    phone.sites = ("south",)
    phone.edit(NOTE, lambda document: document.update(site_id=desk.world.site("south")))
    phone.push()
    assert NOTE in phone.held
    phone.sites = ("north",)
    phone.pull()
    assert phone.held == {}


def test_starting_over_keeps_the_outbox_and_loses_nothing(desk: Desk) -> None:
    desk.write("note", title="a")
    desk.write("gone", title="a")
    phone = phone_at(desk, "north")
    phone.edit(NOTE, titled("mine"))
    desk.erase("gone")
    desk.world.compact(desk.position())
    phone.start_over()
    phone.pull()
    phone.push()
    assert desk.title("note") == "mine"
    assert list(phone.held) == [NOTE]
