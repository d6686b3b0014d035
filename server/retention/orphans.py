"""Store and records side by side: contents nobody refers to, and photos without their content.

It only looks. What is fresh is left out: its upload, or its announcement, may be under way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.attachments.losses import lost_contents
from server.attachments.models import Attachment, Blob, BlobPossession
from server.blobs.store import BlobStore
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.retention.models import PhotoRemoval

_AT_ONCE = 500
Reason = Literal["unknown", "removed", "unclaimed"]


@dataclass(frozen=True, slots=True)
class Orphan:
    """A content that no record needs.

    ``unknown``: no upload of it ever counted. ``removed``: it was removed and is there again, from
    a copy. ``unclaimed``: somebody uploaded it and no record was ever made for it.
    """

    sha256: str
    size: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Comparison:
    """*missing*: what records count on and the store has not."""

    contents: int
    orphans: tuple[Orphan, ...]
    missing: tuple[str, ...]


def compare_store(
    session: Session, store: BlobStore, now: datetime, grace_seconds: float
) -> Comparison:
    """Read all of the store's names and the rows they belong to.

    Raises
    ------
    OSError
        if the store cannot be read.
    """
    before = now.timestamp() - grace_seconds
    names, contents = store.list(), 0
    orphans: list[Orphan] = []
    while part := list(islice(names, _AT_ONCE)):
        contents += len(part)
        with transaction(session, write=False), unscoped(session):
            suspected = _suspected(session, part, before)
        for sha256, reason in sorted(suspected.items()):
            size, written_at = store.stat(sha256), store.written_at(sha256)
            if size is not None and written_at is not None and written_at < before:
                orphans.append(Orphan(sha256, size, reason))
    with transaction(session, write=False):
        missing = lost_contents(session, store)
    return Comparison(contents, tuple(orphans), tuple(missing))


def _suspected(session: Session, names: Collection[str], before: float) -> dict[str, Reason]:
    blobs = {
        row.sha256: row.removed_at
        for row in session.execute(
            select(Blob.sha256, Blob.removed_at).where(Blob.sha256.in_(names))
        )
    }
    found: dict[str, Reason] = {name: "unknown" for name in names if name not in blobs}
    removed = [sha256 for sha256, removed_at in blobs.items() if removed_at is not None]
    pending = set(
        session.scalars(
            select(PhotoRemoval.sha256).where(
                PhotoRemoval.sha256.in_(removed), PhotoRemoval.content_deleted_at.is_(None)
            )
        )
    )
    found |= {sha256: "removed" for sha256 in removed if sha256 not in pending}
    kept = [sha256 for sha256, removed_at in blobs.items() if removed_at is None]
    return found | dict.fromkeys(_unclaimed(session, kept, before), "unclaimed")


def _unclaimed(session: Session, names: Collection[str], before: float) -> Iterator[str]:
    claimed = set(
        session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(names)).distinct())
    )
    brought = session.execute(
        select(BlobPossession.sha256, func.max(BlobPossession.uploaded_at).label("at"))
        .where(BlobPossession.sha256.in_(names))
        .group_by(BlobPossession.sha256)
    )
    for row in brought:
        if row.sha256 not in claimed and row.at.timestamp() < before:
            yield row.sha256
