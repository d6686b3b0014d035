"""How all jobs stand, for administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.db.job_states import RUNNING, THE_RUNNER, JobRunner, JobState
from server.jobs.registry import JOBS, MINUTE, TITLES, Job
from server.jobs.states import ALIVE_FOR, states

LATE_AFTER = timedelta(minutes=2)
"""So long after its time a job that has not run is late: another process has taken over by then."""


def jobs_overview(session: Session, now: datetime) -> dict[str, Any]:
    """Every job there is with its last and next run, and whether somebody runs them."""
    known = states(session)
    return {
        "runner": _runner(session.get(JobRunner, THE_RUNNER), now),
        "jobs": [_job(job, known.get(job.name), now) for job in JOBS],
    }


def _runner(row: JobRunner | None, now: datetime) -> dict[str, Any]:
    if row is None:
        return dict.fromkeys(("host", "pid", "began_at", "seen_at")) | {"is_alive": False}
    return {
        "is_alive": now - row.seen_at < ALIVE_FOR,
        "host": row.host,
        "pid": row.pid,
        "began_at": time_text(row.began_at),
        "seen_at": time_text(row.seen_at),
    }


def _job(job: Job, row: JobState | None, now: datetime) -> dict[str, Any]:
    title = TITLES[job.name]
    shown: dict[str, Any] = {
        "name": job.name,
        "zh": title.zh,
        "en": title.en,
        "every_seconds": job.every_seconds,
    }
    if row is None:
        names = ("result", "reason", "count", "milliseconds", "next_run_at")
        times = ("last_started_at", "last_finished_at", "last_succeeded_at")
        return shown | dict.fromkeys((*names, *times)) | {"failures_in_a_row": 0, "is_late": False}
    patience = LATE_AFTER + timedelta(seconds=min(job.every_seconds, MINUTE))
    is_late = row.result != RUNNING and now > row.next_run_at + patience
    return shown | {
        "result": row.result,
        "reason": row.reason,
        "count": row.count,
        "milliseconds": row.milliseconds,
        "last_started_at": time_text(row.started_at),
        "last_finished_at": _text(row.finished_at),
        "last_succeeded_at": _text(row.succeeded_at),
        "next_run_at": time_text(row.next_run_at),
        "failures_in_a_row": row.failures_in_a_row,
        "is_late": is_late,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)
