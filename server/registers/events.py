"""What happens to an entry after it was recorded: the one place where events are written.

Nothing is overwritten. A correction stands beside what was first written, with its reason and its
person; a sample is discarded by a step of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import (
    RECORD_NOT_FOUND,
    REGISTER_EVENT_DOES_NOT_APPLY,
    REGISTER_EVENT_IS_RECORDED,
    SAMPLE_DISCARDED_EARLY,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.registers import rules
from server.registers.history import standing_of
from server.registers.models import RegisterEntryEvent
from server.registers.service import COLLECTION as ENTRIES
from server.registers.service import judged_entry, register_template, write_entry

COLLECTION = "register_entry_events"
SERVER_OWNED = ("received_at", "created_by", "device_id")
Document = Mapping[str, Any]

_NO_SAMPLE = Text("只有留样才能销毁、封样或解封", "Only a sample is discarded, held or released.")
_STRUCK = Text("这条记录已作废", "The entry has been struck.")
_GONE = Text("留样已销毁", "The sample has been discarded.")
_HELD = Text(
    "留样已封存，解封后才能销毁",
    "The sample is held until it is released.",
)
_NOT_HELD = Text("留样没有封存", "The sample is not held.")


def record_event(
    session: Session, actor: Actor, document: dict[str, Any], now: datetime
) -> RecordHead:
    """Record an event; *document* is a loaded ``RegisterEntryEventSchema``.

    Raises
    ------
    Problem
        ``sample-discarded-early`` with the time from which it may be;
        ``register-event-does-not-apply``, ``register-event-is-recorded`` for one that exists and
        says something else; ``validation-failed``, ``forbidden``, ``record-not-found``.
    """
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None:
        return _sent_again(actor, head, document)
    entry = _entry(session, actor, document["register_entry_id"])
    actor.require(Permission.CAPTURE_RECORDS, entry["site_id"])
    if document["kind"] == "release":
        # What was sealed after a complaint is not opened by whoever is asked about it.
        actor.require(Permission.VERIFY_CORRECTIVE_ACTION, entry["site_id"])
    _require_applicable(entry, document, now)
    event = {
        **_client_part(document),
        "site_id": entry["site_id"],
        "received_at": time_text(now),
        "created_by": {"user_id": actor.user_id, "name": actor.display_name},
        "device_id": actor.device_id,
    }
    template = register_template(session, actor, entry["checklist_id"])
    stored = judged_entry(session, actor, template, entry, [*entry["events"], event])
    write_entry(session, actor, stored, now)
    _write_row(session, actor, event, now)
    return publish(session, actor, COLLECTION, event["id"], entry["site_id"], event, now)


def _entry(session: Session, actor: Actor, entry_id: str) -> dict[str, Any]:
    key = (ENTRIES, entry_id)
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is None or head.site_id not in actor.roles:
        raise Problem(RECORD_NOT_FOUND)
    return document_of(head)


def _sent_again(actor: Actor, head: RecordHead, document: Document) -> RecordHead:
    assert head.site_id is not None
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    again = {**_client_part(document), "site_id": head.site_id}
    if again != _client_part(document_of(head)):
        raise Problem(REGISTER_EVENT_IS_RECORDED)
    return head


def _client_part(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def _require_applicable(entry: Document, event: Document, now: datetime) -> None:
    standing, kind = standing_of(entry, entry["events"]), event["kind"]
    if standing.voided is not None:
        raise _refusal(_STRUCK)
    if kind in ("correction", "void"):
        return
    if entry["sample"] is None:
        raise _refusal(_NO_SAMPLE)
    if standing.discarded is not None:
        raise _refusal(_GONE)
    if kind == "release" and standing.held is None:
        raise _refusal(_NOT_HELD)
    if kind == "discard":
        if standing.held is not None:
            raise _refusal(_HELD)
        _require_old_enough(entry["sample"], event, now)


def _require_old_enough(sample: Document, event: Document, now: datetime) -> None:
    """The time counts at which it was thrown away, and that is never later than now: a phone whose
    clock runs ahead shortens nothing."""
    discarded_at, earliest = parse_time(event["discarded_at"]), parse_time(sample["discard_from"])
    if discarded_at < earliest:
        shown = earliest.astimezone(KITCHEN_TIME).strftime("%Y-%m-%d %H:%M")
        raise Problem(SAMPLE_DISCARDED_EARLY, dish=sample["dish"], earliest=shown)
    if discarded_at > now + rules.CLOCKS_DIFFER:
        text = Text("销毁时间不能在将来", "It cannot be discarded in the future.")
        raise Problem(VALIDATION_FAILED, [FieldError("/discarded_at", text)])


def _refusal(reason: Text) -> Problem:
    return Problem(REGISTER_EVENT_DOES_NOT_APPLY, reason_zh=reason.zh, reason_en=reason.en)


def _write_row(session: Session, actor: Actor, event: Document, now: datetime) -> None:
    session.add(
        RegisterEntryEvent(
            id=event["id"],
            organisation_id=actor.organisation_id,
            site_id=event["site_id"],
            register_entry_id=event["register_entry_id"],
            kind=event["kind"],
            user_id=actor.user_id,
            captured_at=parse_time(event["captured_at"]),
            received_at=now,
        )
    )
    session.flush()
