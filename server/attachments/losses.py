"""Photos that the store has lost: they are expected again, and asked for on the phones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.attachments.models import Attachment, Blob
from server.attachments.service import COLLECTION, head_of, lock_content, write_row
from server.blobs.store import BlobStore
from server.db.change_store import document_of, publish
from server.db.scope import unscoped
from server.identity.setup import system_actor

_AT_ONCE = 1000
_log = structlog.get_logger("yanshou.attachments")


def report_lost_content(session: Session, sha256: str, now: datetime) -> int:
    """The store does not have this content any more: every attachment of it is expected again, and
    ``attachments/missing`` asks the devices that took it. What the photo told stays on record.

    Returns how many attachments there are. Whoever has the file heals all of them by sending it.
    """
    with unscoped(session):
        lock_content(session, sha256)
        blob = session.get(Blob, sha256)
        if blob is None or blob.lost_at is not None or blob.removed_at is not None:
            return 0
        blob.lost_at = now
        rows = session.scalars(
            select(Attachment)
            .where(
                Attachment.sha256 == sha256,
                Attachment.status == "stored",
                Attachment.removed_at.is_(None),
            )
            .order_by(Attachment.organisation_id, Attachment.id)
        ).all()
        for row in rows:
            _expect_again(session, row, now)
    _log.error("the store has lost a photo", sha256=sha256, attachments=len(rows))
    return len(rows)


def _expect_again(session: Session, row: Attachment, now: datetime) -> None:
    actor = system_actor(row.organisation_id)
    head = head_of(session, actor, row.id)
    assert head is not None
    document = {**document_of(head), "status": "expected", "stored_at": None}
    write_row(session, actor, document)
    publish(session, actor, COLLECTION, row.id, row.site_id, document, now)


def lost_contents(session: Session, store: BlobStore) -> list[str]:
    """The contents that the records count on and the store has not, or not whole. Reads only.

    A store that has nothing at all of many is not mounted or not the right one, which is another
    trouble: nothing is called lost then.

    Raises
    ------
    OSError
        if the store cannot be read.
    """
    held = {_in_few_bytes(sha256, size) for sha256, size in store.sizes()}
    with unscoped(session):
        wanted = list(_counted_on(session))
    lost = [found for found in wanted if _in_few_bytes(*found) not in held]
    if len(lost) > 1 and len(lost) == len(wanted):
        _log.error("the store is empty: is it the right one, and mounted?", wanted=len(wanted))
        return []
    # Asked once more: it may have arrived while the list was read.
    return [sha256 for sha256, size in lost if store.stat(sha256) != size]


def _in_few_bytes(sha256: str, size: int) -> bytes:
    return bytes.fromhex(sha256) + size.to_bytes(8)


def _counted_on(session: Session) -> Iterator[tuple[str, int]]:
    last = ""
    while True:
        part = session.execute(
            select(Blob.sha256, Blob.size)
            .where(Blob.sha256 > last, Blob.lost_at.is_(None), Blob.removed_at.is_(None))
            .order_by(Blob.sha256)
            .limit(_AT_ONCE)
        ).all()
        yield from ((row.sha256, row.size) for row in part)
        if len(part) < _AT_ONCE:
            return
        last = part[-1].sha256
