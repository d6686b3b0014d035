"""How much a device may push in a minute, and when it may come back.

The budget is a guard against a device that has gone wild, so wide that no honest phone meets it.
It is kept in the memory of each process: with several, a device has as many times the budget.
A push that is over it is refused whole and before anything is read; the same push later is fine.
"""

from __future__ import annotations

from flask import Flask, Response, current_app

from server.errors import TOO_MANY_REQUESTS, Problem
from server.http.budgets import Budgets
from server.http.context import current_actor, current_refusal, current_settings, current_time
from server.sync_api.seeing import count_changes

POLL_AFTER = "Yanshou-Poll-After"
_BUDGETS = "yanshou.push_budgets"
REFUSED_WEIGHT = 100
"""So many times heavier weighs what comes from a device that has been revoked."""


def init_back_pressure(app: Flask, mutations_per_minute: int) -> None:
    app.extensions[_BUDGETS] = Budgets(mutations_per_minute)


def take(mutations: int) -> None:
    """Refuse the push, before it is carried out, of a device that is over its budget."""
    budgets: Budgets = current_app.extensions[_BUDGETS]
    actor = current_actor()
    weight = REFUSED_WEIGHT if current_refusal() is not None else 1
    wait = budgets.take(actor.device_id or actor.user_id, mutations * weight, current_time())
    if wait > 0:
        seconds = int(wait) + 1
        headers = {"Retry-After": str(seconds)}
        raise Problem(TOO_MANY_REQUESTS, headers=headers, seconds=seconds)


def hint(response: Response, *, has_more: bool, changes: int) -> Response:
    """Tell the client when to pull again: at once while there is more. Counts the *changes*."""
    count_changes(changes)
    response.headers[POLL_AFTER] = "0" if has_more else str(current_settings().poll_after_seconds)
    return response
