"""The scheduler of one process: waits for the lock, then runs the jobs while it holds it.

This is the only import of APScheduler. Every worker process has one; started after the fork.
"""

from __future__ import annotations

import threading

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from server.config import Settings
from server.db.base import db
from server.jobs.lock import RunnerLock, runner_lock
from server.jobs.registry import JOBS
from server.jobs.running import run_job

LOOK_EVERY_SECONDS = 5.0
_log = structlog.get_logger("yanshou.jobs")


class Scheduler:
    """Takes over within :data:`LOOK_EVERY_SECONDS` when the process that ran the jobs is gone."""

    def __init__(
        self, app: Flask, lock: RunnerLock, look_every: float = LOOK_EVERY_SECONDS
    ) -> None:
        self._app = app
        self._lock = lock
        self._look_every = look_every
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
        self._end()
        self._lock.release()

    def _look(self) -> None:
        if self._jobs is None and self._lock.take():
            self._begin()
        elif self._jobs is not None and not self._lock.is_held():
            self._end()

    def _begin(self) -> None:
        self._jobs = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1}
        )
        for job in JOBS:
            self._jobs.add_job(
                run_job,
                "interval",
                seconds=job.every_seconds,
                args=(self._app, job),
                id=job.name,
                misfire_grace_time=job.every_seconds,
            )
        self._jobs.start()
        _log.info("this process runs the jobs", jobs=[job.name for job in JOBS])

    def _end(self) -> None:
        if self._jobs is not None:
            self._jobs.shutdown(wait=True)
            self._jobs = None


def start_scheduler(app: Flask, settings: Settings) -> Scheduler:
    with app.app_context():
        lock = runner_lock(db.engine, settings)
    return Scheduler(app, lock).start()
