"""Inspections: filled in offline, judged by their own version, turned into findings, and kept."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from server.access import Role
from tests.checklists.author import author_in, small_checklist
from tests.receiving_world import pointers
from tests.rectification_world import MORNING, Inspected, slug

CLASSES = {"pass": {"A": 0, "B": 0, "C": 0}, "basic": {"A": 0, "B": 2, "C": 4}}


class Round:
    """``zhao`` goes round the store with a checklist of a check and a temperature."""

    def __init__(self, world):
        self.inspected = Inspected(world)
        self.author = author_in(world)
        self.zhao, self.world = self.inspected.zhao, world
        self.checklist = self.author.published(grading=CLASSES)

    def inspection(self, *answers, **changes):
        return {
            "id": str(uuid4()),
            "checklist_id": self.checklist["id"],
            "unit_id": self.inspected.kitchen["id"],
            "place_id": self.inspected.cold_room["id"],
            "answers": [{"id": str(uuid4()), **answer} for answer in answers],
            "captured_at": MORNING,
            "entered_at": "2026-03-02T01:40:00Z",
            "finished_at": "2026-03-02T01:45:00Z",
            **changes,
        }

    def put(self, inspection, person=None, **arguments):
        path = f"/api/v1/inspections/{inspection['id']}"
        return (person or self.zhao).put(path, json=inspection, **arguments)

    def saved(self, inspection):
        answer = self.put(inspection)
        assert answer.status_code in (200, 201), answer.text
        return answer.json["document"]

    def findings(self):
        return self.zhao.get("/api/v1/findings").json["findings"]

    def push(self, inspection, base_version=None, person=None):
        person = person or self.zhao
        mutation = {
            "mutation_id": str(uuid4()), "collection": "inspections", "id": inspection["id"],
            "operation": "upsert", "base_version": base_version, "document": inspection,
            "captured_at": MORNING,
        }  # fmt: skip
        body = {"device_id": person.device_id, "mutations": [mutation]}
        return person.post("/api/v1/sync/push", json=body).json["results"][0]


@pytest.fixture
def round_(world):
    return Round(world)


@pytest.fixture
def sqlite_round(sqlite_world):
    return Round(sqlite_world)


TIDY = {"item_id": "S1", "is_ok": True}
UNTIDY = {"item_id": "S1", "is_ok": False, "note": "箱子堆在地上"}
COLD = {"item_id": "S2", "value": "４．５℃"}
WARM = {"item_id": "S2", "value": "12"}


def test_a_finished_inspection_is_graded_and_its_times_are_kept_apart(round_):
    document = round_.saved(round_.inspection(TIDY, COLD))
    assert (document["status"], document["finding_ids"]) == ("finished", [])
    assert document["result"]["grade"]["grade"] == "pass"
    assert document["captured_at"] == "2026-03-02T01:30:00.000Z"
    assert document["entered_at"] == "2026-03-02T01:40:00.000Z"
    assert document["received_at"] == "2026-03-02T01:30:00.000Z"
    assert document["checklist"]["code"] == "INS-STORE"
    assert document["created_by"]["user_id"] == round_.zhao.user_id


def test_each_that_is_finished_has_the_next_number_of_its_site(round_):
    draft = round_.inspection(TIDY, COLD, finished_at=None)
    assert round_.saved(draft)["number"] is None
    first, second = (round_.saved(round_.inspection(TIDY, COLD))["number"] for _ in range(2))
    assert re.fullmatch(r"JC-\w+-2026-000001", first)
    assert second == first[:-1] + "2"
    refused = round_.put(round_.inspection(UNTIDY))
    assert slug(refused) == "validation-failed"
    finished = {**draft, "finished_at": "2026-03-02T01:50:00Z"}
    # What was refused took no number.
    assert round_.push(finished, base_version=1)["status"] == "applied"
    listed = round_.zhao.get("/api/v1/inspections").json["inspections"]
    assert sorted(one["number"] for one in listed) == [first, second, first[:-1] + "3"]


def test_a_failed_item_becomes_a_finding_with_its_photo_note_and_place(round_):
    photo = str(uuid4())
    document = round_.saved(round_.inspection({**UNTIDY, "attachment_ids": [photo]}, COLD))
    assert document["result"]["grade"]["grade"] == "basic"
    (finding,) = round_.findings()
    assert document["finding_ids"] == [finding["id"]]
    assert (finding["title"], finding["nonconformity_class"]) == ("整洁", "B")
    assert "箱子堆在地上" in finding["description"]
    assert finding["attachment_ids"] == [photo]
    assert finding["place_id"] == round_.inspected.cold_room["id"]
    assert (finding["source_collection"], finding["source_id"]) == ("inspections", document["id"])
    assert (finding["checklist_code"], finding["item_id"]) == ("INS-STORE", "S1")


def test_a_class_a_failure_decides_alone(sqlite_round):
    document = sqlite_round.saved(sqlite_round.inspection(TIDY, WARM))
    assert document["result"]["grade"]["decided_by"] == "class_a"
    assert document["result"]["outcomes"]["S2"]["reasons"][0]["en"] == "12°C is above 8°C"


def test_limits_follow_how_goods_were_kept_at_the_place(sqlite_round):
    items = small_checklist()["items"]
    items[1]["limits"] = {"by_storage_class": {"chilled": {"max": "8"}, "frozen": {"max": "-12"}}}
    sqlite_round.checklist = sqlite_round.author.next_version(
        sqlite_round.checklist, {"items": items}
    )
    outcomes = {}
    for kept in ("chilled", "frozen", "ambient", None):
        document = sqlite_round.saved(sqlite_round.inspection(TIDY, COLD, storage_class=kept))
        assert document["storage_class"] == kept
        outcomes[kept] = document["result"]["outcomes"]["S2"]["outcome"]
    assert outcomes == {"chilled": "ok", "frozen": "not_ok", "ambient": "ok", None: "ok"}
    answer = sqlite_round.put(sqlite_round.inspection(TIDY, COLD, storage_class="warm"))
    assert pointers(answer) == {"/storage_class"}


def test_what_failed_here_before_counts_one_class_higher(round_):
    round_.saved(round_.inspection(UNTIDY, COLD))
    later = {"captured_at": "2026-03-09T01:30:00Z", "finished_at": "2026-03-09T01:45:00Z"}
    again = round_.saved(round_.inspection(UNTIDY, COLD, **later))
    assert again["result"]["grade"]["raised"] == ["S1"]
    assert again["result"]["grade"]["grade"] == "failed"
    repeat = next(f for f in round_.findings() if f["id"] in again["finding_ids"])
    assert repeat["effective_class"] == "A"
    assert repeat["repeat_of"] is not None


def test_a_draft_may_be_unfinished_and_makes_no_finding(sqlite_round):
    document = sqlite_round.saved(sqlite_round.inspection(UNTIDY, finished_at=None))
    assert (document["status"], document["result"]["grade"]) == ("draft", None)
    assert document["result"]["outcomes"]["S2"]["outcome"] == "missing"
    assert sqlite_round.findings() == []


def test_nothing_unfinished_is_finished(round_):
    answer = round_.put(round_.inspection(UNTIDY))
    assert slug(answer) == "validation-failed"
    assert pointers(answer) == {"/answers/S2"}
    assert round_.zhao.get("/api/v1/inspections").json["inspections"] == []
    assert round_.findings() == []


def test_a_photo_that_is_asked_for_must_be_named(sqlite_round):
    items = small_checklist()["items"]
    items[0]["photo"] = "on_failure"
    older = sqlite_round.checklist
    sqlite_round.checklist = sqlite_round.author.next_version(older, {"items": items})
    answer = sqlite_round.put(sqlite_round.inspection(UNTIDY, COLD))
    assert pointers(answer) == {"/answers/S1/photo"}


def test_a_finished_inspection_stands(round_):
    inspection = round_.inspection(TIDY, COLD)
    version = round_.put(inspection).json["version"]
    same = round_.put(inspection, headers={"If-Match": f'"{version}"'})
    assert same.json["version"] == version
    changed = {**inspection, "note": "改"}
    answer = round_.put(changed, headers={"If-Match": f'"{version}"'})
    assert slug(answer) == "inspection-is-finished"


def test_an_inspection_finishes_on_the_version_it_was_begun_with(round_):
    inspection = round_.inspection(TIDY, finished_at=None)
    round_.saved(inspection)
    items = small_checklist()["items"]
    items[1]["limits"] = {"min": "0", "max": "4"}
    round_.author.next_version(round_.checklist, {"items": items})
    path = f"/api/v1/checklists/{round_.checklist['id']}/retirement"
    assert round_.author.person.post(path, json={"reason": "停用"}).status_code == 200
    answers = [*inspection["answers"], {"id": str(uuid4()), **COLD}]
    finished = {**inspection, "answers": answers, "finished_at": "2026-03-03T02:00:00Z"}
    document = round_.put(finished, headers={"If-Match": '"1"'}).json["document"]
    assert document["checklist"]["version"] == 1
    assert document["result"]["grade"]["grade"] == "pass"


def test_two_phones_answer_one_draft_and_both_answers_stay(round_):
    wang = round_.world.person("wang")
    inspection = round_.inspection(finished_at=None)
    assert round_.push(inspection)["status"] == "applied"
    mine = {**inspection, "answers": [{"id": str(uuid4()), **TIDY}]}
    theirs = {**inspection, "answers": [{"id": str(uuid4()), **COLD}]}
    assert round_.push(mine, 1)["status"] == "applied"
    merged = round_.push(theirs, 1, wang)
    assert merged["status"] == "merged"
    assert {answer["item_id"] for answer in merged["document"]["answers"]} == {"S1", "S2"}


def test_nobody_finishes_over_answers_they_have_not_seen(round_):
    wang = round_.world.person("wang")
    inspection = round_.inspection({"item_id": "S1", "is_ok": True}, COLD, finished_at=None)
    assert round_.push(inspection)["status"] == "applied"
    failed = [{**inspection["answers"][0], "is_ok": False}, inspection["answers"][1]]
    assert round_.push({**inspection, "answers": failed}, 1)["status"] == "applied"
    finished = {**inspection, "finished_at": "2026-03-02T02:00:00Z"}
    assert round_.push(finished, 1, wang)["status"] == "conflict"


def test_a_push_repeated_makes_no_finding_twice(round_):
    inspection = round_.inspection(UNTIDY, COLD)
    assert round_.push(inspection)["status"] == "applied"
    assert round_.push(inspection, 1)["status"] in ("applied", "merged")
    assert len(round_.findings()) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"checklist_id": str(uuid4())}, "/checklist_id"),
        ({"unit_id": str(uuid4())}, "/unit_id"),
        ({"place_id": str(uuid4())}, "/place_id"),
        ({"answers": [{"id": str(uuid4()), "item_id": "S9", "is_ok": True}]}, "/answers/0/item_id"),
        ({"answers": [{"id": "x", "item_id": "S1"}]}, "/answers/0/id"),
        ({"finished_at": "soon"}, "/finished_at"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_what_cannot_be_is_refused_by_name(sqlite_round, changes, pointer):
    answer = sqlite_round.put(sqlite_round.inspection(TIDY, COLD, **changes))
    assert slug(answer) == "validation-failed"
    assert pointer in pointers(answer)


def test_a_receipts_checklist_is_not_for_inspections(sqlite_round):
    receipt = sqlite_round.author.in_force()["RCV-MEAT"]
    answer = sqlite_round.put(sqlite_round.inspection(checklist_id=receipt["id"], finished_at=None))
    assert pointers(answer) == {"/checklist_id"}


def test_a_draft_is_taken_back_by_its_inspector_alone(round_):
    inspection = round_.inspection(finished_at=None)
    round_.saved(inspection)

    def delete(person):
        mutation = {
            "mutation_id": str(uuid4()), "collection": "inspections", "id": inspection["id"],
            "operation": "delete", "base_version": 1, "captured_at": MORNING,
        }  # fmt: skip
        body = {"device_id": person.device_id, "mutations": [mutation]}
        return person.post("/api/v1/sync/push", json=body).json["results"][0]

    refused = delete(round_.world.person("wang"))
    assert refused["problem"]["type"].endswith("/inspection-is-not-yours")
    assert delete(round_.zhao)["status"] == "applied"
    assert round_.zhao.get(f"/api/v1/inspections/{inspection['id']}").status_code == 404


def test_another_site_does_not_see_it(round_):
    document = round_.saved(round_.inspection(TIDY, COLD))
    stranger = round_.world.person("stranger", Role.MANAGER, [round_.world.south])
    assert stranger.get("/api/v1/inspections").json["inspections"] == []
    assert stranger.get(f"/api/v1/inspections/{document['id']}").status_code == 404
    assert round_.put(document | {"note": "x"}, stranger).status_code == 404


def test_inspections_are_listed_by_status_checklist_and_unit(sqlite_round):
    done = sqlite_round.saved(sqlite_round.inspection(TIDY, COLD))
    draft = sqlite_round.saved(sqlite_round.inspection(finished_at=None, unit_id=None))

    def ids(**query):
        found = sqlite_round.zhao.get("/api/v1/inspections", query_string=query).json
        return {one["id"] for one in found["inspections"]}

    assert ids() == {done["id"], draft["id"]}
    assert ids(status="finished") == {done["id"]}
    assert ids(unit_id=sqlite_round.inspected.kitchen["id"]) == {done["id"]}
    assert ids(checklist_code="OTHER") == set()


# -- tasks -----------------------------------------------------------------------------------------


def task_for(round_, **changes):
    """A task of today from a schedule over the kitchen."""
    schedule = {
        "id": str(uuid4()),
        "site_id": round_.world.north,
        "name": "后厨日检",
        "checklist_code": round_.checklist["code"],
        "unit_ids": [round_.inspected.kitchen["id"]],
        "rhythm": {"kind": "daily"},
        "assignment": {"kind": "role", "role": "inspector"},
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-02",
        **changes,
    }
    round_.inspected.save("inspection-schedules", schedule)
    [task] = round_.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    return task


def test_a_finished_inspection_does_its_task_once(round_):
    task = task_for(round_)
    draft = round_.inspection(TIDY, task_id=task["id"], finished_at=None)
    round_.saved(draft)
    [still_open] = round_.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    assert still_open["status"] == "open"
    first = round_.inspection(TIDY, COLD, task_id=task["id"])
    round_.saved(first)
    [done] = round_.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    assert (done["status"], done["inspection_id"]) == ("done", first["id"])
    assert done["done_at"] == "2026-03-02T01:45:00.000Z"
    round_.saved(round_.inspection(TIDY, COLD, task_id=task["id"]))
    [same] = round_.zhao.get("/api/v1/inspection-tasks").json["inspection_tasks"]
    assert same["inspection_id"] == first["id"], "the second one is kept, the task was done"


def test_a_task_across_units_is_not_done_by_the_unit_itself(round_):
    task = task_for(round_)
    own = round_.inspection(TIDY, COLD, task_id=task["id"])
    answer = round_.put(own, round_.inspected.chen)
    assert (answer.status_code, pointers(answer)) == (422, {"/unit_id"})
    assert round_.put(own, round_.zhao).status_code == 201


def test_within_a_unit_where_the_schedule_says_so(sqlite_round):
    task = task_for(sqlite_round, is_cross_unit=False)
    own = sqlite_round.inspection(TIDY, COLD, task_id=task["id"])
    assert sqlite_round.put(own, sqlite_round.inspected.chen).status_code == 201
