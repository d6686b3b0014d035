"""How many of a record's photos are here: what every list and document says as ``photos 3/5``.

A record is complete only when every photo that it speaks of, or that names it as its owner, is on
the server. One that is named and not announced yet counts as announced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from server.attachments.models import Attachment

_AT_ONCE = 100
_EARLIER = "repeat_of"
"""Where a finding shows photos of the one before: those are the other's."""
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhotoCount:
    announced: int = 0
    stored: int = 0

    def to_dict(self) -> dict[str, int]:
        return {"announced": self.announced, "stored": self.stored}


def named_photos(value: Any) -> Iterator[str]:
    """Every photo that a document, or a part of one, speaks of, signatures among them."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "attachment_ids":
                yield from part
            elif name == "attachment_id" and part is not None:
                yield part
            elif name != _EARLIER:
                yield from named_photos(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from named_photos(part)


def count_photos(
    session: Session,
    collection: str,
    documents: Iterable[Document],
    parts: Mapping[str, Iterable[Document]] | None = None,
) -> dict[str, PhotoCount]:
    """By record id. *parts*: other documents that belong to a record, such as its steps."""
    wanted = list(documents)
    counts: dict[str, PhotoCount] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        named = {
            one["id"]: set(named_photos([one, *(parts or {}).get(one["id"], ())])) for one in some
        }
        counts |= _counts(session, collection, some, named)
    return counts


def _counts(
    session: Session, collection: str, documents: list[Document], named: Mapping[str, set[str]]
) -> dict[str, PhotoCount]:
    owned = and_(Attachment.owner_collection == collection, Attachment.owner_id.in_(list(named)))
    spoken_of = Attachment.id.in_({id_ for ids in named.values() for id_ in ids})
    columns = (Attachment.id, Attachment.site_id, Attachment.status, Attachment.owner_id)
    found = {row.id: row for row in session.execute(select(*columns).where(or_(owned, spoken_of)))}
    by_owner: defaultdict[str | None, set[str]] = defaultdict(set)
    for row in found.values():
        by_owner[row.owner_id].add(row.id)
    counts = {}
    for document in documents:
        id_, site_id = document["id"], document["site_id"]
        # A record shows photos of its own site only, whatever ids it names and whoever owns them.
        own = {other for other in by_owner[id_] if found[other].site_id == site_id}
        announced = named[id_] | own
        stored = (
            found[one].status == "stored" and found[one].site_id == site_id
            for one in announced & found.keys()
        )
        counts[id_] = PhotoCount(len(announced), sum(stored))
    return counts


def with_photo_counts(
    session: Session, collection: str, documents: Sequence[Document]
) -> list[dict[str, Any]]:
    """The documents as a list shows them: each with ``photos: {announced, stored}``."""
    counts = count_photos(session, collection, documents)
    return [{**one, "photos": counts[one["id"]].to_dict()} for one in documents]
