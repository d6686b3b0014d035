"""The reader's language: Chinese unless they ask for English."""

from __future__ import annotations

from flask import has_request_context, request

from server.errors import CHINESE, ENGLISH


def language() -> str:
    if not has_request_context():
        return CHINESE
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return ENGLISH if best == "en" else CHINESE
