"""Lists of inspections."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.completeness import with_photo_counts
from server.db.documents import StoredDocument, read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.paging import Page, keyset_page
from server.inspection.models import Inspection
from server.inspection.service import COLLECTION


def page_of_inspections(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    status: str | None = None,
    checklist_code: str | None = None,
    unit_id: str | None = None,
) -> Page[dict[str, Any]]:
    """Inspections of the reader's sites, the newest first, each with its count of photos."""
    statement = select(Inspection)
    for column, wanted in (
        (Inspection.status, status),
        (Inspection.checklist_code, checklist_code),
        (Inspection.unit_id, unit_id),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    order = [Inspection.captured_at, Inspection.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, COLLECTION, ids)
    documents = [stored[id_].document for id_ in ids]
    return Page(with_photo_counts(session, COLLECTION, documents), page.next_cursor)


def the_inspection(session: Session, actor: Actor, inspection_id: str) -> StoredDocument:
    """One inspection of the reader's sites, or 404."""
    row = session.scalar(select(Inspection).where(Inspection.id == inspection_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    found = read_documents(session, actor.organisation_id, COLLECTION, [inspection_id])
    return found[inspection_id]
