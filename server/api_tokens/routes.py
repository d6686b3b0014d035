"""Tokens for business tools, for those who give them out."""

from __future__ import annotations

from typing import Any

from schemas.api_tokens import ApiTokenIn, ApiTokenListOut, ApiTokenOut, NewApiTokenOut
from schemas.fields import time_text
from server.access import Permission
from server.api_tokens import service
from server.api_tokens.service import TokenWithSites
from server.db.base import current_session
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import requires

routes = Blueprint(
    "api_tokens", __name__, url_prefix="/api/v1/api-tokens", description="接口令牌 / API tokens"
)


@routes.route("", methods=["GET"])
@requires(Permission.MANAGE_API_TOKENS)
@routes.response(200, ApiTokenListOut)
def list_api_tokens() -> dict[str, Any]:
    """Tokens of the sites one answers for, the newest first, those that are over included."""
    found = service.list_tokens(current_session(), current_actor())
    return {"api_tokens": [_document(one) for one in found]}


@routes.route("", methods=["POST"])
@requires(Permission.MANAGE_API_TOKENS)
@routes.arguments(ApiTokenIn)
@routes.response(201, NewApiTokenOut)
def make_api_token(wanted: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Make a token by which a business tool reads. It is told this once and kept nowhere."""
    token = service.new_token()
    made = service.make_token(current_session(), current_actor(), wanted, token, current_time())
    return {**_document(made), "token": token}, 201, {"Cache-Control": "no-store"}


@routes.route("/<token_id>/revoke", methods=["POST"])
@requires(Permission.MANAGE_API_TOKENS)
@routes.response(200, ApiTokenOut)
def revoke_api_token(token_id: str) -> dict[str, Any]:
    """Refuse a token from its next request on."""
    id_ = record_id(token_id)
    return _document(service.revoke_token(current_session(), current_actor(), id_, current_time()))


def _document(token: TokenWithSites) -> dict[str, Any]:
    row = token.row
    times = ("made_at", "expires_at", "revoked_at", "last_used_at")
    told = {name: getattr(row, name) for name in times}
    return {
        "id": row.id,
        "name": row.name,
        "beginning": row.beginning,
        "reads": row.reads.split(),
        "site_ids": list(token.site_ids),
        "made_by": token.made_by,
        **{name: None if at is None else time_text(at) for name, at in told.items()},
        "last_used_address": row.last_used_address,
    }
