"""Schedules become tasks exactly once, whatever the server slept through."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from server.access import Role
from server.checklists.service import publish_default_checklists
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.http.context import current_time
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from server.planning.lots import commitment, draw_visits
from tests.checklists.author import author_in
from tests.receiving_world import pointers
from tests.rectification_world import Inspected, slug

PLAN = next(job for job in JOBS if job.name == "plan_inspections")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the kitchen


class Planned(Inspected):
    def __init__(self, world, clock):
        super().__init__(world)
        self.clock = clock
        clock.now = MONDAY
        self.sign_in_again()
        with world.app.app_context(), transaction(current_session(), write=True):
            session, actor = current_session(), world.actor(self.manager)
            enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
            publish_default_checklists(session, actor, current_time())
        lists = self.manager.get("/api/v1/checklists").json["checklists"]
        self.code = lists[0]["document"]["code"]

    def sign_in_again(self):
        for person in (self.zhao, self.chen, self.manager):
            person.sign_in()

    def at(self, moment):
        self.clock.now = moment
        self.sign_in_again()

    def schedule(self, kind="daily", assignment=None, rhythm=None, **changes):
        return {
            "id": str(uuid4()),
            "site_id": self.world.north,
            "name": "后厨日检",
            "checklist_code": self.code,
            "unit_ids": [self.kitchen["id"]],
            "rhythm": {"kind": kind, **(rhythm or {})},
            "assignment": assignment or {"kind": "role", "role": "inspector"},
            "starts_on": "2026-03-02",
            **changes,
        }

    def plan(self):
        return run_job(self.world.app, PLAN)

    def tasks(self, query=""):
        answer = self.zhao.get(f"/api/v1/inspection-tasks?limit=200{query}")
        assert answer.status_code == 200, answer.text
        return answer.json["inspection_tasks"]


@pytest.fixture
def planned(world, clock):
    return Planned(world, clock)


@pytest.fixture
def sqlite_planned(sqlite_world, clock):
    return Planned(sqlite_world, clock)


def test_a_schedule_makes_its_tasks_for_a_week_at_once(planned):
    planned.save("inspection-schedules", planned.schedule())
    tasks = planned.tasks()
    assert [task["occurrence"] for task in tasks] == [f"2026-03-{d:02d}" for d in range(2, 10)]
    assert tasks[0]["opens_at"] == "2026-03-02T00:00:00.000Z"
    assert (tasks[0]["assignee"], tasks[0]["role"]) == (None, "inspector")


def test_planning_again_makes_nothing_twice(planned):
    planned.save("inspection-schedules", planned.schedule())
    before = planned.tasks()
    assert planned.plan() == 0
    assert planned.tasks() == before


def test_days_slept_through_are_caught_up_once(planned):
    planned.save("inspection-schedules", planned.schedule())
    planned.at(MONDAY + timedelta(days=10))
    assert planned.plan() == 10
    assert planned.plan() == 0
    occurrences = [task["occurrence"] for task in planned.tasks()]
    assert occurrences == [f"2026-03-{d:02d}" for d in range(2, 20)]
    missed = planned.tasks("&is_missed=true")
    assert [task["occurrence"] for task in missed] == [f"2026-03-{d:02d}" for d in range(2, 12)]


def test_a_very_long_sleep_is_caught_up_a_month_back(sqlite_planned):
    planned = sqlite_planned
    planned.save("inspection-schedules", planned.schedule())
    planned.at(MONDAY + timedelta(days=400))
    assert planned.plan() == 31 + 8
    assert planned.plan() == 0


def test_a_changed_schedule_changes_what_lies_ahead_and_not_what_was(planned):
    schedule = planned.save("inspection-schedules", planned.schedule())
    planned.at(MONDAY + timedelta(days=2))
    weekly = {**schedule, "rhythm": {"kind": "weekly", "weekdays": [5]}}
    answer = planned.manager.put(
        f"/api/v1/inspection-schedules/{schedule['id']}",
        json=weekly,
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    still_open = [task["occurrence"] for task in planned.tasks("&status=open")]
    # Friday the 6th had a task that was cancelled and taken up again.
    assert still_open == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-06"]
    planned.plan()
    assert [t["occurrence"] for t in planned.tasks("&status=open")] == still_open


def test_a_schedule_that_ends_or_is_switched_off_makes_no_more(sqlite_planned):
    planned = sqlite_planned
    planned.save("inspection-schedules", planned.schedule(ends_on="2026-03-04"))
    assert len(planned.tasks()) == 3
    off = planned.save("inspection-schedules", planned.schedule(is_active=False))
    planned.plan()
    assert {task["schedule_id"] for task in planned.tasks()} != {off["id"]}


def test_each_unit_has_its_own_task(sqlite_planned):
    planned = sqlite_planned
    units = [planned.kitchen["id"], planned.store["id"]]
    planned.save("inspection-schedules", planned.schedule(unit_ids=units, ends_on="2026-03-02"))
    assert {task["unit_id"] for task in planned.tasks()} == set(units)


# -- who -------------------------------------------------------------------------------------------


def test_nobody_is_given_their_own_unit(planned):
    person = {"kind": "person", "user_id": planned.chen.user_id}
    answer = planned.put(
        "inspection-schedules", planned.schedule(assignment=person), planned.manager
    )
    assert pointers(answer) == {"/unit_ids/0"}
    allowed = planned.schedule(assignment=person, is_cross_unit=False, ends_on="2026-03-02")
    planned.save("inspection-schedules", allowed)
    [task] = planned.tasks()
    assert task["assignee"]["user_id"] == planned.chen.user_id


def test_a_draw_among_inspectors_never_takes_the_inspected(planned):
    draw = {"kind": "draw", "role": "inspector"}
    planned.world.person("sun")
    planned.save("inspection-schedules", planned.schedule(assignment=draw))
    drawn = Counter(task["assignee"]["name"] for task in planned.tasks())
    assert set(drawn) <= {"Zhao", "Sun"}


def test_whoever_is_on_shift_gets_it(planned):
    shift = {
        "id": str(uuid4()),
        "site_id": planned.world.north,
        "user_id": planned.zhao.user_id,
        "starts_at": "2026-03-02T23:00:00Z",
        "ends_at": "2026-03-03T06:00:00Z",
    }
    planned.save("shifts", shift)
    planned.save("inspection-schedules", planned.schedule(assignment={"kind": "on_shift"}))
    given = {t["occurrence"]: t["assignee"] and t["assignee"]["name"] for t in planned.tasks()}
    assert given["2026-03-03"] == "Zhao"
    assert given["2026-03-04"] is None


# -- by lot ----------------------------------------------------------------------------------------


def random_schedule(planned, **changes):
    return planned.schedule(
        "random",
        rhythm={"period": "week", "count": 3},
        unit_ids=[planned.kitchen["id"], planned.store["id"]],
        is_unannounced=True,
        name="突击抽查",
        **changes,
    )


def test_unannounced_visits_are_told_when_they_open_and_not_before(planned):
    schedule = planned.save("inspection-schedules", random_schedule(planned))
    pull = "/api/v1/sync/pull?collections=inspection_tasks,inspection_schedules"
    assert planned.zhao.get(pull).json["changes"] == []
    assert planned.tasks() == []
    planned.at(MONDAY + timedelta(days=12))
    planned.plan()
    told = planned.tasks()
    assert told
    assert all(task["opens_at"] <= "2026-03-14T01:00:00.000Z" for task in told)
    assert {task["schedule_id"] for task in told} == {schedule["id"]}


def test_a_draw_can_be_checked_once_its_period_is_over(planned):
    schedule = planned.save("inspection-schedules", random_schedule(planned))
    path = f"/api/v1/inspection-schedules/{schedule['id']}/draws"
    before = {draw["period"]: draw for draw in planned.manager.get(path).json["draws"]}
    assert before["2026-W10"]["seed"] is before["2026-W10"]["result"] is None
    planned.at(MONDAY + timedelta(days=8))
    after = {draw["period"]: draw for draw in planned.manager.get(path).json["draws"]}
    draw = after["2026-W10"]
    assert commitment(draw["seed"]) == before["2026-W10"]["seed_sha256"]
    days = [date.fromisoformat(day) for day in draw["pool"]["days"]]
    visits = draw_visits(draw["pool"]["unit_ids"], days, draw["pool"]["count"], draw["seed"])
    assert [{"unit_id": v.unit_id, "day": v.day.isoformat()} for v in visits] == draw["result"]
    assert planned.zhao.get(path).status_code == 403


def test_a_draw_stands_even_when_the_schedule_is_saved_again(sqlite_planned):
    planned = sqlite_planned
    schedule = planned.save("inspection-schedules", random_schedule(planned))
    path = f"/api/v1/inspection-schedules/{schedule['id']}"
    seeds = {
        d["period"]: d["seed_sha256"] for d in planned.manager.get(f"{path}/draws").json["draws"]
    }
    renamed = {**schedule, "name": "抽查"}
    answer = planned.manager.put(path, json=renamed, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    again = {
        d["period"]: d["seed_sha256"] for d in planned.manager.get(f"{path}/draws").json["draws"]
    }
    assert again == seeds


# -- re-checks -------------------------------------------------------------------------------------


def closed(planned):
    action = planned.issued()
    submitted = planned.take(planned.submission(action), planned.chen)
    verify = planned.step(action, "verified", concerns_step_id=submitted["id"])
    planned.take(verify, planned.manager)
    planned.take(planned.step(action, "closed"), planned.manager)
    return action


def test_a_closed_notice_is_looked_at_again_on_a_day_nobody_knows(planned):
    action = closed(planned)
    assert planned.plan() == 1
    assert planned.plan() == 0
    assert planned.tasks() == []
    planned.at(MONDAY + timedelta(days=31))
    assert planned.plan() == 1
    [task] = planned.tasks()
    assert task["corrective_action_id"] == action["id"]
    assert action["number"] in task["title"]
    assert task["checklist_code"] == "daily"
    assert "2026-03-09" <= task["opens_at"][:10] <= "2026-04-02"


def test_a_suppliers_notice_is_looked_at_again_too(sqlite_planned):
    planned = sqlite_planned
    supplier = {"id": str(uuid4()), "code": "S1", "name": "胜利粮油", "categories": ["meat"]}
    saved = planned.save("suppliers", supplier)
    finding = planned.found(unit_id=None, place_id=None, supplier_id=saved["id"])
    notice = planned.notice(finding, unit_id=None, supplier_id=saved["id"])
    action = planned.save("corrective-actions", notice, planned.manager)
    submitted = planned.take(planned.submission(action), planned.chen)
    verify = planned.step(action, "verified", concerns_step_id=submitted["id"])
    planned.take(verify, planned.manager)
    planned.take(planned.step(action, "closed"), planned.manager)
    assert planned.plan() == 1
    planned.at(MONDAY + timedelta(days=31))
    planned.plan()
    [task] = planned.tasks()
    assert (task["corrective_action_id"], task["unit_id"]) == (action["id"], None)
    assert task["is_cross_unit"] is False


def test_a_notice_reopened_and_closed_again_has_a_second_recheck(sqlite_planned):
    planned = sqlite_planned
    action = closed(planned)
    planned.plan()
    planned.at(MONDAY + timedelta(days=40))
    planned.plan()
    later = {"captured_at": "2026-04-11T01:00:00Z"}
    planned.take(planned.step(action, "reopened", text="又脏了", **later), planned.manager)
    submitted = planned.take(planned.submission(action, **later), planned.chen)
    verify = planned.step(action, "verified", concerns_step_id=submitted["id"], **later)
    planned.take(verify, planned.manager)
    planned.take(planned.step(action, "closed", **later), planned.manager)
    assert planned.plan() == 1
    assert planned.plan() == 0


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rhythm": {"kind": "weekly"}}, "/rhythm/weekdays"),
        ({"rhythm": {"kind": "hourly"}}, "/rhythm/kind"),
        (
            {"rhythm": {"kind": "daily", "opens_at": "18:30"}},
            "/rhythm/closes_at",
        ),
        ({"rhythm": {"kind": "random", "period": "week", "count": 1}, "unit_ids": []}, "/unit_ids"),
        ({"assignment": {"kind": "person"}}, "/assignment/user_id"),
        ({"assignment": {"kind": "person", "user_id": str(uuid4())}}, "/assignment/user_id"),
        ({"ends_on": "2026-01-01"}, "/ends_on"),
        ({"unit_ids": [str(uuid4())]}, "/unit_ids/0"),
        ({"place_ids": [str(uuid4())]}, "/place_ids/0"),
        ({"checklist_code": "no-such-list"}, "/checklist_code"),
    ],
)
def test_a_schedule_that_does_not_validate_names_the_place(sqlite_planned, changes, pointer):
    planned = sqlite_planned
    schedule = {**planned.schedule(), **changes}
    answer = planned.put("inspection-schedules", schedule, planned.manager)
    assert answer.status_code == 422, answer.text
    assert pointer in pointers(answer)
    assert planned.tasks() == []


def test_inspectors_and_other_sites_do_not_plan(sqlite_planned):
    planned = sqlite_planned
    schedule = planned.save("inspection-schedules", planned.schedule())
    assert planned.put("inspection-schedules", planned.schedule(), planned.zhao).status_code == 403
    assert planned.zhao.get("/api/v1/inspection-schedules").status_code == 403
    other = planned.world.person("other", Role.MANAGER, [planned.world.south])
    assert other.get("/api/v1/inspection-schedules").json["inspection_schedules"] == []
    answer = planned.put("inspection-schedules", schedule, other)
    assert slug(answer) == "record-not-found"


# -- quotas ----------------------------------------------------------------------------------------


def quota(planned, **changes):
    rhythm = {"period": "month", "count": 3}
    return planned.schedule("quota", rhythm=rhythm, starts_on="2026-03-01", **changes)


def visited(planned, moment, **changes):
    """A finished inspection of the kitchen, asked for by nobody."""
    checklist = planned.checklist
    inspection = {
        "id": str(uuid4()), "checklist_id": checklist["id"], "unit_id": planned.kitchen["id"],
        "answers": [
            {"id": str(uuid4()), "item_id": "S1", "is_ok": True},
            {"id": str(uuid4()), "item_id": "S2", "value": "4"},
        ],
        "captured_at": moment, "finished_at": moment, **changes,
    }  # fmt: skip
    planned.save("inspections", inspection, planned.zhao)


def counted(planned, **query):
    answer = planned.manager.get("/api/v1/inspection-quotas", query_string=query)
    assert answer.status_code == 200, answer.text
    return [
        tuple(one[name] for name in ("period", "wanted", "made", "coming", "short"))
        for one in answer.json["quotas"]
    ]


def test_a_quota_shows_what_is_short_and_asks_for_it_when_time_runs_out(planned):
    planned.checklist = author_in(planned.world).published()
    planned.code = planned.checklist["code"]
    planned.save("inspection-schedules", quota(planned))
    visited(planned, "2026-03-02T01:00:00Z")
    visited(planned, "2026-02-27T01:00:00Z")  # last month's
    visited(planned, "2026-02-28T16:30:00Z", finished_at=None)  # a draft
    assert counted(planned) == [("2026-03", 3, 1, 0, 2)]
    assert counted(planned, on="2026-02-10") == [], "the first whole month counts"
    assert planned.plan() == 0, "others may still come about"
    planned.at(datetime(2026, 3, 25, 1, tzinfo=UTC))  # five working days are left
    assert planned.plan() == 2
    assert planned.plan() == 0
    assert [task["opens_at"][:10] for task in planned.tasks()] == ["2026-03-25", "2026-03-26"]
    assert counted(planned) == [("2026-03", 3, 1, 2, 2)]
    [first, _] = planned.tasks()
    visited(planned, "2026-03-25T02:00:00Z", task_id=first["id"])
    assert counted(planned) == [("2026-03", 3, 2, 1, 1)]
    planned.at(datetime(2026, 3, 27, 1, tzinfo=UTC))  # the second was missed
    assert planned.plan() == 1
    assert [task["opens_at"][:10] for task in planned.tasks()][-1] == "2026-03-27"
    visited(planned, "2026-03-27T02:00:00Z")
    assert counted(planned)[0][-1] == 0
    planned.at(datetime(2026, 4, 1, 1, tzinfo=UTC))
    assert counted(planned) == [("2026-04", 3, 0, 0, 3)]
    assert counted(planned, on="2026-03-31") == [("2026-03", 3, 3, 0, 0)]


def test_a_quota_needs_units_a_period_and_a_count(sqlite_planned):
    schedule = quota(sqlite_planned, unit_ids=[])
    answer = sqlite_planned.put("inspection-schedules", schedule, sqlite_planned.manager)
    assert pointers(answer) == {"/unit_ids"}
    schedule = {**quota(sqlite_planned), "rhythm": {"kind": "quota"}}
    answer = sqlite_planned.put("inspection-schedules", schedule, sqlite_planned.manager)
    assert pointers(answer) == {"/rhythm/period", "/rhythm/count"}
    assert sqlite_planned.zhao.get("/api/v1/inspection-quotas").status_code == 403
