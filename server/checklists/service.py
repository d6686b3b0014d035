"""Publishing checklists. A published version never changes; a change is the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.checklists import checklist_record_id
from server.access import Actor, Permission
from server.checklists.defaults import default_checklists
from server.checklists.models import ChecklistVersion
from server.checklists.validation import faults_of
from server.db.change_store import RecordHead, heads_of, publish
from server.errors import (
    CHECKLIST_VERSION_OUT_OF_ORDER,
    CHECKLIST_VERSION_PUBLISHED,
    VALIDATION_FAILED,
    Problem,
)

COLLECTION = "checklists"


def publish_checklist(
    session: Session, actor: Actor, template: Mapping[str, Any], now: datetime
) -> RecordHead:
    """Publish *template* (a loaded ``ChecklistSchema``) for the whole organisation.

    The same version with the same content again changes nothing.

    Raises
    ------
    Problem
        ``validation-failed`` naming the items that do not fit together;
        ``checklist-version-published`` for other content under a published version;
        ``checklist-version-out-of-order`` for a version that is not the next one.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    faults = faults_of(template)
    if faults:
        raise Problem(VALIDATION_FAILED, faults)
    code, version = template["code"], template["version"]
    record_id = checklist_record_id(actor.organisation_id, code, version)
    document = {"id": record_id, **template}
    key = (COLLECTION, record_id)
    published = heads_of(session, actor.organisation_id, [key]).get(key)
    if published is not None:
        if orjson.loads(published.document) != document:
            raise Problem(CHECKLIST_VERSION_PUBLISHED, code=code, version=version)
        return published
    newest = _newest_version(session, actor, code)
    if version != newest + 1:
        raise Problem(
            CHECKLIST_VERSION_OUT_OF_ORDER, code=code, version=version, expected=newest + 1
        )
    session.add(
        ChecklistVersion(
            organisation_id=actor.organisation_id,
            id=record_id,
            code=code,
            version=version,
            kind=template["kind"],
            valid_from=None
            if template["valid_from"] is None
            else date.fromisoformat(template["valid_from"]),
            published_at=now,
            published_by=actor.user_id,
        )
    )
    return publish(session, actor, COLLECTION, record_id, None, document, now)


def _newest_version(session: Session, actor: Actor, code: str) -> int:
    newest: int | None = session.scalar(
        select(func.max(ChecklistVersion.version)).where(
            ChecklistVersion.organisation_id == actor.organisation_id,
            ChecklistVersion.code == code,
        )
    )
    return newest or 0


def publish_default_checklists(session: Session, actor: Actor, now: datetime) -> None:
    """Give the organisation the checklists that come with the product."""
    for template in default_checklists():
        publish_checklist(session, actor, template, now)
