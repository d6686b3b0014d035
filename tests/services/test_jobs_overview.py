"""What administrators see of regular work, and that a killed runner doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import islice
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from server.access import Role
from server.db.base import current_session, db
from server.db.job_states import JobRunner, JobState
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.context import current_settings
from server.identity.models import LoginFailure
from server.jobs.lock import runner_lock
from server.jobs.registry import JOBS, Job
from server.jobs.running import run_job
from server.jobs.scheduler import Scheduler
from server.jobs.states import reason_of
from server.notifications.models import Notification
from tests.infrastructure.service import ROOT
from tests.registers_world import Kitchen
from tests.services.test_jobs import LockOnAFullDisk, wait_for

BY_NAME = {job.name: job for job in JOBS}


def overview(world):
    admin = world.person("admin", Role.ADMIN).sign_in()
    answer = admin.get("/api/v1/jobs")
    assert answer.status_code == 200, answer.text
    return answer.json


def shown(world, name):
    return next(job for job in overview(world)["jobs"] if job["name"] == name)


def test_each_job_shows_its_last_and_next_run_and_how_it_went(world, clock, monkeypatch):
    assert [job["name"] for job in overview(world)["jobs"]] == [job.name for job in JOBS]
    assert shown(world, "plan_inspections")["result"] is None
    run_job(world.app, BY_NAME["plan_inspections"])
    job = shown(world, "plan_inspections")
    assert (job["result"], job["count"], job["reason"]) == ("ok", 0, None)
    assert job["last_started_at"] == "2026-03-02T01:30:00.000Z"
    assert job["next_run_at"] == "2026-03-02T01:35:00.000Z"
    assert job["milliseconds"] >= 0

    def fail(session, _settings, now):
        session.add(LoginFailure(id=world.north, username="x", address="y", failed_at=now))
        session.flush()
        raise OSError(28, "No space left on device")

    broken = Job("plan_inspections", fail, 300)
    clock.advance(minutes=5)
    for _ in range(2):
        assert run_job(world.app, broken) is None
    job = shown(world, "plan_inspections")
    assert (job["result"], job["failures_in_a_row"]) == ("failed", 2)
    assert job["reason"] == "OSError: No space left on device"
    assert job["last_succeeded_at"] == "2026-03-02T01:30:00.000Z"
    assert job["is_late"] is False
    clock.advance(minutes=9)
    assert shown(world, "plan_inspections")["is_late"] is True
    run_job(world.app, BY_NAME["plan_inspections"])
    assert shown(world, "plan_inspections")["failures_in_a_row"] == 0
    text = world.client.get("/metrics").text
    assert 'yanshou_job_failures_in_a_row{job="plan_inspections"} 0' in text
    assert 'yanshou_job_succeeded_timestamp_seconds{job="plan_inspections"}' in text


def test_only_administrators_see_the_jobs(sqlite_world):
    for name, role in (("boss", Role.MANAGER), ("li", Role.INSPECTOR)):
        assert sqlite_world.person(name, role).get("/api/v1/jobs").status_code == 403


def test_a_reason_names_the_trouble_and_nobodys_record():
    secret = OperationalError("INSERT INTO users VALUES ('wang')", {}, Exception("disk full\nwang"))
    assert reason_of(secret) == "OperationalError: disk full"
    assert reason_of(ValueError("supplier 绿野农业")) == "ValueError"
    assert reason_of(Problem(RECORD_NOT_FOUND)).startswith("Problem: ")


def test_a_job_of_every_few_seconds_without_work_is_noted_once_a_minute(sqlite_world, clock):
    idle = Job("examine_photos", lambda *_: 0, 5, has_own_transactions=True)
    started = []
    for _ in range(4):
        run_job(sqlite_world.app, idle)
        started.append(shown(sqlite_world, "examine_photos")["last_started_at"][11:19])
        clock.advance(seconds=25)
    assert started == ["01:30:00", "01:30:00", "01:30:00", "01:31:15"]


def test_the_runner_is_told_alive_while_it_says_so(sqlite_world, clock):
    assert overview(sqlite_world)["runner"]["is_alive"] is False
    with sqlite_world.app.app_context():
        lock = runner_lock(db.engine, current_settings())
    scheduler = Scheduler(sqlite_world.app, lock, look_every=0.05, jobs=()).start()
    wait_for(lambda: overview(sqlite_world)["runner"]["is_alive"])
    runner = overview(sqlite_world)["runner"]
    assert runner["pid"] == os.getpid()
    scheduler.stop()
    assert overview(sqlite_world)["runner"]["is_alive"] is False, "it took its leave"


def test_what_was_cut_off_or_is_overdue_runs_at_once_and_the_rest_in_its_time(sqlite_app, clock):
    ran = []

    def note(name, every):
        return Job(name, lambda *_: ran.append(name) or 1, every)

    jobs = [note("overdue", 90), note("cut_off", 90_000), note("in_time", 90_000), note("new", 1)]
    with sqlite_app.app_context(), transaction(current_session(), write=True):
        for name, result, minutes in (
            ("overdue", "ok", -5), ("cut_off", "running", 500), ("in_time", "ok", 500),
        ):  # fmt: skip
            clock.advance(minutes=minutes)
            current_session().add(
                JobState(name=name, result=result, started_at=clock.now, next_run_at=clock.now)
            )
            clock.advance(minutes=-minutes)
    lock = LockOnAFullDisk()
    lock.troubles = 0
    scheduler = Scheduler(sqlite_app, lock, look_every=0.02, jobs=jobs).start()
    wait_for(lambda: {"overdue", "cut_off", "new"} <= set(ran))
    scheduler.stop()
    assert "in_time" not in ran


RUNNER = """
import sys, time
from dataclasses import replace
from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.jobs.lock import runner_lock
from server.jobs.registry import JOBS
from server.jobs.scheduler import Scheduler
settings = Settings.from_env({
    "YANSHOU_DATA_DIR": sys.argv[1], "YANSHOU_DATABASE_URL": sys.argv[2],
    "YANSHOU_LOG_LEVEL": "error",
})
app = create_app(settings)
names = ("warn_of_expiry", "plan_inspections", "tell_of_missed_tasks")
def telling(job):
    def run(*arguments):
        count = job.run(*arguments)
        print(job.name, flush=True)
        return count
    return replace(job, every_seconds=1, run=run)
jobs = [telling(job) for job in JOBS if job.name in names]
with app.app_context():
    lock = runner_lock(db.engine, settings)
Scheduler(app, lock, look_every=0.2, jobs=jobs).start()
print("ready", flush=True)
time.sleep(120)
"""


def rows_of(world, model, *columns):
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=False), unscoped(session):
            return session.execute(select(*(getattr(model, name) for name in columns))).all()


def test_a_killed_runner_is_followed_by_another_and_nothing_is_told_twice(world, clock):
    """Three times the process that runs the jobs is killed, at whatever it is doing. Each time
    another takes over, well within a minute, and in the end each paper was warned of once."""
    kitchen = Kitchen(world, clock)
    for number in range(30):
        kitchen.staff(f"员工{number}", "2020-01-01")
    with world.app.app_context():
        command = [
            sys.executable, "-c", RUNNER, str(current_settings().data_dir),
            current_settings().database_url,
        ]  # fmt: skip

    def runner():
        pids = [row.pid for row in rows_of(world, JobRunner, "pid")]
        return pids[0] if pids else None

    with ExitStack() as stack:
        processes = {}

        def begin():
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
            stack.callback(process.wait)
            stack.callback(process.kill)
            assert process.stdout is not None
            stack.callback(process.stdout.close)
            processes[process.pid] = process
            return process

        for process in [begin() for _ in range(3)]:
            assert process.stdout.readline() == b"ready\n"
        for moment in (0.0, 0.6):
            wait_for(lambda: runner() in processes, seconds=60)
            time.sleep(moment)  # at its first jobs, and in the middle of them
            victim = runner()
            os.kill(victim, signal.SIGKILL)
            processes.pop(victim).wait()
            killed_at = time.monotonic()
            wait_for(lambda: runner() in processes, seconds=60)
            assert time.monotonic() - killed_at < 60
        manager = kitchen.manager.user_id

        def told():
            rows = rows_of(world, Notification, "user_id", "dedupe_key", "event")
            return [row for row in rows if row.user_id == manager and row.event == "expired"]

        wait_for(lambda: len(told()) >= 30, seconds=60)
        # Once more from beginning to end: what was told is told to nobody again.
        told_by = processes[runner()].stdout
        runs = (line for line in iter(told_by.readline, b"") if line == b"warn_of_expiry\n")
        assert len(list(islice(runs, 3))) == 3
        assert len(told()) == 30
        assert len({row.dedupe_key for row in told()}) == 30


def test_missed_inspections_are_told_once_to_the_assignee_and_the_managers(sqlite_world, clock):
    kitchen = Kitchen(sqlite_world, clock)
    schedule = {
        "id": str(uuid4()), "site_id": sqlite_world.north, "name": "每日测温",
        "checklist_code": "REC-TEMPERATURE", "unit_ids": [kitchen.inspected.kitchen["id"]],
        "rhythm": {"kind": "daily"}, "is_cross_unit": False,
        "assignment": {"kind": "person", "user_id": kitchen.zhao.user_id},
        "starts_on": "2026-03-02", "ends_on": "2026-03-03",
    }  # fmt: skip
    kitchen.inspected.save("inspection-schedules", schedule)
    job = BY_NAME["tell_of_missed_tasks"]
    assert run_job(sqlite_world.app, job) == 0
    clock.advance(hours=10)  # 19:30: today's is over
    assert run_job(sqlite_world.app, job) == 3
    assert run_job(sqlite_world.app, job) == 0
    kitchen.zhao.sign_in()
    assert kitchen.inbox(kitchen.zhao).count("inspection_task_missed") == 1
    clock.advance(days=30)
    assert run_job(sqlite_world.app, job) == 0, "after a month nobody is told of yesterday's"


def test_refused_records_are_told_once_a_day_for_each_person(sqlite_world, clock):
    kitchen = Kitchen(sqlite_world, clock)
    for _ in range(5):
        broken = {**kitchen.temperature("chilled", "4"), "measure": 7}
        assert kitchen.push("register_entries", broken)["status"] == "rejected"
    job = BY_NAME["tell_of_quarantine"]
    assert run_job(sqlite_world.app, job) == 0, "what it lacked may be on its way"
    clock.advance(minutes=11)
    assert run_job(sqlite_world.app, job) == 2
    assert run_job(sqlite_world.app, job) == 0
    kitchen.manager.sign_in()
    assert kitchen.inbox(kitchen.manager) == ["record_quarantined"]


def test_a_scheduler_that_cannot_begin_gives_the_lock_away(sqlite_app, monkeypatch):
    lock = LockOnAFullDisk()
    lock.troubles = 0
    released = []
    lock.release = lambda: released.append(True)
    troubles = iter([OSError("the database is away")])

    def away(_self):
        for error in troubles:
            raise error
        return {}

    monkeypatch.setattr(Scheduler, "_waits", away)
    scheduler = Scheduler(sqlite_app, lock, look_every=0.01, jobs=()).start()
    wait_for(lambda: scheduler.is_running_jobs)
    assert released == [True]
    scheduler.stop()
