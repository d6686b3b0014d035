"""Running one job: its own application context and its own transaction."""

from __future__ import annotations

import time

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_settings, current_time
from server.jobs.registry import MINUTE, Job

_log = structlog.get_logger("yanshou.jobs")


def run_job(app: Flask, job: Job) -> int | None:
    """Run *job* once. Returns what it counted, or None if it failed; a failure is logged and the
    next run tries again."""
    started = time.perf_counter()
    with app.app_context():
        try:
            session = current_session()
            count = _run(job, session)
        except Exception as error:
            _log.error("job failed", job=job.name, exc_info=error)
            return None
        finally:
            db.session.remove()
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    # A job that looks every few seconds whether there is work says so only when there was.
    log = _log.info if count or job.every_seconds >= MINUTE else _log.debug
    log("job done", job=job.name, count=count, milliseconds=milliseconds)
    return count


def _run(job: Job, session: Session) -> int:
    if job.has_own_transactions:
        return job.run(session, current_settings(), current_time())
    with transaction(session, write=True), unscoped(session):
        return job.run(session, current_settings(), current_time())
