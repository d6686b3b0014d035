"""A network that cuts, delays and repeats, between a client and a server. Seeded."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator

_PIECE = 64 * 1024
_REPEATED_MOST = 2 * 1024 * 1024


class RoughProxy:
    """Of ten connections some five arrive as they were sent; the fates of the others are below."""

    FATES = ("cut", "cut", "answer lost", "repeated", "delayed")

    def __init__(self, target_port: int, seed: int) -> None:
        self._target, self._chance = ("127.0.0.1", target_port), random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.fates: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            fate = self._chance.choice((*self.FATES, *["kept"] * len(self.FATES)))
            self.fates.append(fate)
            patience = self._chance.randrange(1, 600_000)
            threading.Thread(target=self._serve, args=(client, fate, patience), daemon=True).start()

    def _serve(self, client: socket.socket, fate: str, patience: int) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._target) as server:
            sent: list[bytes] = []
            back = threading.Thread(target=self._answer, args=(server, client, fate), daemon=True)
            back.start()
            for piece in _pieces(client):
                if fate == "delayed":
                    time.sleep(0.01)
                if fate == "cut":
                    piece = piece[:patience]
                    patience -= len(piece)
                server.sendall(piece)
                sent.append(piece)
                if fate == "cut" and patience <= 0:
                    break
            _hang_up(server, client)
            back.join(10)
        if fate == "repeated" and sum(map(len, sent)) < _REPEATED_MOST:
            self._repeat(b"".join(sent))

    def _answer(self, server: socket.socket, client: socket.socket, fate: str) -> None:
        with contextlib.suppress(OSError):
            for piece in _pieces(server):
                if fate == "answer lost":
                    break
                client.sendall(piece)
        _hang_up(server, client)

    def _repeat(self, everything: bytes) -> None:
        """The same requests once more: a router that thought the first ones lost."""
        with contextlib.suppress(OSError), socket.create_connection(self._target) as server:
            server.sendall(everything)
            server.settimeout(2)
            for _ in _pieces(server):
                pass


def _pieces(connection: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while piece := connection.recv(_PIECE):
            yield piece


def _hang_up(*connections: socket.socket) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
