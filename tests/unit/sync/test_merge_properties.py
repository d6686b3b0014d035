"""What holds for every merge, tried on many."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.decide import Apply, Conflict, Decision, Nothing, decide
from sync.policy import COUNTER, FIXED, KEY_BY_KEY, MAP_MAX, SERVER, SET, MergePolicy, by_id
from sync.records import Head, Mutation, Operation, PastVersion
from sync.values import same

MODEST = settings(max_examples=300, derandomize=True, deadline=None, database=None)

POLICY = MergePolicy(
    fields={
        "id": FIXED,
        "number": SERVER,
        "marks": MAP_MAX,
        "answers": KEY_BY_KEY,
        "tags": SET,
        "count": COUNTER,
        "lines": by_id(MergePolicy(fields={"id": FIXED}, groups=(("accepted", "rejected"),))),
    }
)
small = st.integers(0, 3)
words = st.sampled_from(["", "a", "b", "验收"])
keys = st.sampled_from(["p", "q", "r"])
lines = st.builds(
    lambda id_, **fields: {"id": id_, **fields},
    st.sampled_from(["1", "2", "3", "4"]),
    accepted=small,
    rejected=small,
    note=words,
)
documents = st.fixed_dictionaries(
    {"id": st.just("r")},
    optional={
        "title": words,
        "text": words,
        "number": words,
        "marks": st.dictionaries(keys, small),
        "answers": st.dictionaries(keys, words),
        "tags": st.lists(keys, unique=True).map(sorted),
        "count": small,
        "lines": st.lists(lines, unique_by=lambda line: line["id"], max_size=4).map(
            lambda items: sorted(items, key=lambda line: line["id"])
        ),
    },
)


def second(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> Decision:
    """What becomes of *mine*, made on *base*, when *theirs* arrived first."""
    versions = [PastVersion(1, False, base, "desk"), PastVersion(2, False, theirs, "their device")]
    head = Head("c", "r", 2, False, theirs, None, "their device")
    mutation = Mutation("m", "c", "r", Operation.UPSERT, 1, mine)
    return decide(POLICY, head, versions, mutation, "my device")


def outcome(decision: Decision, theirs: dict[str, Any]) -> dict[str, Any] | None:
    """The document that stands afterwards, empty fields left out; ``None`` for a conflict."""
    if isinstance(decision, Conflict):
        return None
    document = theirs if isinstance(decision, Nothing) else decision.document
    assert document is not None
    return {name: value for name, value in document.items() if value not in ("", [], {})}


def with_server_fields(base: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A document as the server would have stored it: its own fields are nobody else's."""
    rest = {name: value for name, value in document.items() if name != "number"}
    return {**rest, "number": base["number"]} if "number" in base else rest


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every register of a document by path; what merges by other rules is left out."""
    found: dict[str, Any] = {}
    for name, field in value.items():
        if name in ("title", "text", "note", "accepted", "rejected"):
            found[f"{path}{name}"] = field
        elif name == "answers":
            found.update({f"answers/{key}": answer for key, answer in field.items()})
        elif name == "lines":
            for line in field:
                found.update(leaves(line, f"lines/{line['id']}/"))
    return found


@MODEST
@given(base=documents, one=documents, two=documents)
def test_who_arrives_first_makes_no_difference_unless_they_conflict(
    base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]
) -> None:
    one, two = with_server_fields(base, one), with_server_fields(base, two)
    forth, back = second(base, one, two), second(base, two, one)
    assert isinstance(forth, Conflict) == isinstance(back, Conflict)
    if isinstance(forth, Conflict) and isinstance(back, Conflict):
        assert forth.fields == back.fields
    assert same(outcome(forth, one), outcome(back, two))


@MODEST
@given(base=documents, theirs=documents, mine=documents)
def test_every_change_of_either_side_is_in_the_result_or_reported(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    mine, theirs = with_server_fields(base, mine), with_server_fields(base, theirs)
    decision = second(base, theirs, mine)
    result = outcome(decision, theirs)
    if result is None:
        assert isinstance(decision, Conflict)
        assert decision.fields
        return
    was, stands = leaves(base), leaves(result)
    for side in (leaves(mine), leaves(theirs)):
        for path, value in side.items():
            if value != was.get(path) and not (value == "" and path not in was):
                assert stands.get(path, "") == value, path


@MODEST
@given(base=documents, theirs=documents)
def test_a_device_that_changed_nothing_changes_nothing(
    base: dict[str, Any], theirs: dict[str, Any]
) -> None:
    theirs = with_server_fields(base, theirs)
    assert isinstance(second(base, theirs, base), Nothing)


@MODEST
@given(base=documents, mine=documents)
def test_without_changes_by_others_the_whole_document_of_the_device_stands(
    base: dict[str, Any], mine: dict[str, Any]
) -> None:
    mine = with_server_fields(base, mine)
    decision = second(base, base, mine)
    assert isinstance(decision, Apply | Nothing)
    assert not decision.merged
    assert same(outcome(decision, base), outcome(Nothing(), mine))


@MODEST
@given(versions=st.lists(documents, min_size=1, max_size=4), data=st.data())
def test_a_device_alone_never_conflicts_whatever_base_it_names(
    versions: list[dict[str, Any]], data: st.DataObject
) -> None:
    history = [
        PastVersion(number, False, document, "my device")
        for number, document in enumerate(versions, start=1)
    ]
    head = Head("c", "r", len(versions), False, versions[-1], None, "my device")
    base = data.draw(st.sampled_from([None, *range(1, len(versions) + 1)]))
    mutation = Mutation("m", "c", "r", Operation.UPSERT, base, data.draw(documents))
    since = history[(base or 1) - 1 :]
    assert not isinstance(decide(POLICY, head, since, mutation, "my device"), Conflict)
