"""Saving findings: the one place where they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    FINDING_IS_NOT_YOURS,
    FINDING_ON_NOTICE,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.findings.models import Finding
from server.findings.recurrence import (
    Occurrence,
    earlier_of_each,
    effective_class,
    recurrence_key,
)
from server.http.conditional import ExpectedVersion
from server.master_data.queries import supplier_record
from server.premises.service import place_at, unit_at

COLLECTION = "findings"
SERVER_OWNED = (
    "received_at",
    "created_by",
    "effective_class",
    "repeat_of",
    "corrective_action_id",
)
REPEAT_WITHIN_DAYS = 90
"""How long a finding is remembered for repeats. No rule fixes it: 待核对."""


def save_finding(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a finding; *document* is a loaded ``FindingSchema``.

    Once a notice names it, it stands as it is.

    Raises
    ------
    Problem
        ``finding-on-notice``, ``validation-failed`` for a unit, place or supplier that is not
        there, ``forbidden``, ``record-not-found``.
    """
    head = _head(session, actor, document["id"])
    earlier = None if head is None or head.deleted else document_of(head)
    site_id = actor.own_site(document["site_id"] if head is None else head.site_id)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    finding = {**client_part(document), "site_id": site_id}
    if head is not None and earlier is not None and finding == client_part(earlier):
        return head
    if expected is not None:
        expected.require(None if head is None else head.version)
    _refuse_if_on_notice(earlier)
    _check_references(session, actor, finding, site_id)
    stored = {
        **finding,
        "received_at": earlier["received_at"] if earlier else time_text(now),
        "created_by": earlier["created_by"] if earlier else _who(actor),
        "effective_class": finding["nonconformity_class"],
        "repeat_of": None,
        "corrective_action_id": None,
    }
    row, key_before = _write_row(session, actor, stored, now)
    keys = {key for key in (key_before, row.recurrence_key) if key is not None}
    changed = _repeats(session, actor, site_id, keys, {row.id: stored})
    own = changed.pop(row.id, stored)
    for other in changed.values():
        publish(session, actor, COLLECTION, other["id"], site_id, other, now)
    return publish(session, actor, COLLECTION, row.id, site_id, own, now)


def delete_finding(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    """Take a finding back: whoever recorded it, and only while no notice names it."""
    head = _head(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    assert head.site_id is not None
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    if head.deleted:
        return head
    document = document_of(head)
    _refuse_if_on_notice(document)
    if document["created_by"]["user_id"] != actor.user_id:
        raise Problem(FINDING_IS_NOT_YOURS, name=document["created_by"]["name"])
    row = session.get_one(Finding, record_id)
    keys = {row.recurrence_key} if row.recurrence_key else set()
    session.delete(row)
    session.flush()
    for other in _repeats(session, actor, head.site_id, keys, {}).values():
        publish(session, actor, COLLECTION, other["id"], head.site_id, other, now)
    return publish(session, actor, COLLECTION, record_id, head.site_id, document, now, deleted=True)


def put_on_notice(
    session: Session,
    actor: Actor,
    finding_ids: Iterable[str],
    corrective_action_id: str | None,
    now: datetime,
) -> None:
    """Say on each finding which notice names it (None: none any more)."""
    for finding_id in finding_ids:
        head = _head(session, actor, finding_id)
        assert head is not None
        document = {**document_of(head), "corrective_action_id": corrective_action_id}
        row = session.get_one(Finding, finding_id)
        row.corrective_action_id = corrective_action_id
        publish(session, actor, COLLECTION, finding_id, head.site_id, document, now)
    session.flush()


def client_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


def _head(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)


def _who(actor: Actor) -> dict[str, str]:
    return {"user_id": actor.user_id, "name": actor.display_name}


def _refuse_if_on_notice(document: Mapping[str, Any] | None) -> None:
    if document is not None and document["corrective_action_id"] is not None:
        raise Problem(FINDING_ON_NOTICE)


def _check_references(
    session: Session, actor: Actor, finding: Mapping[str, Any], site_id: str
) -> None:
    errors = list(_reference_errors(session, actor, finding, site_id))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _reference_errors(
    session: Session, actor: Actor, finding: Mapping[str, Any], site_id: str
) -> Iterator[FieldError]:
    if finding["unit_id"] and unit_at(session, finding["unit_id"], site_id) is None:
        yield FieldError("/unit_id", Text("本站点没有这个单位", "The site has no such unit."))
    if finding["place_id"] and place_at(session, finding["place_id"], site_id) is None:
        yield FieldError("/place_id", Text("本站点没有这个场所", "The site has no such place."))
    supplier_id = finding["supplier_id"]
    if supplier_id and supplier_record(session, actor, supplier_id) is None:
        yield FieldError("/supplier_id", Text("没有这个供应商", "There is no such supplier."))
    if _source_is_elsewhere(session, actor, finding, site_id):
        yield FieldError("/source_id", Text("本站点没有这条记录", "The site has no such record."))


def _source_is_elsewhere(
    session: Session, actor: Actor, finding: Mapping[str, Any], site_id: str
) -> bool:
    """Whether the source is another site's. One that is not here yet may still arrive."""
    collection, source_id = finding["source_collection"], finding["source_id"]
    if source_id is None:
        return False
    source = read_documents(session, actor.organisation_id, collection, [source_id]).get(source_id)
    return source is not None and source.site_id != site_id


def _write_row(
    session: Session, actor: Actor, finding: Mapping[str, Any], now: datetime
) -> tuple[Finding, str | None]:
    """The finding's row as it is now, and the recurrence key it had before."""
    row = session.get(Finding, finding["id"])
    if row is None:
        row = Finding(
            id=finding["id"],
            organisation_id=actor.organisation_id,
            site_id=finding["site_id"],
            user_id=actor.user_id,
            received_at=now,
            is_repeat=False,
        )
        session.add(row)
    key_before = row.recurrence_key
    for name in ("kind", "title", "effective_class", "unit_id", "supplier_id", "source_id"):
        setattr(row, name, finding[name])
    row.recurrence_key = recurrence_key(finding)
    row.captured_at = parse_time(finding["captured_at"])
    session.flush()
    return row, key_before


# -- repeats ---------------------------------------------------------------------------------------


def _repeats(
    session: Session,
    actor: Actor,
    site_id: str,
    keys: Iterable[str],
    at_hand: Mapping[str, dict[str, Any]],
) -> dict[str, dict[str, Any]]:
    """The documents, of all findings with one of *keys*, whose being a repeat has changed.

    A finding may arrive after a later one: then the later one becomes its repeat. What stands on a
    notice is left as it was issued.
    """
    changed: dict[str, dict[str, Any]] = {}
    for key in sorted(keys):
        _take_turns(session, site_id, key)
        rows = {row.id: row for row in _findings_of(session, site_id, key)}
        documents = {**_documents(session, actor, rows), **at_hand}
        occurrences = [
            Occurrence(id_, row.captured_at, documents[id_]["nonconformity_class"])
            for id_, row in rows.items()
        ]
        for id_, before in earlier_of_each(occurrences, REPEAT_WITHIN_DAYS).items():
            if documents[id_]["corrective_action_id"] is None:
                document = _marked(documents[id_], before, documents)
                if document != documents[id_]:
                    rows[id_].is_repeat = before is not None
                    rows[id_].effective_class = document["effective_class"]
                    changed[id_] = document
    session.flush()
    return changed


def _take_turns(session: Session, site_id: str, key: str) -> None:
    """Two phones that report the same trouble at once must see each other's finding."""
    if session.get_bind().dialect.name == "postgresql":
        number = int(sha256(f"{site_id}/{key}".encode()).hexdigest()[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _findings_of(session: Session, site_id: str, key: str) -> list[Finding]:
    return list(
        session.scalars(
            select(Finding).where(Finding.site_id == site_id, Finding.recurrence_key == key)
        )
    )


def _documents(
    session: Session, actor: Actor, rows: Mapping[str, Finding]
) -> dict[str, dict[str, Any]]:
    stored = read_documents(session, actor.organisation_id, COLLECTION, rows)
    return {id_: record.document for id_, record in stored.items()}


def _marked(
    document: dict[str, Any],
    before: Occurrence | None,
    documents: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    earlier = None if before is None else documents[before.finding_id]
    return {
        **document,
        "effective_class": effective_class(document["nonconformity_class"], earlier is not None),
        "repeat_of": None
        if earlier is None
        else {
            "finding_id": earlier["id"],
            "title": earlier["title"],
            "captured_at": earlier["captured_at"],
            "attachment_ids": earlier["attachment_ids"],
        },
    }
