"""One application for many tests: lent to one at a time, with a database and stores of its own.

To build an application takes longer than most tests: a hundred and fifty addresses are compiled,
and a new engine compiles every statement anew. Here both are kept. What a borrower gets is
otherwise as new: its own database, data directory, clock, budgets and counters (``furnish``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from server.app import create_app, furnish
from server.config import Settings
from server.db.base import db
from server.http.context import Clock


class SharedApp:
    """An application whose engine connects to whichever database has been named last."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._key = _key(settings)
        self.app = create_app(settings, clock)
        with self.app.app_context():
            self._engine: Engine = db.engine
        self._database_url = settings.database_url
        self._is_lent = False
        event.listen(self._engine, "do_connect", self._redirect)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _spare_the_disk)
        self._as_built = _wiring(self.app)

    def suits(self, settings: Settings) -> bool:
        return not self._is_lent and self._key == _key(settings)

    def lend(self, database_url: str) -> None:
        self._is_lent = True
        self._database_url = database_url
        self.app.config["SQLALCHEMY_DATABASE_URI"] = database_url

    def can_be_lent_again(self, threads_before: set[threading.Thread]) -> bool:
        """Taken back: nobody has changed it, and nobody is still at work with it."""
        self._is_lent = False
        lingering = set(threading.enumerate()) - threads_before
        return not lingering and _wiring(self.app) == self._as_built

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            self._engine.dispose()

    def _redirect(
        self, dialect: Any, _record: Any, places: list[Any], names: dict[str, Any]
    ) -> None:
        right, named = dialect.create_connect_args(make_url(self._database_url))
        places[:] = right
        names.update(named)


def _spare_the_disk(connection: Any, _record: Any) -> None:
    """No test pulls the plug of this process; those that kill one start one of their own."""
    connection.execute("PRAGMA synchronous=OFF")


_shared: dict[str, SharedApp] = {}


@contextmanager
def lent_app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """An application over *settings*, as good as new."""
    before = set(threading.enumerate())
    kind = _kind(settings)
    shared = _shared.get(kind)
    if shared is not None and shared.suits(settings):
        furnish(shared.app, settings, clock)
    else:
        shared = SharedApp(settings, clock)
        _shared.setdefault(kind, shared)
    shared.lend(settings.database_url)
    yield shared.app
    shared.close()
    if not shared.can_be_lent_again(before) and _shared.get(kind) is shared:
        del _shared[kind]


def _kind(settings: Settings) -> str:
    return settings.database_url.partition(":")[0]


def _key(settings: Settings) -> Settings:
    """What is built into an application: everything but where it keeps its data."""
    return replace(settings, data_dir=Path(), database_url=_kind(settings), blob_url="file://")


def _wiring(app: Flask) -> dict[str, Any]:
    """What a test might change of an application, and the next one must not find."""
    changing = {"SQLALCHEMY_DATABASE_URI": ""}
    return {
        "config": {**app.config, **changing},
        "extensions": set(app.extensions),
        "rules": sum(1 for _ in app.url_map.iter_rules()),
        "wsgi_app": app.wsgi_app,
        "json": app.json,
        **{name: _plain(getattr(app, name)) for name in _HOOKS},
    }


_HOOKS = (
    "view_functions",
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "teardown_appcontext_funcs",
    "error_handler_spec",
    "blueprints",
)


def _plain(hooks: Any) -> Any:
    if isinstance(hooks, dict):
        return {name: _plain(inner) for name, inner in hooks.items() if inner}
    return list(hooks) if isinstance(hooks, list) else hooks
