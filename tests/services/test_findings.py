"""Findings: recording them, repeats in whatever order they arrive, and the premises they are at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from uuid import uuid4

import pytest

from server.access import Role
from tests.receiving_world import pointers
from tests.rectification_world import Inspected, slug


@pytest.fixture
def inspected(world):
    return Inspected(world)


@pytest.fixture
def sqlite_inspected(sqlite_world):
    return Inspected(sqlite_world)


def findings_by_id(inspected):
    answer = inspected.zhao.get("/api/v1/findings").json
    return {finding["id"]: finding for finding in answer["findings"]}


# -- repeats ---------------------------------------------------------------------------------------


def test_a_repeat_raises_the_class_and_shows_the_earlier_photos(inspected):
    first = inspected.found()
    second = inspected.found(captured_at="2026-03-09T01:30:00Z")
    assert (first["effective_class"], first["repeat_of"]) == ("C", None)
    assert second["effective_class"] == "B"
    assert second["repeat_of"]["finding_id"] == first["id"]
    assert second["repeat_of"]["attachment_ids"] == first["attachment_ids"]
    assert second["nonconformity_class"] == "C", "what the inspector said stays"


def test_elsewhere_or_another_item_is_no_repeat(sqlite_inspected):
    inspected = sqlite_inspected
    inspected.found()
    later = {"captured_at": "2026-03-09T01:30:00Z"}
    assert inspected.found(item_id="walls", **later)["repeat_of"] is None
    assert inspected.found(place_id=None, **later)["repeat_of"] is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whatever_order_they_arrive_in_the_repeats_are_the_same(sqlite_inspected, order):
    inspected = sqlite_inspected
    days = ["2026-03-02", "2026-03-12", "2026-07-30"]
    findings = [inspected.finding(captured_at=f"{day}T01:30:00Z") for day in days]
    for position in order:
        inspected.save("findings", findings[position], inspected.zhao)
    stored = findings_by_id(inspected)
    first, second, third = (stored[finding["id"]] for finding in findings)
    assert (first["repeat_of"], first["effective_class"]) == (None, "C")
    assert second["repeat_of"]["finding_id"] == first["id"]
    assert (third["repeat_of"], third["effective_class"]) == (None, "C")


def test_a_late_finding_does_not_change_what_stands_on_a_notice(inspected):
    later = inspected.found(captured_at="2026-03-09T01:30:00Z")
    inspected.save("corrective-actions", inspected.notice(later), inspected.zhao)
    inspected.found()
    assert findings_by_id(inspected)[later["id"]]["effective_class"] == "C"


def test_taking_a_finding_back_undoes_the_repeat(sqlite_inspected):
    inspected = sqlite_inspected
    first = inspected.found()
    second = inspected.found(captured_at="2026-03-09T01:30:00Z")
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "findings",
        "id": first["id"],
        "operation": "delete",
        "base_version": 1,
    }
    body = {"device_id": inspected.zhao.device_id, "mutations": [mutation]}
    [result] = inspected.zhao.post("/api/v1/sync/push", json=body).json["results"]
    assert result["status"] == "applied"
    assert findings_by_id(inspected)[second["id"]]["effective_class"] == "C"


def test_a_finding_moved_to_another_place_leaves_the_row_of_repeats(sqlite_inspected):
    inspected = sqlite_inspected
    first = inspected.found()
    second = inspected.found(captured_at="2026-03-09T01:30:00Z")
    moved = {**first, "place_id": None}
    answer = inspected.zhao.put(
        f"/api/v1/findings/{first['id']}", json=moved, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    assert findings_by_id(inspected)[second["id"]]["repeat_of"] is None


def test_two_phones_reporting_the_same_trouble_at_once_see_each_other(inspected):
    findings = [
        inspected.finding(captured_at=f"2026-03-{day:02d}T01:30:00Z") for day in (2, 4, 6, 8)
    ]
    people = [inspected.world.person(f"phone{n}") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(inspected.put, ["findings"] * 4, findings, people))
    assert {answer.status_code for answer in answers} == {201}
    stored = findings_by_id(inspected)
    assert [stored[f["id"]]["effective_class"] for f in findings] == ["C", "B", "B", "B"]


# -- recording -------------------------------------------------------------------------------------


def test_a_finding_on_a_notice_is_not_changed_and_not_taken_back(inspected):
    finding = inspected.found()
    inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)
    answer = inspected.put("findings", {**finding, "title": "别的"}, inspected.zhao)
    assert (answer.status_code, slug(answer)) == (412, "version-mismatch") or slug(
        answer
    ) == "precondition-required"
    answer = inspected.zhao.put(
        f"/api/v1/findings/{finding['id']}",
        json={**finding, "title": "别的"},
        headers={"If-Match": '"2"'},
    )
    assert (answer.status_code, slug(answer)) == (409, "finding-on-notice")


def test_only_whoever_recorded_it_takes_it_back(sqlite_inspected):
    inspected = sqlite_inspected
    finding = inspected.found()
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "findings",
        "id": finding["id"],
        "operation": "delete",
        "base_version": 1,
    }
    body = {"device_id": inspected.chen.device_id, "mutations": [mutation]}
    [result] = inspected.chen.post("/api/v1/sync/push", json=body).json["results"]
    assert result["problem"]["type"] == "/problems/finding-is-not-yours"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"nonconformity_class": None}, "/nonconformity_class"),
        ({"kind": "good_practice"}, "/nonconformity_class"),
        ({"supplier_id": str(uuid4())}, "/supplier_id"),
        ({"source_id": str(uuid4())}, "/source_id"),
        ({"item_id": None}, "/item_id"),
        ({"title": " "}, "/title"),
        ({"unit_id": str(uuid4())}, "/unit_id"),
        ({"place_id": str(uuid4())}, "/place_id"),
        ({"latitude": "91"}, "/latitude"),
        ({"attachment_ids": [str(uuid4())] * 51}, "/attachment_ids"),
        ({"repeats": 3}, "/repeats"),
    ],
)
def test_a_finding_that_does_not_validate_names_the_place(sqlite_inspected, changes, pointer):
    inspected = sqlite_inspected
    answer = inspected.put("findings", inspected.finding(**changes), inspected.zhao)
    assert answer.status_code == 422, answer.text
    assert pointer in pointers(answer)
    assert findings_by_id(inspected) == {}


def test_other_sites_neither_see_nor_name_a_finding(inspected):
    finding = inspected.found()
    stranger = inspected.world.person("stranger", Role.INSPECTOR, [inspected.world.south])
    assert stranger.get("/api/v1/findings").json["findings"] == []
    theirs = inspected.finding(source_collection="inspections", source_id=finding["id"])
    assert inspected.put("findings", theirs, stranger).status_code == 422  # unit of another site
    assert inspected.put("findings", finding, stranger).status_code == 404


def test_lists_are_filtered(sqlite_inspected):
    inspected = sqlite_inspected
    first = inspected.found()
    second = inspected.found(captured_at="2026-03-09T01:30:00Z")
    good = inspected.found(kind="good_practice", nonconformity_class=None, item_id="x")
    inspected.save("corrective-actions", inspected.notice(first), inspected.zhao)

    def listed(query):
        return [f["id"] for f in inspected.zhao.get(f"/api/v1/findings?{query}").json["findings"]]

    assert listed("kind=good_practice") == [good["id"]]
    assert listed("is_repeat=true") == [second["id"]]
    assert listed("is_open=false") == [first["id"]]
    assert inspected.zhao.get("/api/v1/findings?is_open=maybe").status_code == 422


# -- premises --------------------------------------------------------------------------------------


def test_units_and_places_are_pulled_by_their_site_only(inspected):
    def pulled(person):
        answer = person.get("/api/v1/sync/pull?collections=units,places").json
        return {change["id"] for change in answer["changes"]}

    stranger = inspected.world.person("stranger", Role.INSPECTOR, [inspected.world.south])
    assert pulled(inspected.zhao) == {
        inspected.kitchen["id"],
        inspected.store["id"],
        inspected.cold_room["id"],
    }
    assert pulled(stranger) == set()


def test_a_code_stands_for_one_unit_of_a_site(inspected):
    answer = inspected.put("units", inspected.unit("K1", "又一个"), inspected.manager)
    assert (answer.status_code, slug(answer)) == (409, "code-is-taken")


def test_people_of_a_unit_work_at_its_site(sqlite_inspected):
    inspected = sqlite_inspected
    away = inspected.world.person("away", Role.INSPECTOR, [inspected.world.south])
    unit = inspected.unit("K9", "外人", member_user_ids=[inspected.zhao.user_id, away.user_id])
    answer = inspected.put("units", unit, inspected.manager)
    assert pointers(answer) == {"/member_user_ids/1"}


def test_a_unit_does_not_move_and_a_place_stands_in_a_unit_of_its_site(sqlite_inspected):
    inspected = sqlite_inspected
    both = inspected.world.person(
        "both", Role.MANAGER, [inspected.world.north, inspected.world.south]
    )
    moved = {**inspected.kitchen, "site_id": inspected.world.south}
    answer = both.put(f"/api/v1/units/{moved['id']}", json=moved, headers={"If-Match": '"1"'})
    assert pointers(answer) == {"/site_id"}
    place = inspected.place(inspected.kitchen["id"], "S1", "别处")
    answer = inspected.put("places", {**place, "site_id": inspected.world.south}, both)
    assert pointers(answer) == {"/unit_id"}


def test_inspectors_do_not_change_the_premises(sqlite_inspected):
    inspected = sqlite_inspected
    answer = inspected.put("units", inspected.unit("K5", "我的"), inspected.zhao)
    assert answer.status_code == 403


# -- calendars -------------------------------------------------------------------------------------


def test_meal_times_of_the_site_decide_what_is_due(inspected):
    times = {
        "id": inspected.world.north,
        "meals": [{"code": "lunch", "name": "午餐", "starts_at": "10:00"}],
        "closes_at": "19:00",
    }
    answer = inspected.manager.put(f"/api/v1/sites/{inspected.world.north}/meal-times", json=times)
    assert answer.status_code == 201, answer.text
    action = inspected.issued(deadline="before_next_meal")
    assert action["due_at"] == "2026-03-02T02:00:00.000Z"
    assert inspected.issued(deadline="three_days")["due_at"] == "2026-03-05T11:00:00.000Z"


def test_a_holiday_that_is_entered_moves_the_deadline(inspected):
    from server.calendars.service import work_calendar_id

    calendar = {
        "id": work_calendar_id(inspected.world.organisation_id, 2026),
        "year": 2026,
        "days_off": [{"name": "停电检修", "first_day": "2026-03-03", "last_day": "2026-03-04"}],
        "working_days": ["2026-03-07"],
    }
    path = f"/api/v1/work-calendars/{calendar['id']}"
    assert inspected.manager.put(path, json=calendar).status_code == 201
    assert inspected.issued()["due_at"] == "2026-03-17T12:00:00.000Z"
    wrong = {**calendar, "id": str(uuid4())}
    answer = inspected.manager.put(f"/api/v1/work-calendars/{wrong['id']}", json=wrong)
    assert pointers(answer) == {"/id"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"meals": []}, "/meals"),
        ({"meals": [{"code": "a", "name": "a", "starts_at": "24:00"}]}, "/meals/0/starts_at"),
        ({"closes_at": "8pm"}, "/closes_at"),
    ],
)
def test_meal_times_that_do_not_validate_name_the_place(sqlite_inspected, changes, pointer):
    site = sqlite_inspected.world.north
    meals = [{"code": "lunch", "name": "午餐", "starts_at": "10:00"}]
    times = {"id": site, "meals": meals, **changes}
    answer = sqlite_inspected.manager.put(f"/api/v1/sites/{site}/meal-times", json=times)
    assert pointers(answer) == {pointer}
