"""The one renderer of errors: every refusal leaves as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.exceptions import HTTPException

from schemas.messages import translate
from server import errors
from server.db.integrity import problem_from_integrity
from server.db.transaction import is_out_of_order, is_passing_trouble
from server.errors import FieldError, Problem, ProblemType, Text
from server.http.language import language

PROBLEM_JSON = "application/problem+json"
_log = structlog.get_logger("yanshou.http")

_BY_STATUS: dict[int, ProblemType] = {
    400: errors.BAD_REQUEST,
    401: errors.UNAUTHENTICATED,
    404: errors.NOT_FOUND,
    405: errors.METHOD_NOT_ALLOWED,
    406: errors.NOT_ACCEPTABLE,
    413: errors.TOO_LARGE,
    415: errors.UNSUPPORTED_MEDIA_TYPE,
    422: errors.VALIDATION_FAILED,
    431: errors.HEADERS_TOO_LARGE,
    500: errors.INTERNAL_ERROR,
}


def problem_response(problem: Problem) -> Response:
    body = problem.to_dict(language(), instance=request.path)
    response = Response(orjson.dumps(body), status=problem.type.status, content_type=PROBLEM_JSON)
    response.headers.update(problem.headers)
    response.headers["Content-Language"] = language()
    response.headers["Cache-Control"] = "no-store"
    return response


def init_problems(app: Flask) -> None:
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _from_http_exception)
    app.register_error_handler(DBAPIError, _from_database)
    app.register_error_handler(Exception, _from_surprise)


def _from_http_exception(error: HTTPException) -> Response:
    """Werkzeug's and webargs' refusals. Headers are kept: a 405 must name what is allowed."""
    status = error.code or 500
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # a redirect werkzeug made itself
    type_ = _BY_STATUS.get(status) or ProblemType(
        f"http-{status}", status, Text(error.name, error.name)
    )
    if status == 400 and "messages" in (getattr(error, "data", None) or {}):
        return problem_response(Problem(errors.MALFORMED_BODY))
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length"}
    }
    problem = Problem(type_, _webargs_errors(error), headers, **_params(error, type_))
    return problem_response(problem)


def _params(error: HTTPException, type_: ProblemType) -> dict[str, Any]:
    if type_ is errors.METHOD_NOT_ALLOWED:
        return {"method": request.method}
    if type_ is errors.TOO_LARGE:
        return {"limit": f"{(request.max_content_length or 0) // 1024} KiB"}
    if type_ is errors.UNSUPPORTED_MEDIA_TYPE:
        return {"expected": "application/json", "given": request.mimetype or "—"}
    if type_ is errors.INTERNAL_ERROR:
        return {"request_id": g.get("request_id", "—")}
    return {}


def _webargs_errors(error: HTTPException) -> tuple[FieldError, ...]:
    data = getattr(error, "data", None)
    if not isinstance(data, dict) or "messages" not in data:
        return ()
    errors_by_place = data["messages"]
    body = errors_by_place.get("json", errors_by_place.get("query", errors_by_place))
    return tuple(field_errors(body))


def field_errors(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """Flatten marshmallow's nested messages into one error for each place."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from field_errors(inner, pointer + step)
    elif isinstance(messages, list):
        for message in messages:
            yield from field_errors(message, pointer)
    else:
        zh, en = translate(str(messages))
        yield FieldError(pointer, Text("{zh}", "{en}"), {"zh": zh, "en": en})


def _from_database(error: DBAPIError) -> Response:
    if isinstance(error, IntegrityError):
        return problem_response(problem_from_integrity(error))
    if is_passing_trouble(error):
        reason = Text("数据库正忙，请稍后再试。", "The database is busy; try again shortly.")
        return problem_response(
            Problem(errors.UNAVAILABLE, headers={"Retry-After": "2"}, reason=reason)
        )
    if is_out_of_order(error):
        _log.error("the database is full or away", reason=repr(error.orig))
        reason = Text(
            "数据库暂时无法写入或连接，请稍后再试；已确认的内容不会丢失。",
            "The database is full or cannot be reached; try again later. "
            "Nothing that was acknowledged is lost.",
        )
        return problem_response(
            Problem(errors.UNAVAILABLE, headers={"Retry-After": "30"}, reason=reason)
        )
    return _from_surprise(error)


def _from_surprise(error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    problem = Problem(errors.INTERNAL_ERROR, request_id=g.get("request_id", "—"))
    return problem_response(problem)
