"""A handheld without a screen: it keeps what it pulled, an outbox, and photos to be sent.

Speaks plain HTTP with the standard library, as a client author would begin; the demo and the
process tests use it against a running server.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

Document = dict[str, Any]
TUS = {"Tus-Resumable": "1.0.0"}


class Unexpected(AssertionError):
    """An answer that no step of the story expected."""


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
            raise Unexpected(f"{self.status} instead of {statuses}: {self.body[:500]!r}")
        return self


@dataclass
class Handheld:
    """One person's phone."""

    address: str
    username: str
    password: str
    device_id: str = field(default_factory=lambda: str(uuid4()))
    token: str = ""
    user: Document = field(default_factory=dict)
    cursor: str | None = None
    records: dict[str, dict[str, Document]] = field(default_factory=dict)
    outbox: list[Document] = field(default_factory=list)

    # -- HTTP ------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, body, {**self._headers(), **(headers or {})})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, path: str, **query: str) -> Answer:
        return self.request("GET", path + ("?" + urlencode(query) if query else ""))

    def send_json(self, method: str, path: str, document: Any) -> Answer:
        return self.request(
            method, path, json.dumps(document).encode(), {"Content-Type": "application/json"}
        )

    # -- signing in and pulling ------------------------------------------------------------------

    def sign_in(self) -> Handheld:
        body = {
            "username": self.username,
            "password": self.password,
            "device": {"id": self.device_id, "name": f"{self.username} handheld"},
        }
        answer = self.send_json("POST", "/api/v1/auth/login", body).expect(200).json
        self.token, self.user = answer["access_token"], answer["user"]
        return self

    def pull(self) -> int:
        """Take over everything that changed. Returns how many records that were."""
        count, more = 0, True
        while more:
            query = {"limit": "200"} | ({"cursor": self.cursor} if self.cursor else {})
            page = self.get("/api/v1/sync/pull", **query).expect(200).json
            for change in page["changes"]:
                held = self.records.setdefault(change["collection"], {})
                if change["deleted"]:
                    held.pop(change["id"], None)
                else:
                    held[change["id"]] = change
            count += len(page["changes"])
            self.cursor, more = page["cursor"], page["has_more"]
        return count

    def documents(self, collection: str) -> list[Document]:
        return [change["document"] for change in self.records.get(collection, {}).values()]

    # -- the outbox ------------------------------------------------------------------------------

    def capture(
        self, collection: str, document: Document, base_version: int | None = None
    ) -> Document:
        """Write a change down. It stays in the outbox until the server has answered for it."""
        mutation = {
            "mutation_id": str(uuid4()),
            "collection": collection,
            "id": document["id"],
            "operation": "upsert",
            "base_version": base_version,
            "document": document,
            "captured_at": document.get("captured_at"),
        }
        self.outbox.append(mutation)
        return mutation

    def push_body(self) -> bytes:
        return json.dumps({"device_id": self.device_id, "mutations": self.outbox}).encode()

    def push(self) -> list[Document]:
        """Send the outbox; what was accepted leaves it."""
        answer = self.request(
            "POST", "/api/v1/sync/push", self.push_body(), {"Content-Type": "application/json"}
        )
        results: list[Document] = answer.expect(200).json["results"]
        done = {r["mutation_id"] for r in results if r["status"] != "rejected"}
        self.outbox = [m for m in self.outbox if m["mutation_id"] not in done]
        return results

    def push_and_lose_the_answer(self) -> None:
        """Send the outbox and hang up before a single byte of the answer is read."""
        place = urlsplit(self.address)
        body = self.push_body()
        head = (
            f"POST /api/v1/sync/push HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection((place.hostname or "", place.port or 80), 30) as connection:
            connection.sendall(head.encode() + body)

    # -- photos ----------------------------------------------------------------------------------

    def announce(
        self, attachment_id: str, content: bytes, owner: Document, role: str, captured_at: str
    ) -> Document:
        """Note a photo in the outbox; its bytes follow by :meth:`upload`."""
        document = {
            "id": attachment_id,
            "site_id": owner["site_id"],
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "media_type": "image/jpeg",
            "owner_collection": "goods_receipts",
            "owner_id": owner["id"],
            "role": role,
            "captured_at": captured_at,
            "source": "camera",
        }
        return self.capture("attachments", document)

    def upload(self, attachment_id: str, content: bytes) -> None:
        """Send a photo with the request that creates the upload."""
        headers = self._upload_headers(attachment_id, content)
        headers["Content-Type"] = "application/offset+octet-stream"
        answer = self.request("POST", "/api/v1/uploads", content, headers).expect(201)
        if answer.headers["upload-offset"] != str(len(content)):
            raise Unexpected(f"upload stopped at {answer.headers['upload-offset']}")

    def upload_in_two_parts(self, attachment_id: str, content: bytes) -> int:
        """Send a photo whose connection breaks in the middle; ask how far it got, and go on.

        Returns the offset at which the second part began.
        """
        headers = self._upload_headers(attachment_id, content)
        created = self.request("POST", "/api/v1/uploads", None, headers).expect(201)
        path = urlsplit(created.headers["location"]).path
        self._break_off(path, content, len(content) // 2)
        told = self.request("HEAD", path, None, TUS).expect(200, 204)
        offset = int(told.headers["upload-offset"])
        rest = {
            **TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        self.request("PATCH", path, content[offset:], rest).expect(204)
        return offset

    def _upload_headers(self, attachment_id: str, content: bytes) -> dict[str, str]:
        metadata = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "filename": f"{attachment_id}.jpg",
            "filetype": "image/jpeg",
            "attachment_id": attachment_id,
        }
        pairs = (
            f"{name} {base64.b64encode(value.encode()).decode()}"
            for name, value in metadata.items()
        )
        return {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": ",".join(pairs)}

    def _break_off(self, path: str, content: bytes, after: int) -> None:
        """Announce all of *content*, send *after* bytes, and vanish."""
        place = urlsplit(self.address)
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: {place.netloc}\r\n"
            f"Authorization: Bearer {self.token}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            "Content-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        with socket.create_connection((place.hostname or "", place.port or 80), 30) as connection:
            connection.sendall(head.encode() + content[:after])
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1024)  # whatever the server still says, if anything
