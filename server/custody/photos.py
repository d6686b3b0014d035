"""Whether each photo's bytes are those that its name, its row and its audit entry speak of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from server.attachments.models import Attachment, Blob, BlobPossession
from server.blobs.store import BlobStore
from server.custody.findings import Break, Tally
from server.db.audit import PHOTOS
from server.db.audit_log import entries
from server.errors import Text
from server.retention.removal import REMOVED

AT_ONCE = 500
_PIECE_BYTES = 256 * 1024

_attachments: Table = Attachment.__table__  # type: ignore[assignment]
_blobs: Table = Blob.__table__  # type: ignore[assignment]
_possessions: Table = BlobPossession.__table__  # type: ignore[assignment]


def check_photo_entries(session: Session, organisation_id: str) -> Iterator[Break]:
    """Each photo of the organisation has its entry, and each stored attachment its photo."""
    yield from _without(
        session,
        "no_entry",
        select(_possessions.c.sha256)
        .where(_possessions.c.organisation_id == organisation_id)
        .where(
            ~select(entries.c.number)
            .where(
                entries.c.organisation_id == organisation_id,
                entries.c.collection == PHOTOS,
                entries.c.record_id == _possessions.c.sha256,
                entries.c.content_sha256 == _possessions.c.sha256,
            )
            .exists()
        ),
    )
    yield from _without(
        session,
        "photo_gone",
        select(_attachments.c.sha256)
        .where(_attachments.c.organisation_id == organisation_id, _attachments.c.status == "stored")
        .where(~select(_blobs.c.sha256).where(_blobs.c.sha256 == _attachments.c.sha256).exists()),
    )
    yield from _without(
        session,
        "photo_gone",
        select(entries.c.record_id)
        .where(entries.c.organisation_id == organisation_id, entries.c.collection == PHOTOS)
        .where(~select(_blobs.c.sha256).where(_blobs.c.sha256 == entries.c.record_id).exists()),
    )


def _without(session: Session, kind: str, statement: object) -> Iterator[Break]:
    for sha256 in session.scalars(statement.distinct().limit(AT_ONCE)):  # type: ignore[attr-defined]
        yield Break(kind, f"photo {sha256}", "1", "0")


def check_photo(store: BlobStore, sha256: str, size: int, *, quick: bool) -> Break | None:
    """One photo's bytes; with *quick* its size alone.

    Raises
    ------
    OSError
        if the store cannot be read.
    """
    where = f"photo {sha256}"
    found = store.stat(sha256)
    if found is None:
        return Break("photo_gone", where, f"{size} B", "—")
    if found != size:
        return Break("photo", where, f"{size} B", f"{found} B")
    if quick:
        return None
    digest = hashlib.sha256()
    with store.open(sha256) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return (
        None if digest.hexdigest() == sha256 else Break("photo", where, sha256, digest.hexdigest())
    )


def check_photos(
    session: Session, store: BlobStore, tally: Tally, *, quick: bool
) -> Iterator[Break]:
    """The bytes of all photos. One that the store has lost and the phones are asked for is counted
    and no break; nor is one that was removed, if the audit log says so of each that had it."""
    last = ""
    while True:
        part = session.execute(
            select(_blobs.c.sha256, _blobs.c.size, _blobs.c.lost_at, _blobs.c.removed_at)
            .where(_blobs.c.sha256 > last)
            .order_by(_blobs.c.sha256)
            .limit(AT_ONCE)
        ).all()
        for row in part:
            if row.removed_at is not None:
                tally.count("photos_removed")
                yield from _check_removal(session, row.sha256, row.removed_at, tally)
                continue
            if row.lost_at is not None:
                tally.count("photos_lost")
                continue
            tally.count("photos")
            found = check_photo(store, row.sha256, row.size, quick=quick)
            if found is not None:
                yield found
        if len(part) < AT_ONCE:
            return
        last = part[-1].sha256


def _check_removal(
    session: Session, sha256: str, removed_at: datetime, tally: Tally
) -> Iterator[Break]:
    """Whoever had the photo stored has an entry that says by which rule it went."""
    where = f"photo {sha256}"
    had = session.execute(
        select(_attachments.c.organisation_id, _attachments.c.id, _attachments.c.removed_at).where(
            _attachments.c.sha256 == sha256, _attachments.c.status == "stored"
        )
    ).all()
    said = session.execute(
        select(entries.c.organisation_id, entries.c.details).where(
            entries.c.collection == PHOTOS,
            entries.c.record_id == sha256,
            entries.c.action == REMOVED,
            entries.c.content_sha256 == sha256,
        )
    ).all()
    told = {(row.organisation_id, id_) for row in said for id_ in _attachments_in(row.details)}
    for row in had:
        if row.removed_at is None or (row.organisation_id, row.id) not in told:
            yield Break("removal", f"{where} attachment {row.id}", REMOVED, "—")
            return
    if not said:
        yield Break("removal", where, REMOVED, "—")
        return
    tally.note(
        Text(
            f"{sha256} 已于 {removed_at:%Y-%m-%d} 按保存期限删除",
            f"{sha256} removed by retention on {removed_at:%Y-%m-%d}",
        )
    )


def _attachments_in(details: str | None) -> Iterator[str]:
    for had in json.loads(details or "{}").get("attachments", ()):
        yield had["attachment_id"]
