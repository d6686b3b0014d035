"""Letting in who comes with a token: so many requests a minute, and the last use written down."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from server.access import Caller
from server.api_tokens.service import PREFIX, TOKEN_LENGTH, note_use, tool_for_token
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import TOO_MANY_REQUESTS, Problem
from server.http.budgets import Budgets
from server.http.context import current_time

_BUDGETS = "yanshou.api_token_budgets"
_USED = "api_token_used"
_log = structlog.get_logger("yanshou.api_tokens")


def keep_token_budgets(app: Flask, requests_per_minute: int) -> None:
    app.extensions[_BUDGETS] = Budgets(requests_per_minute)


def init_api_tokens(app: Flask) -> None:
    app.after_request(_write_use_down)


def is_api_token(token: str) -> bool:
    """By its length too: once in millions a sign-in begins in the same way."""
    return token.startswith(PREFIX) and len(token) == TOKEN_LENGTH


def admit_tool(token: str) -> Caller:
    """Who comes with an API token, for the guard."""
    now = current_time()
    tool = tool_for_token(current_session(), token, now)
    budgets: Budgets = current_app.extensions[_BUDGETS]
    wait = budgets.take(tool.token_id, 1, now)
    if wait > 0:
        seconds = int(wait) + 1
        headers = {"Retry-After": str(seconds)}
        raise Problem(TOO_MANY_REQUESTS, headers=headers, seconds=seconds)
    if not tool.is_use_told:
        g.api_token_used = tool.token_id
    return Caller(tool.actor)


def _write_use_down(response: Response) -> Response:
    """After the answer is made: a request that reads takes no place among those that write."""
    token_id = g.pop(_USED, None)
    session = current_session() if token_id else None
    if session is not None and not session.in_transaction():
        try:
            with transaction(session, write=True):
                note_use(session, token_id, request.remote_addr or "unknown", current_time())
        except DBAPIError:
            # It was answered all the same; the next use is written down.
            _log.warning("the use of an API token was not written down", api_token_id=token_id)
    return response
