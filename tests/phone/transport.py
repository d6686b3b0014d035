"""HTTP as a phone has it: one connection a request, and any of them may go wrong anywhere."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass
from typing import Any

TROUBLE = (OSError, http.client.HTTPException)


class AnswerLost(OSError):
    """The request went out, and the answer never came."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def expect(self, *statuses: int) -> Answer:
        if self.status not in statuses:
            raise AssertionError(f"{self.status} instead of {statuses}: {self.body[:500]!r}")
        return self


@dataclass
class Transport:
    """Requests to one server."""

    host: str
    port: int
    timeout: float = 60

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, {"Accept-Encoding": "gzip", **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        named = {name.lower(): value for name, value in answer.getheaders()}
        if not _says_where_it_ends(method, answer.status, named):
            # http.client takes a head that breaks off for a whole one with fewer headers.
            raise AnswerLost("the answer broke off in its head")
        if named.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(answer.status, named, content)


def _says_where_it_ends(method: str, status: int, headers: dict[str, str]) -> bool:
    if method == "HEAD" or status in (204, 304):
        return True
    length = headers.get("content-length", "")
    return length.isdigit() or headers.get("transfer-encoding") == "chunked"
