"""Lists of findings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.completeness import with_photo_counts
from server.db.documents import read_documents
from server.findings.models import Finding
from server.findings.service import COLLECTION
from server.http.paging import Page, keyset_page


def page_of_findings(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    kind: str | None = None,
    unit_id: str | None = None,
    is_open: bool | None = None,
    is_repeat: bool | None = None,
    source_id: str | None = None,
) -> Page[dict[str, Any]]:
    """Findings of the reader's sites, the newest first, each with its count of photos; *is_open*:
    on no notice yet."""
    statement = select(Finding)
    if kind is not None:
        statement = statement.where(Finding.kind == kind)
    if unit_id is not None:
        statement = statement.where(Finding.unit_id == unit_id)
    if source_id is not None:
        statement = statement.where(Finding.source_id == source_id)
    if is_repeat is not None:
        statement = statement.where(Finding.is_repeat.is_(is_repeat))
    if is_open is not None:
        named = Finding.corrective_action_id
        statement = statement.where(named.is_(None) if is_open else named.is_not(None))
    order = [Finding.captured_at, Finding.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, COLLECTION, ids)
    documents = [stored[id_].document for id_ in ids]
    return Page(with_photo_counts(session, COLLECTION, documents), page.next_cursor)
