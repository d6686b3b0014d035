"""Regular work: each job, the lock, and that another process takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import AccessToken, LoginFailure
from server.jobs import scheduler as scheduler_module
from server.jobs.lock import runner_lock
from server.jobs.registry import JOBS, Job
from server.jobs.running import run_job
from server.jobs.scheduler import Scheduler
from tests.infrastructure.service import ROOT

BY_NAME = {job.name: job for job in JOBS}


def count(world, model):
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=False), unscoped(session):
            return session.scalar(select(func.count()).select_from(model))


def fail_to_sign_in(world):
    body = {"username": "li", "password": "wrong", "device": {"id": "d", "name": "d"}}
    assert world.client.post("/api/v1/auth/login", json=body).status_code == 401


def test_failures_are_forgotten_once_they_count_no_more(world, clock, settings):
    fail_to_sign_in(world)
    clock.advance(seconds=settings.login_window_seconds - 1)
    fail_to_sign_in(world)
    job = BY_NAME["forget_login_failures"]
    assert run_job(world.app, job) == 0
    clock.advance(seconds=1)
    assert run_job(world.app, job) == 1
    assert run_job(world.app, job) == 0
    assert count(world, LoginFailure) == 1


def test_tokens_are_forgotten_thirty_days_after_their_end(world, clock, settings):
    world.person("li")
    assert world.person("wang").post("/api/v1/auth/logout").status_code == 204
    job = BY_NAME["forget_access_tokens"]
    clock.advance(days=30)
    assert run_job(world.app, job) == 1
    clock.now += timedelta(seconds=settings.token_ttl_seconds)
    assert run_job(world.app, job) == 1
    assert count(world, AccessToken) == 0


def test_a_job_that_fails_undoes_its_work_and_stops_nobody(world, clock):
    def spoil(session, _settings, now):
        session.add(LoginFailure(id=world.north, username="x", address="y", failed_at=now))
        session.flush()
        raise ValueError("broken")

    assert run_job(world.app, Job("spoil", spoil, 60)) is None
    assert count(world, LoginFailure) == 0
    assert world.person("li").get("/api/v1/auth/me").status_code == 200


def wait_for(holds, seconds=15):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_scheduler_runs_the_jobs_and_another_takes_over(app, settings):
    with app.app_context():
        locks = [runner_lock(db.engine, settings) for _ in range(2)]
    first, second = (Scheduler(app, lock, look_every=0.05) for lock in locks)
    first.start()
    wait_for(lambda: first.is_running_jobs)
    second.start()
    time.sleep(0.3)
    assert not second.is_running_jobs
    first.stop()
    wait_for(lambda: second.is_running_jobs)
    second.stop()
    assert not second.is_running_jobs


class LockOnAFullDisk:
    """Cannot be taken at first."""

    def __init__(self):
        self.troubles = 2

    def take(self):
        self.troubles -= 1
        if self.troubles >= 0:
            raise OSError("no space left on device")
        return True

    def is_held(self):
        return True

    def release(self):
        pass


def test_trouble_with_the_lock_does_not_end_the_watch(sqlite_app):
    scheduler = Scheduler(sqlite_app, LockOnAFullDisk(), look_every=0.01).start()
    wait_for(lambda: scheduler.is_running_jobs)
    scheduler.stop()


HOLDER = """
import sys, time
from sqlalchemy import create_engine
from server.config import Settings
from server.jobs.lock import runner_lock
settings = Settings.from_env({"YANSHOU_DATA_DIR": sys.argv[1]})
lock = runner_lock(create_engine(sys.argv[2]), settings)
assert lock.take()
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_process_loses_the_lock(settings, database_url, app):
    command = [sys.executable, "-c", HOLDER, str(settings.data_dir), database_url]
    with app.app_context():
        lock = runner_lock(db.engine, settings)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        is_free = lock.take()
        os.kill(holder.pid, signal.SIGKILL)
    assert not is_free
    wait_for(lock.take)
    assert lock.is_held()
    lock.release()
    assert not lock.is_held()


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_may_run_twice(world, job):
    first = run_job(world.app, job)
    assert first is not None
    assert run_job(world.app, job) == 0


def test_only_one_module_knows_apscheduler():
    importing = [
        path
        for path in (ROOT / "server").rglob("*.py")
        if "apscheduler" in path.read_text(encoding="utf-8").replace("APScheduler", "")
    ]
    assert [path.name for path in importing] == [os.path.basename(scheduler_module.__file__)]


def test_making_the_application_starts_no_scheduler(app):
    import threading

    assert "scheduler" not in {thread.name for thread in threading.enumerate()}
