"""The phone judges and finishes receipts as the server does: random ones, compared whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from sampling import export_tables
from sampling.vocabulary import DEFAULT_EDITION
from server.access import Actor, Role
from server.errors import FORBIDDEN, FieldError, Problem
from server.receiving.basis import plan_lot
from server.receiving.decision import decision_errors, require_complete, require_sound_decision
from server.receiving.signatures import check_signatures
from server.receiving.verdict import Verdict, is_signed, judge
from tests.javascript.phone_code import Case, plain, results_of
from tests.javascript.random_receipts import (
    everyday_case,
    random_scheme,
    random_severity,
    wild_case,
)
from tests.javascript.rule_texts import rendered

WILD, EVERYDAY = 700, 400


INSPECTOR = {"user_id": "u-li", "name": "Li Lei", "may_concede": False}
QUALITY = {"user_id": "u-quality", "name": "Zhao", "may_concede": True}


def actor_of(person: dict[str, Any]) -> Actor:
    role = Role.QUALITY if person["may_concede"] else Role.INSPECTOR
    roles = {"s": frozenset({role})}
    return Actor(person["user_id"], "name", person["name"], "o", roles=roles)


def told(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    return [
        {
            "path": error.pointer,
            "zh": error.text.render("zh-CN", **error.params),
            "en": error.text.render("en", **error.params),
        }
        for error in errors
    ]


def in_python(case: Case) -> Any:
    try:
        verdict = judge(case["receipt"], case["basis"], case["checklists"])
    except Problem as problem:
        return {"refusal": told(problem.errors)[0]}
    return plain({**verdict.record, "missing": told(verdict.missing)})


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    wild = [wild_case(seed) for seed in range(WILD)]
    return wild + [everyday_case(seed) for seed in range(EVERYDAY)]


def test_random_receipts_are_judged_alike_in_both_languages(cases):
    theirs = results_of("receiving.mjs", [{"op": "judge", **case} for case in cases])
    refused = accepted = 0
    for case, answer in zip(cases, theirs, strict=True):
        ours = in_python(case)
        refusals = answer.pop("refusals")
        if "refusal" in ours:
            assert ours["refusal"] == refusals[0]
            refused += 1
            continue
        assert refusals == []
        assert answer == ours
        accepted += any(line["is_acceptable"] for line in ours["lines"].values())
    assert refused > 20
    assert accepted > 50
    reaches_everything(theirs)


def reaches_everything(verdicts):
    """If the receipts were all alike, agreement would say little."""
    lines = [line for verdict in verdicts for line in verdict["lines"].values()]
    assert {line["lot_decision"] for line in lines} == {
        None, "accepted", "not_accepted", "undecided",
    }  # fmt: skip
    assert {verdict["gate_order_kept"] for verdict in verdicts} == {True, False}
    assert {line["has_class_a_failure"] for line in lines} == {True, False}
    said = {text["en"][:12] for line in lines for text in (*line["reasons"], *line["notes"])}
    assert {
        "Class A chec", "Class B chec", "Past its dat", "Produced on ", "The lot of 1",
        "Class B: ins", "Class B: the",
    } <= said  # fmt: skip
    missing = {text["en"][:14] for verdict in verdicts for text in verdict["missing"]}
    assert {
        "A photo is mis", "Not checked ye", "No sample was ", "The sample is ", "Say why this i",
        "There is no li",
    } <= missing  # fmt: skip


def finished_in_python(case: Case, person: dict[str, Any]) -> list[dict[str, str]]:
    """What the service says when the receipt comes with its signatures; nothing: it is taken."""
    receipt, actor = case["receipt"], actor_of(person)
    earlier = {"signatures": stored_signatures(case, person)}
    try:
        check_signatures(None, actor, receipt, earlier)  # type: ignore[arg-type]
        verdict: Verdict = judge(receipt, case["basis"], case["checklists"])
        require_complete(receipt, verdict)
        require_sound_decision(actor, receipt, verdict)
    except Problem as problem:
        return told(problem.errors) or [_told_as_a_whole(problem)]
    return []


def _told_as_a_whole(problem: Problem) -> dict[str, str]:
    if problem.type is FORBIDDEN:
        return {
            "zh": rendered("zh-CN", MAY_NOT_CONCEDE),
            "en": rendered("en", MAY_NOT_CONCEDE),
        }
    return {"zh": problem.params["reason_zh"], "en": problem.params["reason_en"]}


MAY_NOT_CONCEDE: dict[str, Any] = {"key": "refused.may_not_concede", "params": {}}


def stored_signatures(case: Case, person: dict[str, Any]) -> list[Any]:
    """Quality staff come when the inspectors have signed; an inspector begins and finishes."""
    signatures: list[Any] = case["receipt"]["signatures"]
    return signatures if person is QUALITY else []


@pytest.mark.parametrize("person", [INSPECTOR, QUALITY])
def test_a_receipt_the_phone_finishes_is_one_the_server_takes(cases, person):
    asked = []
    for case in cases:
        stored = [signature["id"] for signature in stored_signatures(case, person)]
        asked.append({"op": "finish", **case, "actor": person, "stored": stored})
    taken = 0
    reasons = set()
    for case, answer in zip(cases, results_of("receiving.mjs", asked), strict=True):
        theirs = [*answer["missing"], *answer["refused"]]
        if not is_signed(case["receipt"]):
            assert {"/signatures/acceptor", "/signatures/witness"} & {one["path"] for one in theirs}
            continue
        ours = finished_in_python(case, person)
        assert (ours == []) == (theirs == [])
        taken += ours == []
        for one in ours:
            assert any(one.items() <= other.items() for other in theirs), one
            reasons.add(one["en"][:20])
    assert taken > 60
    assert len(reasons) > 20


def test_before_signing_the_signatures_themselves_are_not_what_is_missing():
    case = next(
        case
        for case in map(everyday_case, range(300))
        if finished_in_python(case, INSPECTOR) == [] and case["receipt"]["decision"] == "accepted"
    )
    unsigned = {**case, "receipt": {**case["receipt"], "signatures": []}}
    asked = [{"op": "judge", **unsigned, "as_signed": flag} for flag in (False, True)]
    before, as_signed = results_of("receiving.mjs", asked)
    assert [one["path"] for one in before["missing"]] != []
    assert as_signed["missing"] == []


# -- decisions by quantities -----------------------------------------------------------------------


def test_the_decision_says_what_the_quantities_say():
    amounts = ("0", "1", "2.5")
    lines = [
        [{"accepted_quantity": a, "rejected_quantity": r, "pending_quantity": p}]
        for a in amounts
        for r in amounts
        for p in amounts
    ]
    lines.append([*lines[1], *lines[9], {**lines[0][0], "accepted_quantity": "0.001"}])
    words = ("accepted", "rejected", "accepted_in_part", "accepted_by_concession", "pending")
    fitting = results_of("receiving.mjs", [{"op": "fitting", "lines": one} for one in lines])
    for one, found in zip(lines, fitting, strict=True):
        assert set(found) == {word for word in words if not list(decision_errors(word, one))}
    asked = [
        {"op": "decision_errors", "decision": word, "lines": one}
        for one in lines
        for word in (*words, None)
    ]
    ours = [told(list(decision_errors(case["decision"], case["lines"]))) for case in asked]
    theirs = results_of("receiving.mjs", asked)
    without = [
        (one, other) for one, other in zip(ours, theirs, strict=True) if "None" not in str(one)
    ]
    assert [other for _, other in without] == [one for one, _ in without]
    assert [bool(one) for one in ours] == [bool(other) for other in theirs]


# -- lots ------------------------------------------------------------------------------------------


def test_random_lots_get_the_plans_the_server_keeps(tmp_path):
    tables = tmp_path / "tables.json"
    tables.write_text(json.dumps(export_tables(DEFAULT_EDITION)), encoding="utf-8")
    chance = Random(7)
    asked: list[Case] = []
    ours: list[Any] = []
    while len(asked) < 400:
        scheme = random_scheme(chance)
        if scheme is None:
            continue
        severities = {class_: random_severity(chance) for class_ in "ABC"}
        lot_size = chance.choice((1, 2, 8, 9, 90, 500, 3201, 10**6))
        product = {"sampling_scheme": scheme}
        ours.append(plan_lot(product, {"lot_size": lot_size}, severities, ""))
        spelled = {class_: severity._asdict() for class_, severity in severities.items()}
        case = {"scheme": scheme, "lot_size": lot_size, "severities": spelled}
        asked.append({"op": "plan_lot", **case})
    assert results_of("receiving.mjs", asked, str(tables)) == plain(ours)
