"""``python -m server.start``: bring the database up to date, seed an empty installation, serve.

This is what ``make run`` starts. The process becomes gunicorn's own, so that signals reach gunicorn
and nobody else: SIGTERM lets running requests finish and then stops. The program is loaded once,
here; the workers are forked from it.
"""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime

if __name__ == "__main__":
    # What is imported stays. Looking through it for garbage takes a third of the start.
    gc.disable()

from flask import Flask
from gunicorn.app.base import Application

from server.app import create_app
from server.certificates.greeting import greeting, service_address
from server.certificates.renewal import keep_own_certificates
from server.config import Settings, SettingsError
from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.db.upgrade import upgrade_database
from server.demo.seed import ACCOUNTS_FILE, seed_if_empty
from server.first_run.code import forget_code, held_code, offer_code
from server.first_run.service import is_claimed


def main() -> None:
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.exit(f"yanshou: {error}")
    require_free_port(settings.host, settings.port)
    app = _ready_app(settings)
    kept = keep_own_certificates(settings, datetime.now(UTC)) if settings.https else None
    for line in greeting(settings, kept, colours=sys.stdout.isatty()):
        _say(line)
    code = held_code(settings.data_dir)
    if code is not None:
        _say(f"首次设置 first run   {service_address(settings)}/setup#{code}")
        _say(f"设置码 set-up code   {code}")
    accounts = settings.data_dir / ACCOUNTS_FILE
    if accounts.exists():
        _say(f"演示帐户 demo accounts   {accounts}")
    sys.stdout.flush()
    gc.freeze()
    gc.enable()
    _Gunicorn(app).run()


def _ready_app(settings: Settings) -> Flask:
    # Printed documents lead back to the address that phones know; gunicorn's settings and the
    # scheduler read it from the environment.
    os.environ["YANSHOU_PUBLIC_URL"] = service_address(settings)
    app = create_app(replace(settings, public_url=service_address(settings)))
    with app.app_context():
        upgrade_database()
        begin_or_wait(settings)
        db.session.remove()
        # A connection to a database does not survive a fork.
        db.engine.dispose()
    return app


def begin_or_wait(settings: Settings) -> None:
    """What a fresh installation begins with: the demo, or the set-up code and nothing else.

    Whoever once asked for no demo is not given one by forgetting to say so the next time: the code
    in the data directory says it for them.
    """
    session = current_session()
    with transaction(session, write=False), unscoped(session):
        claimed = is_claimed(session)
    if claimed:
        forget_code(settings.data_dir)
    elif not settings.demo or held_code(settings.data_dir) is not None:
        offer_code(settings.data_dir)
    else:
        seed_if_empty(settings)


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


class _Gunicorn(Application):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn over the application that is loaded already, with server/gunicorn_conf.py."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        super().__init__(prog="yanshou")

    def load_config(self) -> None:
        self.load_config_from_module_name_or_filename("python:server.gunicorn_conf")

    def load(self) -> Flask:
        return self._app


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
