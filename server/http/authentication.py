"""Reading the bearer token of a request."""

from __future__ import annotations

from flask import request

from server.errors import UNAUTHENTICATED, Problem


def bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token) <= 200:
        raise Problem(UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
    return token
