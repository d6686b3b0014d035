"""``/metrics`` for Prometheus: what the tables say about sync, and what this process has answered.

What waits for a person and where the log stands is read from the database at each scrape, by
index: it costs the same however much has been synced. What was answered is counted per process,
which the label ``process`` says: several processes share the port, and a scrape meets one of them.
"""

from __future__ import annotations

import hmac
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db.base import current_session
from server.db.change_log import ChangeLogHead, QuarantinedMutation, SyncConflict
from server.db.job_states import THE_RUNNER, JobRunner, JobState
from server.db.transaction import transaction
from server.errors import NOT_FOUND, UNAUTHENTICATED, Problem
from server.http.context import current_settings
from server.http.guard import own_transaction, public
from server.sync_api.seeing import counting
from server.sync_api.tally import Totals
from sync.records import Status

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_COUNTS = "yanshou.request_counts"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")

Labels = Mapping[str, str]
Sample = tuple[Labels, int | float]


class RequestCounts:
    """Requests answered, by method and class of status."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def add(self, method: str, status: str) -> None:
        with self._lock:
            self._answered[method, status] += 1

    def so_far(self) -> dict[tuple[str, str], int]:
        with self._lock:
            return dict(self._answered)


def keep_request_counts(app: Flask) -> None:
    app.extensions[_REQUEST_COUNTS] = RequestCounts()


def _answered(app: Flask) -> RequestCounts:
    counts: RequestCounts = app.extensions[_REQUEST_COUNTS]
    return counts


def init_metrics(app: Flask) -> None:
    """Offer ``/metrics`` and count the requests of this process."""

    @app.after_request
    def count(response: Response) -> Response:
        _answered(app).add(request.method, f"{response.status_code // 100}xx")
        return response

    @app.get("/metrics")
    @public
    @own_transaction
    def metrics() -> Response:
        _check_access()
        requests = _answered(app).so_far()
        session = current_session()
        with transaction(session, write=False):
            lines = [*_sync_lines(session), *_job_lines(session), *_request_lines(requests)]
        lines += _door_lines(counting(app).totals)
        return Response("\n".join(lines) + "\n", content_type=TEXT_FORMAT)


def _check_access() -> None:
    """The metrics' own token where one is set; else only a program on this machine.

    A proxy on this machine speaks from loopback, too, on behalf of anybody: unless it is known
    (then the address is the caller's), what it forwarded is told by its headers.
    """
    settings = current_settings()
    if settings.metrics_token is not None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {settings.metrics_token}".encode()):
            raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
        return
    forwarded = any(name in request.headers for name in _FORWARDING)
    if request.remote_addr not in _LOOPBACK or (forwarded and not settings.trusted_proxies):
        raise Problem(NOT_FOUND)


def _sync_lines(session: Session) -> Iterator[str]:
    yield from _family(
        "yanshou_sync_conflicts_open",
        "Conflicts that wait for a person.",
        [({}, _count(session, SyncConflict, SyncConflict.resolved_at))],
    )
    yield from _family(
        "yanshou_sync_quarantine_open",
        "Refused mutations that wait for a person.",
        [({}, _count(session, QuarantinedMutation, QuarantinedMutation.settled_at))],
    )
    heads = session.scalars(select(ChangeLogHead)).all()
    yield from _family(
        "yanshou_sync_log_position",
        "The last number of the change log.",
        [({"organisation": head.organisation_id}, head.sequence) for head in heads],
    )
    yield from _family(
        "yanshou_sync_log_oldest_position",
        "Up to here the log has been compacted.",
        [({"organisation": head.organisation_id}, head.oldest_sequence) for head in heads],
    )


def _count(session: Session, model: Any, settled_at: Any) -> int:
    """How many are open: by the index that begins with the organisation, whatever lies settled."""
    organisations = select(ChangeLogHead.organisation_id)
    unsettled = select(func.count()).where(
        model.organisation_id.in_(organisations), settled_at.is_(None)
    )
    return int(session.execute(unsettled).scalar_one())


def _job_lines(session: Session) -> Iterator[str]:
    """What the runner wrote down: the age of a success tells of every kind of standstill."""
    jobs = session.scalars(select(JobState).order_by(JobState.name)).all()
    yield from _family(
        "yanshou_job_succeeded_timestamp_seconds",
        "When each job last went well.",
        [({"job": j.name}, j.succeeded_at.timestamp()) for j in jobs if j.succeeded_at],
    )
    yield from _family(
        "yanshou_job_failures_in_a_row",
        "How often each job has failed since it last went well.",
        [({"job": job.name}, job.failures_in_a_row) for job in jobs],
    )
    yield from _family(
        "yanshou_job_milliseconds",
        "How long the last run took.",
        [({"job": j.name}, j.milliseconds) for j in jobs if j.milliseconds is not None],
    )
    runner = session.get(JobRunner, THE_RUNNER)
    yield from _family(
        "yanshou_job_runner_seen_timestamp_seconds",
        "When the process that runs the jobs last said so.",
        [] if runner is None else [({}, runner.seen_at.timestamp())],
    )


def _request_lines(answered: Mapping[tuple[str, str], int]) -> Iterator[str]:
    process = str(os.getpid())
    samples = [
        ({"method": method, "status": status, "process": process}, count)
        for (method, status), count in sorted(answered.items())
    ]
    meaning = "Requests this process has answered."
    yield from _family("yanshou_http_requests_total", meaning, samples, kind="counter")


def _door_lines(totals: Totals) -> Iterator[str]:
    """What passed the doors of sync in this process since its start."""
    process = {"process": str(os.getpid())}
    yield from _family(
        "yanshou_sync_requests_total",
        "Pushes and pulls by outcome: ok, or the slug of the problem.",
        [
            ({"direction": direction, "outcome": outcome, **process}, count)
            for (direction, outcome), count in sorted(totals.requests.copy().items())
        ],
        kind="counter",
    )
    yield from _family(
        "yanshou_sync_seconds_total",
        "Time spent answering pushes and pulls.",
        [
            ({"direction": direction, **process}, round(seconds, 6))
            for direction, seconds in sorted(totals.seconds.copy().items())
        ],
        kind="counter",
    )
    yield from _family(
        "yanshou_sync_mutations_answered_total",
        "Mutations pushed, by answer.",
        [
            ({"status": status.value, **process}, totals.mutations[status.value])
            for status in Status
        ],
        kind="counter",
    )
    yield from _family(
        "yanshou_sync_changes_sent_total",
        "Changes sent in answers to pulls.",
        [(process, totals.changes_sent)],
        kind="counter",
    )
    yield from _family(
        "yanshou_sync_uncounted_total",
        "Requests left out of the devices' statistics, because too many devices came at once.",
        [(process, totals.uncounted)],
        kind="counter",
    )


def _family(
    name: str, meaning: str, samples: Iterable[Sample], kind: str = "gauge"
) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"
