"""The scheduler of one process: waits for the lock, then runs the jobs while it holds it.

This is the only import of APScheduler. Every worker process has one; started after the fork.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.orm import Session

from server.config import Settings
from server.db.base import current_session, db
from server.db.job_states import OK
from server.db.transaction import transaction
from server.http.context import current_time
from server.jobs.lock import RunnerLock, runner_lock
from server.jobs.registry import JOBS, Job
from server.jobs.running import run_job
from server.jobs.states import forget_runner, note_runner, states

LOOK_EVERY_SECONDS = 5.0
FIRST_RUN_SECONDS = 15
"""A job that has never run waits no longer than this."""
_log = structlog.get_logger("yanshou.jobs")


class Scheduler:
    """Takes over within :data:`LOOK_EVERY_SECONDS` when the process that ran the jobs is gone."""

    def __init__(
        self,
        app: Flask,
        lock: RunnerLock,
        look_every: float = LOOK_EVERY_SECONDS,
        jobs: Sequence[Job] = JOBS,
    ) -> None:
        self._app = app
        self._lock = lock
        self._look_every = look_every
        self._registry = jobs
        self._stopping = threading.Event()
        self._jobs: BackgroundScheduler | None = None
        self._thread = threading.Thread(target=self._watch, name="scheduler", daemon=True)

    def start(self) -> Scheduler:
        self._thread.start()
        return self

    @property
    def is_running_jobs(self) -> bool:
        return self._jobs is not None

    def stop(self) -> None:
        """Let a running job finish, then give the lock away."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception as error:
                # A full disk or a database that is away must not end the watch for good.
                _log.error("looking after the jobs failed", exc_info=error)
            self._stopping.wait(self._look_every)
        was_running = self.is_running_jobs
        self._end()
        if was_running:
            self._say(forget_runner)
        self._lock.release()

    def _look(self) -> None:
        if self._jobs is None and self._lock.take():
            try:
                self._begin()
            except BaseException:
                # Whoever cannot run the jobs must not keep others from it.
                self._lock.release()
                raise
        elif self._jobs is not None and not self._lock.is_held():
            self._end()
        if self.is_running_jobs:
            self._say(lambda session: note_runner(session, current_time()))

    def _say(self, note: Callable[[Session], None]) -> None:
        """Write down who runs the jobs. That this fails stops no job."""
        with self._app.app_context():
            try:
                note(current_session())
            except Exception as error:
                _log.error("the runner could not be noted", exc_info=error)
            finally:
                db.session.remove()

    def _waits(self) -> dict[str, timedelta]:
        """How long each job waits for its first run here. What is overdue or was cut off waits not
        at all, so that a job of once a day runs however often the service is restarted."""
        with self._app.app_context():
            try:
                now, session = current_time(), current_session()
                with transaction(session, write=False):
                    due = {
                        name: row.next_run_at if row.result == OK else now
                        for name, row in states(session).items()
                    }
            finally:
                db.session.remove()
        first = {
            job.name: now + timedelta(seconds=min(job.every_seconds, FIRST_RUN_SECONDS))
            for job in self._registry
        }
        return {name: max(at - now, timedelta(0)) for name, at in (first | due).items()}

    def _begin(self) -> None:
        waits, started = self._waits(), datetime.now(UTC)
        jobs = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1}
        )
        for job in self._registry:
            jobs.add_job(
                run_job,
                "interval",
                seconds=job.every_seconds,
                args=(self._app, job),
                id=job.name,
                misfire_grace_time=job.every_seconds,
                next_run_time=started + waits[job.name],
            )
        jobs.start()
        self._jobs = jobs
        _log.info("this process runs the jobs", jobs=[job.name for job in self._registry])

    def _end(self) -> None:
        if self._jobs is not None:
            self._jobs.shutdown(wait=True)
            self._jobs = None


def start_scheduler(app: Flask, settings: Settings) -> Scheduler:
    with app.app_context():
        lock = runner_lock(db.engine, settings)
    return Scheduler(app, lock).start()
