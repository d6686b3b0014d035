"""The first run over HTTP. Public, because nobody has an account yet: the set-up code opens it."""

from __future__ import annotations

from typing import Any

from flask import request

from schemas.first_run import SetupDone, SetupIn, SetupState
from server.checklists.defaults import default_checklists
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.errors import SETUP_CLOSED, WRONG_SETUP_CODE, Problem
from server.first_run.code import forget_code, held_code, is_right_code
from server.first_run.service import Claimed, claim_server, claimed_by, is_claimed
from server.http.blueprint import Blueprint
from server.http.context import current_settings, current_time
from server.http.guard import own_transaction, public
from server.identity.service import record_failure, require_patience

routes = Blueprint("first_run", __name__, url_prefix="/api/v1", description="首次设置 / First run")

_ATTEMPT = "set-up code"
"""What a wrong code is counted under. No account is called so: user names hold no space."""


def is_open() -> bool:
    """Whether this server waits for who sets it up. A code that was left behind goes."""
    folder = current_settings().data_dir
    if held_code(folder) is None:
        return False
    session = current_session()
    with transaction(session, write=False), unscoped(session):
        claimed = is_claimed(session)
    if claimed:
        forget_code(folder)
    return not claimed


@routes.route("/setup", methods=["GET"])
@public
@own_transaction
@routes.response(200, SetupState)
def get_setup() -> dict[str, Any]:
    """Whether this server waits to be set up, and the checklists it can begin with."""
    if not is_open():
        return {"is_open": False, "checklists": []}
    names = ("code", "kind", "zh", "en")
    offered = [{name: one[name] for name in names} for one in default_checklists()]
    return {"is_open": True, "checklists": offered}


@routes.route("/setup", methods=["POST"])
@public
@own_transaction
@routes.arguments(SetupIn)
@routes.response(201, SetupDone)
def post_setup(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Make the organisation, once, with the set-up code. The same request again is the same."""
    session, settings, now = current_session(), current_settings(), current_time()
    address = request.remote_addr or "unknown"
    with transaction(session, write=False), unscoped(session):
        require_patience(session, settings, _ATTEMPT, address, now)
        claimed = claimed_by(session, settings, body) if is_claimed(session) else None
    if claimed is None:
        claimed = _claim(body, address)
    forget_code(settings.data_dir)
    answer = {"id": body["id"], "organisation": body["organisation"]}
    return {**answer, "address": settings.public_address}, 201 if claimed.is_new else 200


def _claim(body: dict[str, Any], address: str) -> Claimed:
    session, settings, now = current_session(), current_settings(), current_time()
    opened = is_open()
    if not opened or not is_right_code(held_code(settings.data_dir), body["code"]):
        with transaction(session, write=True):
            record_failure(session, _ATTEMPT, address, now)
        raise Problem(WRONG_SETUP_CODE if opened else SETUP_CLOSED)
    with transaction(session, write=True), unscoped(session):
        return claim_server(session, settings, body, now)
