"""Writing the next version of a checklist: begin, save, throw away, publish.

A draft may be as unfinished as its author likes; what keeps it from being published is told with
every answer. Nobody overwrites a saving they have not seen: each has a revision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.checklists.authoring.confirmation import with_confirmations
from server.checklists.models import ChecklistDraft, ChecklistVersion
from server.checklists.queries import required_checklist
from server.checklists.service import newest_version, publish_checklist
from server.db.change_store import RecordHead
from server.errors import (
    CODE_IS_TAKEN,
    DRAFT_OUTDATED,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.conditional import ExpectedVersion

_OF_A_VERSION = ("id", "version", "reason", "valid_from")
_CODE_IS_FIXED = Text(
    "草稿的编号 {code} 不能更改", "The draft's code {code} cannot become another one."
)
_TOO_EARLY = Text(
    "生效日不能早于 {earliest}", "It can come into force on {earliest} at the earliest."
)


def begin_draft(
    session: Session, actor: Actor, given: Mapping[str, Any], now: datetime
) -> ChecklistDraft:
    """A draft from a published version, or a new checklist from *content*.

    The same id with the same origin again gives the draft as it stands.

    Raises
    ------
    Problem
        404 for a version that is not there; ``code-is-taken`` for a new checklist under a
        published code.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    existing = session.get(ChecklistDraft, (actor.organisation_id, given["id"]))
    if existing is not None:
        if existing.based_on != given["from_checklist_id"]:
            raise Problem(CODE_IS_TAKEN, code=existing.id, name=existing.code)
        return existing
    based_on = given["from_checklist_id"]
    content = given["content"] or _content_of(session, actor, based_on)
    if based_on is None and newest_version(session, actor, content["code"]) is not None:
        error = FieldError("/content/code", CODE_IS_TAKEN.title)
        name = f"{content['zh']} / {content['en']}"
        raise Problem(CODE_IS_TAKEN, [error], code=content["code"], name=name)
    draft = ChecklistDraft(
        organisation_id=actor.organisation_id,
        id=given["id"],
        code=content["code"],
        based_on=based_on,
        content=orjson.dumps(content).decode(),
        revision=1,
        created_at=now,
        created_by=actor.user_id,
        updated_at=now,
        updated_by=actor.user_id,
    )
    session.add(draft)
    session.flush()
    return draft


def _content_of(session: Session, actor: Actor, checklist_id: str) -> dict[str, Any]:
    document = required_checklist(session, actor, checklist_id)
    return {name: value for name, value in document.items() if name not in _OF_A_VERSION}


def the_draft(
    session: Session, actor: Actor, draft_id: str, *, to_write: bool = False
) -> ChecklistDraft:
    actor.require(Permission.WRITE_MASTER_DATA)
    key = (actor.organisation_id, draft_id)
    draft = session.get(ChecklistDraft, key, with_for_update=to_write)
    if draft is None:
        raise Problem(RECORD_NOT_FOUND)
    return draft


def all_drafts(session: Session, actor: Actor) -> list[ChecklistDraft]:
    actor.require(Permission.WRITE_MASTER_DATA)
    ordered = select(ChecklistDraft).order_by(ChecklistDraft.code, ChecklistDraft.id)
    return list(session.scalars(ordered))


def save_draft(
    session: Session,
    actor: Actor,
    draft_id: str,
    content: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion,
) -> ChecklistDraft:
    """Keep *content* (a loaded ``ChecklistContentSchema``) as the draft's next revision."""
    draft = the_draft(session, actor, draft_id, to_write=True)
    expected.require(draft.revision)
    if content["code"] != draft.code:
        raise Problem(
            VALIDATION_FAILED, [FieldError("/code", _CODE_IS_FIXED, {"code": draft.code})]
        )
    text = orjson.dumps(content).decode()
    if text != draft.content:
        draft.content, draft.revision = text, draft.revision + 1
        draft.updated_at, draft.updated_by = now, actor.user_id
        session.flush()
    return draft


def discard_draft(session: Session, actor: Actor, draft_id: str, expected: ExpectedVersion) -> None:
    draft = the_draft(session, actor, draft_id, to_write=True)
    expected.require(draft.revision)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session,
    actor: Actor,
    draft_id: str,
    given: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion,
) -> RecordHead:
    """Make the draft the checklist's next version, in force from a day on, and forget the draft.

    Raises
    ------
    Problem
        ``draft-outdated`` if another version was published since it was begun;
        ``validation-failed`` naming what does not fit together, or a day that lies in the past.
    """
    draft = the_draft(session, actor, draft_id, to_write=True)
    expected.require(draft.revision)
    newest = newest_version(session, actor, draft.code)
    if (None if newest is None else newest.id) != draft.based_on:
        shown = "—" if newest is None else newest.version
        raise Problem(DRAFT_OUTDATED, code=draft.code, newest=shown)
    older = None if newest is None else required_checklist(session, actor, newest.id)
    content = with_confirmations(session, actor, orjson.loads(draft.content), older)
    template = {
        **content,
        "version": 1 if newest is None else newest.version + 1,
        "reason": given["reason"],
        "valid_from": _first_day(given["valid_from"], newest, now).isoformat(),
    }
    head = publish_checklist(session, actor, template, now)
    session.delete(draft)
    session.flush()
    return head


def _first_day(wanted: str | None, newest: ChecklistVersion | None, now: datetime) -> date:
    """Rules are not changed for days gone by, and versions come into force in their order."""
    today = now.astimezone(KITCHEN_TIME).date()
    before = None if newest is None else newest.valid_from
    earliest = today if before is None else max(today, before)
    day = earliest if wanted is None else date.fromisoformat(wanted)
    if day < earliest:
        told = {"earliest": earliest.isoformat()}
        raise Problem(VALIDATION_FAILED, [FieldError("/valid_from", _TOO_EARLY, told)])
    return day
