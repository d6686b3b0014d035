"""The audit entries of a record for its pack, each with what is needed to compute its hash anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.audit import PHOTOS
from server.db.audit_heads import first_head_since
from server.db.audit_log import canonical_time, entries
from server.reports.evidence.zip_stream import Part, part_of

EXPORTED = "evidence_exported"
"""On record at the server alone: in the pack, each export would change the next."""

_AT_ONCE = 500


def audit_parts(
    session: Session,
    organisation_id: str,
    records: Iterable[tuple[str, str]],
    photos: Iterable[str],
) -> list[Part]:
    """``audit.json``, the entries of *records* (collection, id) and *photos* (SHA-256); and
    ``audit-head.txt``, the daily head that stands on them, once their day is noted."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for collection, record_id in records:
        wanted[collection].append(record_id)
    wanted[PHOTOS] += dict.fromkeys(photos)
    found = [
        entry
        for collection, ids in sorted(wanted.items())
        for entry in _entries(session, organisation_id, collection, ids)
    ]
    found.sort(key=lambda entry: entry["number"])
    parts = [part_of("audit.json", orjson.dumps(found, option=orjson.OPT_INDENT_2))]
    last = max((entry["number"] for entry in found), default=0)
    head = first_head_since(session, organisation_id, last)
    return parts if head is None else [*parts, part_of("audit-head.txt", f"{head}\n".encode())]


def _entries(
    session: Session, organisation_id: str, collection: str, ids: list[str]
) -> Iterator[dict[str, Any]]:
    for start in range(0, len(ids), _AT_ONCE):
        rows = session.execute(
            select(entries).where(
                entries.c.organisation_id == organisation_id,
                entries.c.collection == collection,
                entries.c.record_id.in_(ids[start : start + _AT_ONCE]),
                entries.c.action != EXPORTED,
            )
        )
        for row in rows:
            yield {**row._mapping, "at": canonical_time(row.at)}
