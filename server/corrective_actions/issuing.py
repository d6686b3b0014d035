"""Issuing a notice over findings: the one place where notices are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.calendars.deadlines import DEFAULT_DEADLINES, due_at, strictest_class
from server.calendars.service import kitchen_calendar
from server.corrective_actions.models import CorrectiveAction
from server.corrective_actions.telling import ACTIONS, tell_of_issue
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import (
    CORRECTIVE_ACTION_IS_ISSUED,
    FINDINGS_DO_NOT_FIT,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.findings.service import COLLECTION as FINDINGS
from server.findings.service import put_on_notice
from server.identity.queries import display_name, works_at
from server.master_data.queries import supplier_record
from server.premises.service import unit_at, unit_documents
from server.receiving.numbering import next_number

COLLECTION = ACTIONS
NUMBER_KINDS = {"written_notice": "TZ", "rectification_order": "ZG"}
SERVER_OWNED = (
    "number",
    "status",
    "nonconformity_class",
    "is_repeat",
    "first_due_at",
    "received_at",
    "issued_by",
    "assignee",
    "acknowledged_at",
    "submission",
    "verification",
    "extension",
    "times_returned",
    "times_extended",
    "escalation_level",
    "closed_at",
    "last_step_id",
)
Document = Mapping[str, Any]


def issue_corrective_action(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Issue a notice; *document* is a loaded ``CorrectiveActionSchema``.

    It takes its final number here, and its deadline, if none is stated, from the gravest finding
    and the kitchen's calendar at the moment it was written.

    Raises
    ------
    Problem
        ``corrective-action-is-issued`` for one that exists and says something else,
        ``findings-do-not-fit`` naming each finding that cannot stand on it, ``validation-failed``,
        ``forbidden``, ``record-not-found``.
    """
    head = action_head(session, actor, document["id"])
    if head is not None:
        return _sent_again(actor, head, document)
    site_id = actor.own_site(document["site_id"])
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    if document["kind"] == "rectification_order":
        actor.require(Permission.ISSUE_RECTIFICATION_ORDER, site_id)
    _check_responsible(session, actor, document, site_id)
    findings = _findings(session, actor, document, site_id)
    stored = _issued(session, actor, document, site_id, findings, now)
    session.add(CorrectiveAction(**_row(actor, stored), updated_at=now))
    session.flush()
    put_on_notice(session, actor, document["finding_ids"], document["id"], now)
    tell_of_issue(session, actor, stored, now)
    return publish(session, actor, COLLECTION, document["id"], site_id, stored, now)


def action_head(session: Session, actor: Actor, action_id: str) -> RecordHead | None:
    """The notice's head, locked: two steps on one notice take turns."""
    key = (COLLECTION, action_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)


def _sent_again(actor: Actor, head: RecordHead, document: Document) -> RecordHead:
    """The notice that stands, if this is the same one again; anything else is refused."""
    assert head.site_id is not None
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    stored = document_of(head)
    again = {**_client_part(document), "site_id": head.site_id}
    # What was left to be worked out stands in the stored notice.
    for name in ("deadline", "due_at"):
        given = again.pop(name)
        if given is not None and given != stored["first_due_at" if name == "due_at" else name]:
            raise Problem(CORRECTIVE_ACTION_IS_ISSUED, number=stored["number"])
    known = _client_part(stored)
    if {name: known[name] for name in again} != again:
        raise Problem(CORRECTIVE_ACTION_IS_ISSUED, number=stored["number"])
    return head


def _client_part(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


# -- who answers for it, and for what -------------------------------------------------------------


def _check_responsible(session: Session, actor: Actor, document: Document, site_id: str) -> None:
    errors = list(_responsible_errors(session, actor, document, site_id))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _responsible_errors(
    session: Session, actor: Actor, document: Document, site_id: str
) -> Iterator[FieldError]:
    unit_id, supplier_id = document["unit_id"], document["supplier_id"]
    if unit_id is not None and unit_at(session, unit_id, site_id) is None:
        yield FieldError("/unit_id", Text("本站点没有这个单位", "The site has no such unit."))
    if supplier_id is not None and supplier_record(session, actor, supplier_id) is None:
        yield FieldError("/supplier_id", Text("没有这个供应商", "There is no such supplier."))
    assignee = document["assignee_user_id"]
    if assignee is not None and not works_at(session, assignee, site_id):
        text = Text("此人不在本站点工作", "This person does not work at the site.")
        yield FieldError("/assignee_user_id", text)


def _findings(
    session: Session, actor: Actor, document: Document, site_id: str
) -> list[dict[str, Any]]:
    """The findings, locked, if all of them can stand on this notice."""
    keys = [(FINDINGS, finding_id) for finding_id in document["finding_ids"]]
    heads = heads_of(session, actor.organisation_id, keys)
    errors: list[FieldError] = []
    found: list[dict[str, Any]] = []
    for position, key in enumerate(keys):
        head = heads.get(key)
        if head is None or head.deleted or head.site_id != site_id:
            errors.append(FieldError(f"/finding_ids/{position}", _UNKNOWN_FINDING))
            continue
        finding = document_of(head)
        found.append(finding)
        misfit = _misfit(document, finding)
        if misfit is not None:
            errors.append(
                FieldError(f"/finding_ids/{position}", misfit, {"title": finding["title"]})
            )
    if errors:
        raise Problem(FINDINGS_DO_NOT_FIT, errors)
    return found


_UNKNOWN_FINDING = Text("本站点没有这个问题", "The site has no such finding.")


def _misfit(document: Document, finding: Document) -> Text | None:
    """Why *finding* cannot stand on the notice, or None if it can."""
    if finding["kind"] != "nonconformity":
        return Text("“{title}”是好做法，不需整改", "“{title}” is a good practice.")
    if finding["corrective_action_id"] is not None:
        return Text("“{title}”已在另一份通知里", "“{title}” is on another notice already.")
    for name in ("unit_id", "supplier_id"):
        if finding[name] is not None and finding[name] != document[name]:
            return Text(
                "“{title}”的责任方是别的单位或供应商",
                "Another unit or supplier answers for “{title}”.",
            )
    return None


# -- the notice ------------------------------------------------------------------------------------


def _issued(
    session: Session,
    actor: Actor,
    document: Document,
    site_id: str,
    findings: list[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    gravest = strictest_class([finding["effective_class"] for finding in findings])
    deadline = document["deadline"] or (
        DEFAULT_DEADLINES[gravest] if document["due_at"] is None else "fixed"
    )
    due = document["due_at"]
    if due is None:
        issued_at = parse_time(document["captured_at"])
        calendar = kitchen_calendar(session, actor, site_id, issued_at)
        due = time_text(due_at(deadline, issued_at, calendar))
    assignee_id = document["assignee_user_id"] or _head_of_unit(session, actor, document)
    return {
        **_client_part(document),
        "site_id": site_id,
        "deadline": deadline,
        "due_at": due,
        "number": next_number(session, actor, site_id, NUMBER_KINDS[document["kind"]], now),
        "status": "open",
        "nonconformity_class": gravest,
        "is_repeat": any(finding["repeat_of"] is not None for finding in findings),
        "first_due_at": due,
        "received_at": time_text(now),
        "issued_by": {"user_id": actor.user_id, "name": actor.display_name},
        "assignee": named(session, assignee_id),
        "acknowledged_at": None,
        "submission": None,
        "verification": None,
        "extension": None,
        "times_returned": 0,
        "times_extended": 0,
        "escalation_level": 0,
        "closed_at": None,
        "last_step_id": None,
    }


def _head_of_unit(session: Session, actor: Actor, document: Document) -> str | None:
    unit_id = document["unit_id"]
    if unit_id is None:
        return None
    head: str | None = unit_documents(session, actor, [unit_id])[unit_id]["head_user_id"]
    return head


def named(session: Session, user_id: str | None) -> dict[str, str] | None:
    """A person as notices speak of them."""
    if user_id is None:
        return None
    return {"user_id": user_id, "name": display_name(session, user_id)}


def _row(actor: Actor, action: Document) -> dict[str, Any]:
    assignee = action["assignee"]
    return {
        **{name: action[name] for name in ("id", "site_id", "number", "kind", "title", "status")},
        **{name: action[name] for name in ("nonconformity_class", "is_repeat", "unit_id")},
        "organisation_id": actor.organisation_id,
        "supplier_id": action["supplier_id"],
        "assignee_user_id": None if assignee is None else assignee["user_id"],
        "issuer_id": action["issued_by"]["user_id"],
        "issued_at": parse_time(action["captured_at"]),
        "first_due_at": parse_time(action["first_due_at"]),
        "due_at": parse_time(action["due_at"]),
        "times_returned": 0,
        "times_extended": 0,
        "escalation_level": 0,
        "has_open_extension": False,
    }
