"""Steps on a notice: the one place where they are written, and the notice follows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.attachments.queries import attachments_by_id
from server.calendars.deadlines import due_at
from server.calendars.service import kitchen_calendar
from server.corrective_actions import issuing
from server.corrective_actions.judging import why_not_theirs
from server.corrective_actions.lifecycle import (
    NEEDS_TEXT,
    STATUS_LABELS,
    STEP_LABELS,
    TRANSITIONS,
    next_status,
)
from server.corrective_actions.models import CorrectiveAction, CorrectiveActionStep
from server.corrective_actions.telling import tell_of_step
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    RECORD_NOT_FOUND,
    STEP_DOES_NOT_APPLY,
    STEP_IS_RECORDED,
    STEP_NOT_YOURS,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.findings.service import COLLECTION as FINDINGS
from server.findings.service import put_on_notice
from server.identity.queries import works_at

COLLECTION = "corrective_action_steps"
SERVER_OWNED = ("received_at", "created_by", "device_id", "status_after", "number", "answered_by")
AFTER_A_FIXED_DEADLINE = "three_days"
"""What a returned notice is due by when its own deadline was a fixed time."""

Document = Mapping[str, Any]


def record_step(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Take a step on a notice; *document* is a loaded ``CorrectiveActionStepSchema``.

    Raises
    ------
    Problem
        ``step-does-not-apply`` where the notice has moved on, saying where it stands;
        ``step-not-yours`` for who judges their own work; ``step-is-recorded`` for one that exists
        and says something else; ``validation-failed``, ``forbidden``, ``record-not-found``.
    """
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None:
        return _sent_again(actor, head, document)
    action = _action(session, actor, document["corrective_action_id"])
    _require_may_take(actor, action, document["kind"])
    _require_applicable(action, document)
    _require_whole(session, action, document)
    _require_another(actor, action, document)
    status = next_status(document["kind"], action["status"])
    assert status is not None
    step = {
        **_client_part(document),
        "site_id": action["site_id"],
        "received_at": time_text(now),
        "created_by": {"user_id": actor.user_id, "name": actor.display_name},
        "device_id": actor.device_id,
        "status_after": status,
        "answered_by": _answered_by(actor),
        "number": f"{action['number']}-{_write_row(session, actor, action, document, now)}",
    }
    changed = {**action, "status": status, "last_step_id": document["id"]}
    effect = _EFFECTS.get(document["kind"])
    if effect is not None:
        changed |= effect(session, actor, action, step)
    _follow(session, actor, changed, now)
    tell_of_step(session, actor, changed, step, now)
    if document["kind"] == "withdrawn":
        put_on_notice(session, actor, action["finding_ids"], None, now)
    return publish(session, actor, COLLECTION, document["id"], action["site_id"], step, now)


def _action(session: Session, actor: Actor, action_id: str) -> dict[str, Any]:
    if actor.guest is not None:
        actor.require_answering(action_id)
    head = issuing.action_head(session, actor, action_id)
    if head is None or (actor.guest is None and head.site_id not in actor.roles):
        raise Problem(RECORD_NOT_FOUND)
    return document_of(head)


def _sent_again(actor: Actor, head: RecordHead, document: Document) -> RecordHead:
    assert head.site_id is not None
    stored = document_of(head)
    if actor.guest is None:
        actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    else:
        actor.require_answering(stored["corrective_action_id"])
    again = {**_client_part(document), "site_id": head.site_id}
    # Steps from before there were signatures have none.
    if again != {"signature": None, **_client_part(stored)}:
        raise Problem(STEP_IS_RECORDED)
    return head


def _client_part(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


# -- may it be taken -------------------------------------------------------------------------------

GUEST_STEPS = frozenset({"submitted"})


def _require_may_take(actor: Actor, action: Document, kind: str) -> None:
    """Who answers by link submits what was done, and takes no other step."""
    if actor.guest is not None:
        actor.require_answering(action["id"])
        if kind not in GUEST_STEPS:
            raise Problem(RECORD_NOT_FOUND)
        return
    actor.require(Permission.CAPTURE_RECORDS, action["site_id"])
    if TRANSITIONS[kind].needs_verifier:
        actor.require(Permission.VERIFY_CORRECTIVE_ACTION, action["site_id"])


def _answered_by(actor: Actor) -> dict[str, str] | None:
    """That an answer came in by link, the name given there, and from where: nobody vouches for
    the name."""
    if actor.guest is None:
        return None
    guest = actor.guest
    return {
        "link_id": guest.link_id,
        "name": actor.display_name,
        "address": guest.address,
        "device": guest.device,
    }


def _require_applicable(action: Document, step: Document) -> None:
    """The step fits the notice as it stands, and speaks of what it stands at."""
    kind, names = step["kind"], {"number": action["number"]}
    if next_status(kind, action["status"]) is None:
        raise not_in_this_state(action, kind)
    open_request = action["extension"]
    if kind == "extension_asked" and open_request is not None:
        raise _outdated(_ASKED_ALREADY, names)
    if kind in {"verified", "returned"}:
        _require_concerns(step, action["submission"], _NEWER_SUBMISSION, names)
    if kind in {"extension_granted", "extension_refused"}:
        _require_concerns(step, open_request, _NO_OPEN_REQUEST, names)


def not_in_this_state(action: Document, kind: str) -> Problem:
    state, label = STATUS_LABELS[action["status"]], STEP_LABELS[kind]
    return Problem(
        STEP_DOES_NOT_APPLY,
        reason_zh=f"通知 {action['number']} 现为“{state.zh}”，不能再“{label.zh}”。",
        reason_en=f"Notice {action['number']} is {state.en}; one cannot {label.en} now.",
    )


def _require_concerns(
    step: Document, current: Document | None, text: Text, names: Mapping[str, str]
) -> None:
    if step["concerns_step_id"] is None:
        missing = Text("须指明针对哪一步", "Say which step this answers.")
        raise Problem(VALIDATION_FAILED, [FieldError("/concerns_step_id", missing)])
    if current is None or current["step_id"] != step["concerns_step_id"]:
        raise _outdated(text, names)


_NEWER_SUBMISSION = Text(
    "通知 {number} 已有新的整改提交，请看过再判定。",
    "Notice {number} has a newer submission; look at that one.",
)
_NO_OPEN_REQUEST = Text(
    "通知 {number} 没有这项待批的延期申请。",
    "Notice {number} has no such request for an extension.",
)
_ASKED_ALREADY = Text(
    "通知 {number} 已有一项延期申请待批。",
    "An extension of notice {number} has been asked for already.",
)


def _outdated(text: Text, names: Mapping[str, str]) -> Problem:
    return Problem(
        STEP_DOES_NOT_APPLY,
        reason_zh=text.render("zh-CN", **names),
        reason_en=text.render("en", **names),
    )


def _require_whole(session: Session, action: Document, step: Document) -> None:
    errors = list(_missing(action, step))
    assignee = step["assignee_user_id"]
    if step["kind"] == "reassigned":
        if assignee is None:
            errors.append(FieldError("/assignee_user_id", Text("须指明改派给谁", "To whom?")))
        elif not works_at(session, assignee, action["site_id"]):
            text = Text("此人不在本站点工作", "This person does not work at the site.")
            errors.append(FieldError("/assignee_user_id", text))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _missing(action: Document, step: Document) -> Iterator[FieldError]:
    kind, due = step["kind"], step["due_at"]
    if kind in NEEDS_TEXT and not step["text"].strip():
        yield FieldError("/text", Text("请写明原因或内容", "Say why, or what."))
    if kind == "submitted":
        yield from _missing_of_submission(action, step)
    if kind == "extension_asked" and (due is None or due <= action["due_at"]):
        text = Text("须晚于现在的期限 {due_at}", "It must be later than {due_at}.")
        yield FieldError("/due_at", text, {"due_at": action["due_at"]})
    elif due is not None and due <= step["captured_at"]:
        yield FieldError("/due_at", Text("期限已过", "This time has passed."))


def _missing_of_submission(action: Document, step: Document) -> Iterator[FieldError]:
    """A submission says what was done and shows it; an order also asks for cause and prevention."""
    wanted = {"correction": Text("请写明怎样整改的", "Say what was done.")}
    if action["kind"] == "rectification_order":
        wanted["cause"] = Text("请写明原因", "Say what caused it.")
        wanted["prevention"] = Text("请写明怎样防止再发生", "Say what prevents it.")
    for name, text in wanted.items():
        if not step[name].strip():
            yield FieldError(f"/{name}", text)
    if not step["attachment_ids"]:
        text = Text("至少附一张整改后的照片", "One photo of the result at least is needed.")
        yield FieldError("/attachment_ids", text)


def _require_another(actor: Actor, action: Document, step: Document) -> None:
    reason = why_not_theirs(actor.user_id, action, step["kind"])
    if reason is not None:
        raise Problem(STEP_NOT_YOURS, reason_zh=reason.zh, reason_en=reason.en)


# -- what it does to the notice --------------------------------------------------------------------

Effect = Callable[[Session, Actor, Document, Document], dict[str, Any]]


def _by(step: Document) -> dict[str, Any]:
    return {"step_id": step["id"], **step["created_by"], "at": step["captured_at"]}


def _acknowledge(
    session: Session, actor: Actor, action: Document, step: Document
) -> dict[str, Any]:
    return {"acknowledged_at": action["acknowledged_at"] or step["captured_at"]}


def _submit(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    is_late = action["due_at"] < step["captured_at"]
    acknowledged = action["acknowledged_at"] or step["captured_at"]
    submission = {**_by(step), "is_late": is_late, "attachment_ids": step["attachment_ids"]}
    return {"submission": submission, "extension": None, "acknowledged_at": acknowledged}


def _verify(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    """Whoever found it had better not verify it either; where they do, the record says so, and
    also how many photos of the result had not arrived by then: who verifies on the spot has seen
    the thing itself."""
    stored = read_documents(session, actor.organisation_id, FINDINGS, action["finding_ids"])
    finders = {record.document["created_by"]["user_id"] for record in stored.values()}
    named = action["submission"]["attachment_ids"]
    known = attachments_by_id(session, named).values()
    return {
        "verification": {
            **_by(step),
            "is_by_finder": actor.user_id in finders,
            "photos_missing": len(set(named)) - sum(one.status == "stored" for one in known),
        }
    }


def _return(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {
        "due_at": _new_due_at(session, actor, action, step),
        "times_returned": action["times_returned"] + 1,
        "escalation_level": 0,
    }


def _reopen(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {
        "due_at": _new_due_at(session, actor, action, step),
        "submission": None,
        "verification": None,
        "closed_at": None,
        "escalation_level": 0,
    }


def _new_due_at(session: Session, actor: Actor, action: Document, step: Document) -> str:
    if step["due_at"] is not None:
        return str(step["due_at"])
    kind = action["deadline"] if action["deadline"] != "fixed" else AFTER_A_FIXED_DEADLINE
    moment = parse_time(step["captured_at"])
    calendar = kitchen_calendar(session, actor, action["site_id"], moment)
    return time_text(due_at(kind, moment, calendar))


def _close(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {"closed_at": step["captured_at"]}


def _ask(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {"extension": {**_by(step), "due_at": step["due_at"], "reason": step["text"]}}


def _grant(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {
        "due_at": step["due_at"] or action["extension"]["due_at"],
        "extension": None,
        "times_extended": action["times_extended"] + 1,
        "escalation_level": 0,
    }


def _refuse(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {"extension": None}


def _reassign(session: Session, actor: Actor, action: Document, step: Document) -> dict[str, Any]:
    return {"assignee": issuing.named(session, step["assignee_user_id"])}


_EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "acknowledged": _acknowledge,
        "submitted": _submit,
        "verified": _verify,
        "returned": _return,
        "closed": _close,
        "reopened": _reopen,
        "extension_asked": _ask,
        "extension_granted": _grant,
        "extension_refused": _refuse,
        "reassigned": _reassign,
    }
)


# -- rows ------------------------------------------------------------------------------------------


def _write_row(
    session: Session, actor: Actor, action: Document, step: Document, now: datetime
) -> int:
    counted = session.scalar(
        select(func.count())
        .select_from(CorrectiveActionStep)
        .where(CorrectiveActionStep.corrective_action_id == action["id"])
    )
    ordinal = (counted or 0) + 1
    session.add(
        CorrectiveActionStep(
            id=step["id"],
            organisation_id=actor.organisation_id,
            site_id=action["site_id"],
            corrective_action_id=action["id"],
            ordinal=ordinal,
            kind=step["kind"],
            user_id=actor.user_id,
            captured_at=parse_time(step["captured_at"]),
            received_at=now,
        )
    )
    session.flush()
    return ordinal


def _follow(session: Session, actor: Actor, action: dict[str, Any], now: datetime) -> None:
    """Write the notice as it is after the step, row and document."""
    row = session.get_one(CorrectiveAction, action["id"])
    assignee, submission = action["assignee"], action["submission"]
    verification = action["verification"]
    row.status = action["status"]
    row.assignee_user_id = None if assignee is None else assignee["user_id"]
    row.due_at = parse_time(action["due_at"])
    row.submitted_at = None if submission is None else parse_time(submission["at"])
    row.verified_at = None if verification is None else parse_time(verification["at"])
    row.closed_at = None if action["closed_at"] is None else parse_time(action["closed_at"])
    for name in ("times_returned", "times_extended", "escalation_level"):
        setattr(row, name, action[name])
    row.has_open_extension = action["extension"] is not None
    row.updated_at = now
    session.flush()
    publish(session, actor, issuing.COLLECTION, action["id"], action["site_id"], action, now)
