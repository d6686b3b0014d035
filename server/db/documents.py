"""Reading synced documents without locking them.

``heads_of`` locks what it reads, because its caller is about to write it. Whoever only looks a
supplier or a checklist up reads here: pushes of many devices then do not queue for the same master
data, and a reading transaction may do it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from server.db.change_log import SyncRecord
from server.db.json_text import parsed_for_all
from server.db.prepared import PreparedForMany
from server.db.transaction import DOCUMENTS_READ, PENDING_CHANGES
from server.db.types import UuidText

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

    @property
    def shared_document(self) -> Mapping[str, Any]:
        """The same, parsed once for all who ask: for looking at only."""
        return parsed_for_all(self.text)


def read_documents(
    session: Session, organisation_id: str, collection: str, ids: Iterable[str]
) -> dict[str, StoredDocument]:
    """The newest documents of *ids*, with what this transaction has published itself.

    No site is looked at: the caller reads organisation-wide collections, or checks the site.
    """
    wanted = list(dict.fromkeys(ids))
    found = _published(session, organisation_id, collection, wanted)
    unread = [id_ for id_ in wanted if id_ not in found]
    return found | _read_all(session, organisation_id, collection, unread)


def _published(
    session: Session, organisation_id: str, collection: str, ids: Iterable[str]
) -> dict[str, StoredDocument]:
    """What this transaction has written itself."""
    pending = session.info.get(PENDING_CHANGES)
    if pending is None:
        return {}
    heads = ((id_, pending.heads.get((organisation_id, (collection, id_)))) for id_ in ids)
    return {
        id_: StoredDocument(id_, head.site_id, head.version, head.deleted, head.document)
        for id_, head in heads
        if head is not None
    }


def _read_all(
    session: Session, organisation_id: str, collection: str, ids: list[str]
) -> dict[str, StoredDocument]:
    found: dict[str, StoredDocument] = {}
    for start in range(0, len(ids), _AT_ONCE):
        found |= _read(session, organisation_id, collection, ids[start : start + _AT_ONCE])
    return found


def look_up_documents(
    session: Session, organisation_id: str, collection: str, ids: Iterable[str]
) -> dict[str, StoredDocument]:
    """The same, each read from the database once in a transaction: for what many records of one
    push refer to, and none of them decides by (suppliers, products, checklists)."""
    kept: dict[tuple[str, str, str], StoredDocument | None]
    kept = session.info.setdefault(DOCUMENTS_READ, {})
    places = {id_: (organisation_id, collection, id_) for id_ in ids}
    unread = [id_ for id_, place in places.items() if place not in kept]
    if unread:
        found = _read_all(session, organisation_id, collection, unread)
        kept.update((places[id_], found.get(id_)) for id_ in unread)
    looked_up = {id_: kept[place] for id_, place in places.items()}
    published = _published(session, organisation_id, collection, places)
    return {id_: one for id_, one in (looked_up | published).items() if one is not None}


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


_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_BY_ID = PreparedForMany(
    UuidText,
    lambda among: select(
        *(_records.c[name] for name in ("id", "site_id", "version", "deleted", "document"))
    ).where(
        _records.c.organisation_id == bindparam("organisation_id"),
        _records.c.collection == bindparam("collection"),
        _records.c.id.in_(among),
    ),
)


def _read(
    session: Session, organisation_id: str, collection: str, ids: list[str]
) -> dict[str, StoredDocument]:
    asked = {"organisation_id": organisation_id, "collection": collection}
    return {row[0]: StoredDocument(*row) for row in _BY_ID.all(session, ids, asked)}
