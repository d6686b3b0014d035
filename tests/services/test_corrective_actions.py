"""Notices: issuing them, every step, and who may not judge what."""

from __future__ import annotations

from uuid import uuid4

import pytest

from schemas.corrective_actions import ACTION_STATUSES, STEP_KINDS
from server.access import Role
from server.corrective_actions.lifecycle import STATUS_LABELS, STEP_LABELS, TRANSITIONS, next_status
from tests.receiving_world import pointers
from tests.rectification_world import Inspected, slug


@pytest.fixture
def inspected(world):
    return Inspected(world)


@pytest.fixture
def sqlite_inspected(sqlite_world):
    return Inspected(sqlite_world)


# -- the table -------------------------------------------------------------------------------------


def test_every_state_and_step_has_its_words_and_its_row():
    assert tuple(STATUS_LABELS) == ACTION_STATUSES
    assert tuple(STEP_LABELS) == tuple(TRANSITIONS) == STEP_KINDS


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("open", {"submitted", "extension_asked", "acknowledged"}),
        ("submitted", {"verified", "returned"}),
        ("returned", {"submitted", "extension_asked", "acknowledged"}),
        ("verified", {"closed", "reopened"}),
        ("closed", {"reopened"}),
        ("withdrawn", set()),
    ],
)
def test_what_can_be_done_in_each_state(status, steps):
    answers_or_orders = {"extension_granted", "extension_refused", "reassigned", "withdrawn"}
    possible = {kind for kind in STEP_KINDS if next_status(kind, status) is not None}
    assert possible - answers_or_orders - {"remark"} == steps
    assert "remark" in possible


# -- issuing ---------------------------------------------------------------------------------------


def test_a_notice_takes_a_number_a_deadline_and_the_head_of_the_unit(inspected):
    finding = inspected.found()
    action = inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)
    assert action["number"] == "TZ-N1-2026-000001"
    assert (action["status"], action["nonconformity_class"]) == ("open", "C")
    # Class C: ten working days after Monday 2 March, at closing time.
    assert action["due_at"] == action["first_due_at"] == "2026-03-16T12:00:00.000Z"
    assert action["assignee"]["user_id"] == inspected.chen.user_id
    assert action["issued_by"]["user_id"] == inspected.zhao.user_id


def test_several_findings_merge_on_one_notice_with_the_gravest_deadline(inspected):
    findings = [inspected.found(item_id=f"i{c}", nonconformity_class=c) for c in "CAB"]
    action = inspected.save("corrective-actions", inspected.notice(*findings), inspected.zhao)
    assert action["nonconformity_class"] == "A"
    assert action["deadline"] == "before_next_meal"
    assert action["due_at"] == "2026-03-02T03:30:00.000Z"


def test_a_finding_stands_on_one_notice_only(inspected):
    finding = inspected.found()
    inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)
    again = inspected.put("corrective-actions", inspected.notice(finding), inspected.zhao)
    assert (again.status_code, slug(again)) == (422, "findings-do-not-fit")
    assert pointers(again) == {"/finding_ids/0"}


def test_findings_of_another_unit_and_good_practices_do_not_fit(sqlite_inspected):
    inspected = sqlite_inspected
    others = inspected.found(unit_id=inspected.store["id"], place_id=None)
    good = inspected.found(kind="good_practice", nonconformity_class=None)
    unknown = {"id": str(uuid4())}
    notice = inspected.notice(others, good, unknown)
    answer = inspected.put("corrective-actions", notice, inspected.zhao)
    assert pointers(answer) == {"/finding_ids/0", "/finding_ids/1", "/finding_ids/2"}
    assert inspected.zhao.get("/api/v1/corrective-actions").json["corrective_actions"] == []


def test_a_notice_that_is_refused_takes_no_number(sqlite_inspected):
    inspected = sqlite_inspected
    good = inspected.found(kind="good_practice", nonconformity_class=None)
    inspected.put("corrective-actions", inspected.notice(good), inspected.zhao)
    assert inspected.issued()["number"].endswith("000001")


def test_an_order_is_for_those_who_may_issue_one(inspected):
    finding = inspected.found()
    order = inspected.notice(finding, kind="rectification_order")
    refused = inspected.put("corrective-actions", order, inspected.zhao)
    assert (refused.status_code, slug(refused)) == (403, "forbidden")
    issued = inspected.save("corrective-actions", order, inspected.manager)
    assert issued["number"].startswith("ZG-N1-")


def test_the_same_notice_again_is_the_notice_that_stands(inspected):
    notice = inspected.notice(inspected.found())
    first = inspected.put("corrective-actions", notice, inspected.zhao)
    second = inspected.put("corrective-actions", notice, inspected.zhao)
    assert second.json == first.json
    changed = inspected.put("corrective-actions", {**notice, "title": "别的"}, inspected.zhao)
    assert slug(changed) == "corrective-action-is-issued"
    later = {**notice, "due_at": "2027-01-01T00:00:00Z"}
    assert slug(inspected.put("corrective-actions", later, inspected.zhao)) == (
        "corrective-action-is-issued"
    )


def test_a_stated_time_is_taken_as_it_is(sqlite_inspected):
    action = sqlite_inspected.issued(deadline="fixed", due_at="2026-03-05T10:00:00Z")
    assert action["due_at"] == "2026-03-05T10:00:00.000Z"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"unit_id": None}, "/unit_id"),
        ({"deadline": "fixed"}, "/due_at"),
        ({"due_at": "2026-03-01T00:00:00Z"}, "/due_at"),
        ({"deadline": "some day"}, "/deadline"),
        ({"finding_ids": []}, "/finding_ids"),
        ({"assignee_user_id": str(uuid4())}, "/assignee_user_id"),
        ({"unit_id": str(uuid4())}, "/unit_id"),
    ],
)
def test_a_notice_that_does_not_validate_names_the_place(sqlite_inspected, changes, pointer):
    notice = sqlite_inspected.notice(sqlite_inspected.found(), **changes)
    answer = sqlite_inspected.put("corrective-actions", notice, sqlite_inspected.zhao)
    assert answer.status_code == 422, answer.text
    assert pointer in pointers(answer)


# -- the life of a notice --------------------------------------------------------------------------


def test_the_whole_way_with_one_return(inspected):
    action = inspected.issued()
    inspected.take(inspected.step(action, "acknowledged"), inspected.chen)
    first = inspected.take(inspected.submission(action), inspected.chen)
    assert inspected.action(action)["status"] == "submitted"
    inspected.take(
        inspected.step(action, "returned", concerns_step_id=first["id"], text="墙角还有油污"),
        inspected.manager,
    )
    returned = inspected.action(action)
    assert (returned["status"], returned["times_returned"]) == ("returned", 1)
    assert returned["first_due_at"] == action["due_at"]
    second = inspected.take(inspected.submission(action), inspected.chen)
    verified = inspected.take(
        inspected.step(action, "verified", concerns_step_id=second["id"]), inspected.manager
    )
    assert verified["status_after"] == "verified"
    inspected.take(inspected.step(action, "closed"), inspected.manager)
    whole = inspected.manager.get(f"/api/v1/corrective-actions/{action['id']}").json
    assert whole["document"]["status"] == "closed"
    assert [step["kind"] for step in whole["steps"]] == [
        "acknowledged",
        "submitted",
        "returned",
        "submitted",
        "verified",
        "closed",
    ]
    assert whole["steps"][-1]["number"] == f"{action['number']}-6"
    assert whole["steps"][0]["device_id"] == inspected.chen.device_id
    assert whole["document"]["verification"]["is_by_finder"] is False
    # Its one photo is named and never arrived: whoever reads the record is told.
    assert whole["document"]["verification"]["photos_missing"] == 1


def test_a_reopened_notice_keeps_its_history(inspected):
    action = inspected.issued()
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    inspected.take(verify, inspected.manager)
    inspected.take(inspected.step(action, "closed"), inspected.manager)
    inspected.take(inspected.step(action, "reopened", text="复查又有油污"), inspected.manager)
    now = inspected.action(action)
    assert (now["status"], now["closed_at"], now["verification"]) == ("open", None, None)
    whole = inspected.manager.get(f"/api/v1/corrective-actions/{action['id']}").json
    assert len(whole["steps"]) == 4


def test_an_extension_is_asked_and_granted_and_the_first_deadline_stays(inspected):
    action = inspected.issued()
    later = "2026-03-20T12:00:00.000Z"
    ask = inspected.step(action, "extension_asked", due_at=later, text="等配件")
    asked = inspected.take(ask, inspected.chen)
    assert inspected.action(action)["extension"]["due_at"] == later
    twice = inspected.step(action, "extension_asked", due_at=later, text="再问")
    assert slug(inspected.refused(twice, inspected.chen)) == "step-does-not-apply"
    inspected.take(
        inspected.step(action, "extension_granted", concerns_step_id=asked["id"]),
        inspected.manager,
    )
    now = inspected.action(action)
    assert (now["due_at"], now["first_due_at"]) == (later, action["due_at"])
    assert (now["extension"], now["times_extended"]) == (None, 1)


def test_an_extension_that_is_refused_changes_no_deadline(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued()
    ask = inspected.step(action, "extension_asked", due_at="2026-04-01T00:00:00Z", text="忙")
    asked = inspected.take(ask, inspected.chen)
    refuse = inspected.step(
        action, "extension_refused", concerns_step_id=asked["id"], text="不同意"
    )
    inspected.take(refuse, inspected.manager)
    now = inspected.action(action)
    assert (now["due_at"], now["extension"]) == (action["due_at"], None)
    assert slug(inspected.refused({**refuse, "id": str(uuid4())}, inspected.manager)) == (
        "step-does-not-apply"
    )


def test_a_withdrawn_notice_gives_its_findings_back(inspected):
    action = inspected.issued()
    inspected.take(inspected.step(action, "withdrawn", text="开错单位"), inspected.manager)
    [finding] = inspected.zhao.get("/api/v1/findings").json["findings"]
    assert finding["corrective_action_id"] is None
    inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)


def test_reassigning_names_the_new_person(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued()
    other = inspected.world.person("sun")
    step = inspected.step(action, "reassigned", assignee_user_id=other.user_id, text="换人")
    inspected.take(step, inspected.manager)
    assert inspected.action(action)["assignee"]["user_id"] == other.user_id


# -- steps that no longer apply --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["submitted", "extension_asked", "acknowledged", "reassigned"])
def test_a_step_on_a_closed_notice_comes_back_with_the_reason(sqlite_inspected, kind):
    inspected = sqlite_inspected
    action = inspected.issued()
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    inspected.take(verify, inspected.manager)
    inspected.take(inspected.step(action, "closed"), inspected.manager)
    late = inspected.submission(action)
    late = {**late, "kind": kind, "text": "晚到", "assignee_user_id": inspected.zhao.user_id}
    answer = inspected.manager.put(
        f"/api/v1/corrective-action-steps/{late['id']}",
        json=late,
        headers={"Accept-Language": "zh-CN"},
    )
    assert (answer.status_code, slug(answer)) == (409, "step-does-not-apply")
    assert action["number"] in answer.json["detail"]
    assert "已关闭" in answer.json["detail"]


def test_a_judgement_of_an_older_submission_does_not_hit_the_newer_one(inspected):
    action = inspected.issued()
    first = inspected.take(inspected.submission(action), inspected.chen)
    give_back = inspected.step(action, "returned", concerns_step_id=first["id"], text="不够")
    inspected.take(give_back, inspected.manager)
    inspected.take(inspected.submission(action), inspected.chen)
    late = inspected.step(action, "verified", concerns_step_id=first["id"])
    assert slug(inspected.refused(late, inspected.manager)) == "step-does-not-apply"
    assert inspected.action(action)["status"] == "submitted"


def test_of_two_judgements_made_offline_the_second_comes_back(inspected):
    action = inspected.issued()
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    other = inspected.world.person("quality", Role.QUALITY)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    give_back = inspected.step(action, "returned", concerns_step_id=submitted["id"], text="不行")
    inspected.take(verify, inspected.manager)
    assert slug(inspected.refused(give_back, other)) == "step-does-not-apply"


def test_a_step_sent_again_is_the_step_that_stands(inspected):
    action = inspected.issued()
    step = inspected.submission(action)
    assert inspected.take(step, inspected.chen) == inspected.take(step, inspected.chen)
    changed = inspected.refused({**step, "correction": "别的"}, inspected.chen)
    assert slug(changed) == "step-is-recorded"


# -- who may not judge -----------------------------------------------------------------------------


def test_nobody_verifies_their_own_work(inspected):
    action = inspected.issued(assignee_user_id=inspected.chen.user_id)
    submitted = inspected.take(inspected.submission(action), inspected.manager)
    for kind in ("verified", "returned"):
        step = inspected.step(action, kind, concerns_step_id=submitted["id"], text="我自己")
        assert slug(inspected.refused(step, inspected.manager)) == "step-not-yours"
    quality = inspected.world.person("quality", Role.QUALITY)
    inspected.take(inspected.step(action, "verified", concerns_step_id=submitted["id"]), quality)


def test_the_person_who_answers_for_it_does_not_verify_it_either(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued(assignee_user_id=inspected.manager.user_id)
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    assert slug(inspected.refused(verify, inspected.manager)) == "step-not-yours"


def test_nobody_grants_their_own_extension(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued()
    ask = inspected.step(action, "extension_asked", due_at="2026-04-01T00:00:00Z", text="忙")
    asked = inspected.take(ask, inspected.manager)
    grant = inspected.step(action, "extension_granted", concerns_step_id=asked["id"])
    assert slug(inspected.refused(grant, inspected.manager)) == "step-not-yours"


def test_who_found_it_and_verifies_it_is_on_record(sqlite_inspected):
    inspected = sqlite_inspected
    finding = inspected.save("findings", inspected.finding(), inspected.manager)
    action = inspected.save("corrective-actions", inspected.notice(finding), inspected.zhao)
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    inspected.take(verify, inspected.manager)
    assert inspected.action(action)["verification"]["is_by_finder"] is True


def test_an_inspector_does_not_verify(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued()
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    verify = inspected.step(action, "verified", concerns_step_id=submitted["id"])
    assert slug(inspected.refused(verify, inspected.zhao)) == "forbidden"


def test_other_sites_see_no_notice_and_take_no_step(inspected):
    action = inspected.issued()
    stranger = inspected.world.person("stranger", Role.MANAGER, [inspected.world.south])
    assert stranger.get(f"/api/v1/corrective-actions/{action['id']}").status_code == 404
    assert stranger.get("/api/v1/corrective-actions").json["corrective_actions"] == []
    step = inspected.step(action, "remark", text="你好")
    assert slug(inspected.refused(step, stranger)) == "record-not-found"


# -- what a step must say --------------------------------------------------------------------------


def test_a_submission_says_what_was_done_and_shows_it(sqlite_inspected):
    inspected = sqlite_inspected
    action = inspected.issued()
    bare = inspected.step(action, "submitted")
    assert pointers(inspected.refused(bare, inspected.chen)) == {"/correction", "/attachment_ids"}


def test_a_submission_on_an_order_also_gives_cause_and_prevention(sqlite_inspected):
    inspected = sqlite_inspected
    finding = inspected.found()
    order = inspected.notice(finding, kind="rectification_order")
    action = inspected.save("corrective-actions", order, inspected.manager)
    step = inspected.submission(action)
    assert pointers(inspected.refused(step, inspected.chen)) == {"/cause", "/prevention"}


@pytest.mark.parametrize(
    ("kind", "changes", "pointer"),
    [
        ("returned", {"text": ""}, "/text"),
        ("extension_asked", {"text": "为何", "due_at": "2026-03-03T00:00:00Z"}, "/due_at"),
        ("extension_asked", {"text": "为何"}, "/due_at"),
        ("reassigned", {"text": "换人"}, "/assignee_user_id"),
        ("reassigned", {"text": "换人", "assignee_user_id": str(uuid4())}, "/assignee_user_id"),
        ("verified", {}, "/concerns_step_id"),
        ("returned", {"text": "不行", "due_at": "2026-03-01T00:00:00Z"}, "/due_at"),
    ],
)
def test_a_step_that_leaves_something_out_names_it(sqlite_inspected, kind, changes, pointer):
    inspected = sqlite_inspected
    action = inspected.issued()
    if kind in {"returned", "verified"}:
        submitted = inspected.take(inspected.submission(action), inspected.chen)
        if pointer != "/concerns_step_id":
            changes = {**changes, "concerns_step_id": submitted["id"]}
    step = inspected.step(action, kind, **changes)
    answer = inspected.refused(step, inspected.manager)
    assert pointers(answer) == {pointer}


# -- offline ---------------------------------------------------------------------------------------


def push(person, *documents):
    """*documents*: (collection, document) pairs, as one push of the person's phone."""
    mutations = [
        {
            "mutation_id": str(uuid4()),
            "collection": collection,
            "id": document["id"],
            "operation": "upsert",
            "base_version": None,
            "document": document,
        }
        for collection, document in documents
    ]
    answer = person.post(
        "/api/v1/sync/push", json={"device_id": person.device_id, "mutations": mutations}
    )
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def test_findings_notice_and_step_made_offline_arrive_in_one_push(inspected):
    findings = [inspected.finding(item_id=f"i{n}") for n in range(3)]
    notice = inspected.notice(*findings)
    submission = inspected.submission(notice)
    results = push(
        inspected.zhao,
        *(("findings", finding) for finding in findings),
        ("corrective_actions", notice),
        ("corrective_action_steps", submission),
    )
    assert [result["status"] for result in results] == ["applied"] * 5
    assert results[3]["document"]["number"] == "TZ-N1-2026-000001"
    assert inspected.action(notice)["status"] == "submitted"


def test_a_step_that_no_longer_applies_waits_for_a_person_with_its_reason(inspected):
    action = inspected.issued()
    inspected.take(inspected.step(action, "withdrawn", text="开错"), inspected.manager)
    [result] = push(inspected.chen, ("corrective_action_steps", inspected.submission(action)))
    assert result["status"] == "rejected"
    assert result["problem"]["type"] == "/problems/step-does-not-apply"
    assert inspected.action(action)["status"] == "withdrawn"


def test_phones_pull_the_notice_as_it_stands(inspected):
    action = inspected.issued()
    submitted = inspected.take(inspected.submission(action), inspected.chen)
    wanted = "corrective_actions,corrective_action_steps,findings,units,places"
    changes = inspected.chen.get(f"/api/v1/sync/pull?collections={wanted}").json["changes"]
    by_id = {change["id"]: change["document"] for change in changes}
    assert by_id[action["id"]]["status"] == "submitted"
    assert by_id[submitted["id"]]["created_by"]["user_id"] == inspected.chen.user_id
    assert by_id[action["finding_ids"][0]]["corrective_action_id"] == action["id"]


# -- the board -------------------------------------------------------------------------------------


def test_the_board_shows_what_is_due_next_and_what_is_overdue(inspected, clock):
    soon = inspected.issued(deadline="fixed", due_at="2026-03-02T05:00:00Z")
    later = inspected.issued(deadline="fixed", due_at="2026-04-01T05:00:00Z")
    listed = inspected.manager.get("/api/v1/corrective-actions").json["corrective_actions"]
    assert [action["id"] for action in listed] == [soon["id"], later["id"]]
    clock.now = clock.now.replace(year=2026, month=3, day=3)
    overdue = inspected.manager.get("/api/v1/corrective-actions?is_overdue=true").json
    assert [action["id"] for action in overdue["corrective_actions"]] == [soon["id"]]
    assert overdue["corrective_actions"][0]["is_overdue"] is True
    rest = inspected.manager.get("/api/v1/corrective-actions?is_overdue=false").json
    assert [action["id"] for action in rest["corrective_actions"]] == [later["id"]]


def test_the_board_goes_page_by_page(sqlite_inspected):
    inspected = sqlite_inspected
    ids = [inspected.issued()["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = inspected.manager.get(f"/api/v1/corrective-actions{query}").json
        seen += [action["id"] for action in page["corrective_actions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)


def test_statistics_by_unit(inspected):
    first, second = inspected.issued(), inspected.issued()
    submitted = inspected.take(
        inspected.submission(first, captured_at="2026-03-03T01:30:00Z"), inspected.chen
    )
    verify = inspected.step(first, "verified", concerns_step_id=submitted["id"])
    inspected.take(verify, inspected.manager)
    inspected.take(inspected.step(second, "withdrawn", text="错"), inspected.manager)
    period = "since=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z"
    [row] = inspected.manager.get(f"/api/v1/corrective-actions/statistics?{period}").json["rows"]
    assert row["unit_id"] == inspected.kitchen["id"]
    assert (row["issued"], row["withdrawn"], row["verified"]) == (1, 1, 1)
    assert (row["verified_in_first_deadline"], row["median_hours_to_fix"]) == (1, 24.0)
