"""Uploads from their announcement to the moment their content counts.

Finishing is repeatable at every point it may break off: the blob is put into the store under its
hash, then one transaction says so, then the part file goes. Until that transaction has committed,
the part file is complete and any further request at its end finishes the work.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.attachments.arrival import record_upload
from server.attachments.images import Photo, inspect_photo
from server.attachments.queries import announced_as
from server.attachments.storage import Storage, image_limits
from server.blobs.opening import open_blobs
from server.blobs.store import BlobStore, storage_trouble
from server.config import Settings
from server.db.prepared import prepared_insert
from server.db.scope import unscoped
from server.errors import (
    ATTACHMENT_SHA256_MISMATCH,
    ATTACHMENT_SIZE_MISMATCH,
    IMAGE_UNREADABLE,
    NOT_FOUND,
    UPLOAD_CONTENT_MISMATCH,
    UPLOAD_EXPIRED,
    UPLOAD_LENGTH_IS_FIXED,
    Problem,
)
from server.identity.queries import works_at
from server.uploads.models import Upload
from server.uploads.part_files import LockedPart, PartFiles
from server.uploads.tus import NewUpload


@dataclass(frozen=True, slots=True)
class UploadState:
    """An upload as it was read: usable when its transaction has ended."""

    id: str
    length: int | None
    sha256: str
    upload_metadata: str
    expires_at: datetime
    is_finished: bool


def part_files(settings: Settings) -> PartFiles:
    return PartFiles(settings.data_dir / "uploads")


def length_max(settings: Settings) -> int:
    return settings.upload_bytes_max


# -- the life of an upload -----------------------------------------------------------------------


def refuse_empty(wanted: NewUpload) -> None:
    if wanted.length == 0:
        raise Problem(IMAGE_UNREADABLE)


def refuse_other_than_announced(session: Session, wanted: NewUpload) -> None:
    """Refuse before any byte is sent what could not be accepted afterwards."""
    if wanted.attachment_id is None:
        return
    announced = announced_as(session, wanted.attachment_id)
    if announced is None:
        return
    sha256, size = announced
    if sha256 != wanted.sha256:
        raise Problem(ATTACHMENT_SHA256_MISMATCH)
    if wanted.length is not None and size != wanted.length:
        raise Problem(ATTACHMENT_SIZE_MISMATCH, announced=size, actual=wanted.length)


def create_upload(
    session: Session,
    actor: Actor,
    settings: Settings,
    upload_id: str,
    wanted: NewUpload,
    now: datetime,
    *,
    is_finished: bool = False,
) -> UploadState:
    """Let the upload be known; with *is_finished* as one whose content the store has already."""
    row: dict[str, Any] = {
        "id": upload_id,
        "organisation_id": actor.organisation_id,
        "user_id": actor.user_id,
        "device_id": actor.device_id,
        "length": wanted.length,
        "sha256": wanted.sha256,
        "upload_metadata": wanted.upload_metadata,
        "created_at": now,
        "expires_at": now + timedelta(seconds=settings.upload_ttl_seconds),
        "finished_at": now if is_finished else None,
    }
    _ADD.run(session, row)
    told = ("id", "length", "sha256", "upload_metadata", "expires_at")
    return UploadState(**{name: row[name] for name in told}, is_finished=is_finished)


_ADD = prepared_insert(Upload.__table__)  # type: ignore[arg-type]


def declare_length(session: Session, upload_id: str, length: int) -> UploadState:
    """What a client that deferred the length says now; it says it once."""
    row = session.scalar(
        select(Upload).where(Upload.id == upload_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if row is None:
        raise Problem(NOT_FOUND)
    if row.length not in (None, length):
        raise Problem(UPLOAD_LENGTH_IS_FIXED, given=length, current=row.length)
    row.length = length
    return _state(row)


def find_upload(session: Session, actor: Actor, upload_id: str, now: datetime) -> UploadState:
    """The actor's upload, begun by the same person or on the same device of the organisation.

    Raises
    ------
    Problem
        404 for anybody else's; ``upload-expired`` (410) for one that is too old.
    """
    row = session.scalar(
        select(Upload).where(Upload.id == upload_id), execution_options={"populate_existing": True}
    )
    if row is None or not _is_creator(session, actor, row):
        raise Problem(NOT_FOUND)
    if row.expires_at <= now:
        raise Problem(UPLOAD_EXPIRED)
    return _state(row)


def _is_creator(session: Session, actor: Actor, row: Upload) -> bool:
    """The person who began it, or a colleague of the same site on the same device: anybody can
    sign in under a device's id, so the id alone opens nothing."""
    if row.organisation_id != actor.organisation_id:
        return False
    if row.user_id == actor.user_id:
        return True
    if row.device_id is None or row.device_id != actor.device_id:
        return False
    sites = actor.sites_with(Permission.CAPTURE_RECORDS)
    return any(works_at(session, row.user_id, site_id) for site_id in sites)


def _state(row: Upload) -> UploadState:
    return UploadState(
        id=row.id,
        length=row.length,
        sha256=row.sha256,
        upload_metadata=row.upload_metadata,
        expires_at=row.expires_at,
        is_finished=row.finished_at is not None,
    )


def remove_upload(session: Session, upload_id: str) -> None:
    """Forget the transfer. Its content, if it was stored, belongs to its records and stays."""
    session.execute(delete(Upload).where(Upload.id == upload_id))


# -- finishing -----------------------------------------------------------------------------------


def put_content(
    storage: Storage,
    settings: Settings,
    part: LockedPart,
    sha256: str,
    arrived_sha256: str | None,
    is_known: bool,
) -> Photo | None:
    """Check the complete part file and put it into the store. Runs outside any transaction.

    Parameters
    ----------
    arrived_sha256
        The content's hash, where it was taken while the bytes arrived.
    is_known
        Whether the store had this content before; then it is not looked at again, and None
        returned.

    Raises
    ------
    Problem
        460 for other content than announced; a clear 4xx for what is not a sound image.
    """
    with storage_trouble(), part.reader() as file:
        actual = arrived_sha256 or hashlib.file_digest(file, "sha256").hexdigest()
        if actual != sha256:
            raise Problem(UPLOAD_CONTENT_MISMATCH, announced=sha256, actual=actual)
        if is_known and storage.blobs.stat(sha256) == part.size:
            return None
        file.seek(0)
        photo = inspect_photo(file, image_limits(settings))
    with storage_trouble():
        storage.blobs.adopt(part.path, sha256)
    return photo


def finish_upload(
    session: Session,
    actor: Actor,
    store: BlobStore,
    upload_id: str,
    size: int,
    photo: Photo | None,
    now: datetime,
) -> UploadState:
    """The content is in the store: tell it to the upload and to every attachment that waited.

    Raises as :func:`record_upload` does.
    """
    row = session.scalar(
        select(Upload).where(Upload.id == upload_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if row is None:
        raise Problem(NOT_FOUND)
    if row.finished_at is None:
        row.finished_at = now
        record_upload(session, actor, store, row.sha256, size, photo, now)
    return _state(row)


# -- housekeeping --------------------------------------------------------------------------------


def expire_uploads(session: Session, settings: Settings, now: datetime) -> int:
    """Remove uploads whose time is over, with their part files, and what crashes left behind.

    Returns how many uploads were removed. One that is being written at this moment is left for the
    next time.
    """
    parts, removed = part_files(settings), 0
    with unscoped(session):
        expired = session.scalars(select(Upload.id).where(Upload.expires_at <= now)).all()
        for upload_id in expired:
            if parts.remove_unless_locked(upload_id):
                remove_upload(session, upload_id)
                removed += 1
    # Part files live at most as long as their uploads; what is older has none.
    older_than = now.timestamp() - settings.upload_ttl_seconds - 3600
    parts.discard_abandoned(older_than)
    with suppress(OSError):  # a store that is away does not stop what was done here
        open_blobs(settings).discard_unfinished(older_than)
    return removed
