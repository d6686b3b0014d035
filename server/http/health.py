"""``/healthz``: the process is up. ``/readyz``: it can do its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Flask, Response, jsonify

from server.http.guard import own_transaction, public

Check = Callable[[], None]
_log = structlog.get_logger("yanshou.health")


def init_health(app: Flask, checks: Mapping[str, Check]) -> None:
    """Offer both routes; *checks* raise when what they look at is not fine."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    @public
    @own_transaction
    def healthz() -> Response:
        return jsonify(status="ok")

    @routes.get("/readyz")
    @public
    @own_transaction
    def readyz() -> tuple[Response, int]:
        results = {name: _outcome(name, check) for name, check in checks.items()}
        ready = all(result == "ok" for result in results.values())
        return jsonify(status="ok" if ready else "unavailable", checks=results), (
            200 if ready else 503
        )

    app.register_blueprint(routes)


def _outcome(name: str, check: Check) -> str:
    try:
        check()
    except Exception as error:
        # The reason goes to the log: readyz needs no sign-in and must not tell strangers more.
        _log.error("readiness check failed", check=name, exc_info=error)
        return "failed"
    return "ok"
