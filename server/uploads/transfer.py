"""One request's share of an upload: what each tus verb does, between files and transactions.

No transaction is open while a body streams in or an image is decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.arrival import record_upload
from server.attachments.queries import blob_is_known
from server.attachments.storage import Storage
from server.blobs.store import storage_trouble
from server.config import Settings
from server.db.transaction import is_passing_trouble, transaction
from server.db.types import new_id
from server.errors import (
    IMAGE_HEIC_UNSUPPORTED,
    IMAGE_METADATA_TOO_LARGE,
    IMAGE_TOO_MANY_FRAMES,
    IMAGE_TOO_MANY_PIXELS,
    IMAGE_TYPE_UNSUPPORTED,
    IMAGE_UNREADABLE,
    NOT_FOUND,
    UPLOAD_BROKE_OFF,
    UPLOAD_CONTENT_MISMATCH,
    UPLOAD_IN_USE,
    UPLOAD_LENGTH_IS_FIXED,
    UPLOAD_OFFSET_STALE,
    Problem,
)
from server.uploads import service
from server.uploads.body import append_body
from server.uploads.part_files import LockedPart
from server.uploads.service import UploadState
from server.uploads.tus import Checksum, NewUpload
from server.uploads.wire import Wire

_HOPELESS = frozenset(
    {
        UPLOAD_CONTENT_MISMATCH,
        IMAGE_TYPE_UNSUPPORTED,
        IMAGE_UNREADABLE,
        IMAGE_HEIC_UNSUPPORTED,
        IMAGE_TOO_MANY_FRAMES,
        IMAGE_TOO_MANY_PIXELS,
        IMAGE_METADATA_TOO_LARGE,
    }
)
"""What no further request can put right: the bytes themselves are wrong."""

_ATTEMPTS = 3
Result = TypeVar("Result")


class CreateUpload(Protocol):
    def __call__(self, *, is_finished: bool = False) -> UploadState: ...


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body. *length* is None for a chunked one."""

    wire: Wire
    length: int | None
    checksum: Checksum | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """On whose behalf, with what, and when."""

    session: Session
    actor: Actor
    settings: Settings
    storage: Storage
    now: datetime

    # -- the verbs -------------------------------------------------------------------------------

    def begin(self, wanted: NewUpload, body: Body | None) -> tuple[UploadState, int]:
        """Create an upload, with its first bytes if there are any. Returns it and its offset.

        The client learns the address from the answer alone, so a request that breaks off leaves
        nothing behind: nobody could go on with it.
        """
        self._admit(wanted)
        upload_id = new_id(self.now)
        parts = service.part_files(self.settings)
        parts.create(upload_id)
        with parts.locked(upload_id) as part:
            try:
                return self._begin(upload_id, wanted, body, part)
            except BaseException:
                part.remove()
                raise

    def _admit(self, wanted: NewUpload) -> None:
        service.refuse_empty(wanted)
        if wanted.attachment_id is not None:
            with transaction(self.session, write=False):
                service.refuse_other_than_announced(self.session, wanted)

    def _begin(
        self, upload_id: str, wanted: NewUpload, body: Body | None, part: LockedPart
    ) -> tuple[UploadState, int]:
        def create(*, is_finished: bool = False) -> UploadState:
            return service.create_upload(
                *(self.session, self.actor, self.settings, upload_id, wanted, self.now),
                is_finished=is_finished,
            )

        parts = service.part_files(self.settings)
        if body is None:
            parts.sync_name()
            return self._write(create), 0
        room = self._length_max if wanted.length is None else wanted.length
        arrived = append_body(part, body.wire, body.length, room, body.checksum)
        if not arrived.is_whole_body:
            raise Problem(UPLOAD_BROKE_OFF)
        size = part.size
        if size != wanted.length:
            parts.sync_name()
            return self._write(create), size
        return self._finish(part, wanted.sha256, arrived.sha256, upload_id, create), size

    def continue_(
        self, upload_id: str, offset: int, body: Body, length: int | None = None
    ) -> tuple[UploadState, int]:
        """Append *body* at *offset*. Returns the upload and its new offset.

        Parameters
        ----------
        length
            What a client that did not know it before says now.

        Raises
        ------
        Problem
            409 unless the upload stands at *offset*; 423 while another request writes it.
        """
        upload = self._find(upload_id)
        try:
            with service.part_files(self.settings).locked(upload_id) as part:
                if upload.is_finished:
                    part.remove()
                    return _at_end(upload, offset)
                _require_offset(offset, part.size)
                if length is not None:
                    upload = self._declare(upload, length, part)
                return self._append(upload, body, part)
        except Problem as problem:
            if problem.type is NOT_FOUND and (upload := self._find(upload_id)).is_finished:
                # A request before this one finished it, and its answer may have been lost.
                return _at_end(upload, offset)
            raise

    def _declare(self, upload: UploadState, length: int, part: LockedPart) -> UploadState:
        if length < part.size:
            raise Problem(UPLOAD_LENGTH_IS_FIXED, given=length, current=part.size)
        return self._write(lambda: service.declare_length(self.session, upload.id, length))

    def _append(self, upload: UploadState, body: Body, part: LockedPart) -> tuple[UploadState, int]:
        length = self._length_max if upload.length is None else upload.length
        arrived = append_body(part, body.wire, body.length, length - part.size, body.checksum)
        size = part.size
        if size == upload.length:
            upload = self._finish(part, upload.sha256, arrived.sha256, upload.id)
        return upload, size

    @property
    def _length_max(self) -> int:
        return service.length_max(self.settings)

    def offset_of(self, upload_id: str) -> tuple[UploadState, int]:
        """Where the upload stands. One whose bytes are all here but do not count yet is finished
        first: a client that hears the full length takes it for done."""
        upload = self._find(upload_id)
        if upload.is_finished:
            return upload, _whole_length(upload)
        parts = service.part_files(self.settings)
        try:
            size = parts.size(upload_id)
            if size == upload.length:
                with parts.locked(upload_id) as part:
                    upload = self._finish(part, upload.sha256, None, upload_id)
        except Problem as problem:
            if problem.type is NOT_FOUND and (upload := self._find(upload_id)).is_finished:
                return upload, _whole_length(upload)
            raise
        return upload, size

    def terminate(self, upload_id: str) -> None:
        """Forget the upload and free what it holds."""
        self._find(upload_id)
        if not service.part_files(self.settings).remove_unless_locked(upload_id):
            raise Problem(UPLOAD_IN_USE, headers={"Retry-After": "1"})
        self._write(lambda: service.remove_upload(self.session, upload_id))

    # -- transactions ----------------------------------------------------------------------------

    def _find(self, upload_id: str) -> UploadState:
        with transaction(self.session, write=False):
            return service.find_upload(self.session, self.actor, upload_id, self.now)

    def _finish(
        self,
        part: LockedPart,
        sha256: str,
        arrived_sha256: str | None,
        upload_id: str,
        create: CreateUpload | None = None,
    ) -> UploadState:
        """Store the content, then say so in one transaction, then let go of the part file."""
        session, size = self.session, part.size
        is_known = self._is_known(sha256)
        try:
            photo = service.put_content(
                self.storage, self.settings, part, sha256, arrived_sha256, is_known
            )
        except Problem as problem:
            if problem.type in _HOPELESS:
                self._write(lambda: service.remove_upload(session, upload_id))
                part.remove()
            raise

        def finish() -> UploadState:
            store, actor, now = self.storage.blobs, self.actor, self.now
            if create is None:
                return service.finish_upload(session, actor, store, upload_id, size, photo, now)
            record_upload(session, actor, store, sha256, size, photo, now)
            return create(is_finished=True)

        finished = self._write(finish)
        part.remove()
        return finished

    def _is_known(self, sha256: str) -> bool:
        """Whether somebody's upload of this content has been looked at and stored before."""
        with storage_trouble():
            if self.storage.blobs.stat(sha256) is None:
                return False
        with transaction(self.session, write=False):
            return blob_is_known(self.session, sha256)

    def _write(self, work: Callable[[], Result]) -> Result:
        """Run *work* in a writing transaction, again if only the moment was bad."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction(self.session, write=True):
                    return work()
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not is_passing_trouble(error):
                    raise
        raise AssertionError("unreachable")


def _at_end(upload: UploadState, offset: int) -> tuple[UploadState, int]:
    length = _whole_length(upload)
    _require_offset(offset, length)
    return upload, length


def _whole_length(upload: UploadState) -> int:
    """A finished upload's length is known."""
    assert upload.length is not None
    return upload.length


def _require_offset(given: int, current: int) -> None:
    if given != current:
        headers = {"Upload-Offset": str(current)}
        raise Problem(UPLOAD_OFFSET_STALE, headers=headers, given=given, current=current)
