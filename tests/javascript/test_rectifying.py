"""Inspections and notices on the phone: the same tables, ids and verdicts as the server's."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from schemas.checklists import STORAGE_CLASSES
from server.calendars.deadlines import DEFAULT_DEADLINES
from server.checklists.defaults import default_checklists
from server.corrective_actions.lifecycle import (
    NEEDS_TEXT,
    STATUS_LABELS,
    TRANSITIONS,
    next_status,
)
from server.findings.recurrence import recurrence_key
from server.inspection.judging import findings_of, judge_answers, result_of, what_is_missing
from tests.javascript.phone_code import results_of

PROGRAM = "rectifying.mjs"
ME, OTHER = "me", "somebody else"


def one(op: str, **case: Any) -> Any:
    return results_of(PROGRAM, [{"op": op, **case}])[0]


def action(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "written_notice",
        "status": "open",
        "due_at": "2026-03-05T12:00:00.000000Z",
        "assignee": None,
        "submission": None,
        "extension": None,
        **changes,
    }


def test_the_life_of_a_notice_is_the_servers():
    pairs = [(kind, status) for kind in TRANSITIONS for status in STATUS_LABELS]
    asked = [{"op": "next", "kind": kind, "status": status} for kind, status in pairs]
    assert results_of(PROGRAM, asked) == [next_status(kind, status) for kind, status in pairs]
    words = one("words")
    assert set(words["needs_text"]) == NEEDS_TEXT
    assert set(words["verifies"]) == {k for k, t in TRANSITIONS.items() if t.needs_verifier}
    assert words["deadlines"] == dict(DEFAULT_DEADLINES)


def test_nobody_is_offered_to_judge_their_own_work():
    submitted = action(status="submitted", submission={"user_id": ME, "step_id": "s"})
    judge = {"id": ME, "verifies": True}
    assert "verified" not in one("steps", action=submitted, person=judge)
    assert "verified" in one("steps", action=submitted, person={**judge, "id": OTHER})
    assert "verified" not in one("steps", action=submitted, person={"id": OTHER, "verifies": False})
    answers = action(
        status="submitted", submission={"user_id": "third"}, assignee={"user_id": OTHER}
    )
    assert "returned" not in one("steps", action=answers, person={"id": OTHER, "verifies": True})


def test_steps_that_wait_on_the_phone_are_counted_in():
    step = {"id": "s1", "kind": "submitted", "captured_at": "T1", "attachment_ids": ["p"]}
    stands = one("standing", action=action(), waiting=[step])
    assert (stands["status"], stands["submission"]["step_id"]) == ("submitted", "s1")
    late = {**step, "id": "s2"}
    assert one("standing", action=action(status="verified"), waiting=[late])["status"] == "verified"


def test_a_submission_names_what_it_lacks():
    said = {"correction": "done", "cause": " ", "prevention": "", "photos": 0}
    assert one("missing", action=action(), submission=said) == ["photos"]
    order = action(kind="rectification_order")
    assert one("missing", action=order, submission=said) == ["cause", "prevention", "photos"]


def test_time_left_is_told_in_the_unit_people_say():
    now = "2026-03-05T12:00:00Z"
    cases = {
        "2026-03-07T13:00:00Z": (False, "day", 2),
        "2026-03-05T17:30:00Z": (False, "hour", 5),
        "2026-03-05T12:20:00Z": (False, "minute", 20),
        "2026-03-05T11:59:00Z": (True, "minute", 1),
        "2026-03-02T11:00:00Z": (True, "day", 3),
    }
    asked = [{"op": "left", "due_at": due, "now": now} for due in cases]
    told = [(r["isOver"], r["unit"], r["n"]) for r in results_of(PROGRAM, asked)]
    assert told == list(cases.values())


# -- inspections -----------------------------------------------------------------------------------


def filled(template: dict[str, Any], seed: int) -> dict[str, Any]:
    """An inspection with some items answered one way or the other, and some not."""
    random = Random(seed)
    gaps, wrong, bare = (random.choice([0, 0, share]) for share in (0.1, 0.2, 0.4))
    answers = []
    for position, item in enumerate(template["items"]):
        if random.random() < gaps:
            continue
        limits = item.get("limits") or {}
        value = limits.get("max") or limits.get("min")
        if value is not None and random.random() < wrong:
            value = random.choice(["-40", "30"])
        photos = [] if random.random() < bare else [str(UUID(int=position))]
        answers.append(
            {
                "id": str(UUID(int=1000 + position)),
                "item_id": item["id"],
                "value": value,
                "is_ok": random.random() >= wrong,
                "not_applicable": item["may_be_not_applicable"] and random.random() < 0.5,
                "number": "",
                "attachment_ids": photos,
                "note": "",
                "captured_at": "2026-03-02T01:30:00Z",
            }
        )
    return {
        "id": str(UUID(int=random.getrandbits(128))),
        "site_id": None,
        "unit_id": None,
        "place_id": None,
        "place_text": "",
        "answers": answers,
        "captured_at": "2026-03-02T01:30:00Z",
        "entered_at": None,
    }


def test_an_inspection_stands_as_the_server_will_judge_it():
    template = next(t for t in default_checklists() if t["code"] == "INS-DAILY")
    documents = [filled(template, seed) for seed in range(60)]
    asked = [
        {"op": "inspect", "document": document, "template": template, "repeated": ["K03", "K04"]}
        for document in documents
    ]
    grades = set()
    for document, ours in zip(documents, results_of(PROGRAM, asked), strict=True):
        evaluation = judge_answers(template, document)
        missing = {error.pointer.split("/")[2] for error in what_is_missing(template, evaluation)}
        result = result_of(template, evaluation, {"K03", "K04"}, is_finished=True)
        assert set(ours["missing"]) == missing
        assert ours["grade"] == result["grade"]["grade"]
        failed = [i for i, o in result["outcomes"].items() if o["outcome"] == "not_ok"]
        assert ours["failed"] == failed
        grades.add(ours["grade"])
    assert grades >= {"pass", "failed", "undecided"}


def test_limits_follow_how_goods_are_kept_on_the_phone_too():
    template = next(t for t in default_checklists() if t["code"] == "REC-TEMPERATURE")
    limits = {"by_storage_class": {"chilled": {"max": "8"}, "frozen": {"max": "-12"}}}
    items = [{**item, "limits": limits} for item in template["items"] if item["id"] == "M02"]
    template = {**template, "items": items}
    pairs = [(kept, value) for kept in (None, *STORAGE_CLASSES) for value in ("-18", "4", "30")]
    asked, failed = [], []
    for kept, value in pairs:
        (answer,) = filled(template, 0)["answers"]
        document = {"storage_class": kept, "answers": [{**answer, "value": value}]}
        asked.append({"op": "inspect", "document": document, "template": template, "repeated": []})
        (outcome,) = judge_answers(template, document).outcomes
        failed.append(outcome.outcome == "not_ok")
    ours = results_of(PROGRAM, asked)
    assert [one["failed"] == ["M02"] for one in ours] == failed
    assert [pair for pair, bad in zip(pairs, failed, strict=True) if bad] == [
        ("chilled", "30"), ("frozen", "4"), ("frozen", "30"),
    ]  # fmt: skip
    daily = next(t for t in default_checklists() if t["code"] == "INS-DAILY")
    condition = {"any": [{"not": {"fact": "storage_class", "in": ["frozen"]}}]}
    cases = [template, daily, {**daily, "items": [{**daily["items"][0], "when": condition}]}]
    assert [one("asks_storage", template=case) for case in cases] == [True, False, True]


def test_findings_have_their_ids_before_the_server_knows_them():
    template = next(t for t in default_checklists() if t["code"] == "INS-DAILY")
    document = filled(template, 7)
    for answer in document["answers"][:3]:
        answer["is_ok"] = False
    findings = list(findings_of(template, judge_answers(template, document), document))
    asked = [
        {"op": "finding_id", "inspection_id": document["id"], "item_id": finding["item_id"]}
        for finding in findings
    ]
    assert results_of(PROGRAM, asked) == [finding["id"] for finding in findings] != []


def test_what_was_found_here_before_is_remembered_as_on_the_server():
    finding = {
        "id": "f1",
        "kind": "nonconformity",
        "checklist_code": "daily",
        "item_id": "floor",
        "place_id": "p1",
        "unit_id": "u1",
        "supplier_id": None,
        "source_id": None,
        "captured_at": "2026-02-01T00:00:00Z",
    }
    kinds = [finding, {**finding, "place_id": None}, {**finding, "kind": "good_practice"}]
    asked = [{"op": "recurrence_key", "finding": one} for one in kinds]
    assert results_of(PROGRAM, asked) == [recurrence_key(one) for one in kinds]
    document = {
        "id": "i",
        "unit_id": "u1",
        "place_id": "p1",
        "captured_at": "2026-03-02T00:00:00Z",
    }
    others = [
        finding,
        {**finding, "id": "newer", "captured_at": "2026-02-20T00:00:00Z"},
        {**finding, "id": "too old", "item_id": "wall", "captured_at": "2025-11-01T00:00:00Z"},
        {**finding, "id": "elsewhere", "item_id": "door", "place_id": "p2"},
        {**finding, "id": "its own", "item_id": "roof", "source_id": "i"},
    ]
    found = one("earlier", document=document, code="daily", findings=others)
    assert found == [["floor", "newer"]]
