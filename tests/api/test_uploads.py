"""Uploads over HTTP: tus 1.0.0 as its specification and its clients expect it."""

from __future__ import annotations

import base64
import hashlib
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_settings
from server.uploads.models import Upload
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import (
    BODY,
    UPLOADS,
    VERSION,
    announce,
    create,
    creation,
    metadata,
    record,
    send,
    upload,
)
from tests.world import World


def files_of(app: Flask) -> list[Path]:
    """Everything in the data directory but the database: part files, blobs, derivatives."""
    with app.app_context():
        folder = current_settings().data_dir
    return [p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".sqlite3", ""}] + [
        p for p in (folder / "blobs").rglob("*") if p.is_file()
    ]


def upload_rows(app: Flask) -> int:
    with app.app_context():
        session = current_session()
        with transaction(session, write=False), unscoped(session):
            return session.query(Upload).count()


def checksum(algorithm: str, content: bytes) -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


# -- the protocol --------------------------------------------------------------------------------


def test_options_tells_version_extensions_and_limits_without_sign_in(sqlite_world: World) -> None:
    answer = sqlite_world.client.options(UPLOADS)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    offered = set(answer.headers["Tus-Extension"].split(","))
    assert offered == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "checksum",
        "expiration",
        "termination",
    }
    assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}
    assert int(answer.headers["Tus-Max-Size"]) == 256 * 1024 * 1024


def test_photo_uploaded_in_one_request_becomes_stored(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    assert document["status"] == "expected"
    answer = upload(li, file, attachment_id=document["id"])
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(file.size)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert record(li, document["id"])["status"] == "stored"
    content = li.get(f"/api/v1/attachments/{document['id']}/content")
    assert content.data == file.content


def test_photo_uploaded_in_three_parts_is_the_same_byte_by_byte(world: World) -> None:
    li, file = world.person("li"), photo(2)
    document = announce(li, file)
    address = create(li, file)
    first, second = file.size // 3, file.size * 2 // 3
    for start, stop in ((0, first), (first, second), (second, file.size)):
        answer = send(li, address, start, file.content[start:stop])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(stop)
        assert li.head(address, headers=VERSION).headers["Upload-Offset"] == str(stop)
    content = li.get(f"/api/v1/attachments/{document['id']}/content")
    assert content.data == file.content


def test_creation_with_a_part_of_the_bytes_tells_where_to_go_on(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(3)
    half = file.content[: file.size // 2]
    answer = li.post(UPLOADS, headers={**creation(file), **BODY}, data=half)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(half)))
    answer = send(li, answer.headers["Location"], len(half), file.content[len(half) :])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(file.size))


def test_head_tells_length_metadata_and_expiry_and_is_never_cached(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    answer = li.head(address, headers=VERSION)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Length"] == str(file.size)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Metadata"] == creation(file)["Upload-Metadata"]
    expires = parsedate_to_datetime(answer.headers["Upload-Expires"])
    assert expires.isoformat() == "2026-03-09T01:30:00+00:00"


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_unknown_version_answers_412_and_names_ours(
    sqlite_world: World, method: str, version: str | None
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = UPLOADS if method == "POST" else create(li, file)
    headers = {k: v for k, v in creation(file).items() if k != "Tus-Resumable"}
    if version is not None:
        headers["Tus-Resumable"] = version
    answer = li.request(method, address, headers=headers)
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"


def test_wrong_media_type_answers_415(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    other = {"Content-Type": "application/octet-stream"}
    assert send(li, address, 0, file.content, **other).status_code == 415
    whole = {**creation(file), **other}
    assert li.post(UPLOADS, headers=whole, data=file.content).status_code == 415
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "0"


def test_stale_offset_answers_409_and_changes_nothing(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    send(li, address, 0, file.content[:1000])
    for offset in (0, 999, 1001, file.size):
        answer = send(li, address, offset, b"x")
        assert answer.status_code == 409
        assert answer.json["type"] == "/problems/upload-offset-stale"
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "1000"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Upload-Length", ""),
        ("Upload-Length", "-1"),
        ("Upload-Length", "1e3"),
        ("Upload-Metadata", ""),
        ("Upload-Metadata", metadata(filename="a.jpg")),
        ("Upload-Metadata", metadata(sha256="abc")),
        ("Upload-Metadata", "sha256 not-base64!"),
        ("Upload-Metadata", metadata(sha256="0" * 64) + "," + metadata(sha256="0" * 64)),
        ("Upload-Metadata", metadata(sha256="0" * 64, attachment_id="../../etc/passwd")),
        ("Upload-Metadata", metadata(sha256="0" * 64, filename="x" * 5000)),
    ],
)
def test_creation_with_a_bad_header_answers_400_naming_it(
    sqlite_world: World, header: str, value: str
) -> None:
    li = sqlite_world.person("li")
    answer = li.post(UPLOADS, headers={**creation(photo(1)), header: value})
    assert answer.status_code == 400
    assert header in answer.json["detail"]
    assert upload_rows(sqlite_world.app) == 0


def test_refusals_are_told_in_both_languages(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    headers = {**creation(photo(1)), "Upload-Length": "many"}
    chinese = li.post(UPLOADS, headers=headers).json["detail"]
    english = li.post(UPLOADS, headers={**headers, "Accept-Language": "en"}).json["detail"]
    assert chinese == "Upload-Length：应为字节数（整数），收到“many”。"
    assert english == "Upload-Length: a whole number of bytes is needed; “many” arrived."


def test_too_large_a_file_answers_413_before_any_byte_is_sent(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    headers = {**creation(photo(1)), "Upload-Length": str(256 * 1024 * 1024 + 1)}
    answer = li.post(UPLOADS, headers=headers)
    assert answer.status_code == 413
    assert "268435456" in answer.json["detail"]


def test_photo_larger_than_a_json_body_may_be_is_taken(sqlite_world: World) -> None:
    li, small = sqlite_world.person("li"), photo(1)
    # Bytes behind the end of a JPEG are legal, and cameras write some.
    large = PhotoFile(small.content + b"\0" * (5 * 1024 * 1024))
    assert upload(li, large).status_code == 201


def test_more_bytes_than_announced_answer_413_and_are_not_kept(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    send(li, address, 0, file.content[:1000])
    assert send(li, address, 1000, file.content).status_code == 413
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "1000"


def test_post_with_method_override_is_taken_as_that_method(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    headers = {**BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = li.post(address, headers=headers, data=file.content[:500])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "500")
    assert li.post(address, headers=VERSION).status_code == 405


# -- checksums -----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_a_wrong_checksum_answers_460_and_is_discarded(
    sqlite_world: World, algorithm: str
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    send(li, address, 0, file.content[:1000])
    part = file.content[1000:3000]
    wrong = {"Upload-Checksum": checksum(algorithm, part + b"!")}
    assert send(li, address, 1000, part, **wrong).status_code == 460
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "1000"
    right = {"Upload-Checksum": checksum(algorithm, part)}
    assert send(li, address, 1000, part, **right).headers["Upload-Offset"] == "3000"


@pytest.mark.parametrize("value", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha256 AAAA", "sha1 ?"])
def test_checksum_that_cannot_be_checked_answers_400(sqlite_world: World, value: str) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    answer = send(li, address, 0, file.content, **{"Upload-Checksum": value})
    assert answer.status_code == 400
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "0"


def test_finished_upload_with_another_hash_answers_460_and_nothing_is_stored(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    damaged = bytearray(file.content)
    damaged[file.size // 2] ^= 1
    address = create(li, file)
    answer = send(li, address, 0, bytes(damaged))
    assert answer.status_code == 460
    assert answer.json["type"] == "/problems/upload-content-mismatch"
    assert li.head(address, headers=VERSION).status_code == 404
    assert files_of(world.app) == []
    assert upload_rows(world.app) == 0
    assert record(li, document["id"])["status"] == "expected"


# -- whose upload it is --------------------------------------------------------------------------


def test_upload_is_found_by_its_creator_and_on_its_device_alone(world: World) -> None:
    li, file = world.person("li"), photo(1)
    address = create(li, file)
    for name, sites in (("wang", [world.north]), ("zhao", [world.abroad])):
        other = world.person(name, Role.ADMIN, sites)
        assert other.head(address, headers=VERSION).status_code == 404
        assert send(other, address, 0, file.content).status_code == 404
        assert other.delete(address, headers=VERSION).status_code == 404
    next_shift = world.person("sun")
    next_shift.device_id = li.device_id
    next_shift.sign_in()
    assert send(next_shift, address, 0, file.content[:10]).status_code == 204


def test_same_device_name_in_another_organisation_opens_nothing(world: World) -> None:
    li, file = world.person("li"), photo(1)
    address = create(li, file)
    stranger = world.person("zhao", Role.ADMIN, [world.abroad])
    stranger.device_id = li.device_id
    stranger.sign_in()
    assert stranger.head(address, headers=VERSION).status_code == 404


def test_observer_may_not_upload(sqlite_world: World) -> None:
    observer = sqlite_world.person("guest", Role.OBSERVER)
    assert upload(observer, photo(1)).status_code == 403


def test_upload_that_is_not_its_attachments_file_is_refused_at_once(sqlite_world: World) -> None:
    li, file, other = sqlite_world.person("li"), photo(1), photo(2)
    document = announce(li, file)
    answer = li.post(UPLOADS, headers=creation(other, attachment_id=document["id"]))
    assert answer.json["type"] == "/problems/attachment-sha256-mismatch"
    wrong_size = announce(li, file, size=file.size + 1)
    answer = li.post(UPLOADS, headers=creation(file, attachment_id=wrong_size["id"]))
    assert answer.json["type"] == "/problems/attachment-size-mismatch"


def test_a_device_id_alone_opens_no_upload_of_another_site(world: World) -> None:
    li = world.person("li")
    address = create(li, photo(1))
    stranger = world.person("zhao", Role.INSPECTOR, [world.south])
    stranger.device_id = li.device_id
    stranger.sign_in()
    assert stranger.head(address, headers=VERSION).status_code == 404
    assert stranger.delete(address, headers=VERSION).status_code == 404
    colleague = world.person("wang")
    colleague.device_id = li.device_id
    colleague.sign_in()
    assert colleague.head(address, headers=VERSION).status_code == 200


def test_refusals_of_the_routing_name_the_protocol_too(sqlite_world: World) -> None:
    answer = sqlite_world.person("li").get("/api/v1/uploads")
    assert answer.status_code == 405
    assert answer.headers["Tus-Resumable"] == "1.0.0"


# -- a length that is told later -----------------------------------------------------------------


def deferred(file: PhotoFile, **more: str) -> dict[str, str]:
    headers = {**creation(file), "Upload-Defer-Length": "1", **more}
    del headers["Upload-Length"]
    return headers


def test_a_length_told_with_the_last_part_completes_the_upload(world: World) -> None:
    li, file = world.person("li"), photo(1)
    document = announce(li, file)
    address = li.post(UPLOADS, headers=deferred(file)).headers["Location"]
    answer = li.head(address, headers=VERSION)
    assert answer.headers["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in answer.headers
    half = file.size // 2
    assert send(li, address, 0, file.content[:half]).headers["Upload-Offset"] == str(half)
    length = {"Upload-Length": str(file.size)}
    answer = send(li, address, half, file.content[half:], **length)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(file.size))
    assert li.head(address, headers=VERSION).headers["Upload-Length"] == str(file.size)
    assert record(li, document["id"])["status"] == "stored"


def test_a_length_told_after_all_bytes_are_here_completes_the_upload(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    answer = li.post(UPLOADS, headers={**deferred(file), **BODY}, data=file.content)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(file.size))
    assert record(li, document["id"])["status"] == "expected"
    address, length = answer.headers["Location"], {"Upload-Length": str(file.size)}
    assert send(li, address, file.size, b"", **length).status_code == 204
    assert record(li, document["id"])["status"] == "stored"


def test_a_length_is_told_once_and_never_less_than_what_is_here(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = li.post(UPLOADS, headers=deferred(file)).headers["Location"]
    send(li, address, 0, file.content[:100])
    for length, status in (("99", 400), (str(2**40), 413), ("-5", 400), (str(file.size), 204)):
        answer = send(li, address, 100, b"", **{"Upload-Length": length})
        assert answer.status_code == status
    assert send(li, address, 100, b"", **{"Upload-Length": "5000"}).status_code == 400
    assert send(li, address, 100, b"", **{"Upload-Length": str(file.size)}).status_code == 204


@pytest.mark.parametrize("value", ["0", "2", "", "yes"])
def test_deferring_the_length_with_anything_but_1_is_refused(
    sqlite_world: World, value: str
) -> None:
    li = sqlite_world.person("li")
    headers = deferred(photo(1), **{"Upload-Defer-Length": value})
    assert li.post(UPLOADS, headers=headers).status_code == 400


def test_a_length_and_its_deferral_together_are_refused(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    headers = {**creation(photo(1)), "Upload-Defer-Length": "1"}
    assert li.post(UPLOADS, headers=headers).status_code == 400


def test_no_more_than_the_largest_file_arrives_before_its_length_is_told(
    sqlite_world: World,
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = li.post(UPLOADS, headers=deferred(file)).headers["Location"]
    answer = li.patch(
        address,
        headers={**BODY, "Upload-Offset": "0"},
        environ_overrides={"CONTENT_LENGTH": str(256 * 1024 * 1024 + 1)},
    )
    assert answer.status_code == 413
