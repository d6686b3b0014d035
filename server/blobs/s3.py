"""The driver for S3 and what speaks its language (MinIO, Ceph, OSS, COS, OBS, SeaweedFS …).

An object should appear when its last byte has arrived and been checked, or not at all, so there is
no temporary name here. Every request is signed over its content and says its MD5: the store refuses
bytes that changed on the way. Not every store keeps to that when a writer dies (SeaweedFS does with
the MD5 and does not without it: an empty object under the whole one's name), so each object also
says the size it was meant to have, and one of another size is not there.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from server.blobs.segment import Segment
from server.blobs.store import PIECE_BYTES, is_sha256, place_of
from server.config import S3Access, SettingsError
from server.errors import UPLOAD_CONTENT_MISMATCH, Problem

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # the extra is not installed; open_s3_store says so
    boto3 = None

PART_BYTES = 16 * 1024 * 1024
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 20, 4
# Nobody asks for a range beyond the whole, so an object that ends before it is a part of one.
_MISSING = frozenset({"404", "NoSuchKey", "NotFound", "InvalidRange"})
_READY = b"ok"
_SIZE = "size"
"""The object's metadata (x-amz-meta-size) that says how large the whole is."""
_EMPTY_SHA256 = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where in S3: *prefix* is empty or ends in a slash."""

    name: str
    prefix: str

    def key(self, place: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self.prefix + place}


def open_s3_store(url: str, access: S3Access) -> S3Store:
    """The store at ``s3://bucket/prefix``.

    Raises
    ------
    SettingsError
        without a bucket's name, or without boto3.
    """
    name, _, prefix = url.removeprefix("s3://").partition("/")
    if not name:
        raise SettingsError(f"YANSHOU_BLOB_URL={url!r} names no bucket; use s3://bucket/prefix")
    if boto3 is None:
        raise SettingsError(
            f"YANSHOU_BLOB_URL={url!r} needs boto3; install it by "
            "`.venv/bin/python -m pip install -r requirements-s3.txt`"
        )
    prefix = prefix.strip("/")
    return S3Store(_client(access), Bucket(name, f"{prefix}/" if prefix else ""))


def _client(access: S3Access) -> Any:
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        # Newer checksums by default are refused by OSS, COS and OBS.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": access.addressing_style, "payload_signing_enabled": True},
    )
    # A session of our own: boto3's default one is shared by everything in the process.
    return boto3.session.Session().client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=access.secret_key,
        config=config,
    )


class S3Store:
    """Objects ``prefix/ab/cd/abcd…`` in one bucket. *client* is boto3's, safe among threads."""

    def __init__(self, client: Any, bucket: Bucket) -> None:
        self._client, self._bucket = client, bucket

    def put(self, source: BinaryIO, sha256: str) -> int:
        key = self._key(sha256)
        with _seekable(source) as file:
            start = file.tell()
            size, actual = _size_and_sha256(file)
            if actual != sha256:
                raise Problem(UPLOAD_CONTENT_MISMATCH, announced=sha256, actual=actual)
            with _as_os_error():
                if size <= PART_BYTES:
                    body = Segment(file, start, size)
                    told = {"ContentMD5": _md5(body), "Metadata": {_SIZE: str(size)}}
                    self._client.put_object(**key, **told, Body=body)
                else:
                    self._put_parts(key, file, start, size)
        return size

    def adopt(self, path: Path, sha256: str) -> None:
        with path.open("rb") as file:
            self.put(file, sha256)

    def _put_parts(self, key: dict[str, str], file: BinaryIO, start: int, size: int) -> None:
        begun = self._client.create_multipart_upload(**key, Metadata={_SIZE: str(size)})
        upload = {**key, "UploadId": begun["UploadId"]}
        try:
            parts: list[dict[str, object]] = []
            for offset in range(0, size, PART_BYTES):
                number, length = len(parts) + 1, min(PART_BYTES, size - offset)
                body = Segment(file, start + offset, length)
                checked = {"ContentMD5": _md5(body), "Body": body}
                answer = self._client.upload_part(**upload, PartNumber=number, **checked)
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException:
            # What cannot be given up now is by discard_unfinished.
            with suppress(BotoCoreError, ClientError):
                self._client.abort_multipart_upload(**upload)
            raise

    def open(self, sha256: str) -> BinaryIO:
        """A copy on this machine's disk: whoever opens a picture seeks in it."""
        size = self.stat(sha256)
        if size is None:
            raise FileNotFoundError(f"{sha256} is not in the bucket {self._bucket.name}")
        file = tempfile.TemporaryFile()  # noqa: SIM115 — the caller closes it
        try:
            for piece in self.open_range(sha256, 0, size):
                file.write(piece)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return cast(BinaryIO, file)

    def open_range(self, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """Goes on where it was when the connection breaks."""
        key, troubles = self._key(sha256), 0
        while start < stop:
            try:
                with _as_os_error():
                    range_ = f"bytes={start}-{stop - 1}"
                    answer = self._client.get_object(**key, Range=range_)
                    with answer["Body"] as body:
                        self._require_whole(answer, sha256)
                        while piece := body.read(PIECE_BYTES):
                            start += len(piece)
                            yield piece
                if start < stop:
                    raise EOFError
            except FileNotFoundError:
                raise
            except (OSError, EOFError) as error:
                troubles += 1
                if troubles == _ATTEMPTS:
                    raise OSError(f"{sha256} broke off at {start}") from error

    def _require_whole(self, answer: dict[str, Any], sha256: str) -> None:
        told = answer.get("ContentRange") or f"/{answer['ContentLength']}"
        whole = int(told.rpartition("/")[2])
        if not _is_whole(sha256, whole, answer):
            raise FileNotFoundError(f"of {sha256} there is a part: {whole} bytes")

    def stat(self, sha256: str) -> int | None:
        head = self._head(sha256)
        return None if head is None else int(head["ContentLength"])

    def written_at(self, sha256: str) -> float | None:
        head = self._head(sha256)
        return None if head is None else float(head["LastModified"].timestamp())

    def _head(self, sha256: str) -> dict[str, Any] | None:
        try:
            with _as_os_error():
                head: dict[str, Any] = self._client.head_object(**self._key(sha256))
                return head if _is_whole(sha256, head["ContentLength"], head) else None
        except FileNotFoundError:
            # HEAD has no body to say what is missing, and without the bucket nothing is lost.
            with _as_os_error():
                self._client.head_bucket(Bucket=self._bucket.name)
            return None

    def delete(self, sha256: str) -> None:
        with suppress(FileNotFoundError), _as_os_error():
            self._client.delete_object(**self._key(sha256))

    def list(self) -> Iterator[str]:
        return (sha256 for sha256, _ in self.sizes())

    def sizes(self) -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2")
        with _as_os_error():
            for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                for entry in page.get("Contents", ()):
                    place = entry["Key"].removeprefix(self._bucket.prefix)
                    name = place.rpartition("/")[2]
                    is_ours = is_sha256(name) and place == place_of(name)
                    if is_ours and (entry["Size"] > 0 or name == _EMPTY_SHA256):
                        yield name, entry["Size"]

    def check(self) -> None:
        key = self._bucket.key("check")
        with _as_os_error():
            self._client.put_object(**key, Body=_READY)
            if self._client.get_object(**key)["Body"].read() != _READY:
                raise OSError(f"the bucket {self._bucket.name} does not return what was written")

    def discard_unfinished(self, older_than: float) -> int:
        """Give up multipart uploads that a crash left: they cost storage and are listed nowhere."""
        discarded = 0
        pages = self._client.get_paginator("list_multipart_uploads")
        with _as_os_error():
            for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"].timestamp() < older_than:
                        key = {"Bucket": self._bucket.name, "Key": upload["Key"]}
                        self._client.abort_multipart_upload(**key, UploadId=upload["UploadId"])
                        discarded += 1
        return discarded

    def _key(self, sha256: str) -> dict[str, str]:
        return self._bucket.key(place_of(sha256))


def _is_whole(sha256: str, size: int, answer: dict[str, Any]) -> bool:
    """Whether an object of this size is the whole. One that another program copied here may not say
    how large it should be."""
    meant = answer.get("Metadata", {}).get(_SIZE)
    return str(size) == meant if meant is not None else size > 0 or sha256 == _EMPTY_SHA256


def _md5(body: Segment) -> str:
    """For the store to compare, in the way all of them know. Leaves *body* at its beginning."""
    digest = hashlib.md5(usedforsecurity=False)
    while piece := body.read(PIECE_BYTES):
        digest.update(piece)
    body.seek(0)
    return base64.b64encode(digest.digest()).decode()


def _size_and_sha256(file: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


@contextmanager
def _seekable(source: BinaryIO) -> Iterator[BinaryIO]:
    """*source*, or a copy on disk: its hash must be known before its first byte is sent."""
    if source.seekable():
        yield source
        return
    with tempfile.TemporaryFile() as file:
        while piece := source.read(PIECE_BYTES):
            file.write(piece)
        file.seek(0)
        yield cast(BinaryIO, file)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Every trouble that boto3 tells, as the port tells it."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        if code in _MISSING and error.operation_name != "HeadBucket":
            raise FileNotFoundError(code) from error
        raise OSError(str(error)) from error
    except BotoCoreError as error:
        raise OSError(str(error)) from error
