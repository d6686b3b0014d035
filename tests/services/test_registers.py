"""Registers: what each asks for, what may happen to an entry afterwards, what is missing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.access import Role
from server.registers.menus import menu_id
from tests.receiving_world import pointers
from tests.rectification_world import MORNING, slug
from tests.registers_world import LUNCH, TWO_DAYS_LATER, Kitchen


@pytest.fixture
def kitchen(world, clock):
    return Kitchen(world, clock)


@pytest.fixture
def sqlite_kitchen(sqlite_world, clock):
    return Kitchen(sqlite_world, clock)


# -- samples ---------------------------------------------------------------------------------------


def test_a_sample_is_kept_for_48_hours_and_discarding_is_a_step_of_its_own(kitchen):
    entry = kitchen.saved(kitchen.sample())
    assert entry["register"] == "sample_retention"
    assert (entry["business_on"], entry["status"], entry["is_ok"]) == (
        "2026-03-02", "recorded", True,
    )  # fmt: skip
    sample = entry["sample"]
    assert (sample["dish"], sample["weight_g"]) == ("红烧肉", "130")
    assert sample["discard_from"] == "2026-03-04T01:30:00.000Z"
    early = kitchen.event(entry, "discard", discarded_at="2026-03-04T01:29:59Z")
    assert slug(early) == "sample-discarded-early"
    assert "2026-03-04 09:30" in early.json["detail"]
    ahead = kitchen.event(entry, "discard", discarded_at="2026-03-04T01:30:00Z")
    assert pointers(ahead) == {"/discarded_at"}, "a clock that runs ahead shortens nothing"
    assert kitchen.listed(is_discardable="true") == []
    kitchen.clock.advance(hours=48)
    kitchen.zhao.sign_in()
    assert kitchen.listed(is_discardable="true") == [entry["id"]]
    gone = kitchen.event(entry, "discard", discarded_at="2026-03-04T01:30:00Z")
    assert gone.status_code == 201
    now = kitchen.now(entry)
    assert now["status"] == "discarded"
    assert now["events"][0]["created_by"]["user_id"] == kitchen.zhao.user_id
    twice = kitchen.event(entry, "discard", discarded_at="2026-03-04T01:30:00Z")
    assert slug(twice) == "register-event-does-not-apply"


def test_too_little_of_a_dish_fails_asks_for_a_measure_and_is_told(sqlite_kitchen):
    light = {"value": "100g", "attachment_ids": [str(uuid4())]}
    short = sqlite_kitchen.sample("青菜", ("S03", light))
    assert pointers(sqlite_kitchen.put(short)) == {"/measure"}
    entry = sqlite_kitchen.saved({**short, "measure": "已补取一份。"})
    assert entry["is_ok"] is False
    assert entry["result"]["outcomes"]["S03"]["reasons"][0]["en"] == "100g is below 125g"
    assert sqlite_kitchen.inbox(sqlite_kitchen.manager) == ["register_failed"]


def test_a_label_with_less_than_48_hours_does_not_make_them_fewer(sqlite_kitchen):
    label = {"value": "2026-03-03T01:30:00Z"}
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample("鱼", ("S05", label), measure="改标签"))
    assert entry["is_ok"] is False
    assert entry["sample"]["discard_from"] == "2026-03-04T01:30:00.000Z"


def test_a_longer_label_is_kept(sqlite_kitchen):
    label = {"value": "2026-03-05T01:30:00Z"}
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample("鱼", ("S05", label)))
    assert entry["sample"]["discard_from"] == "2026-03-05T01:30:00.000Z"


@pytest.mark.parametrize(
    ("more", "changes", "pointer"),
    [
        ((), {"place_id": None}, "/place_id"),
        ((("S03", {"value": "130"}),), {}, "/answers/S03/photo"),
        ((("S01", None),), {}, "/answers/S01"),
        ((("S02", {"value": "2026-03-02T01:50:00Z"}),), {}, "/answers/S02"),
        ((("S99", {"is_ok": True}),), {}, "/answers/6/item_id"),
        ((), {"checklist_id": str(uuid4())}, "/checklist_id"),
        ((), {"unit_id": str(uuid4())}, "/unit_id"),
        ((), {"captured_at": "soon"}, "/captured_at"),
    ],
)
def test_what_a_sample_must_say_is_asked_for_by_name(sqlite_kitchen, more, changes, pointer):
    answer = sqlite_kitchen.put(sqlite_kitchen.sample("豆腐", *more, **changes))
    assert (slug(answer), pointers(answer)) == ("validation-failed", {pointer})


def test_after_a_complaint_a_sample_is_held_until_a_manager_releases_it(sqlite_kitchen):
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample())
    assert sqlite_kitchen.event(entry, "release", reason="没有封").status_code == 403
    assert sqlite_kitchen.event(entry, "hold", reason="投诉").status_code == 201
    sqlite_kitchen.clock.advance(hours=49)
    for person in (sqlite_kitchen.zhao, sqlite_kitchen.manager):
        person.sign_in()
    late = {"discarded_at": "2026-03-04T02:00:00Z", "captured_at": "2026-03-04T02:00:00Z"}
    assert slug(sqlite_kitchen.event(entry, "discard", **late)) == "register-event-does-not-apply"
    released = sqlite_kitchen.event(
        entry, "release", reason="已化验", person=sqlite_kitchen.manager, captured_at=TWO_DAYS_LATER
    )
    assert released.status_code == 201
    assert sqlite_kitchen.event(entry, "discard", **late).status_code == 201


# -- corrections -----------------------------------------------------------------------------------


def test_a_correction_stands_beside_what_was_first_written(kitchen):
    entry = kitchen.saved(kitchen.sample())
    right = [{"id": str(uuid4()), "item_id": "S01", "value": "回锅肉"}]
    assert kitchen.event(entry, "correction", answers=right).status_code == 422, "no reason"
    assert kitchen.event(entry, "correction", reason="菜名写错", answers=right).status_code == 201
    now = kitchen.now(entry)
    assert now["answers"] == entry["answers"], "what was first written stays"
    assert now["sample"]["dish"] == "回锅肉"
    [event] = now["events"]
    assert (event["reason"], event["created_by"]["name"]) == ("菜名写错", "Zhao")
    assert slug(kitchen.put({**kitchen.sample(), "id": entry["id"]})) == "register-entry-stands"


def test_corrections_lead_to_the_same_entry_whichever_arrives_first(sqlite_kitchen):
    first, second = (
        {"id": str(uuid4()), "captured_at": at, "reason": "改", "answers": [
            {"id": str(uuid4()), "item_id": "S01", "value": dish}]}
        for at, dish in ((MORNING, "甲"), (LUNCH, "乙"))
    )  # fmt: skip
    for order in ((first, second), (second, first)):
        entry = sqlite_kitchen.saved(sqlite_kitchen.sample())
        for one in order:
            again = {**one, "id": str(uuid4())}
            assert sqlite_kitchen.event(entry, "correction", **again).status_code == 201
        assert sqlite_kitchen.now(entry)["sample"]["dish"] == "乙"


def test_a_correction_may_bring_to_light_that_a_sample_went_too_early(sqlite_kitchen):
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample())
    sqlite_kitchen.clock.advance(hours=48)
    sqlite_kitchen.zhao.sign_in()
    assert (
        sqlite_kitchen.event(
            entry, "discard", discarded_at="2026-03-04T01:30:00Z", captured_at=TWO_DAYS_LATER
        ).status_code
        == 201
    )
    later = [{"id": str(uuid4()), "item_id": "S02", "value": "2026-03-02T01:35:00Z"}]
    answer = sqlite_kitchen.event(entry, "correction", reason="时间写错", answers=later)
    assert answer.status_code == 201
    now = sqlite_kitchen.now(entry)
    assert (now["sample"]["was_discarded_early"], now["is_ok"]) == (True, False)


def test_a_struck_entry_stays_to_be_seen_and_takes_no_more(sqlite_kitchen):
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample())
    assert sqlite_kitchen.event(entry, "void", reason="重复登记").status_code == 201
    assert sqlite_kitchen.now(entry)["status"] == "void"
    assert sqlite_kitchen.listed(status="void") == [entry["id"]]
    refused = sqlite_kitchen.event(entry, "void", reason="再来")
    assert slug(refused) == "register-event-does-not-apply"


def test_an_event_sent_twice_is_one_and_changed_is_refused(sqlite_kitchen):
    entry = sqlite_kitchen.saved(sqlite_kitchen.sample())
    id_ = str(uuid4())
    first = sqlite_kitchen.event(entry, "void", reason="错", id=id_)
    assert sqlite_kitchen.event(entry, "void", reason="错", id=id_).json == first.json
    changed = sqlite_kitchen.event(entry, "void", reason="别的", id=id_)
    assert slug(changed) == "register-event-is-recorded"


@pytest.mark.parametrize(
    ("kind", "changes", "pointer"),
    [
        ("discard", {}, "/discarded_at"),
        ("correction", {"reason": "错"}, "/answers"),
        ("hold", {"reason": " "}, "/reason"),
        ("void", {"reason": "错", "measure": "x"}, "/answers"),
        ("hold", {"reason": "错", "discarded_at": LUNCH}, "/discarded_at"),
    ],
)
def test_an_event_says_what_its_kind_needs(sqlite_kitchen, kind, changes, pointer):
    answer = sqlite_kitchen.event({"id": str(uuid4())}, kind, **changes)
    assert pointers(answer) == {pointer}


def test_only_a_sample_is_discarded(sqlite_kitchen):
    entry = sqlite_kitchen.saved(sqlite_kitchen.temperature("chilled", "4"))
    refused = sqlite_kitchen.event(entry, "discard", discarded_at=MORNING)
    assert slug(refused) == "register-event-does-not-apply"


# -- the other registers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("storage", "value", "is_ok"),
    [
        ("chilled", "0", True), ("chilled", "8", True), ("chilled", "8.1", False),
        ("chilled", "-0.5", False), ("frozen", "－18．5℃", True), ("frozen", "-11.9", False),
        ("hot_held", "60", True), ("hot_held", "59", False),
    ],
)  # fmt: skip
def test_temperatures_are_judged_by_storage_and_a_failure_takes_a_measure(
    sqlite_kitchen, storage, value, is_ok
):
    entry = sqlite_kitchen.temperature(storage, value)
    if not is_ok:
        assert pointers(sqlite_kitchen.put(entry)) == {"/measure"}
    recorded = sqlite_kitchen.saved({**entry, "measure": "" if is_ok else "已移至备用冰箱"})
    assert recorded["is_ok"] is is_ok


def test_disinfection_is_judged_by_its_method(sqlite_kitchen):
    hot = {"item_id": "T03", "value": "100", "attachment_ids": [str(uuid4())]}
    long = {"item_id": "T04", "value": "10"}
    assert sqlite_kitchen.saved(sqlite_kitchen.disinfection("steam", hot, long))["is_ok"]
    short = sqlite_kitchen.disinfection("steam", hot, {"item_id": "T04", "value": "5"})
    assert pointers(sqlite_kitchen.put(short)) == {"/measure"}
    weak = {"item_id": "T05", "value": "200", "attachment_ids": [str(uuid4())]}
    rinsed = {"item_id": "T06", "is_ok": True}
    chlorine = sqlite_kitchen.disinfection(
        "chlorine", weak, {"item_id": "T04", "value": "5"}, rinsed, measure="重新配制并再次消毒"
    )
    assert sqlite_kitchen.saved(chlorine)["is_ok"] is False
    assert pointers(
        sqlite_kitchen.put(sqlite_kitchen.disinfection("steam", hot, long, meal=None))
    ) == {"/meal"}


def test_who_is_well_and_has_a_certificate_may_work(kitchen):
    member = kitchen.staff(valid_until="2026-03-02")
    entry = kitchen.saved(kitchen.morning(member))
    assert entry["duty"]["is_cleared"] is True, "the last day still counts"
    answers = {answer["item_id"]: answer["value"] for answer in entry["now"]["answers"]}
    assert answers["C03"] == "2026-03-02", "filled in from the file"
    assert entry["is_ok"] is True
    assert kitchen.inbox(kitchen.manager) == []


@pytest.mark.parametrize(
    ("member", "check", "reason"),
    [
        ({"valid_until": "2026-03-01"}, {}, "expired on 2026-03-01"),
        ({"valid_until": None}, {}, "no health certificate"),
        ({}, {"temperature": "37.3"}, "above 37.2"),
        ({}, {"symptoms": "present"}, "Present"),
    ],
)
def test_who_may_not_work_is_off_duty_and_it_is_told(sqlite_kitchen, member, check, reason):
    person = sqlite_kitchen.staff(**member)
    entry = sqlite_kitchen.saved(sqlite_kitchen.morning(person, outcome="reassigned", **check))
    assert entry["duty"]["is_cleared"] is False
    assert reason in entry["duty"]["reasons"][0]["en"]
    assert entry["is_ok"] is False
    assert sqlite_kitchen.inbox(sqlite_kitchen.manager) == ["duty_blocked"]
    assert sqlite_kitchen.inbox(sqlite_kitchen.inspected.chen) == ["duty_blocked"]


def test_at_work_in_spite_of_it_is_recorded_and_told(sqlite_kitchen):
    member = sqlite_kitchen.staff(valid_until="2026-03-01")
    entry = sqlite_kitchen.saved(sqlite_kitchen.morning(member, outcome="on_duty"))
    assert entry["duty"]["was_on_duty_anyway"] is True
    assert sqlite_kitchen.inbox(sqlite_kitchen.manager) == ["on_duty_in_spite"]


def test_a_date_typed_in_is_no_certificate(sqlite_kitchen):
    member = sqlite_kitchen.staff(valid_until="2026-03-01")
    check = sqlite_kitchen.morning(member)
    check["answers"].append({"id": str(uuid4()), "item_id": "C03", "value": "2027-03-01"})
    assert sqlite_kitchen.saved(check)["duty"]["is_cleared"] is False


def test_a_certificate_renewed_later_changes_no_check_of_before(sqlite_kitchen):
    member = sqlite_kitchen.staff(valid_until="2026-03-01")
    entry = sqlite_kitchen.saved(sqlite_kitchen.morning(member))
    renewed = {"id": str(uuid4()), "number": "JK-2", "valid_until": "2027-03-01"}
    changed = {**member, "health_certificates": [*member["health_certificates"], renewed]}
    path = f"/api/v1/staff-members/{member['id']}"
    answer = sqlite_kitchen.manager.put(path, json=changed, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    hygiene = [{"id": str(uuid4()), "item_id": "C04", "is_ok": False}]
    sqlite_kitchen.event(entry, "correction", reason="漏记", answers=hygiene)
    assert sqlite_kitchen.now(entry)["duty"]["is_cleared"] is False
    assert sqlite_kitchen.saved(sqlite_kitchen.morning(member))["duty"]["is_cleared"] is True


def test_nobody_of_another_site_is_checked_here(sqlite_kitchen):
    stranger = {"id": str(uuid4())}
    answer = sqlite_kitchen.put(sqlite_kitchen.morning(stranger))
    assert pointers(answer) == {"/staff_member_id"}


def test_a_register_is_no_inspection_and_an_inspection_no_register(sqlite_kitchen):
    daily = sqlite_kitchen.entry("INS-DAILY")
    assert pointers(sqlite_kitchen.put(daily)) == {"/checklist_id"}
    inspection = {
        "id": str(uuid4()),
        "checklist_id": sqlite_kitchen.checklists["REC-SAMPLE"]["id"],
        "captured_at": MORNING,
    }
    path = f"/api/v1/inspections/{inspection['id']}"
    assert pointers(sqlite_kitchen.zhao.put(path, json=inspection)) == {"/checklist_id"}


# -- offline, lists, the day -----------------------------------------------------------------------


def test_entries_and_events_travel_by_sync_and_what_comes_too_early_comes_again(kitchen):
    entry = kitchen.sample()
    event = {
        "id": str(uuid4()), "register_entry_id": entry["id"], "kind": "void", "reason": "错",
        "captured_at": LUNCH,
    }  # fmt: skip
    first = kitchen.push("register_entry_events", event)
    assert first["problem"]["type"].endswith("/record-not-found")
    assert kitchen.push("register_entries", entry)["status"] == "applied"
    assert kitchen.push("register_entries", entry)["status"] in ("applied", "merged")
    assert kitchen.push("register_entry_events", event)["status"] == "applied"
    pulled = kitchen.manager.get("/api/v1/sync/pull?collections=register_entries").json
    [change] = pulled["changes"]
    assert change["document"]["status"] == "void"
    changed = {**entry, "note": "改"}
    refused = kitchen.push("register_entries", changed)
    assert refused["status"] in ("rejected", "conflict")


def test_entries_are_listed_by_every_filter_and_page_by_page(kitchen):
    chilled = kitchen.saved(kitchen.temperature("chilled", "4"))
    warm = kitchen.saved(kitchen.temperature("chilled", "12", measure="已报修"))
    old = kitchen.saved(kitchen.sample(captured_at="2026-03-01T01:30:00Z") | {
        "answers": kitchen.sample("汤", ("S02", {"value": "2026-03-01T01:30:00Z"}))["answers"]
    })  # fmt: skip
    assert set(kitchen.listed()) == {chilled["id"], warm["id"], old["id"]}
    assert kitchen.listed(register="sample_retention") == [old["id"]]
    assert kitchen.listed(is_ok="false") == [warm["id"]]
    assert kitchen.listed(to="2026-03-01") == [old["id"]]
    assert set(kitchen.listed(**{"from": "2026-03-02"})) == {chilled["id"], warm["id"]}
    assert kitchen.listed(place_id=kitchen.inspected.cold_room["id"]) == [old["id"]]
    page = kitchen.zhao.get("/api/v1/register-entries?limit=2").json
    rest = kitchen.listed(cursor=page["next_cursor"])
    assert rest == [old["id"]]
    stranger = kitchen.world.person("stranger", Role.MANAGER, [kitchen.world.south])
    assert stranger.get("/api/v1/register-entries").json["register_entries"] == []
    assert stranger.get(f"/api/v1/register-entries/{old['id']}").status_code == 404
    assert kitchen.put(old | {"note": "x"}, stranger).status_code == 404


def test_the_day_says_which_dishes_meals_and_people_are_missing(kitchen):
    served_on, north = "2026-03-02", kitchen.world.north
    menu = {
        "id": menu_id(north, served_on, "lunch"), "site_id": north, "served_on": served_on,
        "meal": "lunch",
        "dishes": [{"id": str(uuid4()), "name": name} for name in ("红烧肉", "青 菜")],
    }  # fmt: skip
    assert kitchen.push("menus", menu)["status"] == "applied"
    other = {**menu, "id": str(uuid4())}
    answer = kitchen.zhao.put(f"/api/v1/menus/{other['id']}", json=other)
    assert pointers(answer) == {"/id"}
    well, absent = kitchen.staff("小王"), kitchen.staff("小李")
    kitchen.clock.advance(hours=3)  # 12:30 in the kitchen: breakfast and lunch have begun
    before = kitchen.day()
    # Pests are looked for by schedule, not every day.
    assert {code for code, one in before.items() if one["is_done"]} == {"REC-PEST"}
    assert [dish["name"] for dish in before["REC-SAMPLE"]["missing_dishes"]] == ["红烧肉", "青 菜"]
    kitchen.saved(kitchen.sample("红烧肉"))
    kitchen.saved(kitchen.morning(well))
    hot = {"item_id": "T03", "value": "100", "attachment_ids": [str(uuid4())]}
    kitchen.saved(kitchen.disinfection("steam", hot, {"item_id": "T04", "value": "10"}))
    kitchen.saved(kitchen.temperature("chilled", "4"))
    now = kitchen.day()
    assert [dish["name"] for dish in now["REC-SAMPLE"]["missing_dishes"]] == ["青 菜"]
    assert [one["staff_member_id"] for one in now["REC-MORNING"]["missing_staff"]] == [absent["id"]]
    assert now["DIS-TABLEWARE"]["missing_meals"] == ["breakfast"]
    assert now["REC-TEMPERATURE"]["is_done"] is True
    assert now["REC-MORNING"]["is_done"] is False
    kitchen.saved(kitchen.sample("青菜"))
    assert kitchen.day()["REC-SAMPLE"]["is_done"] is True
    assert kitchen.day(on="2026-03-01")["REC-SAMPLE"]["entries"] == 0
    [listed] = kitchen.zhao.get("/api/v1/menus", query_string={"served_on": served_on}).json[
        "menus"
    ]
    assert listed["id"] == menu["id"]


def test_a_register_does_the_task_that_asked_for_it(sqlite_kitchen):
    schedule = {
        "id": str(uuid4()), "site_id": sqlite_kitchen.world.north, "name": "每日测温",
        "checklist_code": "REC-TEMPERATURE",
        "unit_ids": [sqlite_kitchen.inspected.kitchen["id"]], "rhythm": {"kind": "daily"},
        "assignment": {"kind": "role", "role": "inspector"}, "is_cross_unit": False,
        "starts_on": "2026-03-02", "ends_on": "2026-03-02",
    }  # fmt: skip
    sqlite_kitchen.inspected.save("inspection-schedules", schedule)
    [task] = sqlite_kitchen.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    sqlite_kitchen.saved(sqlite_kitchen.temperature("chilled", "4", task_id=task["id"]))
    [done] = sqlite_kitchen.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    assert done["status"] == "done"


# -- staff -----------------------------------------------------------------------------------------


def test_staff_are_entered_by_who_may_and_listed_by_site(kitchen):
    member = kitchen.staff("小王")
    refused = kitchen.inspected.put("staff-members", {**member, "id": str(uuid4())}, kitchen.zhao)
    assert refused.status_code == 403
    moved = {**member, "site_id": kitchen.world.south}
    both_sites = kitchen.world.person(
        "boss", Role.MANAGER, [kitchen.world.north, kitchen.world.south]
    )
    assert pointers(kitchen.inspected.put("staff-members", moved, both_sites)) == {"/site_id"}
    unknown = {**member, "id": str(uuid4()), "unit_id": str(uuid4()), "user_id": str(uuid4())}
    answer = kitchen.inspected.put("staff-members", unknown, kitchen.manager)
    assert pointers(answer) == {"/unit_id", "/user_id"}
    listed = kitchen.zhao.get("/api/v1/staff-members?is_active=true").json["staff_members"]
    assert [one["document"]["name"] for one in listed] == ["小王"]
    found = kitchen.zhao.get(f"/api/v1/staff-members/{member['id']}")
    assert found.json["document"] == member
    stranger = kitchen.world.person("stranger", Role.MANAGER, [kitchen.world.south])
    assert stranger.get(f"/api/v1/staff-members/{member['id']}").status_code == 404
    pulled = stranger.get("/api/v1/sync/pull?collections=staff_members").json
    assert pulled["changes"] == []
