"""Around every route: transaction, sign-in, permission. A route without an access rule is refused
when the application starts, so nothing can be left open by forgetting.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, g, make_response, request
from werkzeug.exceptions import UnsupportedMediaType

from schemas.api_tokens import READINGS
from server.access import Actor, Caller, Permission
from server.db.base import current_session
from server.db.scope import Scope, enter_scope, leave_scope
from server.db.transaction import transaction
from server.errors import API_TOKEN_SCOPE, Problem

View = TypeVar("View", bound=Callable[..., Any])
Authenticate = Callable[[], Caller]
_PUBLIC = "public"
_ANSWER_LINK = "answer_link"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """This route needs no sign-in."""
    view.access = _PUBLIC  # type: ignore[attr-defined]
    return view


def by_answer_link(view: View) -> View:
    """This route is for who holds a link to answer one notice, and for nobody else."""
    view.access = _ANSWER_LINK  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """This route needs *permission* at one site at least; the service checks the very site."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def readable(reading: str) -> Callable[[View], View]:
    """A token that was made to read *reading* (one of ``READINGS``) may call this route."""
    assert reading in READINGS

    def mark(view: View) -> View:
        view.reading = reading  # type: ignore[attr-defined]
        return view

    return mark


def admits_refused(view: View) -> View:
    """This route takes what was captured on a device that has been revoked since, or by somebody
    whose account has been disabled. It asks ``current_refusal`` and carries nothing out then."""
    view.admits_refused = True  # type: ignore[attr-defined]
    return view


def own_transaction(view: View) -> View:
    """This route begins and ends its transactions itself: it streams a body or hashes a password,
    and must not hold the writer's lock meanwhile."""
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


def takes(media_type: str) -> Callable[[View], View]:
    """This route's body is not JSON."""

    def mark(view: View) -> View:
        view.takes = media_type  # type: ignore[attr-defined]
        return view

    return mark


def guard_routes(
    app: Flask, authenticate: Authenticate, admit_guest: Callable[[], Actor] | None = None
) -> None:
    """Wrap every view that exists now. Called last by ``create_app``."""

    def sign_in(access: Permission | str, takes_refused: bool, reading: str | None) -> None:
        if isinstance(access, Permission):
            _sign_in(access, authenticate, takes_refused, reading)
        elif access == _ANSWER_LINK:
            assert admit_guest is not None
            _let_in(admit_guest())

    for endpoint, view in list(app.view_functions.items()):
        access = _PUBLIC if endpoint == "static" else getattr(view, "access", None)
        if access is None:
            raise RuntimeError(f"route {endpoint} declares no access rule")
        app.view_functions[endpoint] = _guarded(view, access, sign_in)


def _guarded(
    view: Callable[..., Any],
    access: Permission | str,
    sign_in: Callable[[Permission | str, bool, str | None], None],
) -> Callable[..., Any]:
    signs_itself = getattr(view, "own_transaction", False)
    media_type = getattr(view, "takes", "application/json")
    takes_refused = getattr(view, "admits_refused", False)
    reading = getattr(view, "reading", None)

    @wraps(view)
    def run(**arguments: Any) -> Response:
        _check_media_type(media_type)
        write = request.method not in _READING
        session = current_session()
        if signs_itself:
            if access != _PUBLIC:
                with transaction(session, write=False):
                    sign_in(access, takes_refused, reading)
            return make_response(view(**arguments))
        with transaction(session, write=write):
            sign_in(access, takes_refused, reading)
            return make_response(view(**arguments))

    return run


def _sign_in(
    permission: Permission,
    authenticate: Authenticate,
    takes_refused: bool,
    reading: str | None,
) -> None:
    caller = authenticate()
    actor = caller.actor
    is_reading = request.method in _READING
    if actor.reads is not None and not (is_reading and reading in actor.reads):
        raise Problem(API_TOKEN_SCOPE)
    if caller.refusal is None or not takes_refused:
        if caller.barred is not None:
            raise caller.barred
        actor.require(permission)
    g.actor, g.refusal = actor, caller.refusal
    # Only where the permission is held: who reads records at one site may deliver to another.
    sites = actor.sites_with(permission)
    enter_scope(current_session(), Scope(actor.organisation_id, sites))


def _let_in(actor: Actor) -> None:
    """A guest reads at the site of their notice; what of it, the services say."""
    assert actor.guest is not None
    g.actor, g.refusal = actor, None
    enter_scope(current_session(), Scope(actor.organisation_id, frozenset({actor.guest.site_id})))


def _check_media_type(media_type: str) -> None:
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if request.method in {"POST", "PUT"} and has_body and media_type == "application/json":
        mimetype = request.mimetype
        if mimetype != media_type and not mimetype.endswith("+json"):
            raise UnsupportedMediaType()


def init_scope_reset(app: Flask) -> None:
    @app.teardown_request
    def forget_scope(_error: BaseException | None) -> None:
        leave_scope(current_session())
