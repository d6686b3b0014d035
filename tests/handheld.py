"""A phone (``tests.phone``) as stories tell of one: it signs in at an address, and each step can be
looked at. What a client does is there; here is what stories ask, and what they let go wrong.

The demo and the process tests use it against a running server.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.infrastructure.rough_network import Fate, RoughNetwork
from tests.phone.phone import TUS, Later, Phone
from tests.phone.storage import Document, Storage
from tests.phone.transport import Answer, Transport

__all__ = ["Document", "Handheld"]


@dataclass
class Handheld:
    """One person's phone."""

    address: str
    username: str
    password: str
    token: str = ""
    user: Document = field(default_factory=dict)

    def __post_init__(self) -> None:
        device_id, transport = str(uuid4()), Transport("", 0)
        storage = Storage(":memory:")
        self.phone = Phone(
            storage, transport, self.username, self.password, device_id, Random(device_id)
        )
        if self.token:
            storage.set_state("token", self.token)
        self.reach(self.address)

    def reach(self, address: str) -> None:
        """From now on the server is at *address*."""
        place = urlsplit(address)
        self.phone.transport = Transport(place.hostname or "", place.port or 80)

    # -- what stories look at --------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Any request in this person's name, whatever is answered."""
        whole = {"Authorization": f"Bearer {self.phone.token}", **(headers or {})}
        return self.phone.transport.request(method, path, body, whole)

    def get(self, path: str, **query: str) -> Answer:
        return self.request("GET", path + ("?" + urlencode(query) if query else ""))

    def send_json(self, method: str, path: str, document: Any) -> Answer:
        body, kind = json.dumps(document).encode(), {"Content-Type": "application/json"}
        return self.request(method, path, body, kind)

    @property
    def cursor(self) -> str | None:
        return self.phone.storage.state("cursor")

    @property
    def outbox(self) -> list[Document]:
        return self.phone.storage.outbox()

    def document(self, collection: str, record_id: str) -> Document | None:
        held = self.phone.storage.record(collection, record_id)
        return None if held is None else held[1]

    def documents(self, collection: str) -> list[Document]:
        return [document for _, document in self.phone.storage.records(collection).values()]

    # -- what it does ----------------------------------------------------------------------------

    def sign_in(self) -> Handheld:
        self.phone.sign_in()
        self.token, self.user = self.phone.token, self.get("/api/v1/auth/me").expect(200).json
        return self

    def pull(self) -> int:
        """Take over everything that changed. Returns how many records are held now."""
        self.phone.pull()
        return len(self.phone.storage.holdings())

    def capture(self, collection: str, document: Document) -> None:
        self.phone.capture(collection, document)

    def push(self) -> list[Document]:
        """Send the outbox. Returns what was answered, in the order of the changes."""
        answered = len(self.phone.storage.answers())
        while self.phone.push():
            pass
        return [result for _, result in self.phone.storage.answers()[answered:]]

    def announce(
        self, attachment_id: str, content: bytes, owner: Document, role: str, captured_at: str
    ) -> None:
        """Take a photo of a receipt; its bytes follow by :meth:`upload`."""
        document = {
            "id": attachment_id,
            "site_id": owner["site_id"],
            "media_type": "image/jpeg",
            "owner_collection": "goods_receipts",
            "owner_id": owner["id"],
            "role": role,
            "captured_at": captured_at,
            "source": "camera",
        }
        self.phone.take_photo(content, document)

    def upload(self, attachment_id: str) -> None:
        self.phone.send_photo(attachment_id)

    # -- what goes wrong -------------------------------------------------------------------------

    def push_and_lose_the_answer(self) -> None:
        """Send the outbox over a line on which no answer comes back."""
        good = self.phone.transport
        network = RoughNetwork(good.port, self.username)
        line = network.line("lost", {Fate.ANSWER_LOST: 1.0})
        self.phone.transport = Transport("127.0.0.1", line.port)
        try:
            self.phone.push()
        except Later:
            return
        finally:
            network.close()
            self.phone.transport = good
        raise AssertionError("the answer was to be lost, and came")

    def upload_in_two_parts(self, attachment_id: str) -> int:
        """Send a photo whose connection breaks in the middle; ask how far it got, and go on.

        Returns the offset at which the second part began.
        """
        content, path = self.phone.create_upload(attachment_id)
        self._break_off(path, content, len(content) // 2)
        offset = int(
            self.request("HEAD", path, None, TUS).expect(200, 204).headers["upload-offset"]
        )
        self.phone.send_photo(attachment_id)
        return offset

    def _break_off(self, path: str, content: bytes, after: int) -> None:
        """Announce all of *content*, send *after* bytes, and vanish."""
        place = self.phone.transport
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: {place.host}:{place.port}\r\n"
            f"Authorization: Bearer {self.phone.token}\r\nTus-Resumable: 1.0.0\r\n"
            "Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        with socket.create_connection((place.host, place.port), 30) as connection:
            connection.sendall(head.encode() + content[:after])
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1024)  # whatever the server still says, if anything
