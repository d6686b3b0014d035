"""A network that does everything networks do, between clients and a server on this machine.

Each client has a line of its own (a port), and what becomes of its n-th request follows from the
seed, the line's name and n: the same story again needs the seed alone, as far as the clients do
the same. A request is read whole and goes on over a connection of its own.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

_PIECE = 64 * 1024
_PATIENCE_SECONDS = 60
_LATE_SECONDS = 0.4
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nCache-Control: no-cache\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n"
)


class Fate(StrEnum):
    """What may become of a request."""

    ARRIVES = "arrives"
    LATE = "arrives late"
    """It waits on the way, others overtake it; the answer comes."""
    ANSWER_LOST = "answer lost"
    OVERTAKEN = "overtaken"
    """The client is told nothing and goes on; the request arrives after later ones."""
    REQUEST_CUT = "request cut"
    ANSWER_CUT = "answer cut"
    REPEATED = "repeated"
    """It arrives twice, and the second answer comes back."""
    REPEATED_LATER = "repeated later"
    """It arrives, and once more after later ones."""


Odds = dict[Fate, float]
"""How often each fate comes, of 1; the others arrive."""

HOSTILE: Odds = {
    Fate.ANSWER_LOST: 0.25,
    Fate.LATE: 0.06,
    Fate.OVERTAKEN: 0.03,
    Fate.REQUEST_CUT: 0.05,
    Fate.ANSWER_CUT: 0.05,
    Fate.REPEATED: 0.04,
    Fate.REPEATED_LATER: 0.04,
}


@dataclass
class Line:
    """One client's way to the server. ``odds`` may be changed at any time."""

    name: str
    seed: str
    target_port: int
    odds: Odds
    replaced: dict[str, bytes] = field(default_factory=dict)
    """What is answered at an address instead of the server's own, as after an upgrade."""
    fates: list[Fate] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.come_to_rest()

    def come_to_rest(self) -> None:
        """Wait until nothing is under way any more, what was held back included."""
        for thread in list(self._threads):
            thread.join(_PATIENCE_SECONDS)
            if thread.is_alive():
                raise AssertionError(f"a request on the line {self.name} never comes to an end")
            self._threads.remove(thread)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            # Decided here: requests are numbered in the order in which they came.
            chance = Random(f"{self.seed}/{self.name}/{len(self.fates)}")
            fate = self._fate(chance)
            self.fates.append(fate)
            thread = threading.Thread(target=self._serve, args=(client, fate, chance), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _fate(self, chance: Random) -> Fate:
        drawn, below = chance.random(), 0.0
        for fate, odds in self.odds.items():
            below += odds
            if drawn < below:
                return fate
        return Fate.ARRIVES

    def _serve(self, client: socket.socket, fate: Fate, chance: Random) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(_PATIENCE_SECONDS)
            request = _read_request(client)
            asked = request.partition(b" HTTP")[0].decode()
            self.told.append(f"{self.name} {fate}: {asked}")
            if (content := self.replaced.get(asked.removeprefix("GET "))) is not None:
                client.sendall(_ANSWER % len(content) + content)
                _hang_up(client)
                return
            if fate is Fate.OVERTAKEN:
                _hang_up(client)
            if fate in (Fate.LATE, Fate.OVERTAKEN):
                time.sleep(chance.random() * _LATE_SECONDS)
            if fate is Fate.REQUEST_CUT:
                request = request[: chance.randrange(len(request))]
            if fate is Fate.REPEATED:
                self._deliver(request, None, None)
            self._deliver(request, client, self._answer_bytes_max(fate, chance))
            _hang_up(client)
            if fate is Fate.REPEATED_LATER:
                time.sleep(chance.random() * _LATE_SECONDS)
                self._deliver(request, None, None)

    @staticmethod
    def _answer_bytes_max(fate: Fate, chance: Random) -> int | None:
        """How much of the answer comes through; None for all of it."""
        if fate is Fate.ANSWER_CUT:
            return chance.randrange(2_000)
        return 0 if fate in (Fate.ANSWER_LOST, Fate.OVERTAKEN, Fate.REQUEST_CUT) else None

    def _deliver(self, request: bytes, client: socket.socket | None, most: int | None) -> None:
        """Send *request*, and of its answer the first *most* bytes back to *client*."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.target_port)) as server,
        ):
            server.settimeout(_PATIENCE_SECONDS)
            server.sendall(request)
            if not _is_whole(request):
                return  # the connection ends here, in the middle of it
            for piece in _pieces(server):
                if client is not None and most != 0:
                    passed = piece if most is None else piece[:most]
                    client.sendall(passed)
                    most = None if most is None else most - len(passed)


@dataclass
class RoughNetwork:
    """Lines to the server at *target_port*, which may be killed and come back there."""

    target_port: int
    seed: str
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, name: str, odds: Odds) -> Line:
        self.lines[name] = Line(name, self.seed, self.target_port, odds)
        return self.lines[name]

    def calm_down(self) -> None:
        """From here on everything arrives, once; what was held back has arrived."""
        for line in self.lines.values():
            line.odds = {}
        for line in self.lines.values():
            line.come_to_rest()

    def close(self) -> None:
        for line in self.lines.values():
            line.close()


def _read_request(client: socket.socket) -> bytes:
    """One request as it came, made to be the last of its connection. Less than that where the
    client went away."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = client.recv(_PIECE)
        if not piece:
            raise ConnectionResetError("the client went away")
        received += piece
    head, _, begun = received.partition(b"\r\n\r\n")
    body = bytearray(begun)
    missing = _Missing(head)
    while missing.bytes_of(body) > 0 and (piece := client.recv(_PIECE)):
        body += piece
    head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head) + b"\r\nConnection: close"
    return head + b"\r\n\r\n" + body


class _Missing:
    """How much of a body is still to come, at the least; told by its head."""

    def __init__(self, head: bytes) -> None:
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        self._length = int(length[1]) if length else 0
        self._is_chunked = bool(re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head))
        self._chunk_at = 0

    def bytes_of(self, body: bytes | bytearray) -> int:
        if not self._is_chunked:
            return self._length - len(body)
        while (end := body.find(b"\r\n", self._chunk_at)) >= 0:
            size = int(bytes(body[self._chunk_at : end]).partition(b";")[0], 16)
            whole_at = end + 2 + size + 2
            if whole_at > len(body):
                return whole_at - len(body)
            if size == 0:
                return 0
            self._chunk_at = whole_at
        return 1


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    return bool(end) and _Missing(head).bytes_of(body) <= 0


def _pieces(connection: socket.socket) -> Iterator[bytes]:
    while piece := connection.recv(_PIECE):
        yield piece


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
