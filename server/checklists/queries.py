"""Reading published checklists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from schemas.checklists import ChecklistSchema
from server.access import Actor
from server.checklists.models import ChecklistRetirement, ChecklistVersion
from server.db.documents import StoredDocument, look_up_documents, read_documents
from server.errors import RECORD_NOT_FOUND, Problem

COLLECTION = "checklists"
_SCHEMA = ChecklistSchema()


def checklist_record(session: Session, actor: Actor, checklist_id: str) -> StoredDocument | None:
    """One published version."""
    found = read_documents(session, actor.organisation_id, COLLECTION, [checklist_id])
    return found.get(checklist_id)


def checklist_document(session: Session, actor: Actor, checklist_id: str) -> dict[str, Any] | None:
    record = checklist_record(session, actor, checklist_id)
    return None if record is None else record.document


def published_checklist(
    session: Session, actor: Actor, checklist_id: str
) -> Mapping[str, Any] | None:
    """The same for looking at only: shared by all who judge by it."""
    found = look_up_documents(session, actor.organisation_id, COLLECTION, [checklist_id])
    record = found.get(checklist_id)
    return None if record is None else record.shared_document


def required_checklist(session: Session, actor: Actor, checklist_id: str) -> dict[str, Any]:
    """One published version, or 404."""
    document = checklist_document(session, actor, checklist_id)
    if document is None:
        raise Problem(RECORD_NOT_FOUND)
    return whole_document(document)


def whole_document(published: Mapping[str, Any]) -> dict[str, Any]:
    """A published document with what its fields mean where it was written before they existed."""
    given = {name: value for name, value in published.items() if name != "id"}
    return {"id": published["id"], **_SCHEMA.load(given)}


def newest_checklist_id(session: Session, code: str, on: date | None = None) -> str | None:
    """The id of the version of *code* in force on a day; without one, of the newest version.

    A day before the first version came into force is judged by the first.
    """
    versions = session.execute(
        select(ChecklistVersion.id, ChecklistVersion.valid_from)
        .where(ChecklistVersion.code == code)
        .order_by(ChecklistVersion.version.desc())
    ).all()
    in_force = (row.id for row in versions if on is None or (row.valid_from or on) <= on)
    return next(in_force, versions[-1].id if versions else None)


def version_before(session: Session, document: Mapping[str, Any]) -> str:
    """The id of the version that *document* followed; its own for the first."""
    before = session.scalar(
        select(ChecklistVersion.id).where(
            ChecklistVersion.code == document["code"],
            ChecklistVersion.version == document["version"] - 1,
        )
    )
    return before or str(document["id"])


def checklists_in_force(session: Session, actor: Actor, on: date) -> list[StoredDocument]:
    """Of every checklist that is not retired the version in force on a day, by code."""
    retired = select(ChecklistRetirement.code)
    newest = (
        select(ChecklistVersion.code, func.max(ChecklistVersion.version).label("version"))
        .where(
            ChecklistVersion.organisation_id == actor.organisation_id,
            or_(ChecklistVersion.valid_from.is_(None), ChecklistVersion.valid_from <= on),
            ChecklistVersion.code.not_in(retired),
        )
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


def versions_of(session: Session, code: str) -> list[ChecklistVersion]:
    """Every published version of *code*, newest first."""
    return list(
        session.scalars(
            select(ChecklistVersion)
            .where(ChecklistVersion.code == code)
            .order_by(ChecklistVersion.version.desc())
        )
    )
