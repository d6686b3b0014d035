"""Looking at photos in the background: decoding them once, and judging what was announced.

Nothing here is in anybody's request. Each photo is done in steps that may be cut off anywhere and
are simply taken again: its small versions appear whole or not at all, and a transaction says that
it was examined only when they are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.attachments.flagging import flag_limits, judge_attachment
from server.attachments.losses import report_lost_content
from server.attachments.models import Attachment, Blob, PhotoLikeness
from server.attachments.relations import alike_content, hash_of, new_likeness
from server.attachments.storage import Storage, image_limits
from server.config import Settings
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.errors import Problem

_log = structlog.get_logger("yanshou.attachments")


@dataclass(frozen=True, slots=True)
class _Waiting:
    organisation_id: str
    id: str
    sha256: str
    is_stored: bool


@dataclass(frozen=True, slots=True)
class Examiner:
    """Begins and ends its own transactions: no writer waits while a picture is decoded."""

    session: Session
    storage: Storage
    settings: Settings
    now: datetime

    def examine_waiting(self, most: int = 500) -> int:
        """Examine what waits for it, the oldest first. Returns how many attachments were done."""
        done = 0
        for waiting in self._waiting(most):
            try:
                self._examine(waiting)
                done += 1
            except (OSError, MemoryError) as error:
                # The store is away or memory is short: the others would fare no better.
                _log.warning("photos wait to be examined", reason=repr(error))
                break
            except DBAPIError as error:
                _log.warning("a photo is examined later", id=waiting.id, reason=repr(error.orig))
        return done

    def _waiting(self, most: int) -> list[_Waiting]:
        statement = (
            select(Attachment.organisation_id, Attachment.id, Attachment.sha256, Attachment.status)
            .where(Attachment.needs_examination)
            .order_by(Attachment.received_at)
            .limit(most)
        )
        with transaction(self.session, write=False), unscoped(self.session):
            rows = self.session.execute(statement).all()
        return [_Waiting(row[0], row[1], row[2], row[3] == "stored") for row in rows]

    def _examine(self, waiting: _Waiting) -> None:
        if waiting.is_stored and not self._look_at(waiting):
            return
        with transaction(self.session, write=True), unscoped(self.session):
            judge_attachment(
                self.session,
                waiting.organisation_id,
                waiting.id,
                flag_limits(self.settings),
                self.now,
            )

    def _look_at(self, waiting: _Waiting) -> bool:
        """Have the photo decoded, its small versions made and its likeness on record. False if the
        store turns out to have lost it."""
        session, sha256 = self.session, waiting.sha256
        with transaction(session, write=False), unscoped(session):
            blob = session.get_one(Blob, sha256)
            is_examined = blob.examined_at is not None
            if blob.removed_at is not None:
                return True
            has_likeness = session.get(PhotoLikeness, (waiting.organisation_id, sha256)) is not None
        if is_examined and has_likeness:
            return True
        if is_examined:
            self._share_likeness(waiting)
            return True
        if self.storage.blobs.stat(sha256) is None:
            with transaction(session, write=True):
                report_lost_content(session, sha256, self.now)
            return False
        hash_, is_readable = self._decode(sha256)
        self._remember(waiting, hash_, is_readable)
        return True

    def _decode(self, sha256: str) -> tuple[int | None, bool]:
        limits = image_limits(self.settings)
        try:
            versions = self.storage.derivatives.make(sha256, self.storage.blobs, limits)
        except Problem as problem:
            _log.warning("a photo cannot be decoded", sha256=sha256, problem=problem.type.slug)
            return None, False
        return versions.likeness, True

    def _remember(self, waiting: _Waiting, hash_: int | None, is_readable: bool) -> None:
        session = self.session
        with transaction(session, write=True), unscoped(session):
            blob = session.get_one(Blob, waiting.sha256)
            blob.examined_at, blob.is_readable = self.now, is_readable
            if hash_ is not None:
                self._add_likeness(waiting, hash_)

    def _share_likeness(self, waiting: _Waiting) -> None:
        """Another organisation's copy was decoded before: the content, and its hash, are the same.
        A picture too even to have a hash has none here either."""
        session = self.session
        known = select(PhotoLikeness).where(PhotoLikeness.sha256 == waiting.sha256).limit(1)
        with transaction(session, write=False), unscoped(session):
            row = session.scalar(known)
        if row is not None:
            with transaction(session, write=True), unscoped(session):
                self._add_likeness(waiting, hash_of(row))

    def _add_likeness(self, waiting: _Waiting, hash_: int) -> None:
        """Put the hash on record, and have the photos that look like this one judged again."""
        session, organisation_id = self.session, waiting.organisation_id
        if session.get(PhotoLikeness, (organisation_id, waiting.sha256)) is not None:
            return
        session.add(new_likeness(organisation_id, waiting.sha256, hash_))
        session.flush()
        alike = alike_content(session, organisation_id, waiting.sha256)
        if alike:
            session.execute(
                update(Attachment)
                .where(
                    Attachment.organisation_id == organisation_id,
                    Attachment.sha256.in_(sorted(alike)),
                )
                .values(needs_examination=True),
                execution_options={"synchronize_session": False},
            )
