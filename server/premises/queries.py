"""Lists of units and places."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.documents import StoredDocument, read_documents
from server.http.paging import Page, keyset_page
from server.premises.models import Place, Unit
from server.premises.service import PLACES, UNITS


def page_of_units(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> Page[StoredDocument]:
    """Units by their code."""
    page = keyset_page(session, select(Unit), [Unit.code, Unit.id], limit=limit, cursor=cursor)
    return _with_documents(session, actor, UNITS, [row.id for row in page.rows], page.next_cursor)


def page_of_places(
    session: Session, actor: Actor, limit: int, cursor: str | None, unit_id: str | None
) -> Page[StoredDocument]:
    """Places by their code, of one unit or of all."""
    statement = select(Place)
    if unit_id is not None:
        statement = statement.where(Place.unit_id == unit_id)
    page = keyset_page(session, statement, [Place.code, Place.id], limit=limit, cursor=cursor)
    return _with_documents(session, actor, PLACES, [row.id for row in page.rows], page.next_cursor)


def _with_documents(
    session: Session, actor: Actor, collection: str, ids: list[str], next_cursor: str | None
) -> Page[StoredDocument]:
    records = read_documents(session, actor.organisation_id, collection, ids)
    return Page([records[id_] for id_ in ids], next_cursor)
