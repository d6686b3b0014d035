"""Fast JSON. What goes out is strict; what comes in is read even if a single value in it is bad.

One record with a broken character must not block the queue of a phone: such a value is refused
where it stands, by its field or with its own mutation, not with the whole body.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider

from server.db.json_text import as_written

JSON = "application/json"


class StrictJson(JSONProvider):
    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj, default=as_written).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        try:
            return orjson.loads(s)
        except orjson.JSONDecodeError:
            return _lenient(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        answer = self._prepare_response_obj(args, kwargs)
        return raw_json(orjson.dumps(answer, default=as_written))


def _lenient(s: str | bytes) -> Any:
    """What the standard library reads; whatever it stumbles over is a body that cannot be read."""
    text = s if isinstance(s, str) else s.decode("utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits; nesting without end
        raise json.JSONDecodeError(str(error), text[:1], 0) from None


def raw_json(body: bytes, status: int = 200) -> Response:
    """An answer whose JSON text exists already."""
    return Response(body, status=status, content_type=JSON)


def init_json(app: Flask) -> None:
    app.json = StrictJson(app)
