"""Around the doors of sync: every request is counted, and the counts are written down regularly."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request

from server.http.context import current_time
from server.sync_api.device_report import DeviceReport, read_report
from server.sync_api.sessions import write_down_in
from server.sync_api.tally import Counting, Visit, Who

WRITE_EVERY_SECONDS = 10.0
_COUNTING = "yanshou.sync_counting"
DOORS = frozenset(
    {
        "sync.pull",
        "sync.push",
        "sync_rxdb.pull",
        "sync_rxdb.push",
        "sync_watermelondb.pull",
        "sync_watermelondb.push",
    }
)


def init_seeing(app: Flask) -> None:
    """Count what passes the doors. Writing it down is :class:`Writer`'s, or a reader's."""

    @app.after_request
    def count(response: Response) -> Response:
        actor = g.get("actor")
        if request.endpoint in DOORS and actor is not None and actor.device_id is not None:
            who = Who(actor.organisation_id, actor.device_id, actor.user_id)
            counting(app).add(who, _visit(response))
        return response


def keep_counting(app: Flask) -> None:
    app.extensions[_COUNTING] = Counting()


def counting(app: Flask) -> Counting:
    counting: Counting = app.extensions[_COUNTING]
    return counting


def _visit(response: Response) -> Visit:
    return Visit(
        at=current_time(),
        is_push=request.method == "POST",
        report=current_report(),
        outcomes=g.get("sync_outcomes", Counter()),
        changes_sent=g.get("sync_changes_sent", 0),
        refusal=_slug(response) if response.status_code >= 400 else None,
        seconds=time.perf_counter() - g.get("started", time.perf_counter()),
    )


def _slug(response: Response) -> str:
    try:
        problem: dict[str, Any] = orjson.loads(response.get_data())
        return str(problem["type"]).rpartition("/")[2][:64]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"http-{response.status_code}"


def current_report() -> DeviceReport:
    """What this request's device says of itself."""
    if "device_report" not in g:
        g.device_report = read_report(request.headers, current_time())
    report: DeviceReport = g.device_report
    return report


def count_outcomes() -> Counter[str]:
    """Where the outcomes of this request's mutations are counted."""
    outcomes: Counter[str] = Counter()
    g.sync_outcomes = outcomes
    return outcomes


def count_changes(sent: int) -> None:
    g.sync_changes_sent = sent


def write_down_now() -> None:
    """So that whoever looks sees what this process has counted, too."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    write_down_in(app, counting(app))


class Writer:
    """A thread that writes the counts down every few seconds and once more at the end.

    Started after the fork, in every process that serves, and never by ``create_app``.
    """

    def __init__(self, app: Flask, every_seconds: float = WRITE_EVERY_SECONDS) -> None:
        self._app = app
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-statistics", daemon=True)

    def start(self) -> Writer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            write_down_in(self._app, counting(self._app))
        write_down_in(self._app, counting(self._app))
