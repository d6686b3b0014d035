"""Reading synced documents without locking them.

``heads_of`` locks what it reads, because its caller is about to write it. Whoever only looks a
supplier or a checklist up reads here: pushes of many devices then do not queue for the same master
data, and a reading transaction may do it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from server.db.change_log import SyncRecord
from server.db.transaction import PENDING_CHANGES

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One record's newest version; *text* is its JSON."""

    id: str
    site_id: str | None
    version: int
    deleted: bool
    text: str

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = orjson.loads(self.text)
        return document


def read_documents(
    session: Session, organisation_id: str, collection: str, ids: Iterable[str]
) -> dict[str, StoredDocument]:
    """The newest documents of *ids*, with what this transaction has published itself.

    No site is looked at: the caller reads organisation-wide collections, or checks the site.
    """
    found: dict[str, StoredDocument] = {}
    wanted = list(dict.fromkeys(ids))
    pending = session.info.get(PENDING_CHANGES)
    if pending is not None:
        for id_ in wanted:
            head = pending.heads.get((organisation_id, (collection, id_)))
            if head is not None:
                found[id_] = StoredDocument(
                    id_, head.site_id, head.version, head.deleted, head.document
                )
    unread = [id_ for id_ in wanted if id_ not in found]
    for start in range(0, len(unread), _AT_ONCE):
        part = unread[start : start + _AT_ONCE]
        found |= _read(session, organisation_id, collection, part)
    return found


def all_documents(session: Session, organisation_id: str, collection: str) -> list[StoredDocument]:
    """Every living document of a small collection, by id, as it was before this transaction."""
    records: Table = SyncRecord.__table__  # type: ignore[assignment]
    names = ("id", "site_id", "version", "deleted", "document")
    rows = session.execute(
        select(*(records.c[name] for name in names))
        .where(
            records.c.organisation_id == organisation_id,
            records.c.collection == collection,
            records.c.deleted.is_(False),
        )
        .order_by(records.c.id)
    )
    return [StoredDocument(*row) for row in rows]


def _read(
    session: Session, organisation_id: str, collection: str, ids: list[str]
) -> dict[str, StoredDocument]:
    records: Table = SyncRecord.__table__  # type: ignore[assignment]
    names = ("id", "site_id", "version", "deleted", "document")
    rows = session.execute(
        select(*(records.c[name] for name in names)).where(
            records.c.organisation_id == organisation_id,
            records.c.collection == collection,
            records.c.id.in_(ids),
        )
    )
    return {row.id: StoredDocument(*row) for row in rows}
