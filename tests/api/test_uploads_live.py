"""Uploads over real sockets: an unmodified client, and connections that break."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import (
    BODY,
    VERSION,
    announce,
    create,
    creation,
    path,
    record,
    send,
)
from tests.world import Person, World


class QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the service writes its own log."""


@pytest.fixture
def live(sqlite_app: Flask) -> Iterator[str]:
    """The application on a real port. Yields its address."""
    server: BaseWSGIServer = make_server(
        "127.0.0.1", 0, sqlite_app, threaded=True, request_handler=QuietHandler
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("waited for 30 seconds in vain")


def is_locked(file: Path) -> bool:
    """Whether somebody holds a lock on *file*, without trying to take it: that would disturb."""
    inode = file.stat().st_ino
    return any(f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines())


def tus_client(live: str, person: Person) -> TusClient:
    return TusClient(f"{live}/api/v1/uploads", headers={"Authorization": f"Bearer {person.token}"})


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "with checksums"])
def test_unmodified_tuspy_uploads_a_photo_in_parts(
    live: str, sqlite_world: World, checked: bool
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    uploader = tus_client(live, li).uploader(
        file_stream=io.BytesIO(file.content),
        chunk_size=3000,
        metadata={"sha256": file.sha256, "filename": "现场.jpg", "attachment_id": document["id"]},
        upload_checksum=checked,
    )
    uploader.upload()
    assert uploader.offset == file.size
    assert record(li, document["id"])["status"] == "stored"


def test_unmodified_tuspy_resumes_where_it_stopped(live: str, sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    client, stream = tus_client(live, li), io.BytesIO(file.content)
    first = client.uploader(file_stream=stream, chunk_size=2500, metadata={"sha256": file.sha256})
    first.upload(stop_at=5000)
    second = client.uploader(file_stream=stream, chunk_size=2500, url=first.url)
    assert second.offset == 5000
    second.upload()
    assert li.get(path(document)).data == file.content


def test_tuspy_hears_the_refusal_of_a_bad_creation(live: str, sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    uploader = tus_client(live, li).uploader(file_stream=io.BytesIO(b"x" * 100))
    with pytest.raises(TusCommunicationError) as refused:
        uploader.upload()
    assert refused.value.status_code == 400


class RawRequest:
    """A request written to a socket by hand, so that it can stop anywhere."""

    def __init__(self, live: str, person: Person, method: str, address: str, **headers: str):
        place = urlsplit(live)
        assert place.hostname is not None
        self.socket = socket.create_connection((place.hostname, place.port or 80), timeout=10)
        lines = [
            f"{method} {address} HTTP/1.1",
            f"Host: {place.netloc}",
            f"Authorization: Bearer {person.token}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def status(self) -> int:
        """The answer's status, once it is there."""
        with self.socket.makefile("rb") as reader:
            return int(reader.readline().split()[1])

    def close(self) -> None:
        self.socket.close()


def patching(live: str, person: Person, address: str, offset: int, length: int) -> RawRequest:
    headers = {**BODY, "Upload-Offset": str(offset), "Content-Length": str(length)}
    return RawRequest(live, person, "PATCH", address, **headers)


def offset_of(person: Person, address: str) -> int:
    return int(person.head(address, headers=VERSION).headers["Upload-Offset"])


def test_bytes_that_came_before_the_connection_broke_are_kept(
    live: str, sqlite_world: World
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document, address = announce(li, file), create(li, file)
    broken = patching(live, li, address, 0, file.size)
    broken.send(file.content[:7001])
    broken.close()
    until(lambda: offset_of(li, address) == 7001)
    until(lambda: send(li, address, 7001, b"").status_code == 204)
    assert send(li, address, 7001, file.content[7001:]).status_code == 204
    assert li.get(path(document)).data == file.content


def test_part_with_a_checksum_that_breaks_off_is_not_kept(live: str, sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    headers = {
        **BODY,
        "Upload-Offset": "0",
        "Content-Length": str(file.size),
        "Upload-Checksum": "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    }
    broken = RawRequest(live, li, "PATCH", address, **headers)
    broken.send(file.content[:7001])
    broken.close()
    until(lambda: send(li, address, 0, b"").status_code == 204)
    assert offset_of(li, address) == 0


def test_creation_that_breaks_off_leaves_nothing_behind(
    live: str, sqlite_world: World, sqlite_app: Flask
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    headers = {**creation(file), **BODY, "Content-Length": str(file.size)}
    broken = RawRequest(live, li, "POST", "/api/v1/uploads", **headers)
    broken.send(file.content[:7001])
    parts = sqlite_app.extensions["yanshou.settings"].data_dir / "uploads"
    until(lambda: any(parts.glob("*.part")))
    broken.close()
    until(lambda: not any(parts.glob("*.part")))


def test_upload_that_another_connection_is_writing_answers_423(
    live: str, sqlite_world: World, sqlite_app: Flask
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document, address = announce(li, file), create(li, file)
    parts = sqlite_app.extensions["yanshou.settings"].data_dir / "uploads"
    [part] = parts.glob("*.part")
    slow = patching(live, li, address, 0, file.size)
    slow.send(file.content[:100])
    until(lambda: is_locked(part))
    # Whatever the slow writer has sent by now, no second one is let in.
    assert send(li, address, offset_of(li, address), b"").status_code == 423
    slow.send(file.content[100:])
    assert slow.status() == 204
    slow.close()
    assert record(li, document["id"])["status"] == "stored"


def test_chunked_body_is_taken_up_to_the_announced_length(live: str, sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document, address = announce(li, file), create(li, file)

    def chunked(content: bytes) -> int:
        headers = {**BODY, "Upload-Offset": "0", "Transfer-Encoding": "chunked"}
        request = RawRequest(live, li, "PATCH", address, **headers)
        for start in range(0, len(content), 5000):
            piece = content[start : start + 5000]
            request.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        request.send(b"0\r\n\r\n")
        status = request.status()
        request.close()
        return status

    assert chunked(file.content + b"!") == 413
    assert offset_of(li, address) == 0
    assert chunked(file.content) == 204
    assert record(li, document["id"])["status"] == "stored"


def test_many_phones_upload_the_same_photo_at_once_and_it_is_stored_once(
    live: str, sqlite_world: World, sqlite_app: Flask
) -> None:
    file = photo(1)
    people = [sqlite_world.person(name) for name in ("li", "sun", "chen", "zhou")]
    documents = [announce(person, file) for person in people]
    start = threading.Barrier(len(people))
    statuses: list[int] = []

    def bring(person: Person, file: PhotoFile) -> None:
        headers = {**creation(file), **BODY, "Content-Length": str(file.size)}
        start.wait()
        request = RawRequest(live, person, "POST", "/api/v1/uploads", **headers)
        request.send(file.content)
        statuses.append(request.status())
        request.close()

    threads = [threading.Thread(target=bring, args=(person, file)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * len(people)
    for person, document in zip(people, documents, strict=True):
        answer = person.get(f"/api/v1/attachments/{document['id']}").json
        assert (answer["version"], answer["document"]["status"]) == (2, "stored")
    blobs = sqlite_app.extensions["yanshou.settings"].data_dir / "blobs"
    assert [p.name for p in blobs.rglob("*") if p.is_file()] == [file.sha256]
