"""gunicorn's settings: threads for slow phones, and time to finish when asked to stop."""

from __future__ import annotations

import os
from typing import Any

from server.config import Settings

_settings = Settings.from_env(os.environ)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
threads = _settings.threads
# Connections spread evenly over the workers only with a listening socket for each.
reuse_port = True
graceful_timeout = 30
# gthread workers report from a thread of their own: a slow upload is not a dead worker.
timeout = 60
keepalive = 15
limit_request_line = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "yanshou"


def post_worker_init(worker: Any) -> None:
    """Start the scheduler after the fork; a lock lets one process of all run the jobs."""
    if _settings.scheduler_enabled:
        from server.jobs.scheduler import start_scheduler

        worker.yanshou_scheduler = start_scheduler(worker.app.wsgi(), _settings)


def worker_exit(_server: Any, worker: Any) -> None:
    scheduler = getattr(worker, "yanshou_scheduler", None)
    if scheduler is not None:
        scheduler.stop()
