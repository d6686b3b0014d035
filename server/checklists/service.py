"""Publishing checklists. A published version never changes; a change is the next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.checklists import checklist_record_id
from schemas.fields import time_text
from server.access import Actor, Permission
from server.checklists.defaults import default_checklists
from server.checklists.models import ChecklistRetirement, ChecklistVersion, Standard
from server.checklists.queries import whole_document
from server.checklists.validation import faults_of
from server.db.change_store import RecordHead, heads_of, publish
from server.errors import (
    CHECKLIST_RETIRED,
    CHECKLIST_VERSION_OUT_OF_ORDER,
    CHECKLIST_VERSION_PUBLISHED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)

COLLECTION = "checklists"
RETIREMENTS = "checklist_retirements"
_NO_STANDARD = Text("没有这项标准", "There is no such standard.")


def publish_checklist(
    session: Session, actor: Actor, template: Mapping[str, Any], now: datetime
) -> RecordHead:
    """Publish *template* (a loaded ``ChecklistSchema``) for the whole organisation.

    The same version with the same content again changes nothing.

    Raises
    ------
    Problem
        ``validation-failed`` naming the items that do not fit together, or a standard that is
        not there;
        ``checklist-retired``; ``checklist-version-published`` for other content under a
        published version;
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
        if whole_document(orjson.loads(published.document)) != document:
            raise Problem(CHECKLIST_VERSION_PUBLISHED, code=code, version=version)
        return published
    if session.get(ChecklistRetirement, (actor.organisation_id, code)) is not None:
        raise Problem(CHECKLIST_RETIRED, code=code)
    newest = newest_version(session, actor, code)
    following = 1 if newest is None else newest.version + 1
    if version != following:
        raise Problem(
            CHECKLIST_VERSION_OUT_OF_ORDER, code=code, version=version, expected=following
        )
    _require_standard(session, actor, template["standard_id"])
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


def _require_standard(session: Session, actor: Actor, standard_id: str | None) -> None:
    """A version goes back to a standard of the organisation, or to none."""
    if standard_id is None:
        return
    if session.get(Standard, (actor.organisation_id, standard_id)) is None:
        raise Problem(VALIDATION_FAILED, [FieldError("/standard_id", _NO_STANDARD)])


def newest_version(session: Session, actor: Actor, code: str) -> ChecklistVersion | None:
    return session.scalar(
        select(ChecklistVersion)
        .where(
            ChecklistVersion.organisation_id == actor.organisation_id,
            ChecklistVersion.code == code,
        )
        .order_by(ChecklistVersion.version.desc())
        .limit(1)
    )


def retire_checklist(
    session: Session, actor: Actor, code: str, reason: str, now: datetime
) -> ChecklistRetirement:
    """Offer *code* no more. Records made with it keep it, drafts finish on it: its versions stay
    on the phones, and the retirement follows them there.

    Again changes nothing: the first reason stands.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    retired = session.get(ChecklistRetirement, (actor.organisation_id, code))
    if retired is None:
        retired = ChecklistRetirement(
            organisation_id=actor.organisation_id,
            code=code,
            reason=reason,
            retired_at=now,
            retired_by=actor.user_id,
        )
        session.add(retired)
        session.flush()
        record_id = checklist_record_id(actor.organisation_id, code, 0)
        document = {
            "id": record_id,
            "code": code,
            "reason": reason,
            "retired_at": time_text(now),
            "retired_by": actor.user_id,
            "retired_by_name": actor.display_name,
        }
        publish(session, actor, RETIREMENTS, record_id, None, document, now)
    return retired


def missing_default_checklists(session: Session, actor: Actor) -> list[Mapping[str, Any]]:
    """Those of the product that the organisation never had, such as those of a later release."""
    actor.require(Permission.WRITE_MASTER_DATA)
    of_actor = ChecklistVersion.organisation_id == actor.organisation_id
    known = set(session.scalars(select(ChecklistVersion.code).where(of_actor)))
    return [template for template in default_checklists() if template["code"] not in known]


def publish_default_checklist(
    session: Session, actor: Actor, code: str, now: datetime
) -> RecordHead:
    """Take over one checklist of the product. Once the organisation has it, again changes nothing.

    Raises
    ------
    Problem
        ``validation-failed`` for a code that the product does not have; as ``publish_checklist``.
    """
    offered = {template["code"]: template for template in default_checklists()}
    if code not in offered:
        text = Text("产品不带这份检查表", "The product has no such checklist.")
        raise Problem(VALIDATION_FAILED, [FieldError("/code", text)])
    return publish_checklist(session, actor, offered[code], now)


def publish_default_checklists(session: Session, actor: Actor, now: datetime) -> None:
    """Give the organisation the checklists that come with the product."""
    for template in default_checklists():
        publish_checklist(session, actor, template, now)
