"""What is due, until when a record keeps its photos, and what has been removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.attachments.models import Attachment, Blob
from server.db.holds import RetentionHold
from server.http.paging import Page, keyset_page
from server.retention.due import Standing
from server.retention.models import PhotoRemoval, RetentionTerm, RetentionUse
from server.retention.rules import NO_RECORD, add_months, rules

Key = tuple[str, str]
"""(collection, record id)"""


@dataclass(frozen=True, slots=True)
class Term:
    keep_until: date | None
    rule: str


def terms_of(session: Session, stands: Standing, rows: Sequence[Attachment]) -> dict[str, Term]:
    """By attachment: the longest term of all records that need it."""
    named = _records_naming(session, stands.organisation_id, [row.id for row in rows])
    records = {row.id: {*_owner(row), *named[row.id]} for row in rows}
    terms = _terms(session, stands.organisation_id, {key for of in records.values() for key in of})
    found = {}
    for row in rows:
        mine = [term for key in records[row.id] for term in terms.get(key, ())]
        found[row.id] = max(mine, key=_lasting, default=_without_record(row, stands))
    return found


def _lasting(term: Term) -> date:
    return term.keep_until or date.max


def _owner(row: Attachment) -> Iterator[Key]:
    if row.owner_collection is not None and row.owner_id is not None:
        yield (row.owner_collection, row.owner_id)


def _without_record(row: Attachment, stands: Standing) -> Term:
    rule = rules()[NO_RECORD]
    months = max(rule.months, stands.months_least)
    return Term(add_months(row.received_at.date(), months), rule.name)


def _records_naming(
    session: Session, organisation_id: str, attachment_ids: Sequence[str]
) -> defaultdict[str, set[Key]]:
    found: defaultdict[str, set[Key]] = defaultdict(set)
    for use in session.scalars(
        select(RetentionUse).where(
            RetentionUse.organisation_id == organisation_id,
            RetentionUse.attachment_id.in_(attachment_ids),
        )
    ):
        found[use.attachment_id].add((use.collection, use.record_id))
    return found


def _terms(session: Session, organisation_id: str, keys: set[Key]) -> dict[Key, list[Term]]:
    """Each record's own term and that of the record it is a part of."""
    rows = _term_rows(session, organisation_id, keys)
    parents = {
        (row.parent_collection, row.parent_id)
        for row in rows.values()
        if row.parent_collection is not None and row.parent_id is not None
    }
    above = _term_rows(session, organisation_id, parents)
    found = {}
    for key, row in rows.items():
        of = [row]
        parent = (row.parent_collection, row.parent_id)
        if parent in above:
            of.append(above[parent])
        found[key] = [Term(one.keep_until, one.rule) for one in of]
    return found


def _term_rows(session: Session, organisation_id: str, keys: set[Key]) -> dict[Key, RetentionTerm]:
    if not keys:
        return {}
    rows = session.scalars(
        select(RetentionTerm).where(
            RetentionTerm.organisation_id == organisation_id,
            tuple_(RetentionTerm.collection, RetentionTerm.record_id).in_(sorted(keys)),
        )
    )
    return {(row.collection, row.record_id): row for row in rows}


# -- lists -----------------------------------------------------------------------------------------


def page_of_due(
    session: Session,
    actor: Actor,
    stands: Standing,
    site_id: str | None,
    limit: int,
    cursor: str | None,
) -> Page[dict[str, Any]]:
    """Photos whose time is over at the actor's sites, the oldest first."""
    statement = due_photos(stands).where(Attachment.site_id.in_(_sites(actor, site_id)))
    columns = [Attachment.received_at, Attachment.id]
    page = keyset_page(session, statement, columns, limit=limit, cursor=cursor)
    ids = [row.id for row in page.rows]
    held = set(
        session.scalars(select(Attachment.id).where(Attachment.id.in_(ids), stands.is_held()))
    )
    terms = terms_of(session, stands, page.rows)
    rows = [_due(row, terms[row.id], row.id in held) for row in page.rows]
    return Page(rows, page.next_cursor)


def due_photos(stands: Standing) -> Any:
    """Stored photos of one organisation whose time is over, held ones too."""
    is_here = (
        select(Blob.sha256)
        .where(Blob.sha256 == Attachment.sha256, Blob.removed_at.is_(None), Blob.lost_at.is_(None))
        .exists()
    )
    return select(Attachment).where(
        Attachment.organisation_id == stands.organisation_id,
        Attachment.status == "stored",
        Attachment.removed_at.is_(None),
        is_here,
        stands.is_over(),
    )


def _due(row: Attachment, term: Term, is_held: bool) -> dict[str, Any]:
    return {
        "attachment_id": row.id,
        "sha256": row.sha256,
        "size": row.size,
        "site_id": row.site_id,
        "owner_collection": row.owner_collection,
        "owner_id": row.owner_id,
        "keep_until": None if term.keep_until is None else term.keep_until.isoformat(),
        "rule": term.rule,
        "is_held": is_held,
    }


def _sites(actor: Actor, site_id: str | None) -> list[str]:
    mine = actor.sites_with(Permission.MANAGE_RETENTION)
    return sorted(mine if site_id is None else mine & {site_id})


def page_of_holds(
    session: Session, actor: Actor, is_open: bool | None, limit: int, cursor: str | None
) -> Page[RetentionHold]:
    """Holds at the actor's sites and those on suppliers, the newest first."""
    mine = sorted(actor.sites_with(Permission.MANAGE_RETENTION))
    statement = select(RetentionHold).where(
        (RetentionHold.site_id.is_(None)) | (RetentionHold.site_id.in_(mine))
    )
    if is_open is not None:
        released = RetentionHold.released_at
        statement = statement.where(released.is_(None) if is_open else released.is_not(None))
    columns = [RetentionHold.placed_at, RetentionHold.id]
    return keyset_page(session, statement, columns, limit=limit, cursor=cursor, descending=True)


def page_of_removals(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> Page[PhotoRemoval]:
    """Tombstones of photos at the actor's sites, the newest first."""
    here = (
        select(Attachment.id)
        .where(
            Attachment.organisation_id == PhotoRemoval.organisation_id,
            Attachment.sha256 == PhotoRemoval.sha256,
            Attachment.removed_at == PhotoRemoval.removed_at,
            Attachment.site_id.in_(_sites(actor, None)),
        )
        .exists()
    )
    columns = [PhotoRemoval.removed_at, PhotoRemoval.id]
    return keyset_page(
        session,
        select(PhotoRemoval).where(here),
        columns,
        limit=limit,
        cursor=cursor,
        descending=True,
    )
