"""Announcing attachments, with or before their bytes (which ``arrival`` records).

An attachment is *expected* until its bytes are here, then *stored*. Knowing a SHA-256 opens
nothing: an attachment becomes stored only where somebody entitled to its site really uploaded the
content, or where the same site has it already.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.attachments.models import Attachment, Blob
from server.attachments.queries import blob_within_reach
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    ATTACHMENT_IS_FIXED,
    ATTACHMENT_SIZE_MISMATCH,
    EVIDENCE_IS_KEPT,
    RECORD_NOT_FOUND,
    FieldError,
    Problem,
    ProblemType,
)
from server.http.conditional import ExpectedVersion

COLLECTION = "attachments"
ANSWERED = "corrective_actions"
"""What answers by link add photos to."""
_FIXED = ("sha256", "owner_collection", "owner_id")
_FACTS = ("role", "captured_at", "latitude", "longitude", "accuracy_m", "source")
_SERVER_OWNED = ("status", "stored_at", "removed_at", "width", "height", "exif", "flags")
_NOTHING_STORED: dict[str, Any] = {**dict.fromkeys(_SERVER_OWNED), "status": "expected"}


def announce_attachment(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change an attachment; *document* is a loaded ``AttachmentSchema``.

    It is stored at once if the actor has uploaded its content before or its site has it already.

    Raises
    ------
    Problem
        ``record-not-found`` for a site that is not the actor's, or an owner at another site;
        ``attachment-is-fixed`` for another content or owner than on record;
        ``attachment-size-mismatch`` where the content is here and has another size; and what
        *expected* says about versions.
    """
    head = head_of(session, actor, document["id"])
    known = document_of(head) if head is not None and not head.deleted else None
    site_id = actor.own_site(document["site_id"]) if head is None else _site_of(head)
    _require_may_announce(actor, document, site_id)
    _refuse_owner_elsewhere(session, actor, document, site_id)
    _refuse_other_evidence(known, document)
    whole = {
        **document,
        **_stored_facts(session, actor, document, known, site_id, now),
        "site_id": site_id,
        "received_at": time_text(now) if known is None else known["received_at"],
    }
    if head is not None and whole == known:
        return head
    if expected is not None:
        expected.require(None if head is None or known is None else head.version)
    write_row(session, actor, whole)
    return publish(session, actor, COLLECTION, document["id"], site_id, whole, now)


def delete_attachment(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    """Take back an announcement whose photo never arrived: on the device that made it, and only
    while nothing that was signed counts on it.

    Raises
    ------
    Problem
        ``evidence-is-kept`` once the photo is stored or its owner is signed, and for others.
    """
    head = head_of(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    site_id = _site_of(head)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    if head.deleted:
        return head
    document = document_of(head)
    row = session.get(Attachment, (actor.organisation_id, record_id))
    is_anothers = row is not None and row.device_id != actor.device_id
    if _was_stored(document) or is_anothers or _is_signed_for(session, actor, document):
        raise Problem(EVIDENCE_IS_KEPT)
    if row is not None:
        session.delete(row)
        session.flush()
    return publish(session, actor, COLLECTION, record_id, site_id, document, now, deleted=True)


def lock_content(session: Session, sha256: str) -> None:
    """Let announcing and uploading one content follow each other until the transaction ends.

    Otherwise each could miss the other, and a photo that is here would be expected for ever. On
    SQLite there is one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int(sha256[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


# -- the rules -----------------------------------------------------------------------------------


def head_of(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    """The attachment's head, locked until the transaction ends."""
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)


def _require_may_announce(actor: Actor, document: dict[str, Any], site_id: str) -> None:
    """Who answers a notice by link adds photos to that notice, and to nothing else."""
    if actor.guest is None:
        actor.require(Permission.CAPTURE_RECORDS, site_id)
        return
    owner = (document["owner_collection"], document["owner_id"], site_id)
    if owner != (ANSWERED, actor.guest.notice_id, actor.guest.site_id):
        raise Problem(RECORD_NOT_FOUND)


def _site_of(head: RecordHead) -> str:
    assert head.site_id is not None
    return head.site_id


def _refuse_owner_elsewhere(
    session: Session, actor: Actor, document: dict[str, Any], site_id: str
) -> None:
    """A photo must not reach into another site's record. The owner may also arrive later."""
    collection, owner_id = document["owner_collection"], document["owner_id"]
    if owner_id is None:
        return
    owners = read_documents(session, actor.organisation_id, collection, [owner_id])
    owner = owners.get(owner_id)
    if owner is not None and owner.site_id not in {None, site_id}:
        raise Problem(RECORD_NOT_FOUND)


def _is_signed_for(session: Session, actor: Actor, document: dict[str, Any]) -> bool:
    collection, owner_id = document["owner_collection"], document["owner_id"]
    if owner_id is None:
        return False
    owner = read_documents(session, actor.organisation_id, collection, [owner_id]).get(owner_id)
    return owner is not None and owner.document.get("status") == "signed"


def _refuse_other_evidence(known: dict[str, Any] | None, document: dict[str, Any]) -> None:
    """Content and owner never change. Once the photo is here, neither do the facts about it; a
    fact that was missing may still be added, such as a position found later."""
    if known is None:
        return
    fixed = (*_FIXED, *_FACTS) if _was_stored(known) else _FIXED
    for name in fixed:
        if known[name] not in (None, "") and known[name] != document[name]:
            raise _refusal(ATTACHMENT_IS_FIXED, name, field=name)


def _was_stored(document: dict[str, Any]) -> bool:
    """Whether the photo ever was here; one the store has lost is evidence as before."""
    return document["status"] == "stored" or document["exif"] is not None


def _stored_facts(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    known: dict[str, Any] | None,
    site_id: str,
    now: datetime,
) -> dict[str, Any]:
    """The fields that only the server writes, as they must be now."""
    sha256 = document["sha256"]
    if known is not None and known["status"] == "stored":
        _refuse_other_size(document, session.get_one(Blob, sha256))
        return {name: known.get(name) for name in (*_SERVER_OWNED, "media_type")}
    found = blob_within_reach(session, actor, sha256, site_id)
    if found is None:
        lock_content(session, sha256)
        found = blob_within_reach(session, actor, sha256, site_id)
    if found is None:
        return _NOTHING_STORED if known is None else _kept_facts(known)
    _refuse_other_size(document, found)
    return {"flags": None if known is None else known.get("flags"), **blob_facts(found, now)}


def _kept_facts(known: dict[str, Any]) -> dict[str, Any]:
    """What the server found out before, of an attachment whose photo is not here (any more)."""
    return {name: known.get(name) for name in _SERVER_OWNED}


def _refuse_other_size(document: dict[str, Any], blob: Blob) -> None:
    """The hash tells the content beyond doubt, so a wrong size is a mistake to be put right."""
    if document["size"] != blob.size:
        sizes = {"announced": document["size"], "actual": blob.size}
        raise _refusal(ATTACHMENT_SIZE_MISMATCH, "size", **sizes)


def blob_facts(blob: Blob, stored_at: datetime) -> dict[str, Any]:
    """What a stored attachment's document says about its content."""
    return {
        "status": "stored",
        "stored_at": time_text(stored_at),
        "removed_at": None,
        "media_type": blob.media_type,
        "width": blob.width,
        "height": blob.height,
        "exif": {
            "captured_at": None if blob.captured_at is None else time_text(blob.captured_at),
            "captured_offset": blob.captured_offset,
            "is_offset_assumed": blob.is_offset_assumed,
            "latitude": blob.latitude,
            "longitude": blob.longitude,
            "camera": blob.camera,
            "software": blob.software,
        },
    }


def _refusal(type_: ProblemType, name: str, **params: Any) -> Problem:
    assert type_.detail is not None
    return Problem(type_, [FieldError(f"/{name}", type_.detail, params)], **params)


# -- rows ----------------------------------------------------------------------------------------


def write_row(session: Session, actor: Actor, document: dict[str, Any]) -> None:
    """Bring the index to *document*, and have its flags judged (``examination``) before long."""
    row = session.get(Attachment, (actor.organisation_id, document["id"]))
    if row is None:
        row = Attachment(
            organisation_id=actor.organisation_id,
            id=document["id"],
            site_id=document["site_id"],
            user_id=actor.user_id,
            device_id=actor.device_id,
            received_at=parse_time(document["received_at"]),
        )
        session.add(row)
    for name in ("sha256", "size", "media_type", "owner_collection", "owner_id"):
        setattr(row, name, document[name])
    for name in ("role", "caption", "status", "width", "height"):
        setattr(row, name, document[name])
    for name in ("captured_at", "stored_at"):
        setattr(row, name, None if document[name] is None else parse_time(document[name]))
    row.needs_examination = True
    session.flush()
