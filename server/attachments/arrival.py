"""Content has arrived: who brought it is put on record, and what waited for it becomes stored.

Most content is new and nothing waits for it yet, or only one attachment: what every upload needs is
therefore written by prepared statements.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.images import Photo
from server.attachments.models import Attachment, Blob, BlobPossession
from server.attachments.queries import announced_within_reach
from server.attachments.service import (
    COLLECTION,
    blob_facts,
    head_of,
    lock_content,
    write_row,
)
from server.blobs.store import BlobStore, storage_trouble
from server.db.audit import record_photo
from server.db.change_store import RecordHead, document_of, publish
from server.db.prepared import Prepared, prepared_insert
from server.db.scope import unscoped
from server.errors import STORAGE_UNAVAILABLE, Problem

_blobs: Table = Blob.__table__  # type: ignore[assignment]
_possessions: Table = BlobPossession.__table__  # type: ignore[assignment]
_attachments: Table = Attachment.__table__  # type: ignore[assignment]

_KNOWN = Prepared(select(_blobs.c.sha256).where(_blobs.c.sha256 == bindparam("sha256")))
_ADD_BLOB = prepared_insert(_blobs)
_ADD_POSSESSION = prepared_insert(_possessions)
_EXPECTED = Prepared(
    select(_attachments.c.id)
    .where(
        _attachments.c.organisation_id == bindparam("organisation_id"),
        _attachments.c.sha256 == bindparam("sha256"),
        _attachments.c.status == "expected",
    )
    .limit(1)
)


def record_upload(
    session: Session,
    actor: Actor,
    store: BlobStore,
    sha256: str,
    size: int,
    photo: Photo | None,
    now: datetime,
) -> list[RecordHead]:
    """The actor brought this content, which is in the store: what waited for it becomes stored.

    *photo* is None for content that the store had before. An attachment that announced another
    size keeps waiting; ``attachments/missing`` says why.

    Raises
    ------
    Problem
        ``storage-unavailable`` if the content was removed, its time being over, since it was put
        there: the next attempt puts it there again.
    """
    lock_content(session, sha256)
    content = {"organisation_id": actor.organisation_id, "sha256": sha256}
    if _KNOWN.all(session, content):
        _take_again(session, actor, store, sha256, now)
    else:
        assert photo is not None
        _ADD_BLOB.run(session, _blob_row(sha256, size, photo, now))
        _ADD_POSSESSION.run(session, {**content, "user_id": actor.user_id, "uploaded_at": now})
        record_photo(session, actor, sha256, size, photo.media_type, now)
    if not _EXPECTED.all(session, content):
        return []
    # Among what waits may be a photo of a site the actor no longer works at.
    with unscoped(session):
        blob = session.get_one(Blob, sha256)
        return [_store(session, actor, row, blob, now) for row in _waiting(session, actor, blob)]


def _take_again(
    session: Session, actor: Actor, store: BlobStore, sha256: str, now: datetime
) -> None:
    """Content that was here before, whoever brought it then."""
    blob = session.get_one(Blob, sha256, populate_existing=True)
    if blob.removed_at is not None:
        _require_there(store, sha256)
    blob.lost_at = blob.removed_at = None
    possessions = _possessions_of(session, actor, sha256)
    if not possessions:
        record_photo(session, actor, sha256, blob.size, blob.media_type, now)
    if actor.user_id in possessions:
        possessions[actor.user_id].uploaded_at = now
    else:
        key = {"organisation_id": actor.organisation_id, "sha256": sha256}
        session.add(BlobPossession(**key, user_id=actor.user_id, uploaded_at=now))
    session.flush()


def _require_there(store: BlobStore, sha256: str) -> None:
    with storage_trouble():
        if store.stat(sha256) is None:
            raise Problem(STORAGE_UNAVAILABLE, headers={"Retry-After": "1"})


def _possessions_of(session: Session, actor: Actor, sha256: str) -> dict[str, BlobPossession]:
    """Who of the organisation has brought the content before."""
    rows = session.scalars(
        select(BlobPossession).where(
            BlobPossession.organisation_id == actor.organisation_id, BlobPossession.sha256 == sha256
        )
    )
    return {row.user_id: row for row in rows}


def _blob_row(sha256: str, size: int, photo: Photo, now: datetime) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "size": size,
        "media_type": photo.media_type,
        "width": photo.width,
        "height": photo.height,
        "created_at": now,
        **asdict(photo.camera),
    }


def _waiting(session: Session, actor: Actor, blob: Blob) -> list[Attachment]:
    """What waits for the content, at the actor's sites; and what they announced themselves, even
    if they have moved since: a photo taken where one worked yesterday is not lost."""
    return list(
        session.scalars(
            select(Attachment)
            .where(
                Attachment.organisation_id == actor.organisation_id,
                announced_within_reach(actor),
                Attachment.sha256 == blob.sha256,
                Attachment.size == blob.size,
                Attachment.status == "expected",
            )
            .order_by(Attachment.id)
        )
    )


def _store(
    session: Session, actor: Actor, row: Attachment, blob: Blob, now: datetime
) -> RecordHead:
    head = head_of(session, actor, row.id)
    assert head is not None
    document = {**document_of(head), **blob_facts(blob, now)}
    write_row(session, actor, document)
    return publish(session, actor, COLLECTION, row.id, row.site_id, document, now)
