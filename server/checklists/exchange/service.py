"""Bringing checklists in and giving them out. What comes in becomes a draft, never a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from schemas.checklists import ChecklistContentSchema
from server.access import Actor, Permission
from server.checklists.authoring.drafts import begin_draft
from server.checklists.exchange.as_json import read_json, write_json
from server.checklists.exchange.report import Report
from server.checklists.exchange.workbook import read_workbook
from server.checklists.exchange.xlsform_export import write_xlsform
from server.checklists.exchange.xlsform_import import Imported, read_xlsform
from server.checklists.models import ChecklistDraft
from server.checklists.service import newest_version
from server.checklists.validation import faults_of
from server.errors import VALIDATION_FAILED, FieldError, Problem
from server.http.problem import field_errors

_SCHEMA = ChecklistContentSchema()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A format: how it is read and written."""

    media_type: str
    ending: str
    read: Callable[[bytes], Imported]
    write: Callable[[Mapping[str, Any]], bytes]


FORMATS: Mapping[str, Exchange] = {
    "xlsform": Exchange(
        XLSX, "xlsx", lambda content: read_xlsform(read_workbook(content)), write_xlsform
    ),
    "json": Exchange("application/json", "json", read_json, write_json),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the content, what is not the same in it, what keeps it from publishing."""

    content: dict[str, Any]
    origin: Mapping[str, Any]
    report: Report
    faults: list[FieldError]


def read_checklist(file: bytes, format_: str) -> Reading:
    """What *file* would become; nothing is stored, no database is needed.

    Raises
    ------
    Problem
        ``import-unreadable``, ``import-too-large``, ``validation-failed``.
    """
    imported = FORMATS[format_].read(file)
    try:
        content: dict[str, Any] = _SCHEMA.load(imported.content)
    except ValidationError as error:
        raise Problem(VALIDATION_FAILED, tuple(field_errors(error.messages))) from error
    return Reading(content, imported.origin, imported.report, faults_of(content))


def keep_as_draft(
    session: Session, actor: Actor, draft_id: str, reading: Reading, now: datetime
) -> ChecklistDraft:
    """Make what was read a draft: of the next version where its code is published, else of a new
    checklist."""
    actor.require(Permission.WRITE_MASTER_DATA)
    newest = newest_version(session, actor, reading.content["code"])
    based_on = None if newest is None else newest.id
    given = {"id": draft_id, "from_checklist_id": based_on, "content": reading.content}
    return begin_draft(session, actor, given, now)
