"""Writing down how jobs went and who runs them, in short transactions of their own."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.db.job_states import FAILED, OK, RUNNING, THE_RUNNER, JobRunner, JobState
from server.db.transaction import transaction
from server.errors import ENGLISH, Problem
from server.jobs.registry import MINUTE, Job

ALIVE_FOR = timedelta(seconds=30)
"""A runner says every few seconds that it is there; silent for so long it is taken for gone."""
_REASON_LONGEST = 200


def note_start(session: Session, job: Job, now: datetime) -> None:
    """Say that *job* runs. One that looks every few seconds whether there is work does not."""
    if job.every_seconds < MINUTE:
        return
    with transaction(session, write=True):
        row = _row(session, job, now)
        row.result, row.started_at, row.finished_at = RUNNING, now, None
        row.next_run_at = _next(job, now)


def note_success(
    session: Session, job: Job, started_at: datetime, now: datetime, milliseconds: int, count: int
) -> None:
    """Say how it went. Of a job that finds nothing to do every few seconds, once a minute."""
    with transaction(session, write=False):
        before = session.get(JobState, job.name)
        is_news = count or before is None or before.result != OK
        if job.every_seconds < MINUTE and not is_news and before is not None:
            is_news = now - before.started_at >= timedelta(seconds=MINUTE)
            if not is_news:
                return
    with transaction(session, write=True):
        row = _row(session, job, started_at)
        row.result, row.started_at, row.finished_at = OK, started_at, now
        row.succeeded_at, row.count, row.milliseconds = now, count, milliseconds
        row.reason, row.failures_in_a_row = None, 0
        row.next_run_at = _next(job, started_at)


def note_failure(
    session: Session,
    job: Job,
    started_at: datetime,
    now: datetime,
    milliseconds: int,
    error: Exception,
) -> None:
    with transaction(session, write=True):
        row = _row(session, job, started_at)
        row.result, row.started_at, row.finished_at = FAILED, started_at, now
        row.milliseconds, row.count = milliseconds, None
        row.reason = reason_of(error)
        row.failures_in_a_row += 1
        row.next_run_at = _next(job, started_at)


def reason_of(error: Exception) -> str:
    """Why, for administrators of any organisation: what a library of the system says, and of our
    own errors the kind only, since their text may speak of somebody's records. The log has all."""
    kind = type(error).__name__
    if isinstance(error, Problem):
        text = error.type.title.render(ENGLISH)
    elif isinstance(error, DBAPIError):
        # The driver's own first line: what follows names statements and values.
        text = str(error.orig).splitlines()[0] if str(error.orig) else ""
    else:
        text = (error.strerror or "") if isinstance(error, OSError) else ""
    return (f"{kind}: {text}" if text else kind)[:_REASON_LONGEST]


def _row(session: Session, job: Job, started_at: datetime) -> JobState:
    row = session.get(JobState, job.name)
    if row is None:
        row = JobState(name=job.name, failures_in_a_row=0, started_at=started_at)
        session.add(row)
    return row


def _next(job: Job, started_at: datetime) -> datetime:
    return started_at + timedelta(seconds=job.every_seconds)


# -- the runner ------------------------------------------------------------------------------------


def this_process() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def note_runner(session: Session, now: datetime) -> None:
    """Say that this process runs the jobs, and is there."""
    me = this_process()
    with transaction(session, write=True):
        row = session.get(JobRunner, THE_RUNNER)
        if row is None or row.process != me:
            row = session.merge(
                JobRunner(
                    id=THE_RUNNER,
                    process=me,
                    host=socket.gethostname()[:200],
                    pid=os.getpid(),
                    began_at=now,
                    seen_at=now,
                )
            )
        row.seen_at = now


def forget_runner(session: Session) -> None:
    """This process stops in good order: nobody has to wait until it is taken for gone."""
    with transaction(session, write=True):
        row = session.get(JobRunner, THE_RUNNER)
        if row is not None and row.process == this_process():
            session.delete(row)


def states(session: Session) -> dict[str, JobState]:
    return {row.name: row for row in session.scalars(select(JobState))}
