"""A proxy before a real S3 server that is away, or answers 500, whenever a test says so."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Literal

Mood = Literal["well", "away", "half of the time"]
_FAILED = (
    b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>InternalError</Code>"
    b"<Message>We encountered an internal error. Please try again.</Message></Error>"
)
_OF_THIS_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "expect"})


class FaultyS3(ThreadingHTTPServer):
    """``away``: connections end without an answer. ``half of the time``: two requests of four are
    answered 500, and one of the two has been carried out all the same. Which ones is drawn:
    strictly in turn, a phone alone on the line could meet one fate at one step for ever."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, target_port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target_port, self.mood = target_port, Mood.__args__[0]  # type: ignore[attr-defined]
        self.refused = 0
        self._chance = random.Random(7)
        self._fates: list[str] = []
        self._counting = threading.Lock()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fate(self) -> str:
        """What becomes of one request: answered, dropped, failed, or done and called failed."""
        with self._counting:
            fate = "answered"
            if self.mood == "away":
                fate = "dropped"
            elif self.mood == "half of the time":
                if not self._fates:
                    self._fates = ["failed", "answered", "done, called failed", "answered"]
                    self._chance.shuffle(self._fates)
                fate = self._fates.pop()
            self.refused += fate != "answered"
            return fate

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3  # type: ignore[assignment]
    METHODS: ClassVar = ("GET", "HEAD", "PUT", "POST", "DELETE")

    def __getattr__(self, name: str) -> object:
        if name.removeprefix("do_") in self.METHODS:
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        fate = self.server.fate()
        if fate == "dropped":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = 500, [("Content-Type", "application/xml")], _FAILED
        if fate != "failed":
            done = self._ask(body)
            if fate == "answered":
                status, headers, answer = done
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _OF_THIS_HOP | {"content-length"}:
                self.send_header(name, value)
        length = dict(headers).get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        wire = http.client.HTTPConnection("127.0.0.1", self.server.target_port, timeout=30)
        with contextlib.closing(wire):
            wire.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_THIS_HOP:
                    wire.putheader(name, value)
            wire.endheaders(body)
            answer = wire.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def faulty_s3(target_port: int) -> Iterator[FaultyS3]:
    with FaultyS3(target_port) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
