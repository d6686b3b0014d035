"""How regular work stands: one row a job, and one for the process that runs them.

They stand this low because the jobs write them and the metrics read them. They belong to the
installation, not to an organisation.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base

RUNNING, OK, FAILED = "running", "ok", "failed"
THE_RUNNER = 1


class JobState(Base):
    """The last run of one job. ``running`` with an old start is a run that was cut off."""

    __tablename__ = "job_states"
    __table_args__ = (CheckConstraint("result IN ('running', 'ok', 'failed')", name="result"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    result: Mapped[str] = mapped_column(String(8))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    """When it last went well."""
    milliseconds: Mapped[int | None]
    count: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    failures_in_a_row: Mapped[int] = mapped_column(default=0)
    next_run_at: Mapped[datetime]


class JobRunner(Base):
    """The process that holds the lock, and when it last said so."""

    __tablename__ = "job_runners"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process: Mapped[str] = mapped_column(String(64))
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
