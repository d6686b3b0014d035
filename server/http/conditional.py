"""Conditional requests: nobody overwrites a version they have not seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, request

from server.errors import (
    BAD_REQUEST,
    PRECONDITION_REQUIRED,
    VERSION_MISMATCH,
    FieldError,
    Problem,
    Text,
)
from server.http.json import raw_json

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})')
_UNREADABLE = Text(
    'If-Match 应为一个版本号，如 "3"，收到“{given}”',
    'If-Match holds one version such as "3", not “{given}”',
)


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """What the caller says about the record's version: this one, any, none, or nothing at all."""

    version: int | None = None
    is_any: bool = False
    is_new: bool = False

    def require(self, current: int | None) -> None:
        """Refuse unless the record stands at the version the caller worked from.

        *current* is None where there is no such record yet.

        Raises
        ------
        Problem
            428 for an existing record and no version at all; 412 for another version.
        """
        if current is None:
            if self.version is not None or self.is_any:
                raise Problem(VERSION_MISMATCH, given=self.version or "*", current="—")
            return
        if self.is_any:
            return
        if self.version is None and not self.is_new:
            raise Problem(PRECONDITION_REQUIRED, headers={"ETag": etag_of(current)})
        if self.version != current:
            raise Problem(
                VERSION_MISMATCH,
                headers={"ETag": etag_of(current)},
                given="—" if self.version is None else self.version,
                current=current,
            )


def expected_version() -> ExpectedVersion:
    """What ``If-Match`` and ``If-None-Match`` of the current request say.

    Raises
    ------
    Problem
        400 for an ``If-Match`` that is no version of ours.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        return ExpectedVersion(is_new=request.headers.get("If-None-Match", "").strip() == "*")
    if given == "*":
        return ExpectedVersion(is_any=True)
    match = _ETAG.fullmatch(given)
    if match is None:
        raise Problem(BAD_REQUEST, [FieldError("", _UNREADABLE, {"given": given[:40]})])
    return ExpectedVersion(version=int(match[1] or match[2]))


def etag_of(version: int) -> str:
    return f'"{version}"'


def record_response(version: int, document: str, status: int = 200) -> Response:
    """A record as ``{"version", "document"}``; *document* is JSON text and is not made again.

    Answers 304 where the caller holds this version already.
    """
    etag = etag_of(version)
    if request.method == "GET" and request.if_none_match.contains(str(version)):
        response = Response(status=304)
    else:
        body = f'{{"version":{version},"document":{document}}}'
        response = raw_json(body.encode(), status)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
