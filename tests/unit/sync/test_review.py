"""A person's decision that a mutation shall not be carried out is the last word on it."""

from __future__ import annotations

from dataclasses import replace

from sync.errors import problem
from tests.conformance.phone import Desk, upsert
from tests.conformance.worlds import MemoryWorld


def test_a_rejection_that_is_final_is_repeated_and_not_judged_again() -> None:
    world = MemoryWorld()
    desk = Desk(world)
    sent = upsert("m", "note", title="a", minimum=5, maximum=1)
    desk.push("phone", sent)
    with world.transaction() as store:
        known = store.known_results([sent.mutation_id])[sent.mutation_id]
        discarded = replace(known, is_final=True, problem=problem("discarded"))
        store.keep_result(discarded)
    passable = replace(sent, document={**(sent.document or {}), "maximum": 9})
    fresh = replace(passable, sent_content_hash=sent.content_hash)
    for mutation in (sent, fresh):
        [result] = desk.push("phone", mutation)
        assert result.problem == {"slug": "discarded", "params": {}}
    assert desk.head("note") is None
