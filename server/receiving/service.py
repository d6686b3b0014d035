"""Receiving goods. Online routes and phones that were offline come through here alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import RECEIPT_SIGNED, RECORD_NOT_FOUND, Problem
from server.http.conditional import ExpectedVersion
from server.receiving.basis import collect_basis
from server.receiving.content import COLLECTION, client_part
from server.receiving.decision import conceded_by, require_complete, require_sound_decision
from server.receiving.index import forget_index, write_index
from server.receiving.numbering import next_number
from server.receiving.signatures import check_signatures, require_changeable
from server.receiving.verdict import is_signed, judge
from server.switching.service import record_lots

NUMBER_KIND = "YS"


def save_receipt(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create a receipt, change a draft, or complete it with its second signature.

    *document* is the client's, validated. With the signatures of acceptor and witness it becomes
    final: everything the checklists ask for must be there, the decision must follow from what was
    found, and from then on nothing changes it.

    Raises
    ------
    Problem
        ``receipt-signed``, ``receipt-incomplete`` naming each missing item, photo or signature,
        ``signed-content-changed``, ``concession-not-permitted``, ``validation-failed``,
        ``forbidden`` or ``record-not-found``.
    """
    head = _head(session, actor, document["id"])
    earlier = None if head is None or head.deleted else document_of(head)
    # A deleted draft still belongs to its site: nobody else's record begins on its id.
    site_id = actor.own_site(document["site_id"] if head is None else head.site_id)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    receipt = {**client_part(document), "site_id": site_id}
    if head is not None and earlier is not None and receipt == client_part(earlier):
        return head  # sent again: its answer was lost
    if expected is not None:
        expected.require(None if head is None else head.version)
    if earlier is not None:
        require_changeable(earlier, receipt)
    basis = collect_basis(session, actor, receipt, (earlier or {}).get("basis"), now)
    is_final = is_signed(receipt)
    verdict = judge(receipt, basis.record, basis.checklists, names_missing=is_final)
    check_signatures(session, actor, receipt, earlier)
    if is_final:
        require_complete(receipt, verdict)
        require_sound_decision(actor, receipt, verdict)
    stored = {
        **receipt,
        "number": next_number(session, actor, site_id, NUMBER_KIND, now) if is_final else None,
        "status": "signed" if is_final else "draft",
        "received_at": earlier["received_at"] if earlier else time_text(now),
        "signed_received_at": time_text(now) if is_final else None,
        "conceded_by": conceded_by(actor, receipt) if is_final else None,
        "basis": basis.record,
        "verdict": verdict.record,
    }
    write_index(session, actor, stored, now, is_new=earlier is None)
    if is_final:
        record_lots(session, actor, stored, now)
    return publish(session, actor, COLLECTION, stored["id"], site_id, stored, now)


def delete_draft(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    """Throw a draft away. It leaves a tombstone; its photos stay."""
    head = _head(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    document = document_of(head)
    if document["status"] == "signed":
        raise Problem(RECEIPT_SIGNED, number=document["number"])
    forget_index(session, record_id)
    return publish(session, actor, COLLECTION, record_id, head.site_id, document, now, deleted=True)


def _head(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)
