"""Registers on the phone: the same tables, times and verdicts as the server's."""

from __future__ import annotations

from datetime import date
from typing import Any

from schemas.fields import parse_time, time_text
from server.calendars.deadlines import DEFAULT_MEALS
from server.checklists.defaults import default_checklists
from server.inspection.judging import judge_answers
from server.registers import rules
from server.registers.vocabulary import LEAST_HOURS_KEPT, register_of
from server.staff.certificates import EXPIRED as EXPIRED_TEXT
from server.staff.certificates import MISSING, NOT_YET_VALID, certificate_state
from tests.javascript.phone_code import results_of

PROGRAM = "registers.mjs"
DAY = "2026-03-02"
ENTRY_ID = "01902000-0000-7000-8000-000000000001"
VALID = {"id": "1", "number": "JK-1", "issued_on": "2025-06-01", "valid_until": "2026-05-31"}
EXPIRED = {**VALID, "valid_until": "2026-03-01"}
AHEAD = {**VALID, "issued_on": "2026-03-03", "valid_until": "2027-03-02"}
UNDATED = {**VALID, "issued_on": None, "valid_until": DAY}


def template_of(code: str) -> dict[str, Any]:
    [found] = [one for one in default_checklists() if one["code"] == code]
    return {"id": "t", "version": 1, **found}


def entry_of(*answers: tuple[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    blank = {
        "value": None, "is_ok": None, "not_applicable": False, "number": "",
        "attachment_ids": ["photo"], "note": "", "captured_at": None,
    }  # fmt: skip
    return {
        "id": ENTRY_ID, "place_id": None, "place_text": "", "meal": None, "staff_member_id": None,
        "measure": "", "captured_at": "2026-03-02T04:00:00.000Z",
        "answers": [{**blank, "id": name, "item_id": name, **given} for name, given in answers],
        **changes,
    }  # fmt: skip


def sample(retained_at: str, grams: str = "130", until: str | None = None) -> dict[str, Any]:
    label = () if until is None else (("S05", {"value": until}),)
    return entry_of(
        ("S01", {"value": "红烧肉"}), ("S02", {"value": retained_at}), ("S03", {"value": grams}),
        ("S04", {"value": "4"}), ("S06", {"is_ok": True}), ("S07", {"is_ok": True}), *label,
        place_text="留样冰箱",
    )  # fmt: skip


def morning(temperature: str, symptoms: str, **changes: Any) -> dict[str, Any]:
    return entry_of(
        ("C01", {"value": temperature}), ("C02", {"value": symptoms}), ("C04", {"is_ok": True}),
        ("C05", {"value": "on_duty"}), **{"staff_member_id": "somebody", **changes},
    )  # fmt: skip


def judged_here(entry: dict[str, Any], code: str, certificates: Any) -> dict[str, Any]:
    template, register = template_of(code), register_of(code)
    state = None if certificates is None else certificate_state(certificates, date(2026, 3, 2))
    answers = rules.completed(register, template, entry["id"], entry["answers"], state)
    evaluation = judge_answers(template, {**entry, "answers": answers})
    faults = rules.faults_of(register, entry, answers, entry["measure"], evaluation)
    names = {"staff_member_id": "staff", "place_id": "place", "S02": "retained_at"}
    is_sample = register.kind == "sample_retention" and rules.time_said(answers, "S02")
    duty = state and rules.duty_of(register, answers, evaluation, state)
    return {
        "filled": [
            {name: answer[name] for name in ("id", "item_id", "value")}
            for answer in answers[len(entry["answers"]) :]
        ],
        "outcomes": [outcome.outcome for outcome in evaluation.outcomes],
        "faults": {names.get(p := fault.pointer.split("/")[-1], p) for fault in faults},
        "discard_from": time_text(rules.sample_of(register, template, answers).discard_from)
        if is_sample
        else None,
        "is_cleared": duty.is_cleared if duty else None,
    }


CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("REC-SAMPLE", sample("2026-03-02T03:30:00.000Z"), None),
    ("REC-SAMPLE", sample("2026-03-02T03:30:00.000Z", "100"), None),
    ("REC-SAMPLE", sample("2026-03-02T04:30:00.000Z"), None),
    ("REC-SAMPLE", sample("2026-03-02T03:30:00.000Z", until="2026-03-03T03:30:00.000Z"), None),
    ("REC-SAMPLE", sample("2026-03-02T03:30:00.000Z", until="2026-03-06T03:30:00.000Z"), None),
    ("REC-SAMPLE", {**sample("whenever"), "place_text": " "}, None),
    ("REC-MORNING", morning("36.5", "none"), [VALID]),
    ("REC-MORNING", morning("37.8", "none"), [VALID]),
    ("REC-MORNING", morning("36.5", "present"), [VALID, EXPIRED]),
    ("REC-MORNING", morning("36.5", "none"), [EXPIRED]),
    ("REC-MORNING", morning("36.5", "none"), []),
    ("REC-MORNING", morning("36.5", "none", staff_member_id=None), None),
    ("DIS-TABLEWARE", entry_of(("T01", {"value": "steam"}), ("T02", {"is_ok": False})), None),
    ("REC-TEMPERATURE", entry_of(("M01", {"value": "chilled"}), ("M02", {"value": "9"})), None),
    ("REC-TEMPERATURE", entry_of(("M01", {"value": "frozen"}), ("M02", {"value": "-18"})), None),
]  # fmt: skip


def test_the_phone_judges_an_entry_as_the_server_does():
    asked = [
        {"op": "judge", "entry": entry, "template": template_of(code), "certificates": given,
         "on": DAY}
        for code, entry, given in CASES
    ]  # fmt: skip
    told = results_of(PROGRAM, asked)
    for (code, entry, given), answer in zip(CASES, told, strict=True):
        wanted = judged_here(entry, code, given)
        answer["faults"] = set(answer["faults"])
        assert _same_times(answer) == _same_times(wanted), (code, entry)


def _same_times(judged: dict[str, Any]) -> dict[str, Any]:
    """A time is the same whether its second is divided by three digits or six."""
    filled = [
        {**one, "value": parse_time(one["value"]) if "T" in (one["value"] or "") else one["value"]}
        for one in judged["filled"]
    ]
    at = judged["discard_from"]
    return {**judged, "filled": filled, "discard_from": at and parse_time(at)}


def test_certificates_stand_on_a_day_as_the_server_says():
    names = {
        None: "valid", MISSING: "missing", EXPIRED_TEXT: "expired", NOT_YET_VALID: "not_yet_valid",
    }  # fmt: skip
    held = [[], [VALID], [EXPIRED], [AHEAD], [UNDATED], [EXPIRED, AHEAD], [VALID, EXPIRED]]
    asked = [{"op": "certificate", "certificates": each, "on": DAY} for each in held]
    for certificates, told in zip(held, results_of(PROGRAM, asked), strict=True):
        state = certificate_state(certificates, date(2026, 3, 2))
        assert told == {"certificate": state.certificate, "state": names[state.text]}


def test_the_tables_are_the_servers():
    [told] = results_of(PROGRAM, [{"op": "words"}])
    assert told["hours"] == LEAST_HOURS_KEPT
    assert told["meals"] == [
        {"code": meal.code, "starts_at": meal.starts_at.strftime("%H:%M")} for meal in DEFAULT_MEALS
    ]
    for code, phone in told["registers"].items():
        register = register_of(code)
        assert phone == {
            "kind": register.kind,
            "items": dict(register.items),
            "isPerMeal": register.is_per_meal,
            "needsPlace": register.needs_place,
            "needsStaffMember": register.needs_staff_member,
            "failureNeedsMeasure": register.failure_needs_measure,
        }
    assert set(told["registers"]) == {
        one["code"] for one in default_checklists() if register_of(one["code"]).kind != "other"
    }


def test_a_day_lacks_dishes_meals_and_people_until_they_are_entered():
    dishes = [{"id": "d1", "name": "红烧肉"}, {"id": "d2", "name": "青 菜"}]
    day = {
        "menus": [{"meal": "lunch", "dishes": dishes}],
        "meals": ["breakfast", "lunch"],
        "staff": [{"id": "s1", "name": "马"}, {"id": "s2", "name": "丁"}],
    }
    sampled = {**sample("2026-03-02T03:30:00.000Z"), "meal": "lunch"}
    at_dinner = {**sampled, "meal": "dinner"}
    asked = [
        {"op": "missing", "code": code, "entries": entries, "day": day}
        for code, entries in (
            ("REC-SAMPLE", [sampled]), ("REC-SAMPLE", [at_dinner]),
            ("DIS-TABLEWARE", [entry_of(meal="lunch")]),
            ("REC-MORNING", [entry_of(staff_member_id="s1")]), ("REC-TEMPERATURE", []),
        )
    ]  # fmt: skip
    told = results_of(PROGRAM, asked)
    assert [[dish["id"] for dish in one["dishes"]] for one in told] == [
        ["d2"], ["d1", "d2"], [], [], [],
    ]  # fmt: skip
    assert [one["meals"] for one in told] == [[], [], ["breakfast"], [], []]
    assert [[one["id"] for one in each["staff"]] for each in told] == [[], [], [], ["s2"], []]
