"""Lists of staff."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.documents import StoredDocument, read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.paging import Page, keyset_page
from server.staff.models import StaffMember
from server.staff.service import COLLECTION


def page_of_staff(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    site_id: str | None = None,
    is_active: bool | None = None,
) -> Page[StoredDocument]:
    """Staff of the reader's sites, by name."""
    statement = select(StaffMember)
    if site_id is not None:
        statement = statement.where(StaffMember.site_id == site_id)
    if is_active is not None:
        statement = statement.where(StaffMember.is_active == is_active)
    order = [StaffMember.name, StaffMember.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, COLLECTION, ids)
    return Page([stored[id_] for id_ in ids], page.next_cursor)


def the_staff_member(session: Session, actor: Actor, staff_member_id: str) -> StoredDocument:
    """One person of the reader's sites, or 404."""
    row = session.scalar(select(StaffMember).where(StaffMember.id == staff_member_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    found = read_documents(session, actor.organisation_id, COLLECTION, [staff_member_id])
    return found[staff_member_id]
