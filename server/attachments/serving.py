"""Bytes over HTTP: strong ETags, conditional requests, and ranges streamed from the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request

_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}
_RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True, slots=True)
class Content:
    """What is served under one address for ever: *read* gives the bytes from start to stop."""

    name: str
    etag: str
    media_type: str
    size: int
    read: Callable[[int, int], Iterator[bytes]]
    is_negotiated: bool = False
    """Whether another reader may get another format under this address."""


def content_response(content: Content) -> Response:
    """200, 206, 304 or 416, as the request's headers ask."""
    if request.if_none_match.contains(content.etag):
        return _with_headers(Response(status=304), content)
    start, stop, status = 0, content.size, 200
    wanted = request.range if _range_applies(content) else None
    if wanted is not None and wanted.units == "bytes":
        reach = wanted.range_for_length(content.size)
        if reach is not None:
            (start, stop), status = (reach[0], reach[1] or content.size), 206
        elif len(wanted.ranges) == 1:
            return _unsatisfiable(content)
        # Several ranges at once may be ignored, and are: the whole is sent.
    response = Response(content.read(start, stop), status=status, content_type=content.media_type)
    response.content_length = stop - start
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    return _with_headers(response, content)


def prefers_webp() -> bool:
    """Whether the caller names WebP and likes it no less than JPEG; ``*/*`` alone may mean a
    program that cannot show it."""
    accepted = request.accept_mimetypes
    named = [quality for type_, quality in accepted if type_.lower() == "image/webp"]
    return bool(named) and named[0] > 0 and named[0] >= accepted["image/jpeg"]


def _range_applies(content: Content) -> bool:
    """A range is of use only if the part the client holds is of this very content."""
    if "If-Range" not in request.headers:
        return True
    return request.if_range.etag == content.etag


def _unsatisfiable(content: Content) -> Response:
    response = Response(status=_RANGE_NOT_SATISFIABLE)
    response.headers["Content-Range"] = f"bytes */{content.size}"
    return _with_headers(response, content)


def _with_headers(response: Response, content: Content) -> Response:
    headers = response.headers
    headers["ETag"] = f'"{content.etag}"'
    headers["Accept-Ranges"] = "bytes"
    # For this reader alone: on a shared phone the next person must ask the server again.
    headers["Cache-Control"] = "private, max-age=31536000, immutable"
    headers["Vary"] = "Authorization, Accept" if content.is_negotiated else "Authorization"
    headers["X-Content-Type-Options"] = "nosniff"
    suffix = _SUFFIXES[content.media_type]
    headers["Content-Disposition"] = f'inline; filename="{content.name}.{suffix}"'
    return response
