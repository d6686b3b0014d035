"""What tus 1.0.0 asks of a server and no other test says; docs/TUS.md has the whole of it."""

from __future__ import annotations

from email.utils import format_datetime, parsedate_to_datetime
from uuid import uuid4

import pytest

from server.uploads.tus import parse_metadata
from tests.infrastructure.photos import photo
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

UNKNOWN = f"{UPLOADS}/{uuid4()}"


def test_a_version_in_an_options_request_is_ignored(sqlite_world: World) -> None:
    answer = sqlite_world.client.options(UPLOADS, headers={"Tus-Resumable": "9.9.9"})
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"].split(",")[0] == "1.0.0"


def test_a_request_of_another_version_is_not_carried_out(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    other = {"Tus-Resumable": "2.0.0"}
    assert send(li, address, 0, file.content, **other).status_code == 412
    assert li.delete(address, headers=other).status_code == 412
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "0"


def test_what_does_not_exist_has_no_offset(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    answer = li.head(UNKNOWN, headers=VERSION)
    assert (answer.status_code, "Upload-Offset" in answer.headers) == (404, False)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert send(li, UNKNOWN, 0, b"x").status_code == 404
    assert li.delete(UNKNOWN, headers=VERSION).status_code == 404


@pytest.mark.parametrize("offset", [None, "", "-1", "1.5", "0x10", "+1", "１"])
def test_an_offset_is_a_whole_number_that_is_not_negative(
    sqlite_world: World, offset: str | None
) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    headers = dict(BODY) if offset is None else {**BODY, "Upload-Offset": offset}
    answer = li.patch(address, headers=headers, data=file.content)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (400, "1.0.0")
    assert li.head(address, headers=VERSION).headers["Upload-Offset"] == "0"


def test_a_finished_upload_tells_its_offset_length_and_metadata(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    answer = li.head(upload(li, file).headers["Location"], headers=VERSION)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == answer.headers["Upload-Length"] == str(file.size)
    assert answer.headers["Upload-Metadata"] == creation(file)["Upload-Metadata"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_answer_of_an_upload_says_until_when_it_is_kept(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    created = li.post(UPLOADS, headers=creation(file))
    going_on = send(li, created.headers["Location"], 0, file.content[:100])
    finished = send(li, created.headers["Location"], 100, file.content[100:])
    with_bytes = upload(li, photo(2))
    for answer in (created, going_on, finished, with_bytes):
        told = answer.headers["Upload-Expires"]
        assert format_datetime(parsedate_to_datetime(told), usegmt=True) == told


def test_a_creation_without_a_length_is_refused(sqlite_world: World) -> None:
    headers = creation(photo(1))
    del headers["Upload-Length"]
    assert sqlite_world.person("li").post(UPLOADS, headers=headers).status_code == 400


def test_a_body_in_the_creation_is_held_to_its_checksum_and_its_length(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    document = announce(li, file)
    headers = {**creation(file), **BODY}
    wrong = {**headers, "Upload-Checksum": "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk="}
    assert li.post(UPLOADS, headers=wrong, data=file.content).status_code == 460
    assert li.post(UPLOADS, headers=headers, data=file.content + b"!").status_code == 413
    assert record(li, document["id"])["status"] == "expected"


def test_a_method_in_the_header_stands_for_the_requests_own(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    address = create(li, file)
    told = li.post(address, headers={**VERSION, "X-HTTP-Method-Override": "HEAD"})
    assert (told.status_code, told.headers["Upload-Offset"]) == (200, "0")
    ended = li.post(address, headers={**VERSION, "X-HTTP-Method-Override": "DELETE"})
    assert ended.status_code == 204
    assert li.head(address, headers=VERSION).status_code == 404


def test_metadata_may_have_empty_values_and_is_given_back_as_it_came(sqlite_world: World) -> None:
    li, file = sqlite_world.person("li"), photo(1)
    text = metadata(sha256=file.sha256, filename="现场.jpg") + ",is_confidential,note "
    assert parse_metadata(text)["is_confidential"] == parse_metadata(text)["note"] == ""
    answer = li.post(UPLOADS, headers={**creation(file), "Upload-Metadata": text})
    assert answer.status_code == 201
    told = li.head(answer.headers["Location"], headers=VERSION).headers["Upload-Metadata"]
    assert told.strip() == text.strip()
