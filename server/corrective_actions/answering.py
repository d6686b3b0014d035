"""What somebody who holds a link sees of their one notice, and how they answer it.

An answer takes the same step as one from inside, by the same function: there is no second way into
a notice. What is told here is told to a stranger: no ids of people, no positions, no other record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.answer_links import PHOTOS_AT_ONCE
from schemas.fields import time_text
from server.access import Actor
from server.attachments.models import Attachment
from server.attachments.service import announce_attachment
from server.corrective_actions import issuing, queries, steps
from server.corrective_actions.answer_links import note_use
from server.corrective_actions.lifecycle import is_overdue, next_status
from server.db.audit import record_audit
from server.db.change_store import RecordHead
from server.db.documents import read_documents
from server.errors import (
    RECORD_NOT_FOUND,
    TOO_MANY_ANSWER_PHOTOS,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.findings.service import COLLECTION as FINDINGS
from server.identity.models import Organisation, Site
from server.premises.service import PLACES

PHOTO_BYTES_MAX = 20 * 1024 * 1024
PHOTOS_MOST = 60
"""Of one notice from outside, all answers together."""
SIGNATURE_ROLE, RESULT_ROLE = "signature", "goods"
TOLD_STEPS = ("submitted", "returned", "verified", "closed", "reopened", "extension_granted")
_WANTED = {"written_notice": ["correction"]}
_WHOSE = ("unit_id", "supplier_id")
_EVERYTHING = ["correction", "cause", "prevention"]
Document = Mapping[str, Any]


def notice_for_guest(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
    """The notice as the page shows it."""
    whole = _whole(session, actor)
    action = whole.record.document
    site = session.get(Site, action["site_id"])
    organisation = session.get(Organisation, actor.organisation_id)
    places = _places(session, actor, whole.findings)
    earlier = _earlier_photos(session, actor, whole.findings)
    told = ("number", "kind", "title", "requirement", "status", "due_at", "nonconformity_class")
    return {
        **{name: action[name] for name in told},
        "organisation": "" if organisation is None else organisation.name,
        "site": "" if site is None else site.name,
        "issued_at": action["captured_at"],
        "issued_by": action["issued_by"]["name"],
        "is_overdue": is_overdue(action["status"], action["due_at"], time_text(now)),
        "can_answer": next_status("submitted", action["status"]) is not None,
        "wanted": _WANTED.get(action["kind"], _EVERYTHING),
        "photos_at_once": PHOTOS_AT_ONCE,
        "attachment_ids": action["attachment_ids"],
        "findings": [
            _finding(finding, places, earlier.get(finding["id"], ())) for finding in whole.findings
        ],
        "steps": [_step(step) for step in whole.steps if step["kind"] in TOLD_STEPS],
    }


def _whole(session: Session, actor: Actor) -> queries.WholeAction:
    assert actor.guest is not None
    return queries.whole_action(session, actor, actor.guest.notice_id)


def _places(session: Session, actor: Actor, findings: list[dict[str, Any]]) -> dict[str, str]:
    ids = {finding["place_id"] for finding in findings if finding["place_id"]}
    found = read_documents(session, actor.organisation_id, PLACES, ids)
    return {id_: record.document["name"] for id_, record in found.items()}


def _earlier_photos(
    session: Session, actor: Actor, findings: list[dict[str, Any]]
) -> dict[str, list[str]]:
    """What was photographed the time before, of findings that were this unit's or supplier's: what
    was found with somebody else at the same place is nothing to this one."""
    before = {
        finding["id"]: finding["repeat_of"]["finding_id"]
        for finding in findings
        if finding["repeat_of"] is not None
    }
    found = read_documents(session, actor.organisation_id, FINDINGS, set(before.values()))
    return {
        finding["id"]: earlier["attachment_ids"]
        for finding in findings
        if (record := found.get(before.get(finding["id"], ""))) is not None
        and all((earlier := record.document)[name] == finding[name] for name in _WHOSE)
    }


def _finding(
    finding: Document, places: Mapping[str, str], earlier: Sequence[str]
) -> dict[str, Any]:
    return {
        "title": finding["title"],
        "description": finding["description"],
        "nonconformity_class": finding["effective_class"],
        "clause": finding["clause"],
        "place": places.get(finding["place_id"] or "", finding["place_text"]),
        "is_repeat": finding["repeat_of"] is not None,
        "attachment_ids": finding["attachment_ids"],
        "earlier_attachment_ids": list(earlier),
    }


def _step(step: Document) -> dict[str, Any]:
    """What happened, in the words of whoever did it. Who judged is not told, only what was."""
    given = step.get("answered_by")
    return {
        "kind": step["kind"],
        "at": step["captured_at"],
        "text": step["text"],
        "correction": step["correction"],
        "name": given["name"] if given is not None else "",
        "attachment_ids": step["attachment_ids"],
    }


# -- photos ----------------------------------------------------------------------------------------


def require_shown_photo(session: Session, actor: Actor, attachment_id: str) -> str:
    """The SHA-256 of a photo that the page shows; any other does not exist."""
    if attachment_id not in set(_shown_photos(session, actor)):
        raise Problem(RECORD_NOT_FOUND)
    row = session.get(Attachment, (actor.organisation_id, attachment_id))
    if row is None or row.status != "stored" or row.removed_at is not None:
        raise Problem(RECORD_NOT_FOUND)
    return row.sha256


def _shown_photos(session: Session, actor: Actor) -> Iterator[str]:
    whole = _whole(session, actor)
    yield from whole.record.document["attachment_ids"]
    for finding in whole.findings:
        yield from finding["attachment_ids"]
    for photos in _earlier_photos(session, actor, whole.findings).values():
        yield from photos
    for step in whole.steps:
        if step["kind"] in TOLD_STEPS:
            yield from step["attachment_ids"]
    yield from session.scalars(_sent_by_link(actor, Attachment.id))


def _sent_by_link(actor: Actor, column: Any) -> Any:
    """Of the photos that came in over this very link."""
    assert actor.guest is not None
    return select(column).where(
        Attachment.owner_collection == issuing.COLLECTION,
        Attachment.owner_id == actor.guest.notice_id,
        Attachment.user_id == actor.user_id,
        Attachment.device_id == actor.device_id,
    )


def require_room(session: Session, actor: Actor, attachment_id: str) -> None:
    """Refuse a photo before it is read: the notice takes no answer now, or has enough of them."""
    assert actor.guest is not None
    action = _whole(session, actor).record.document
    if next_status("submitted", action["status"]) is None:
        raise steps.not_in_this_state(action, "submitted")
    _require_own(session, actor, attachment_id)
    sent = select(func.count()).where(
        Attachment.owner_collection == issuing.COLLECTION,
        Attachment.owner_id == actor.guest.notice_id,
        Attachment.user_id == actor.user_id,
        Attachment.id != attachment_id,
    )
    if (session.scalar(sent) or 0) >= PHOTOS_MOST:
        raise Problem(TOO_MANY_ANSWER_PHOTOS, most=PHOTOS_MOST)


def _require_own(session: Session, actor: Actor, attachment_id: str) -> None:
    """An id that somebody else's photo has is not theirs to describe."""
    row = session.get(Attachment, (actor.organisation_id, attachment_id))
    if row is not None and (row.user_id, row.device_id) != (actor.user_id, actor.device_id):
        raise Problem(RECORD_NOT_FOUND)


def add_photo(
    session: Session,
    actor: Actor,
    attachment_id: str,
    content: Document,
    now: datetime,
    *,
    is_signature: bool,
) -> RecordHead:
    """A photo whose bytes are here becomes one of the notice's. *content* says its sha256, size
    and media_type."""
    assert actor.guest is not None
    require_room(session, actor, attachment_id)
    note_use(session, actor, now)
    document = {
        "id": attachment_id,
        "site_id": actor.guest.site_id,
        **content,
        "owner_collection": issuing.COLLECTION,
        "owner_id": actor.guest.notice_id,
        "role": SIGNATURE_ROLE if is_signature else RESULT_ROLE,
        "caption": "",
        "captured_at": None,
        "entered_at": None,
        "latitude": None,
        "longitude": None,
        "accuracy_m": None,
        "source": None,
    }
    return announce_attachment(session, actor, document, now)


# -- the answer ------------------------------------------------------------------------------------


def answer_notice(
    session: Session, actor: Actor, answer: Document, now: datetime
) -> dict[str, Any]:
    """Submit what was done; *answer* is a loaded ``NoticeAnswerIn``. The same again changes
    nothing: a phone that lost the answer asks once more.

    Raises
    ------
    Problem
        As ``record_step``; ``validation-failed`` for photos that did not come in over this link.
    """
    assert actor.guest is not None
    guest = replace(actor, display_name=answer["name"].strip())
    earlier = _sent_before(session, guest, answer["id"])
    if earlier is None:
        _require_photos_sent(session, guest, answer)
    # The server's clock: nobody vouches for the phone's, and being late hangs on it.
    moment = time_text(now) if earlier is None else earlier["captured_at"]
    steps.record_step(session, guest, _as_step(guest, answer, moment), now)
    if earlier is None:
        note_use(session, guest, now, answered=True)
        record_audit(
            session,
            guest,
            "notice_answered_by_link",
            now,
            site_id=actor.guest.site_id,
            collection=issuing.COLLECTION,
            record_id=actor.guest.notice_id,
            details={
                "link_id": actor.guest.link_id,
                "name": guest.display_name,
                "address": actor.guest.address,
            },
        )
    return notice_for_guest(session, guest, now)


def _sent_before(session: Session, actor: Actor, step_id: str) -> dict[str, Any] | None:
    found = read_documents(session, actor.organisation_id, steps.COLLECTION, [step_id])
    return found[step_id].document if step_id in found else None


def _require_photos_sent(session: Session, actor: Actor, answer: Document) -> None:
    stored = _sent_by_link(actor, Attachment.id).where(Attachment.status == "stored")
    signatures = stored.where(Attachment.role == SIGNATURE_ROLE)
    photos = set(session.scalars(stored.where(Attachment.role == RESULT_ROLE)))
    missing = Text("这张照片尚未上传", "This photo has not been sent.")
    errors = [
        FieldError(f"/attachment_ids/{position}", missing)
        for position, id_ in enumerate(answer["attachment_ids"])
        if id_ not in photos
    ]
    if answer["signature_id"] not in set(session.scalars(signatures)):
        errors.append(FieldError("/signature_id", Text("请签名", "Please sign.")))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _as_step(actor: Actor, answer: Document, moment: str) -> dict[str, Any]:
    assert actor.guest is not None
    return {
        "id": answer["id"],
        "site_id": actor.guest.site_id,
        "corrective_action_id": actor.guest.notice_id,
        "kind": "submitted",
        "text": "",
        "cause": answer["cause"],
        "correction": answer["correction"],
        "prevention": answer["prevention"],
        "attachment_ids": answer["attachment_ids"],
        "concerns_step_id": None,
        "due_at": None,
        "assignee_user_id": None,
        "signature": {
            "name": actor.display_name,
            "attachment_id": answer["signature_id"],
            "signed_at": moment,
        },
        "captured_at": moment,
        "entered_at": None,
        "latitude": None,
        "longitude": None,
    }
