"""Recording register entries: the one place where they are written.

An entry is judged when it is recorded and again after every event; its own answers never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.checklists.evaluation import Evaluation
from server.checklists.queries import checklist_document, whole_document
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import (
    REGISTER_ENTRY_STANDS,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.inspection.judging import judge_answers, result_of, what_is_missing
from server.planning.tasks import complete_task
from server.premises.service import place_at, unit_at
from server.registers import rules
from server.registers.history import Standing, in_order, standing_of
from server.registers.models import RegisterEntry
from server.registers.telling import tell_of_entry
from server.registers.vocabulary import Register, register_of
from server.staff.certificates import CertificateState, certificate_state
from server.staff.service import staff_member_at

COLLECTION = "register_entries"
SERVER_OWNED = (
    "received_at",
    "created_by",
    "device_id",
    "checklist",
    "register",
    "business_on",
    "status",
    "is_ok",
    "result",
    "now",
    "events",
    "sample",
    "duty",
)
Document = Mapping[str, Any]


def save_entry(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Record an entry; *document* is a loaded ``RegisterEntrySchema``.

    Raises
    ------
    Problem
        ``register-entry-stands`` for one that is recorded and says something else;
        ``validation-failed`` for a checklist, unit, place or person that is not there, and for
        every answer, photo or measure that is missing; ``forbidden``, ``record-not-found``.
    """
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    site_id = actor.own_site(document["site_id"] if head is None else head.site_id)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    entry = {**client_part(document), "site_id": site_id}
    if head is not None:
        if entry != client_part(document_of(head)):
            raise Problem(REGISTER_ENTRY_STANDS)
        return head
    template = register_template(session, actor, entry["checklist_id"])
    _check_place(session, entry, site_id)
    known = {
        "received_at": time_text(now),
        "created_by": {"user_id": actor.user_id, "name": actor.display_name},
        "device_id": actor.device_id,
        "checklist": {name: template[name] for name in ("id", "code", "version", "zh", "en")},
        "register": register_of(template["code"]).kind,
        "business_on": business_day(entry["captured_at"]).isoformat(),
    }
    stored = judged_entry(session, actor, template, {**entry, **known}, [])
    head = write_entry(session, actor, stored, now)
    if stored["task_id"] is not None:
        complete_task(session, actor, stored["task_id"], stored["id"], stored["captured_at"], now)
    tell_of_entry(session, actor, stored, now)
    return head


def client_part(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def business_day(captured_at: str) -> date:
    """The day an entry counts for: the kitchen's."""
    return parse_time(captured_at).astimezone(KITCHEN_TIME).date()


def register_template(session: Session, actor: Actor, checklist_id: str) -> dict[str, Any]:
    """The version an entry is made with."""
    document = checklist_document(session, actor, checklist_id)
    if document is None:
        text = Text("没有这份检查表", "There is no such checklist.")
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", text)])
    if document["kind"] != "record":
        text = Text("这份检查表不是台账", "This checklist is no register.")
        raise Problem(VALIDATION_FAILED, [FieldError("/checklist_id", text)])
    template = whole_document(document)
    lost = list(rules.lost_items(register_of(template["code"]), template))
    if lost:
        raise Problem(VALIDATION_FAILED, lost)
    return template


# -- judging ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """An entry's answers as they stand, with what follows from them."""

    answers: Sequence[Document]
    evaluation: Evaluation
    certificate: CertificateState | None


def judged_entry(
    session: Session,
    actor: Actor,
    template: Document,
    entry: Document,
    events: Sequence[Document],
) -> dict[str, Any]:
    """*entry* with all that the server says of it after *events*.

    Raises
    ------
    Problem
        ``validation-failed`` where answers, photos or a measure are missing.
    """
    register, standing = register_of(template["code"]), standing_of(entry, events)
    judged = _judge(session, actor, template, entry, standing)
    sample, duty = _own_part(register, template, judged, standing)
    failed = any(outcome.outcome == "not_ok" for outcome in judged.evaluation.outcomes)
    spoilt = bool(sample and sample["was_discarded_early"])
    not_cleared = duty is not None and not duty["is_cleared"]
    result = result_of(template, judged.evaluation, frozenset(), is_finished=False)
    return {
        **entry,
        "status": standing.status,
        "is_ok": not (failed or spoilt or not_cleared),
        "result": {"outcomes": result["outcomes"]},
        "now": {"answers": list(judged.answers), "measure": standing.measure},
        "events": in_order(events),
        "sample": sample,
        "duty": duty,
    }


def _judge(
    session: Session, actor: Actor, template: Document, entry: Document, standing: Standing
) -> _Judged:
    register = register_of(template["code"])
    certificate = _certificate(session, actor, entry)
    answers = rules.completed(register, template, entry["id"], standing.answers, certificate)
    evaluation = judge_answers(template, {**entry, "answers": answers})
    errors = [
        *what_is_missing(template, evaluation),
        *rules.faults_of(register, entry, answers, standing.measure, evaluation),
    ]
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    return _Judged(answers, evaluation, certificate)


def _own_part(
    register: Register, template: Document, judged: _Judged, standing: Standing
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What the rules of the register itself say: of a sample, of somebody's duty."""
    if register.kind == "sample_retention":
        sample = rules.sample_of(register, template, judged.answers)
        gone = standing.discarded
        return sample.to_dict(None if gone is None else gone["discarded_at"]), None
    if register.kind == "morning_check":
        assert judged.certificate is not None
        duty = rules.duty_of(register, judged.answers, judged.evaluation, judged.certificate)
        return None, {**duty.to_dict(), "certificate": judged.certificate.certificate}
    return None, None


def _certificate(session: Session, actor: Actor, entry: Document) -> CertificateState | None:
    """Somebody's certificate, as it was on file when they were checked."""
    if entry["staff_member_id"] is None:
        return None
    day = business_day(entry["captured_at"])
    if entry.get("duty") is not None:
        seen = entry["duty"]["certificate"]
        return certificate_state([] if seen is None else [seen], day)
    stored = staff_member_at(session, actor, entry["staff_member_id"], entry["site_id"])
    if stored is None:
        text = Text("本站点没有这名人员", "The site has no such member of staff.")
        raise Problem(VALIDATION_FAILED, [FieldError("/staff_member_id", text)])
    return certificate_state(stored.document["health_certificates"], day)


def _check_place(session: Session, entry: Document, site_id: str) -> None:
    errors = []
    if entry["unit_id"] and unit_at(session, entry["unit_id"], site_id) is None:
        text = Text("本站点没有这个单位", "The site has no such unit.")
        errors.append(FieldError("/unit_id", text))
    if entry["place_id"] and place_at(session, entry["place_id"], site_id) is None:
        text = Text("本站点没有这个场所", "The site has no such place.")
        errors.append(FieldError("/place_id", text))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


# -- writing ---------------------------------------------------------------------------------------


def write_entry(session: Session, actor: Actor, stored: Document, now: datetime) -> RecordHead:
    """Row and document of an entry as it stands now."""
    row = session.get(RegisterEntry, stored["id"])
    if row is None:
        row = RegisterEntry(
            id=stored["id"],
            organisation_id=actor.organisation_id,
            site_id=stored["site_id"],
            checklist_code=stored["checklist"]["code"],
            user_id=actor.user_id,
            business_on=date.fromisoformat(stored["business_on"]),
            captured_at=parse_time(stored["captured_at"]),
            received_at=now,
        )
        _copy(row, stored, ("register", "checklist_id", "unit_id", "place_id", "meal"))
        _copy(row, stored, ("staff_member_id",))
        session.add(row)
    _copy(row, stored, ("status", "is_ok"))
    sample = stored["sample"]
    if sample is not None:
        row.dish = sample["dish"]
        row.discard_from = parse_time(sample["discard_from"])
        gone = sample["discarded_at"]
        row.discarded_at = None if gone is None else parse_time(gone)
    row.updated_at = now
    session.flush()
    return publish(session, actor, COLLECTION, stored["id"], stored["site_id"], stored, now)


def _copy(row: RegisterEntry, stored: Document, names: Iterable[str]) -> None:
    for name in names:
        setattr(row, name, stored[name])
