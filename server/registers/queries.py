"""Lists of register entries and menus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.completeness import with_photo_counts
from server.db.documents import StoredDocument, read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.paging import Page, keyset_page
from server.registers.menus import COLLECTION as MENUS
from server.registers.models import Menu, RegisterEntry
from server.registers.service import COLLECTION

_EQUAL = (
    "register",
    "checklist_code",
    "site_id",
    "unit_id",
    "place_id",
    "staff_member_id",
    "meal",
    "status",
    "is_ok",
)


def page_of_entries(
    session: Session,
    actor: Actor,
    now: datetime,
    limit: int,
    cursor: str | None,
    **wanted: Any,
) -> Page[dict[str, Any]]:
    """Entries of the reader's sites, the newest first, each with its count of photos."""
    statement = select(RegisterEntry).where(*_between(wanted.pop("from_"), wanted.pop("to")))
    is_discardable = wanted.pop("is_discardable")
    if is_discardable is not None:
        due = (RegisterEntry.status == "recorded") & (RegisterEntry.discard_from <= now)
        statement = statement.where(RegisterEntry.discard_from.is_not(None))
        statement = statement.where(due if is_discardable else ~due)
    for name in _EQUAL:
        if wanted[name] is not None:
            statement = statement.where(getattr(RegisterEntry, name) == wanted[name])
    order = [RegisterEntry.captured_at, RegisterEntry.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, COLLECTION, ids)
    documents = [stored[id_].document for id_ in ids]
    return Page(with_photo_counts(session, COLLECTION, documents), page.next_cursor)


def _between(first: str | None, last: str | None) -> Iterator[ColumnElement[bool]]:
    if first is not None:
        yield RegisterEntry.business_on >= date.fromisoformat(first)
    if last is not None:
        yield RegisterEntry.business_on <= date.fromisoformat(last)


def the_entry(session: Session, actor: Actor, entry_id: str) -> StoredDocument:
    """One entry of the reader's sites, or 404."""
    row = session.scalar(select(RegisterEntry).where(RegisterEntry.id == entry_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    return read_documents(session, actor.organisation_id, COLLECTION, [entry_id])[entry_id]


def page_of_menus(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    site_id: str | None = None,
    served_on: str | None = None,
) -> Page[dict[str, Any]]:
    """Menus of the reader's sites, the newest day first."""
    statement = select(Menu)
    if site_id is not None:
        statement = statement.where(Menu.site_id == site_id)
    if served_on is not None:
        statement = statement.where(Menu.served_on == date.fromisoformat(served_on))
    order = [Menu.served_on, Menu.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, MENUS, ids)
    return Page([stored[id_].document for id_ in ids], page.next_cursor)
