"""RxDB's replication over the engine.

RxDB takes for granted that what it pushed is what the master then holds, unless the answer lists
the document under ``conflicts``, and it ignores a pulled document while its own state waits to be
pushed. So ``conflicts`` holds every document that does not stand as it was sent: after a true
conflict, after a merge, and after a repeat that others have overtaken. A rejected document is not
among them: RxDB would put the master's state in its place, or send it again without end. It stays
on the device, ``results`` says why it was refused, and the rest of the queue goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from schemas.fields import uuid_text
from server.access import Actor
from server.db.change_store import RecordHead, document_of
from server.db.record_reading import read_heads
from server.db.transaction import transaction
from server.errors import CURSOR_INVALID, Problem
from server.offline.collection import PushContext
from server.sync_api import service
from server.sync_api.rendering import problem_document
from server.sync_api.rows import (
    content_of,
    mutation_id_for,
    row_text,
    says_the_same,
    version_in,
)
from sync.records import Change, Mutation, MutationResult, Page, Status


def pull_documents(
    session: Session,
    actor: Actor,
    collection: str,
    checkpoint: str | None,
    limit: int,
    secret_key: str,
) -> Page:
    """The next page for RxDB.

    RxDB forgets the checkpoint of an empty answer, so that a client may have pushed much before
    it pulls "from the start" again: that start has the tombstones, too.
    """
    cursor = _cursor_in(checkpoint)
    if cursor is None:
        cursor = service.beginning_with_tombstones(session, actor, [collection], secret_key)
    return service.pull_changes(session, actor, cursor, limit, [collection], secret_key)


def _cursor_in(checkpoint: str | None) -> str | None:
    """The cursor of a checkpoint as it stands in the query."""
    if not checkpoint:
        return None
    try:
        given = orjson.loads(checkpoint)
    except orjson.JSONDecodeError:
        raise Problem(CURSOR_INVALID) from None
    if not given:
        return None
    cursor = given.get("cursor") if isinstance(given, dict) else None
    if not isinstance(cursor, str):
        raise Problem(CURSOR_INVALID)
    return cursor


def page_json(page: Page) -> bytes:
    documents = ",".join(_document_json(change) for change in page.changes)
    more = "true" if page.has_more else "false"
    checkpoint = f'{{"cursor":"{page.cursor}"}}'
    return f'{{"documents":[{documents}],"checkpoint":{checkpoint},"has_more":{more}}}'.encode()


def _document_json(change: Change) -> str:
    if change.deleted or change.document is None:
        return _tombstone(change.record_id, change.version)
    return row_text(change.document, change.version, '"_deleted":false,')


def _tombstone(record_id: str, version: int) -> str:
    return f'{{"id":"{record_id}","version":{version},"_deleted":true}}'


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a push: what was sent, and what the engine is asked to do."""

    id: str
    sent: Mapping[str, Any]
    deletes: bool
    entry: Mutation | service.Unreadable


def push_rows(
    session: Session,
    actor: Actor,
    collection: str,
    rows: Sequence[Any],
    now: datetime,
    lang: str,
    delivery: service.Delivery,
) -> bytes:
    """Carry out *rows*; the answer as JSON."""
    ids = [_id_of(row["newDocumentState"]) for row in rows]
    # A refused caller is shown nothing.
    seen = ids if delivery.refusal is None else []
    heads = _heads(session, actor, collection, seen, now)
    read = [_read(row, actor, collection, heads) for row in rows]
    entries = [row.entry for row in read]
    results = service.push_mutations(session, actor, entries, now, delivery=delivery)
    stands = _heads(session, actor, collection, seen, now)
    conflicts: dict[str, str] = {}
    for row, result in zip(read, results, strict=True):
        differing = _what_stands_instead(row, result, stands.get(row.id))
        if differing is not None:
            conflicts[row.id] = differing
        else:
            conflicts.pop(row.id, None)  # a later row of the same record had the last word
    outcome = orjson.dumps(
        [_outcome(row, result, lang) for row, result in zip(read, results, strict=True)]
    )
    return f'{{"conflicts":[{",".join(conflicts.values())}],"results":{outcome.decode()}}}'.encode()


def _id_of(state: Any) -> str:
    given = state.get("id") if isinstance(state, dict) else None
    return uuid_text(given) or ""


def _heads(
    session: Session, actor: Actor, collection: str, ids: Sequence[str], now: datetime
) -> dict[str, RecordHead]:
    """The records' present state, as far as *actor* may see it."""
    context = PushContext(session, actor, actor.device_id or "", now)
    with transaction(session, write=False):
        heads = read_heads(session, actor.organisation_id, collection, {i for i in ids if i})
    return {head.id: head for head in heads if context.may_see(collection, head.site_id)}


def _read(
    row: Mapping[str, Any], actor: Actor, collection: str, heads: Mapping[str, RecordHead]
) -> _Row:
    state, assumed = row["newDocumentState"], row["assumedMasterState"]
    record_id = _id_of(state)
    if not isinstance(state, dict):
        raw = {"collection": collection, "document": state}
        return _Row(record_id, {}, False, service.read_mutation(raw))
    deletes, content = state.get("_deleted") is True, content_of(state)
    base_version = _base_version(assumed, heads.get(record_id))
    sent = None if deletes else content
    raw = {
        "mutation_id": mutation_id_for(actor.device_id, collection, record_id, base_version, sent),
        "collection": collection,
        "id": state.get("id"),
        "operation": "delete" if deletes else "upsert",
        "base_version": base_version,
        "document": sent,
    }
    entry = service.read_mutation(raw)
    if isinstance(entry, Mutation) and isinstance(entry.document, dict):
        # In the server's own spelling: another way to write the same time is no difference.
        content = {name: entry.document.get(name, content[name]) for name in content}
    return _Row(record_id, content, deletes, entry)


def _base_version(assumed: Any, head: RecordHead | None) -> int | None:
    """The version the client worked from.

    A client that has pushed and not pulled since holds an older ``version`` than its content is
    of. What it assumes to be the master's state tells: if that stands, the edit was made on it.
    """
    if not isinstance(assumed, dict):
        return None
    if head is None or head.deleted or assumed.get("_deleted") is True:
        return version_in(assumed)
    if says_the_same(content_of(assumed), document_of(head)):
        return head.version
    return version_in(assumed)


def _what_stands_instead(row: _Row, result: MutationResult, head: RecordHead | None) -> str | None:
    """The present state as a document, if it is not what *row* said."""
    if result.status is Status.REJECTED or head is None:
        return None
    if head.deleted:
        return None if row.deletes else _tombstone(head.id, head.version)
    was_taken = not row.deletes and result.status is not Status.CONFLICT
    if was_taken and says_the_same(row.sent, document_of(head)):
        return None
    return row_text(head.document, head.version, '"_deleted":false,')


def _outcome(row: _Row, result: MutationResult, language: str) -> dict[str, Any]:
    problem = None if result.problem is None else problem_document(result.problem, language)
    return {"id": row.id, "status": result.status.value, "problem": problem}
