"""Removing the content of photos whose time is over, so that a crash at any point loses nothing.

First one transaction says of a content that it is removed: a tombstone, an audit entry, and each
attachment's description. Then the content goes, then the tombstone says so. Whatever is cut off
between is taken up by the next run. What somebody brings anew meanwhile stays.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.attachments.models import Attachment, Blob, BlobPossession
from server.attachments.removing import mark_removed
from server.attachments.service import lock_content
from server.attachments.storage import Storage
from server.config import Settings
from server.db.audit import PHOTOS, record_audit
from server.db.change_log import ChangeLogHead
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.db.types import new_id
from server.identity.setup import system_actor
from server.retention.due import standing
from server.retention.models import PhotoRemoval
from server.retention.queries import Term, terms_of
from server.retention.terms import catch_up

REMOVED = "photo_removed"
_LATELY = timedelta(days=30)
"""Somebody who has just brought a content is about to announce what it is for."""


class StillNeeded(Exception):
    """Somebody needs the content after all; nothing was done."""


@dataclass(frozen=True, slots=True)
class Remover:
    """Begins and ends its own transactions."""

    session: Session
    storage: Storage
    settings: Settings
    now: datetime

    def remove(self, sha256: str) -> bool:
        """Say that the content is removed, if nobody needs it. Its bytes go by :meth:`finish`."""
        try:
            with transaction(self.session, write=True), unscoped(self.session):
                self._remove(sha256)
        except StillNeeded:
            return False
        return True

    def _remove(self, sha256: str) -> None:
        session = self.session
        lock_content(session, sha256)
        blob = session.scalar(
            select(Blob).where(Blob.sha256 == sha256).with_for_update(),
            execution_options={"populate_existing": True},
        )
        if blob is None or blob.removed_at is not None or blob.lost_at is not None:
            raise StillNeeded
        by_organisation: defaultdict[str, list[Attachment]] = defaultdict(list)
        for row in self._having(sha256):
            by_organisation[row.organisation_id].append(row)
        if not by_organisation or self._was_brought_lately(sha256):
            raise StillNeeded
        blob.removed_at = self.now
        for organisation_id, rows in sorted(by_organisation.items()):
            stored = [row for row in rows if row.status == "stored"]
            mark_removed(session, system_actor(organisation_id), stored, self.now)
        # Nothing may be locked after the logs' heads; and while they are held nobody can write a
        # record that names the photo, or place a hold.
        self._hold_logs(sorted(by_organisation))
        for organisation_id, rows in sorted(by_organisation.items()):
            self._bury(blob, organisation_id, rows)

    def _having(self, sha256: str) -> Sequence[Attachment]:
        """Whatever its state: one that only expects the content may have it tomorrow."""
        return self.session.scalars(
            select(Attachment)
            .where(Attachment.sha256 == sha256, Attachment.removed_at.is_(None))
            .order_by(Attachment.organisation_id, Attachment.id)
        ).all()

    def _was_brought_lately(self, sha256: str) -> bool:
        found = self.session.scalar(
            select(
                exists().where(
                    BlobPossession.sha256 == sha256,
                    BlobPossession.uploaded_at > self.now - _LATELY,
                )
            )
        )
        return bool(found)

    def _hold_logs(self, organisation_ids: Sequence[str]) -> None:
        self.session.flush()
        self.session.execute(
            select(ChangeLogHead.organisation_id)
            .where(ChangeLogHead.organisation_id.in_(organisation_ids))
            .order_by(ChangeLogHead.organisation_id)
            .with_for_update()
        ).all()

    def _bury(self, blob: Blob, organisation_id: str, rows: Sequence[Attachment]) -> None:
        """Write the tombstone, unless one of *rows* is needed by now."""
        session = self.session
        while catch_up(session, organisation_id, self.settings):
            pass
        stands = standing(session, organisation_id, self.settings, self.now)
        ids = [row.id for row in rows]
        over = session.scalars(
            select(Attachment.id).where(
                Attachment.organisation_id == organisation_id,
                Attachment.id.in_(ids),
                stands.is_over(),
                ~stands.is_held(),
            )
        ).all()
        if len(over) != len(rows):
            raise StillNeeded
        last = max(terms_of(session, stands, rows).values(), key=_end)
        self._write_tombstone(blob, organisation_id, rows, last)

    def _write_tombstone(
        self, blob: Blob, organisation_id: str, rows: Sequence[Attachment], last: Term
    ) -> None:
        had = [
            {
                "attachment_id": row.id,
                "site_id": row.site_id,
                "owner_collection": row.owner_collection,
                "owner_id": row.owner_id,
            }
            for row in rows
        ]
        keep_until = _end(last)
        self.session.add(
            PhotoRemoval(
                organisation_id=organisation_id,
                id=new_id(self.now),
                sha256=blob.sha256,
                size=blob.size,
                rule=last.rule,
                keep_until=keep_until,
                attachments=json.dumps(had),
                removed_at=self.now,
            )
        )
        sites = {row.site_id for row in rows}
        record_audit(
            self.session,
            system_actor(organisation_id),
            REMOVED,
            self.now,
            site_id=sites.pop() if len(sites) == 1 else None,
            collection=PHOTOS,
            record_id=blob.sha256,
            content_sha256=blob.sha256,
            details={"rule": last.rule, "keep_until": keep_until.isoformat(), "attachments": had},
        )

    # -- the content itself ----------------------------------------------------------------------

    def finish(self) -> int:
        """Let go the contents that are said to be removed. Returns how many went.

        Raises
        ------
        OSError
            if the store is away; the next run goes on.
        """
        pending = (
            select(PhotoRemoval.sha256)
            .where(PhotoRemoval.content_deleted_at.is_(None), PhotoRemoval.came_back_at.is_(None))
            .distinct()
        )
        with transaction(self.session, write=False), unscoped(self.session):
            contents = self.session.scalars(pending.order_by(PhotoRemoval.sha256)).all()
        return sum(self._delete(sha256) for sha256 in contents)

    def _delete(self, sha256: str) -> bool:
        # Asked before the transaction begins: no writer waits for a store that is away.
        self.storage.blobs.stat(sha256)
        session = self.session
        with transaction(session, write=True), unscoped(session):
            lock_content(session, sha256)
            blob = session.get_one(Blob, sha256, populate_existing=True)
            rows = session.scalars(
                select(PhotoRemoval).where(
                    PhotoRemoval.sha256 == sha256,
                    PhotoRemoval.content_deleted_at.is_(None),
                    PhotoRemoval.came_back_at.is_(None),
                )
            ).all()
            if blob.removed_at is None:
                for row in rows:
                    row.came_back_at = self.now
                return False
            if any(self._is_held(row) for row in rows):
                return False
            self.storage.blobs.delete(sha256)
            self.storage.derivatives.remove(sha256)
            for row in rows:
                row.content_deleted_at = self.now
        return bool(rows)

    def _is_held(self, removal: PhotoRemoval) -> bool:
        """A hold that came between the tombstone and the deletion still stops it."""
        stands = standing(self.session, removal.organisation_id, self.settings, self.now)
        held = select(
            exists().where(
                Attachment.organisation_id == removal.organisation_id,
                Attachment.sha256 == removal.sha256,
                stands.is_held(),
            )
        )
        return bool(self.session.scalar(held))


def _end(term: Term) -> date:
    # What is in use has no end, and nothing in use comes this far.
    assert term.keep_until is not None
    return term.keep_until


def told_as(removal: PhotoRemoval) -> dict[str, object]:
    """A tombstone as it is shown."""
    gone = removal.content_deleted_at
    return {
        "sha256": removal.sha256,
        "size": removal.size,
        "rule": removal.rule,
        "keep_until": removal.keep_until.isoformat(),
        "attachments": json.loads(removal.attachments),
        "removed_at": time_text(removal.removed_at),
        "content_deleted_at": None if gone is None else time_text(gone),
    }
