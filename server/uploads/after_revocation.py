"""Photos of a device that was revoked, or of an account that was disabled, since they were taken.

The work they belong to waits in quarantine or was accepted before: its photos are evidence and may
still arrive. Only what was announced is taken, and only so much of it: the device may be in other
hands.
"""

from __future__ import annotations

import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.models import Attachment
from server.config import Settings
from server.db.change_log import QuarantinedMutation
from server.db.scope import unscoped
from server.errors import DEVICE_REVOKED, UNREVIEWED_PHOTOS_WAIT, Problem
from server.uploads.models import Upload
from server.uploads.tus import NewUpload

_ASK_AGAIN_SECONDS = 3600


def require_announced(
    session: Session, actor: Actor, settings: Settings, wanted: NewUpload
) -> None:
    """Refuse a new upload of anything that this person did not announce on this device."""
    if wanted.length is None:
        raise Problem(DEVICE_REVOKED)
    with unscoped(session):
        is_expected = session.scalar(
            select(Attachment.id).where(
                Attachment.organisation_id == actor.organisation_id,
                Attachment.sha256 == wanted.sha256,
                Attachment.user_id == actor.user_id,
                Attachment.device_id == actor.device_id,
                Attachment.size == wanted.length,
            )
        )
        count, size = session.execute(
            select(func.count(Upload.id), func.coalesce(func.sum(Upload.length), 0)).where(
                Upload.organisation_id == actor.organisation_id,
                Upload.user_id == actor.user_id,
                Upload.device_id == actor.device_id,
            )
        ).one()
    if is_expected is None and not _waits_for_review(session, actor, wanted):
        raise Problem(DEVICE_REVOKED)
    too_many = count >= settings.unreviewed_mutations_max
    if too_many or int(size or 0) + wanted.length > settings.unreviewed_upload_bytes_max:
        headers = {"Retry-After": str(_ASK_AGAIN_SECONDS)}
        raise Problem(UNREVIEWED_PHOTOS_WAIT, headers=headers)


def _waits_for_review(session: Session, actor: Actor, wanted: NewUpload) -> bool:
    """Whether a quarantined announcement of this device names the content and its size."""
    payloads = session.scalars(
        select(QuarantinedMutation.payload).where(
            QuarantinedMutation.organisation_id == actor.organisation_id,
            QuarantinedMutation.device_id == actor.device_id,
            QuarantinedMutation.user_id == actor.user_id,
            QuarantinedMutation.collection == "attachments",
            QuarantinedMutation.payload.contains(wanted.sha256),
        )
    )
    documents = (json.loads(payload).get("document") for payload in payloads)
    return any(
        isinstance(document, dict)
        and (document.get("sha256"), document.get("size")) == (wanted.sha256, wanted.length)
        for document in documents
    )
