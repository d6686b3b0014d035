"""Running one job: its own application context and its own transaction."""

from __future__ import annotations

import time
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_settings, current_time
from server.jobs.registry import MINUTE, Job
from server.jobs.states import note_failure, note_start, note_success

_log = structlog.get_logger("yanshou.jobs")


def run_job(app: Flask, job: Job) -> int | None:
    """Run *job* once. Returns what it counted, or None if it failed; a failure is logged and the
    next run tries again. How it went is written down."""
    started = time.perf_counter()
    with app.app_context():
        session, started_at = current_session(), current_time()
        try:
            note_start(session, job, started_at)
            count = _run(job, session)
            took = _milliseconds(started)
            note_success(session, job, started_at, current_time(), round(took), count)
        except Exception as error:
            _log.error("job failed", job=job.name, exc_info=error)
            _note_failure(session, job, started_at, round(_milliseconds(started)), error)
            return None
        finally:
            db.session.remove()
    # A job that looks every few seconds whether there is work says so only when there was.
    log = _log.info if count or job.every_seconds >= MINUTE else _log.debug
    log("job done", job=job.name, count=count, milliseconds=took)
    return count


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def _note_failure(
    session: Session, job: Job, started_at: datetime, milliseconds: int, error: Exception
) -> None:
    """Where the database itself is the trouble, the log has to do."""
    try:
        session.rollback()
        note_failure(session, job, started_at, current_time(), milliseconds, error)
    except Exception as trouble:
        _log.error("a failed job could not be written down", job=job.name, exc_info=trouble)


def _run(job: Job, session: Session) -> int:
    if job.has_own_transactions:
        return job.run(session, current_settings(), current_time())
    with transaction(session, write=True), unscoped(session):
        return job.run(session, current_settings(), current_time())
