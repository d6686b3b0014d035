"""Reading published checklists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.checklists.models import ChecklistVersion
from server.db.documents import StoredDocument, read_documents

COLLECTION = "checklists"


def checklist_record(session: Session, actor: Actor, checklist_id: str) -> StoredDocument | None:
    """One published version."""
    found = read_documents(session, actor.organisation_id, COLLECTION, [checklist_id])
    return found.get(checklist_id)


def checklist_document(session: Session, actor: Actor, checklist_id: str) -> dict[str, Any] | None:
    record = checklist_record(session, actor, checklist_id)
    return None if record is None else record.document


def newest_checklist_id(session: Session, code: str) -> str | None:
    """The id of the newest published version of *code*."""
    return session.scalar(
        select(ChecklistVersion.id)
        .where(ChecklistVersion.code == code)
        .order_by(ChecklistVersion.version.desc())
        .limit(1)
    )


def newest_checklists(session: Session, actor: Actor) -> list[StoredDocument]:
    """The newest version of every checklist, by code."""
    newest = (
        select(ChecklistVersion.code, func.max(ChecklistVersion.version).label("version"))
        .where(ChecklistVersion.organisation_id == actor.organisation_id)
        .group_by(ChecklistVersion.code)
        .subquery()
    )
    ids = session.scalars(
        select(ChecklistVersion.id)
        .join(
            newest,
            and_(
                newest.c.code == ChecklistVersion.code,
                newest.c.version == ChecklistVersion.version,
            ),
        )
        .order_by(ChecklistVersion.code)
    ).all()
    records = read_documents(session, actor.organisation_id, COLLECTION, ids)
    return [records[id_] for id_ in ids]
