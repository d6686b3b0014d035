"""Saving inspections: the one place where they are written.

A draft may be as unfinished as it is; phones merge it answer by answer. Once finished it is judged
by the version it was made with, its failed items become findings, and it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.checklists.queries import checklist_document, whole_document
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import (
    INSPECTION_IS_FINISHED,
    INSPECTION_IS_NOT_YOURS,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.findings.service import save_finding
from server.http.conditional import ExpectedVersion
from server.inspection.judging import findings_of, judge_answers, result_of, what_is_missing
from server.inspection.models import Inspection
from server.planning.people import members_of
from server.planning.tasks import complete_task, task_at
from server.premises.service import place_at, unit_at
from server.receiving.numbering import next_number

COLLECTION = "inspections"
NUMBER_KIND = "JC"
SERVER_OWNED = (
    "number",
    "received_at",
    "created_by",
    "checklist",
    "status",
    "result",
    "finding_ids",
)
_NO_CHECKLIST = Text("没有这份检查表", "There is no such checklist.")
_A_RECEIPT = Text(
    "验收表用于到货验收，不用于检查",
    "A receipt's checklist is for deliveries and not for inspections.",
)

_A_REGISTER = Text(
    "台账须在台账中登记，不用于检查",
    "A register is filled in as a register and not as an inspection.",
)


def save_inspection(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create, change or finish an inspection; *document* is a loaded ``InspectionSchema``.

    Raises
    ------
    Problem
        ``inspection-is-finished``; ``validation-failed`` for a checklist, unit or place that is not
        there, for an answer to an item the version does not have, and, at finishing, for every
        answer and photo that is missing; ``forbidden``, ``record-not-found``.
    """
    head = _head(session, actor, document["id"])
    earlier = None if head is None or head.deleted else document_of(head)
    site_id = actor.own_site(document["site_id"] if head is None else head.site_id)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    inspection = {**client_part(document), "site_id": site_id}
    if head is not None and earlier is not None and inspection == client_part(earlier):
        return head
    if expected is not None:
        expected.require(None if head is None else head.version)
    if earlier is not None and earlier["status"] == "finished":
        raise Problem(INSPECTION_IS_FINISHED)
    template = _template(session, actor, inspection, earlier)
    _check_place(session, inspection, site_id)
    _refuse_own_unit(session, actor, inspection)
    judged = _judged(session, actor, inspection, template, now)
    is_finished = judged["status"] == "finished"
    stored = {
        **inspection,
        "number": next_number(session, actor, site_id, NUMBER_KIND, now) if is_finished else None,
        "received_at": earlier["received_at"] if earlier else time_text(now),
        "created_by": earlier["created_by"] if earlier else _who(actor),
        "checklist": {name: template[name] for name in ("id", "code", "version", "zh", "en")},
        **judged,
    }
    _write_row(session, actor, stored, now)
    if is_finished and stored["task_id"] is not None:
        complete_task(session, actor, stored["task_id"], stored["id"], stored["finished_at"], now)
    return publish(session, actor, COLLECTION, stored["id"], site_id, stored, now)


def _judged(
    session: Session,
    actor: Actor,
    inspection: Mapping[str, Any],
    template: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """Status, result and findings. Findings come first: they know whether they are repeats."""
    evaluation = judge_answers(template, inspection)
    if inspection["finished_at"] is None:
        result = result_of(template, evaluation, frozenset(), is_finished=False)
        return {"status": "draft", "result": result, "finding_ids": []}
    missing = list(what_is_missing(template, evaluation))
    if missing:
        raise Problem(VALIDATION_FAILED, missing)
    finding_ids, repeated = [], set()
    for finding in findings_of(template, evaluation, inspection):
        kept = document_of(save_finding(session, actor, finding, now))
        finding_ids.append(kept["id"])
        if kept["repeat_of"] is not None:
            repeated.add(kept["item_id"])
    result = result_of(template, evaluation, repeated, is_finished=True)
    return {"status": "finished", "result": result, "finding_ids": finding_ids}


def delete_draft(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    """Take a draft back: whoever began it. A finished inspection stands."""
    head = _head(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    assert head.site_id is not None
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    if head.deleted:
        return head
    document = document_of(head)
    if document["status"] == "finished":
        raise Problem(INSPECTION_IS_FINISHED)
    if document["created_by"]["user_id"] != actor.user_id:
        raise Problem(INSPECTION_IS_NOT_YOURS, name=document["created_by"]["name"])
    session.delete(session.get_one(Inspection, record_id))
    session.flush()
    return publish(session, actor, COLLECTION, record_id, head.site_id, document, now, deleted=True)


def client_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def _head(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)


def _who(actor: Actor) -> dict[str, str]:
    return {"user_id": actor.user_id, "name": actor.display_name}


def _template(
    session: Session,
    actor: Actor,
    inspection: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The version it was begun with, whatever was published since."""
    wanted = inspection["checklist_id"]
    if earlier is not None and earlier["checklist_id"] != wanted:
        text = Text("检查开始后不能换检查表", "A begun inspection keeps its checklist.")
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", text)])
    document = checklist_document(session, actor, wanted)
    if document is None:
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", _NO_CHECKLIST)])
    if document["kind"] == "receipt":
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", _A_RECEIPT)])
    if document["kind"] == "record":
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", _A_REGISTER)])
    return whole_document(document)


def _check_place(session: Session, inspection: Mapping[str, Any], site_id: str) -> None:
    errors = []
    if inspection["unit_id"] and unit_at(session, inspection["unit_id"], site_id) is None:
        text = Text("本站点没有这个单位", "The site has no such unit.")
        errors.append(FieldError("/unit_id", text))
    if inspection["place_id"] and place_at(session, inspection["place_id"], site_id) is None:
        text = Text("本站点没有这个场所", "The site has no such place.")
        errors.append(FieldError("/place_id", text))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _refuse_own_unit(session: Session, actor: Actor, inspection: Mapping[str, Any]) -> None:
    """A task that is to be done across units is not done by one of the unit itself."""
    task_id = inspection["task_id"]
    task = None if task_id is None else task_at(session, task_id, inspection["site_id"])
    if task is None or not task.get("is_cross_unit"):
        return
    if actor.user_id in members_of(session, task["unit_id"]):
        text = Text(
            "您属于被检查的单位，此任务须由其他单位的人检查",
            "You belong to this unit; somebody of another one does this inspection.",
        )
        raise Problem(VALIDATION_FAILED, [FieldError("/unit_id", text)])


def _write_row(session: Session, actor: Actor, stored: Mapping[str, Any], now: datetime) -> None:
    row = session.get(Inspection, stored["id"])
    if row is None:
        row = Inspection(
            id=stored["id"],
            organisation_id=actor.organisation_id,
            site_id=stored["site_id"],
            checklist_id=stored["checklist"]["id"],
            checklist_code=stored["checklist"]["code"],
            checklist_version=stored["checklist"]["version"],
            user_id=actor.user_id,
            received_at=now,
        )
        session.add(row)
    graded = stored["result"]["grade"]
    row.status, row.grade = stored["status"], None if graded is None else graded["grade"]
    row.unit_id, row.place_id = stored["unit_id"], stored["place_id"]
    row.captured_at = parse_time(stored["captured_at"])
    finished = stored["finished_at"]
    row.finished_at = None if finished is None else parse_time(finished)
    session.flush()
