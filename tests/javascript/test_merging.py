"""The phone merges as the server does: random documents, every rule, several versions."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from server.receiving.mutations import goods_receipts
from server.sync_api.registry import COLLECTIONS
from sync.decide import SEALED, Apply, Conflict, Nothing, decide
from sync.merge import merge_record
from sync.policy import (
    COUNTER,
    FIXED,
    KEY_BY_KEY,
    MAP_MAX,
    SERVER,
    SET,
    MergePolicy,
    by_id,
    sealed_by,
)
from sync.records import Head, Mutation, Operation, PastVersion
from sync.timeline import Timeline
from tests.javascript.phone_code import Case, results_of

CASES = 3000
POLICY = MergePolicy(
    fields={
        "id": FIXED,
        "site": FIXED,
        "number": SERVER,
        "marks": MAP_MAX,
        "answers": KEY_BY_KEY,
        "tags": SET,
        "count": COUNTER,
        "seals": by_id(),
        "lines": by_id(
            MergePolicy(
                fields={"id": FIXED, "price": SERVER, "parts": by_id()},
                groups=(("accepted", "rejected"),),
            )
        ),
    },
    groups=(("low", "high"),),
    must_not_merge=sealed_by("seals", besides=frozenset({"number", "site"})),
)
IDS = ("1", "2", "10", "a/b", "a~c", "😀", "\uffee", "__proto__")
WORDS = (None, "", "a", "b", "验收", 0, 1, True, [], {}, ["a"], {"x": 1})


def random_document(chance: Random) -> dict[str, Any]:
    document: dict[str, Any] = {"id": "r"}
    for name in (*POLICY.fields, "title", "low", "high", "text"):
        if name != "id" and chance.random() < 0.75:
            document[name] = random_value(chance, name)
    return document


def random_value(chance: Random, name: str) -> Any:
    if chance.random() < 0.04:
        return chance.choice(WORDS)  # of a shape that no policy expects
    few = chance.sample(IDS, chance.randrange(4))
    match name:
        case "marks":
            return {key: chance.choice((0, 1, 2.5, 7)) for key in few}
        case "answers":
            return {key: chance.choice(WORDS) for key in few}
        case "tags":
            return [chance.choice((key, {"t": key, "n": 1})) for key in few]
        case "count":
            return chance.randrange(5)
        case "seals" | "parts":
            return [{"id": id_, "name": chance.choice(WORDS)} for id_ in few]
        case "lines":
            return [random_line(chance, id_) for id_ in few]
        case _:
            return chance.choice(WORDS)


def random_line(chance: Random, id_: str) -> dict[str, Any]:
    line: dict[str, Any] = {"id": id_}
    for name in ("accepted", "rejected", "price", "note", "parts"):
        if chance.random() < 0.8:
            line[name] = random_value(chance, name)
    return line


def edited(chance: Random, document: dict[str, Any]) -> dict[str, Any]:
    """*document* with a few changes, as somebody makes them."""
    result = deepcopy(document)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        name = chance.choice((*POLICY.fields, "title", "text", "low", "high"))
        inside = result.get(name)
        if name == "id":
            continue
        if name == "lines" and isinstance(inside, list) and inside and chance.random() < 0.8:
            edit_items(chance, inside)
        elif chance.random() < 0.15:
            result.pop(name, None)
        else:
            result[name] = random_value(chance, name)
    return result


def edit_items(chance: Random, lines: list[Any]) -> None:
    what = chance.random()
    if what < 0.15:
        lines.pop(chance.randrange(len(lines)))
    elif what < 0.3:
        chance.shuffle(lines)
    elif what < 0.45:
        taken = {line["id"] for line in lines if isinstance(line, dict)}
        lines.append(random_line(chance, chance.choice([i for i in IDS if i not in taken])))
    else:
        line = chance.choice(lines)
        name = chance.choice(("accepted", "rejected", "price", "note", "parts"))
        line[name] = random_value(chance, name)


def random_history(seed: int) -> Case:
    chance = Random(seed)
    versions = [random_document(chance)]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        versions.append(edited(chance, versions[-1]))
    return {
        "policy": POLICY.to_dict(),
        "versions": versions,
        "own": [chance.random() < 0.3 for _ in versions],
        "mine": edited(chance, chance.choice((versions[0], versions[0], versions[-1]))),
    }


@pytest.fixture(scope="module")
def histories() -> list[Case]:
    return [random_history(seed) for seed in range(CASES)]


def test_random_documents_merge_alike_with_the_same_conflicts(histories):
    theirs = results_of("merging.mjs", [{"op": "merge", **case} for case in histories])
    clashing = merging = 0
    for case, found in zip(histories, theirs, strict=True):
        clashes: list[str] = []
        timeline = Timeline(tuple(case["versions"]), tuple(case["own"]))
        ours = merge_record(POLICY, "", timeline, case["mine"], clashes)
        assert found["document"] == ours
        assert sorted(clash["path"] for clash in found["clashes"]) == sorted(clashes)
        clashing += bool(clashes)
        merging += not clashes and ours not in (case["mine"], case["versions"][-1])
    assert clashing > 150
    assert merging > 300


def decided(case: Case) -> Any:
    versions = [
        PastVersion(number, False, document, "mine" if own else "other")
        for number, (document, own) in enumerate(
            zip(case["versions"], case["own"], strict=True), start=1
        )
    ]
    newest = versions[-1]
    head = Head("c", "r", newest.version, False, newest.document, None, newest.device_id)
    mutation = Mutation("m", "c", "r", Operation.UPSERT, 1, case["mine"])
    return decide(POLICY, head, versions, mutation, "mine")


def test_what_the_phone_foresees_is_what_the_push_decides(histories):
    theirs = results_of("merging.mjs", [{"op": "rebase", **case} for case in histories])
    statuses = set()
    for case, found in zip(histories, theirs, strict=True):
        statuses.add(found["status"])
        match decided(case):
            case Nothing():
                assert found["status"] == "nothing"
            case Apply(document=document, merged=merged):
                assert found["status"] == ("merged" if merged else "clean")
                assert found["document"] == document
            case Conflict(fields=fields, reason=reason):
                assert found["status"] == ("sealed" if reason == SEALED else "conflict")
                paths = [clash["path"] for clash in found["clashes"]]
                assert tuple(found["sealed"] or sorted(paths)) == fields
    assert statuses == {"nothing", "clean", "merged", "conflict", "sealed"}


def test_whatever_is_chosen_the_document_says_it(histories):
    simple = [
        {**case, "versions": [case["versions"][0], case["versions"][-1]]} for case in histories
    ]
    for side in ("mine", "theirs"):
        cases = [{"op": "resolve", **case, "choices": side} for case in simple]
        chosen = 0
        for case, found in zip(simple, results_of("merging.mjs", cases), strict=True):
            source = case["mine"] if side == "mine" else case["versions"][-1]
            for path, value in found["values"].items():
                assert value == at(source, path), (path, side)
                chosen += 1
        assert chosen > 300


def at(document: Any, path: str) -> Any:
    for step in path.split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = next((item for item in document if item["id"] == name), None)
        else:
            document = (document or {}).get(name)
    return document


def test_both_sides_of_a_conflict_are_named_with_what_belongs_together():
    policy = goods_receipts.policy.to_dict()
    line = {
        "id": "l1",
        "delivered_quantity": "50",
        "accepted_quantity": "50",
        "rejected_quantity": "0",
        "pending_quantity": "0",
        "rejection_reason": "",
    }
    base = {"id": "r", "note": "", "lines": [line]}
    theirs = {**base, "lines": [{**line, "accepted_quantity": "48", "rejected_quantity": "2"}]}
    mine = {
        **base,
        "note": "看过",
        "lines": [{**line, "accepted_quantity": "45", "pending_quantity": "5"}],
    }
    case: Case = {
        "op": "rebase",
        "policy": policy,
        "versions": [base, theirs],
        "own": [False, False],
    }
    [found] = results_of("merging.mjs", [{**case, "mine": mine}])
    assert found["status"] == "conflict"
    assert found["document"]["note"] == "看过"
    sides = {clash["path"]: (clash["mine"], clash["theirs"]) for clash in found["clashes"]}
    assert sides == {
        "lines/l1/accepted_quantity": ("45", "48"),
        "lines/l1/rejected_quantity": ("0", "2"),
        "lines/l1/pending_quantity": ("5", "0"),
    }
    assert {len(clash["together"]) for clash in found["clashes"]} == {4}
    choose = {
        "op": "resolve", "policy": policy, "versions": [base, theirs], "mine": mine,
        "choices": {"lines/l1/accepted_quantity": "mine"},
    }  # fmt: skip
    [resolved] = results_of("merging.mjs", [choose])
    assert resolved["document"] == mine


def test_the_view_of_changes_looks_into_lists_and_leaves_the_servers_fields_out():
    policy = goods_receipts.policy.to_dict()
    before = {"id": "r", "number": None, "lines": [{"id": "1", "unit": "kg"}, {"id": "2"}]}
    after = {"id": "r", "number": "YS-1", "lines": [{"id": "1", "unit": "box"}, {"id": "3"}]}
    case = {"op": "changes", "policy": policy, "before": before, "after": after}
    [found] = results_of("merging.mjs", [case])
    assert found == [
        {"path": "lines/1/unit", "before": "kg", "after": "box"},
        {"path": "lines/2", "before": {"id": "2"}},
        {"path": "lines/3", "after": {"id": "3"}},
    ]


def test_every_collections_policy_is_told_to_devices(sqlite_world):
    person = sqlite_world.person("li")
    answer = person.get("/api/v1/sync/policies")
    assert answer.status_code == 200
    told = answer.json["policies"]
    assert told.keys() == COLLECTIONS.keys()
    assert told["goods_receipts"] == goods_receipts.policy.to_dict()
    assert told["goods_receipts"]["sealed_by"]["seals"] == ["signatures"]
    again = person.get("/api/v1/sync/policies", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_only_a_seal_made_of_data_can_be_told():
    policy = MergePolicy(must_not_merge=lambda base, mine, theirs: ())
    with pytest.raises(TypeError, match="sealed_by"):
        policy.to_dict()
