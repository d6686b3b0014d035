"""gunicorn's settings: threads for slow phones, and time to finish when asked to stop."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask

from server.certificates.keeping import CertificateFiles
from server.config import Settings
from server.db.base import db

_settings = Settings.from_env(os.environ)

# A phone that lost its network says nothing and does not hang up; neither would its thread.
SILENCE_SECONDS = 30.0

bind = (
    f"[{_settings.host}]:{_settings.port}"
    if ":" in _settings.host
    else f"{_settings.host}:{_settings.port}"
)
if _settings.https:
    certfile = keyfile = str(CertificateFiles.below(_settings.data_dir).server)
workers = _settings.workers
worker_class = "gthread"
threads = _settings.threads
# Connections spread evenly over the workers only with a listening socket for each.
reuse_port = True
# Loaded once and forked: a worker is there at once, and shares what it does not change.
preload_app = True
graceful_timeout = 30
# gthread workers report from a thread of their own: a slow upload is not a dead worker.
timeout = 60
keepalive = 15
limit_request_line = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "yanshou"
# A socket for commands to a running gunicorn, left in the home directory: nobody here sends any.
control_socket_disable = True


def ssl_context(_config: Any, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Asked for at every connection, so that a renewed certificate needs no restart; read again
    only when the file is another one."""
    global _context
    written = os.stat(certfile).st_mtime_ns
    if _context is None or _context[0] != written:
        context = default()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _context = (written, context)
    return _context[1]


_context: tuple[int, ssl.SSLContext] | None = None


class JsonLines(logging.Formatter):
    """What gunicorn and libraries log, in the same form as the program's own lines."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.getMessage(),
            "logger": record.name,
            "process": record.process,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, option=orjson.OPT_UTC_Z).decode()


_HANDLED = {"level": "WARNING", "handlers": ["stderr"], "propagate": False}
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": _HANDLED, "gunicorn.access": _HANDLED},
}


def post_fork(_server: Any, worker: Any) -> None:
    forget_connections(worker.app.wsgi())
    for listener in worker.sockets:
        bound_silence(listener, SILENCE_SECONDS)


def forget_connections(app: Flask) -> None:
    """A connection that was opened before the fork belongs to the parent."""
    with app.app_context():
        db.engine.dispose(close=False)


def bound_silence(listener: socket.socket, seconds: float) -> None:
    """Let reads from and writes to *listener*'s connections fail when nothing moves for *seconds*.

    Connections inherit this from the socket that accepts them.
    """
    whole = int(seconds)
    limit = struct.pack("ll", whole, int((seconds - whole) * 1_000_000))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def post_worker_init(worker: Any) -> None:
    """Start what runs beside requests, after the fork. Every process writes its own statistics
    down; of the scheduler, a lock lets one process of all run the jobs."""
    from server.sync_api.seeing import Writer

    worker.yanshou_writer = Writer(worker.app.wsgi()).start()
    if _settings.scheduler_enabled:
        from server.jobs.scheduler import start_scheduler

        worker.yanshou_scheduler = start_scheduler(worker.app.wsgi(), _settings)


def worker_exit(_server: Any, worker: Any) -> None:
    scheduler = getattr(worker, "yanshou_scheduler", None)
    if scheduler is not None:
        scheduler.stop()
    writer = getattr(worker, "yanshou_writer", None)
    if writer is not None:
        writer.stop()
