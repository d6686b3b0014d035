"""Documents and lists as answers: names that every system can keep, ETags, no caching by others."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import IO
from urllib.parse import quote

from flask import Response, request

from server.errors import CHINESE, ENGLISH
from server.http.language import language
from server.reports.documents import Press, sheet_etag
from server.reports.evidence.pack import PackContents, pack_folder, pack_stream
from server.reports.fonts import FontBook
from server.reports.typesetting import Sheet, set_pdf

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
ZIP = "application/zip"
_PIECE = 256 * 1024


def chosen_language(asked: str | None) -> str:
    """``?lang=`` before ``Accept-Language``: a link that is handed on keeps its language."""
    if asked is None:
        return language()
    return ENGLISH if asked == "en" else CHINESE


def sheet_response(sheet: Sheet, fonts: FontBook, name: str) -> Response:
    """The sheet as PDF, or 304 without setting it where the caller has the same already."""
    etag = sheet_etag(sheet)
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(set_pdf(sheet, fonts), content_type=PDF)
        response.headers["Content-Disposition"] = disposition(name, inline=True)
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Content-Language"] = sheet.language
    return _for_this_reader(response)


def file_response(file: IO[bytes], media_type: str, name: str) -> Response:
    """A file that was made for this answer; it is closed, and so forgotten, when it is sent."""
    size = file.seek(0, 2)
    file.seek(0)
    response = Response(_pieces(file), content_type=media_type)
    response.content_length = size
    response.headers["Content-Disposition"] = disposition(name)
    # Also where the reader hangs up before the first byte.
    response.call_on_close(file.close)
    return _for_this_reader(response)


def pack_response(contents: PackContents, press: Press, taken: Callable[[], None]) -> Response:
    """The pack, made while it is sent, or 304 where the caller has the same already.

    *taken* puts on record that it was handed out: after the document is set, before it is sent.
    """
    etag = contents.etag()
    if request.if_none_match.contains(etag):
        contents.versions.file.close()
        response = Response(status=304)
    else:
        stream = pack_stream(contents, press)
        taken()
        response = Response(stream, content_type=ZIP)
        name = f"{pack_folder(contents)}-evidence.zip"
        response.headers["Content-Disposition"] = disposition(name)
    response.headers["ETag"] = f'"{etag}"'
    # Also where the reader hangs up before the first byte.
    response.call_on_close(contents.versions.file.close)
    return _for_this_reader(response)


def _for_this_reader(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Accept-Language"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with closing(file):
        while piece := file.read(_PIECE):
            yield piece


def disposition(name: str, *, inline: bool = False) -> str:
    """RFC 6266, with the name in both forms: old programs read the plain one."""
    kind = "inline" if inline else "attachment"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in plain).lstrip(".") or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
