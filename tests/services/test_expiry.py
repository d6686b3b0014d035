"""Papers that end: warned of in time, once, and no longer when they were renewed."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from server.access import Role
from server.expiry.stages import stage_at
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.registers_world import Kitchen

WARN = next(job for job in JOBS if job.name == "warn_of_expiry")
TODAY = date(2028, 2, 29)  # a leap day


@pytest.mark.parametrize(
    ("valid_until", "stage"),
    [
        (date(2028, 4, 30), None), (date(2028, 4, 29), "60"), (date(2028, 3, 31), "60"),
        (date(2028, 3, 30), "30"), (date(2028, 3, 8), "30"), (date(2028, 3, 7), "7"),
        (TODAY, "7"), (date(2028, 2, 28), "expired"), (date(2020, 1, 1), "expired"),
    ],
)  # fmt: skip
def test_the_warning_that_is_due_on_a_leap_day(valid_until, stage):
    assert stage_at(valid_until, TODAY) == stage


class Papers(Kitchen):
    def run(self):
        return run_job(self.world.app, WARN)

    def events(self, person):
        person.sign_in()
        pulled = person.get("/api/v1/sync/pull", query_string={"collections": "notifications"})
        return [
            (change["document"]["event"], change["document"]["title"]["en"])
            for change in pulled.json["changes"]
        ]

    def listed(self, person=None, **query):
        person = (person or self.zhao).sign_in()
        answer = person.get("/api/v1/expiring-papers", query_string=query)
        assert answer.status_code == 200, answer.text
        return [(one["owner_name"], one["days_left"]) for one in answer.json["papers"]]

    def supplier(self, *licences, **changes):
        supplier = {
            "id": str(uuid4()), "code": uuid4().hex[:8], "name": "绿野农业",
            "licences": [
                {"id": str(uuid4()), "kind": kind, "number": "SC-1", "valid_until": until}
                for kind, until in licences
            ],
            **changes,
        }  # fmt: skip
        answer = self.manager.put(f"/api/v1/suppliers/{supplier['id']}", json=supplier)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def papers(world, clock):
    return Papers(world, clock)


@pytest.fixture
def sqlite_papers(sqlite_world, clock):
    return Papers(sqlite_world, clock)


def test_each_warning_is_told_once_and_those_slept_through_as_one(papers):
    papers.staff("小王", "2026-05-01")  # 60 days after 2026-03-02
    assert papers.run() == 2, "the manager and the author, who is of quality"
    assert papers.run() == 0, "after a restart the same run tells nobody anything"
    assert papers.events(papers.manager) == [
        ("expiry_near", "Expires in 60 days: health certificate")
    ]
    papers.clock.advance(days=29)
    assert papers.run() == 0
    papers.clock.advance(days=25)  # asleep: the warnings of 30 and of 7 days are one
    assert papers.run() == 2
    assert papers.events(papers.manager)[1] == (
        "expiry_near", "Expires in 6 days: health certificate",
    )  # fmt: skip
    papers.clock.advance(days=7)
    assert papers.run() == 2
    assert papers.events(papers.manager)[2] == ("expired", "Expired: health certificate")
    papers.clock.advance(days=100)
    assert papers.run() == 0


def test_the_person_and_the_head_of_the_unit_are_told_of_a_certificate(sqlite_papers):
    papers = sqlite_papers
    papers.staff(
        "老赵", "2026-03-05", user_id=papers.zhao.user_id, unit_id=papers.inspected.kitchen["id"]
    )
    assert papers.run() == 4
    for person in (papers.zhao, papers.inspected.chen, papers.manager):
        assert len(papers.events(person)) == 1


def test_a_renewed_paper_is_warned_of_no_more(sqlite_papers):
    papers = sqlite_papers
    old = {"id": str(uuid4()), "number": "1", "valid_until": "2026-03-10"}
    new = {"id": str(uuid4()), "number": "2", "valid_until": "2027-03-10"}
    papers.staff("小王", health_certificates=[old, new])
    papers.supplier(("food_operation_licence", "2026-03-10"), ("food_operation_licence", None))
    assert papers.run() == 0
    assert papers.listed() == []
    papers.staff("小李", "2026-03-10", is_active=False)
    papers.supplier(("contract", "2026-03-10"), is_suspended=True, suspension_reason="停")
    assert papers.run() == 0, "who has left and who does not deliver need no paper"


def test_a_suppliers_licence_is_told_at_every_site(papers):
    papers.supplier(("food_production_licence", "2026-03-01"), ("contract", "2026-12-31"))
    south = papers.world.person("boss", Role.MANAGER, [papers.world.south])
    assert papers.run() >= 2
    assert papers.events(south) == [("expired", "Expired: food production licence")]
    assert papers.events(papers.zhao) == []


def test_what_ends_is_listed_by_day_and_by_who_may_see_it(papers):
    papers.supplier(("food_production_licence", "2026-03-01"), ("contract", "2026-04-01"))
    papers.staff("小王", "2026-03-12")
    assert papers.listed() == [("绿野农业", -1), ("小王", 10), ("绿野农业", 30)]
    assert papers.listed(within_days="10") == [("绿野农业", -1), ("小王", 10)]
    assert papers.listed(kind="health_certificate") == [("小王", 10)]
    south = papers.world.person("boss", Role.MANAGER, [papers.world.south])
    assert papers.listed(south, within_days="20") == [("绿野农业", -1)]
    abroad = papers.world.person("far", Role.MANAGER, [papers.world.abroad])
    assert papers.listed(abroad) == []
    first = papers.zhao.get("/api/v1/expiring-papers?limit=2").json
    assert (first["count"], first["ended_count"], len(first["papers"])) == (3, 1, 2)
    following = f"/api/v1/expiring-papers?limit=2&cursor={first['next_cursor']}"
    last = papers.zhao.get(following).json
    assert ([one["days_left"] for one in last["papers"]], last["next_cursor"]) == ([30], None)
    for cursor in ("nonsense", "WzFd"):
        assert papers.zhao.get(f"/api/v1/expiring-papers?cursor={cursor}").status_code == 400
    of_site = papers.listed(site_id=papers.world.south)
    assert of_site == [("绿野农业", -1), ("绿野农业", 30)]
    refused = papers.zhao.get("/api/v1/expiring-papers?within_days=soon")
    assert refused.status_code == 422
