"""Standards: what checklists go back to, with the days they are in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.checklists.models import Standard
from server.db.change_store import RecordHead, heads_of, publish
from server.db.documents import StoredDocument, read_documents
from server.errors import CODE_IS_TAKEN, FieldError, Problem
from server.http.conditional import ExpectedVersion

COLLECTION = "standards"


def save_standard(
    session: Session,
    actor: Actor,
    document: Mapping[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a standard; *document* is a loaded ``StandardSchema``.

    Raises
    ------
    Problem
        ``code-is-taken``; ``version-mismatch`` or ``precondition-required`` where *expected* is
        given and the record stands at another version.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    key = (COLLECTION, document["id"])
    current = heads_of(session, actor.organisation_id, [key]).get(key)
    if expected is not None:
        expected.require(None if current is None else current.version)
    if current is not None and orjson.loads(current.document) == document:
        return current
    _refuse_taken_code(session, document)
    row = session.get(Standard, (actor.organisation_id, document["id"]))
    if row is None:
        row = Standard(organisation_id=actor.organisation_id, id=document["id"])
        session.add(row)
    row.code, row.updated_at = document["code"], now
    session.flush()
    return publish(session, actor, COLLECTION, document["id"], None, document, now)


def _refuse_taken_code(session: Session, document: Mapping[str, Any]) -> None:
    taken = select(Standard.id).where(
        Standard.code == document["code"], Standard.id != document["id"]
    )
    if session.scalar(taken) is not None:
        told = {"code": document["code"], "name": document["zh"]}
        raise Problem(CODE_IS_TAKEN, [FieldError("/code", CODE_IS_TAKEN.title)], **told)


def all_standards(session: Session, actor: Actor) -> list[StoredDocument]:
    """Every standard, by code."""
    ids = session.scalars(select(Standard.id).order_by(Standard.code)).all()
    found = read_documents(session, actor.organisation_id, COLLECTION, ids)
    return [found[id_] for id_ in ids]
