"""Compressed bodies, both ways.

Phones are on slow lines and send the same field names again and again. What arrives compressed is
bounded by its unpacked size, so that a small body cannot fill the memory.
"""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO

from flask import Flask, Response, request

from server.errors import MALFORMED_BODY, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, Problem

WORTH_IT = 1024
"""Below this many bytes, an answer fits in one packet anyway."""
_LEVEL = 5
_COMPRESSIBLE = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/javascript",
        "application/manifest+json",
        "image/svg+xml",
    }
)


def init_compression(app: Flask, unpacked_bytes_max: int) -> None:
    @app.before_request
    def unpack_body() -> None:
        coding = request.headers.get("Content-Encoding", "identity").strip().lower()
        if coding != "identity" and request.is_json:
            packed = request.get_data(cache=False)
            request.stream = BytesIO(_unpacked(packed, coding, unpacked_bytes_max))
        _compare_weakly()

    @app.after_request
    def pack(response: Response) -> Response:
        if _is_compressible(response):
            response.vary.add("Accept-Encoding")
            if request.accept_encodings["gzip"] > 0:
                _pack(response)
        return response


def _unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """*body* unpacked.

    Raises
    ------
    Problem
        413 beyond *limit* bytes, 415 for another coding, 400 for what is not whole.
    """
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, expected="gzip, deflate", given=coding[:40])
    # Some clients mean by "deflate" the bare stream, without the wrapper that RFC 9110 asks for.
    is_bare = coding == "deflate" and (len(body) < 2 or int.from_bytes(body[:2]) % 31 != 0)
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS | 32)
    try:
        unpacked = unpacking.decompress(body, limit + 1)
    except zlib.error:
        raise Problem(MALFORMED_BODY) from None
    if len(unpacked) > limit:
        raise Problem(TOO_LARGE, limit=f"{limit // 1024} KiB")
    if not unpacking.eof or unpacking.unused_data:
        raise Problem(MALFORMED_BODY)
    return unpacked


def _compare_weakly() -> None:
    """If-None-Match compares weakly (RFC 9110, 13.1.2): the tag of a packed answer, which is weak,
    names the same content as the strong one that a route compares with."""
    given = request.headers.get("If-None-Match", "")
    if "W/" in given:
        request.environ["HTTP_IF_NONE_MATCH"] = given.replace('W/"', '"')


def _is_compressible(response: Response) -> bool:
    return (
        response.status_code not in (204, 206, 304)
        and not response.direct_passthrough
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and (response.mimetype in _COMPRESSIBLE or (response.mimetype or "").startswith("text/"))
        and len(response.get_data()) >= WORTH_IT
    )


def _pack(response: Response) -> None:
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, is_weak = response.get_etag()
    if etag is not None and not is_weak:
        # Byte for byte it is not the same answer any more.
        response.set_etag(etag, weak=True)
