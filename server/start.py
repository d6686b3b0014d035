"""``python -m server.start``: bring the database up to date, seed an empty installation, serve.

This is what ``make run`` starts. It replaces itself by gunicorn, so that signals reach gunicorn and
nobody else: SIGTERM lets running requests finish and then stops.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from server.app import create_app
from server.certificates.greeting import greeting, service_address
from server.certificates.renewal import keep_own_certificates
from server.config import Settings, SettingsError
from server.db.upgrade import upgrade_database
from server.demo.seed import ACCOUNTS_FILE, seed_if_empty

_FOLDER = Path(__file__).resolve().parents[1]


def main() -> None:
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.exit(f"yanshou: {error}")
    require_free_port(settings.host, settings.port)
    app = create_app(settings)
    with app.app_context():
        upgrade_database()
        seed_if_empty(settings)
    kept = keep_own_certificates(settings, datetime.now(UTC)) if settings.https else None
    for line in greeting(settings, kept, colours=sys.stdout.isatty()):
        _say(line)
    accounts = settings.data_dir / ACCOUNTS_FILE
    if accounts.exists():
        _say(f"演示帐户 demo accounts   {accounts}")
    sys.stdout.flush()
    _become_gunicorn(settings)


def require_free_port(host: str, port: int) -> None:
    """Refuse to start where somebody listens already.

    The workers share their port (SO_REUSEPORT), and so would a second service started by mistake:
    it would silently take half of the requests, perhaps with other data.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(_why_not(error, host, port))


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"yanshou: 端口 {port} 已被占用，请换一个：make run PORT={port + 1}\n"
            f"yanshou: port {port} is in use; choose another: make run PORT={port + 1}"
        )
    return (
        f"yanshou: 无法监听 {host}:{port}（{error.strerror}）\n"
        f"yanshou: cannot listen on {host}:{port} ({error.strerror})"
    )


def _become_gunicorn(settings: Settings) -> None:
    # The configuration by its module, and the program's folder on the path: it starts anywhere.
    arguments = ["gunicorn", "--config", "python:server.gunicorn_conf", "wsgi:app"]
    path = os.pathsep.join(filter(None, (str(_FOLDER), os.environ.get("PYTHONPATH"))))
    os.execve(  # noqa: S606 (fixed words)
        sys.executable,
        [sys.executable, "-m", *arguments],
        {
            **os.environ,
            "PYTHONPATH": path,
            # Printed documents lead back to the address that phones know.
            "YANSHOU_PUBLIC_URL": service_address(settings),
        },
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
