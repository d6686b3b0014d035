"""``python -m server.start``: bring the database up to date, seed an empty installation, serve.

This is what ``make run`` starts. It replaces itself by gunicorn, so that signals reach gunicorn and
nobody else: SIGTERM lets running requests finish and then stops.
"""

from __future__ import annotations

import os
import sys

from server.app import create_app
from server.config import Settings, SettingsError
from server.db.upgrade import upgrade_database
from server.demo.seed import ACCOUNTS_FILE, seed_if_empty


def main() -> None:
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        sys.exit(f"yanshou: {error}")
    app = create_app(settings)
    with app.app_context():
        upgrade_database()
        seed_if_empty(settings)
    accounts = settings.data_dir / ACCOUNTS_FILE
    _say(f"Yanshou 验收   http://{settings.host}:{settings.port}")
    if accounts.exists():
        _say(f"demo accounts  {accounts}")
    sys.stdout.flush()
    # The configuration's module path, not a file path: it works from any folder.
    arguments = ["gunicorn", "--config", "python:server.gunicorn_conf", "wsgi:app"]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606 (fixed words)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
