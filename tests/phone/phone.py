"""The client itself: capturing offline, and the sync that never loses and never doubles."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from tests.phone.storage import Document, Storage
from tests.phone.transport import TROUBLE, Answer, Transport

TUS = {"Tus-Resumable": "1.0.0"}
BATCH = 100
PAGE = 100
LONGEST_WAIT_SECONDS = 2.0
"""Between attempts, by itself. The server may ask for more."""


class Unexpected(AssertionError):
    """An answer that no client should ever get."""


class SignInNeeded(Exception):
    """The token is over, or the device may do nothing any more."""


class Revoked(Exception):
    """The device was revoked: what it has is handed over for review, and it gets nothing more."""


class Later(Exception):
    """The server asks to come back later, or the line is bad."""

    def __init__(self, after_seconds: float = 0) -> None:
        super().__init__(after_seconds)
        self.after_seconds = after_seconds


def _header(answer: Answer, name: str) -> str:
    """A header without which the answer is worth nothing: it broke off before."""
    if not answer.headers.get(name):
        raise Later
    return answer.headers[name]


def _seconds(retry_after: str) -> float:
    """The server gives seconds, never a date. What is no number came to harm on the way."""
    return float(retry_after) if retry_after.isdigit() else 0.0


def nothing(_where: str) -> None:
    """The default for ``Phone.at``."""


@dataclass
class Phone:
    """One person's phone over a :class:`Storage`.

    ``at`` is called at every place where the process could be killed; a test raises there.
    """

    storage: Storage
    transport: Transport
    username: str
    password: str
    device_id: str
    random: Random = field(default_factory=Random)
    clock_offset_seconds: int = 0
    at: Callable[[str], None] = nothing
    clock: Callable[[], float] = time.time
    """Seconds since 1970, by a clock that goes right; the phone's own is off by its offset."""
    elapsed: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _silent_until: float = 0.0

    # -- capturing ---------------------------------------------------------------------------------

    def new_id(self) -> str:
        """A UUIDv7 by the phone's own clock."""
        milliseconds = int((self.clock() + self.clock_offset_seconds) * 1000) & (2**48 - 1)
        value = milliseconds << 80 | self.random.getrandbits(80)
        value = value & ~(0xF << 76) | 0x7 << 76
        return str(UUID(int=value & ~(0x3 << 62) | 0x2 << 62))

    def now(self) -> str:
        moment = self.clock() + self.clock_offset_seconds
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + ".000Z"

    def seen(self, collection: str, record_id: str) -> Document | None:
        """A record as its person sees it: with what waits in the outbox."""
        waiting = self.storage.waiting(collection, record_id)
        if waiting:
            return waiting[-1].get("document")
        held = self.storage.record(collection, record_id)
        return None if held is None else held[1]

    def everything_seen(self, collection: str) -> dict[str, Document]:
        """All records of the collection as their person sees them."""
        seen = {id_: document for id_, (_, document) in self.storage.records(collection).items()}
        for mutation in self.storage.outbox():
            if mutation["collection"] == collection:
                if mutation["operation"] == "delete":
                    seen.pop(mutation["id"], None)
                else:
                    seen[mutation["id"]] = mutation["document"]
        return seen

    def capture(self, collection: str, document: Document) -> str:
        """Write a change down. It stays in the outbox until the server has answered for it."""
        return self._write_down("upsert", collection, document["id"], document)

    def erase(self, collection: str, record_id: str) -> str:
        return self._write_down("delete", collection, record_id, None)

    def _write_down(
        self, operation: str, collection: str, record_id: str, document: Document | None
    ) -> str:
        waiting = self.storage.waiting(collection, record_id)
        held = self.storage.record(collection, record_id)
        # The base is what the document was made from. While an edit waits, the next one is made
        # from it, whatever the server has by then: same base.
        base = waiting[-1]["base_version"] if waiting else (held[0] if held else None)
        mutation: Document = {
            "mutation_id": self.new_id(),
            "collection": collection,
            "id": record_id,
            "operation": operation,
            "base_version": base,
            "captured_at": self.now(),
        }
        if document is not None:
            mutation["document"] = document
        self.storage.enqueue(mutation)
        self.at("captured")
        return str(mutation["mutation_id"])

    def take_photo(self, content: bytes, document: Document) -> str:
        """A photo with its announcement, together."""
        whole = {
            **document,
            "id": document.get("id") or self.new_id(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }
        self.storage.keep_photo(whole["id"], content)
        self.capture("attachments", whole)
        return str(whole["id"])

    # -- signing in --------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        return self.storage.state("token") or ""

    def sign_in(self) -> None:
        body = {
            "username": self.username,
            "password": self.password,
            "device": {"id": self.device_id, "name": f"{self.username}'s phone"},
        }
        self._keep_silent()
        answer = self.transport.request(
            "POST",
            "/api/v1/auth/login",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        self._heed_retry_after(answer)
        if answer.status != 200:
            raise SignInNeeded(answer.status)
        self.storage.set_state("token", answer.json["access_token"])

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self._keep_silent()
        whole = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        try:
            answer = self.transport.request(method, path, body, whole)
        except TROUBLE as error:
            raise Later from error
        if answer.status == 401:
            raise SignInNeeded
        self._heed_retry_after(answer)
        if answer.status == 403 and answer.json["type"].endswith("/device-revoked"):
            raise Revoked
        if answer.status >= 500:
            raise Unexpected(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer

    def _heed_retry_after(self, answer: Answer) -> None:
        """An answer that says "later" may say how much later; until then nothing is sent."""
        if answer.status in (423, 429, 503):
            seconds = _seconds(answer.headers.get("retry-after", ""))
            self._silent_until = self.elapsed() + seconds
            raise Later(seconds)

    def _keep_silent(self) -> None:
        if (left := self._silent_until - self.elapsed()) > 0:
            raise Later(left)

    # -- syncing -----------------------------------------------------------------------------------

    def sync(self) -> None:
        """Push, pull, and send photos. Raises :class:`Later` where it broke off."""
        if not self.token:
            self.sign_in()
        while self.push():
            pass
        with suppress(Revoked):
            self.pull()
        self.send_photos()

    def sync_with_patience(self, seconds: float = 120) -> None:
        """Sync until it comes through, with back-off and jitter between the attempts."""
        wait, deadline = 0.02, self.elapsed() + seconds
        while True:
            told_to_wait = 0.0
            try:
                return self.sync()
            except (Later, *TROUBLE) as error:
                told_to_wait = error.after_seconds if isinstance(error, Later) else 0.0
                if self.elapsed() + told_to_wait > deadline:
                    raise
            except SignInNeeded:
                self._sign_in_if_possible()
            self.sleep(max(told_to_wait, wait * (0.5 + self.random.random())))
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _sign_in_if_possible(self) -> None:
        with suppress(Later, *TROUBLE):
            self.sign_in()

    def push(self, batch: int = BATCH) -> bool:
        """Send the oldest of the outbox. Returns whether something was sent."""
        mutations = self.storage.outbox(batch)
        if not mutations:
            return False
        body = json.dumps({"device_id": self.device_id, "mutations": mutations}).encode()
        headers = {"Content-Type": "application/json"}
        if self.random.random() < 0.5:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.at("pushing")
        answer = self._ask("POST", "/api/v1/sync/push", body, headers)
        self.at("pushed")
        if answer.status == 413 and batch > 1:
            return self.push(batch // 2)
        if answer.status != 200:
            raise Unexpected(f"push: {answer.status} {answer.body[:500]!r}")
        results = {result["mutation_id"]: result for result in answer.json["results"]}
        for mutation in mutations:
            with self.storage.together():
                self._hear(mutation, results[mutation["mutation_id"]])
            self.at("heard")
        return True

    def _hear(self, mutation: Document, result: Document) -> None:
        """Take the answer to one mutation over, and let it leave the outbox."""
        self.storage.settle(mutation, result)
        if result["status"] in ("rejected", "conflict"):
            return  # the person sees why; what stands is what pulls bring
        collection, record_id, version = mutation["collection"], mutation["id"], result["version"]
        held = self.storage.record(collection, record_id)
        if held is not None and version <= held[0]:
            return  # a pull has brought this or something newer
        if result.get("document") is not None:
            self.storage.put(collection, record_id, version, result["document"])
        elif mutation["operation"] == "delete":
            self.storage.drop(collection, record_id)

    def pull(self) -> None:
        """Take over everything that changed, page by page; each page and its cursor together."""
        while True:
            cursor = self.storage.state("cursor")
            query = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            self.at("pulling")
            answer = self._ask("GET", "/api/v1/sync/pull?" + urlencode(query))
            if answer.status == 410:
                # Start over; what is not pushed yet stays where it is.
                with self.storage.together():
                    self.storage.set_state("cursor", None)
                    self.storage.forget_pulled()
                continue
            if answer.status != 200:
                raise Unexpected(f"pull: {answer.status} {answer.body[:500]!r}")
            page = answer.json
            with self.storage.together():
                for change in page["changes"]:
                    self._take(change)
                self.storage.set_state("cursor", page["cursor"])
                if not page["has_more"]:
                    self.storage.drop_what_no_pull_brought()
            self.at("pulled")
            if not page["has_more"]:
                return

    def _take(self, change: Document) -> None:
        collection, record_id = change["collection"], change["id"]
        if change["deleted"]:
            self.storage.drop(collection, record_id)
        else:
            self.storage.put(
                collection, record_id, change["version"], change["document"], is_pulled=True
            )

    # -- photos ------------------------------------------------------------------------------------

    def send_photos(self) -> None:
        for attachment_id in self.storage.photos_to_send():
            with suppress(Revoked):  # it never heard of this one: the person keeps it
                self.send_photo(attachment_id)
        with suppress(Revoked):
            self._send_again_what_is_missing()

    def create_upload(self, attachment_id: str) -> tuple[bytes, str]:
        """The photo's bytes, and where they go: what was begun before is gone on with."""
        content, address = self.storage.photo(attachment_id)
        if address is None:
            headers = self._upload_headers(attachment_id, content)
            answer = self._ask("POST", "/api/v1/uploads", None, headers)
            if answer.status != 201:
                raise Unexpected(f"upload: {answer.status} {answer.body[:300]!r}")
            address = urlsplit(_header(answer, "location")).path
            self.storage.photo_address(attachment_id, address)
            self.at("upload created")
        return content, address

    def send_photo(self, attachment_id: str) -> None:
        content, address = self.create_upload(attachment_id)
        told = self._ask("HEAD", address, None, TUS)
        if told.status in (404, 410):
            self.storage.photo_address(attachment_id, None)
            raise Later
        offset = int(_header(told, "upload-offset"))
        if offset < len(content):
            end = self.random.choice([len(content), offset + max(1, (len(content) - offset) // 2)])
            headers = {
                **TUS,
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            sent = self._ask("PATCH", address, content[offset:end], headers)
            self.at("upload patched")
            if sent.status == 409:
                raise Later
            if sent.status in (404, 410):
                self.storage.photo_address(attachment_id, None)
                raise Later
            if sent.status != 204:
                raise Unexpected(f"patch: {sent.status} {sent.body[:300]!r}")
            if int(_header(sent, "upload-offset")) < len(content):
                return self.send_photo(attachment_id)
        self.storage.photo_sent(attachment_id)
        self.at("photo sent")
        return None

    def _upload_headers(self, attachment_id: str, content: bytes) -> dict[str, str]:
        values = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "filename": f"{attachment_id}.jpg",
            "filetype": "image/jpeg",
            "attachment_id": attachment_id,
        }
        metadata = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items()
        )
        return {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}

    def _send_again_what_is_missing(self) -> None:
        """What the server says it lacks is sent once more, whatever this phone believed."""
        answer = self._ask("GET", "/api/v1/attachments/missing")
        if answer.status != 200:
            return
        held = set(self.storage.sent_photos())
        for missing in answer.json["attachments"]:
            if missing["id"] in held:
                self.storage.photo_sent(missing["id"], is_sent=False)
