"""A body straight from its socket, into one buffer.

The web server's own reader copies each byte three times more before anybody sees it, which is most
of the time of a large file. Where the server is another one, or its inside looks otherwise, its
stream is read as usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

PIECE_BYTES = 256 * 1024
Piece = bytes | memoryview


class Wire:
    """What is left of one request's body. *stream* is what the framework offers."""

    def __init__(self, stream: IO[bytes], environ: Mapping[str, Any]) -> None:
        self._stream = stream
        body: Any = environ.get("wsgi.input")
        reader = getattr(body, "reader", None)
        is_known = all(hasattr(body, name) for name in ("buf", "failed"))
        is_known = is_known and hasattr(getattr(reader, "unreader", None), "take_buffered")
        # Of a chunked body the socket also holds the chunks' sizes.
        is_direct = is_known and type(reader).__name__ == "LengthReader" and not body.buf.tell()
        self._body = body if is_direct else None
        self._socket = environ.get("gunicorn.socket")

    def pieces(self, wanted: int) -> Iterator[Piece]:
        """At most *wanted* bytes; each piece holds until the next one is asked for.

        Raises
        ------
        OSError, ClientDisconnected
            when the connection breaks.
        """
        if self._body is None or self._socket is None:
            yield from self._read(wanted)
        else:
            yield from self._receive(min(wanted, self._body.reader.length))

    def _read(self, wanted: int) -> Iterator[bytes]:
        while wanted > 0 and (piece := self._stream.read(min(PIECE_BYTES, wanted))):
            wanted -= len(piece)
            yield piece

    def _receive(self, wanted: int) -> Iterator[Piece]:
        assert self._body is not None
        assert self._socket is not None
        reader = self._body.reader
        early = reader.unreader.take_buffered()
        if len(early) > wanted:
            reader.unreader.unread(early[wanted:])
            early = early[:wanted]
        if early:
            reader.length -= len(early)
            yield early
        left, buffer = wanted - len(early), memoryview(bytearray(min(PIECE_BYTES, wanted)))
        while left > 0:
            try:
                count = self._socket.recv_into(buffer[: min(len(buffer), left)])
            except OSError:
                self._body.failed = True
                raise
            if count == 0:
                self._body.failed = True
                return
            left -= count
            reader.length -= count
            yield buffer[:count]
