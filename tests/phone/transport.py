"""HTTP as a phone has it: one connection a request, and any of them may go wrong anywhere."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass, field
from random import Random
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


@dataclass
class Faults:
    """How often what goes wrong; all zero for a good line."""

    random: Random = field(default_factory=Random)
    lose_answer: float = 0.0
    cut_request: float = 0.0
    cut_answer: float = 0.0
    repeat: float = 0.0

    def happens(self, probability: float) -> bool:
        return probability > 0 and self.random.random() < probability


@dataclass
class Transport:
    """Requests to one server; *faults* decides what becomes of each."""

    host: str
    port: int
    faults: Faults = field(default_factory=Faults)
    timeout: float = 60

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        is_safe_to_repeat: bool = True,
    ) -> Answer:
        faults = self.faults
        if body and faults.happens(faults.cut_request):
            self._send_half(method, path, body, headers or {})
            raise AnswerLost("the request broke off")
        answer = self._exchange(method, path, body, headers or {})
        if is_safe_to_repeat and faults.happens(faults.repeat):
            answer = self._exchange(method, path, body, headers or {})
        return answer

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        faults = self.faults
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, {"Accept-Encoding": "gzip", **headers})
            if faults.happens(faults.lose_answer):
                # The server has everything; whether it hears that we are gone is its affair.
                if faults.random.random() < 0.5:
                    connection.getresponse()
                raise AnswerLost("the answer was lost")
            answer = connection.getresponse()
            if faults.happens(faults.cut_answer):
                answer.read(faults.random.randrange(200))
                raise AnswerLost("the answer broke off")
            content = answer.read()
        finally:
            connection.close()
        named = {name.lower(): value for name, value in answer.getheaders()}
        if named.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(answer.status, named, content)

    def _send_half(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.putrequest(method, path)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders()
            connection.send(body[: self.faults.random.randrange(len(body))])
        finally:
            connection.close()
