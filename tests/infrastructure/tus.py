"""Speaking tus and announcing attachments in tests, the way a phone does."""

from __future__ import annotations

import base64
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.infrastructure.photos import PhotoFile
from tests.world import Person

UPLOADS = "/api/v1/uploads"
VERSION = {"Tus-Resumable": "1.0.0"}
BODY = {**VERSION, "Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())


def creation(file: PhotoFile, **more: str) -> dict[str, str]:
    """The headers that create an upload of *file*."""
    return {
        **VERSION,
        "Upload-Length": str(file.size),
        "Upload-Metadata": metadata(sha256=file.sha256, filename="现场 1.jpg", **more),
    }


def create(person: Person, file: PhotoFile, **more: str) -> str:
    """Create an upload without bytes. Returns its address."""
    answer = person.post(UPLOADS, headers=creation(file, **more))
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def send(person: Person, address: str, offset: int, content: bytes, **more: str) -> TestResponse:
    """PATCH *content* at *offset*."""
    headers = {**BODY, "Upload-Offset": str(offset), **more}
    return person.patch(address, headers=headers, data=content)


def upload(person: Person, file: PhotoFile, **more: str) -> TestResponse:
    """Create an upload with all its bytes in one request."""
    headers = {**creation(file, **more), **BODY}
    return person.post(UPLOADS, headers=headers, data=file.content)


def attachment(file: PhotoFile, **values: Any) -> dict[str, Any]:
    """A document as a phone announces it."""
    return {
        "id": str(uuid4()),
        "sha256": file.sha256,
        "size": file.size,
        "media_type": file.media_type,
        "role": "goods",
        "captured_at": "2026-03-02T01:15:30Z",
        **values,
    }


def announce(person: Person, file: PhotoFile, **values: Any) -> dict[str, Any]:
    """Announce an attachment online. Returns its document."""
    document = attachment(file, **values)
    answer = person.put(f"/api/v1/attachments/{document['id']}", json=document)
    assert answer.status_code == 201, answer.text
    stored: dict[str, Any] = answer.json["document"]
    return stored


def record(person: Person, attachment_id: str) -> dict[str, Any]:
    answer = person.get(f"/api/v1/attachments/{attachment_id}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json["document"]
    return document


def stored_photo(person: Person, file: PhotoFile, **values: Any) -> dict[str, Any]:
    document = announce(person, file, **values)
    assert upload(person, file).status_code == 201
    return record(person, document["id"])


def path(document: dict[str, Any], size: str = "content") -> str:
    return f"/api/v1/attachments/{document['id']}/{size}"
