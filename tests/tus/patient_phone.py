"""A phone that keeps its photos until the server has them, and waits as it is told."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.infrastructure.photos import PhotoFile
from tests.infrastructure.service import Service

Answer = tuple[int, Mapping[str, str], bytes]
_TUS = {"Tus-Resumable": "1.0.0"}
_BODY = {**_TUS, "Content-Type": "application/offset+octet-stream"}


@dataclass
class PatientPhone:
    service: Service
    token: str = ""
    acknowledged: list[PhotoFile] = field(default_factory=list)
    refusals: list[Answer] = field(default_factory=list)
    """Every answer that was neither a success nor told the offset."""

    def sign_in(self, username: str, password: str) -> PatientPhone:
        device = {"id": str(uuid4()), "name": "patient"}
        login = {"username": username, "password": password, "device": device}
        status, _, body = self.ask(
            "POST", "/api/v1/auth/login", {"Content-Type": "application/json"}, json.dumps(login)
        )
        assert status == 200, body
        self.token = json.loads(body)["access_token"]
        return self

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        wire = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=90)
        with contextlib.closing(wire):
            wire.request(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})
            answer = wire.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    # -- one photo -------------------------------------------------------------------------------

    def send_once(self, file: PhotoFile, *, in_one: bool) -> bool:
        """One upload from its creation, a few troubles on the way. Whether all was acknowledged."""
        metadata = base64.b64encode(file.sha256.encode()).decode()
        creation = {"Upload-Length": str(file.size), "Upload-Metadata": f"sha256 {metadata}"}
        headers = {**creation, **(_BODY if in_one else _TUS)}
        answer = self.ask("POST", "/api/v1/uploads", headers, file.content if in_one else None)
        if not self._is_fine(answer, 201):
            return False
        troubles = 0
        place = urllib.parse.urlsplit(answer[1]["Location"]).path
        while int(answer[1]["Upload-Offset"]) < file.size:
            offset = answer[1]["Upload-Offset"]
            piece = file.content[int(offset) : int(offset) + 100_000]
            answer = self.ask("PATCH", place, {**_BODY, "Upload-Offset": offset}, piece)
            if not self._is_fine(answer, 204):
                troubles += 1
                answer = self.ask("HEAD", place, _TUS)
                if not self._is_fine(answer, 200) or troubles == 3:
                    return False
        return True

    def _is_fine(self, answer: Answer, expected: int) -> bool:
        if answer[0] != expected:
            self.refusals.append(answer)
        return answer[0] == expected

    # -- many --------------------------------------------------------------------------------------

    def send_until_acknowledged(
        self, files: Iterable[PhotoFile], seconds: float, at_once: int = 4
    ) -> None:
        """Every other file in one request, the rest piece by piece; again and again."""
        waiting, deadline = list(enumerate(files)), time.monotonic() + seconds
        taking = threading.Lock()

        def work() -> None:
            while True:
                with taking:
                    if not waiting:
                        return
                    number, file = waiting.pop(0)
                while not self.send_once(file, in_one=number % 2 == 0):
                    if time.monotonic() > deadline:
                        return
                    time.sleep(0.1)  # Retry-After says seconds; a test has less patience
                self.acknowledged.append(file)

        workers = [threading.Thread(target=work) for _ in range(at_once)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def fetched(self, file: PhotoFile) -> bytes:
        """The photo as the server gives it back, by way of an attachment made for it."""
        document = {
            "id": str(uuid4()),
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type,
        }
        path = f"/api/v1/attachments/{document['id']}"
        put = self.ask("PUT", path, {"Content-Type": "application/json"}, json.dumps(document))
        assert put[0] == 201, put
        assert json.loads(put[2])["document"]["status"] == "stored"
        got = self.ask("GET", f"{path}/content", {})
        assert got[0] == 200, got
        return got[2]

    def require_refused_kindly(self) -> None:
        """Nothing but 503 with Retry-After, as a problem; or an offset that stands elsewhere."""
        for status, headers, body in self.refusals:
            assert status in {503, 423, 409, 404, 410}, (status, body)
            if status in {503, 423}:
                assert int(headers["Retry-After"]) > 0
            if body:
                assert headers["Content-Type"] == "application/problem+json"
                assert json.loads(body)["status"] == status


def numbered(whole: PhotoFile, count: int) -> list[PhotoFile]:
    """*count* photos of different content, made in a moment: a comment in each says which."""
    made = []
    for number in range(count):
        comment = hashlib.sha256(str(number).encode()).digest()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        made.append(PhotoFile(whole.content[:2] + segment + whole.content[2:]))
    return made
