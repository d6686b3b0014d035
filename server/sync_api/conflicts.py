"""Conflicts: both sides beside their base, and a person's decision between them.

A decision for anything but what stands is published as the record's next version, so that every
phone gets it by its next pull.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from marshmallow import ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from schemas.sync_review import KEEP_CURRENT, PUT_TOGETHER, TAKE_THEIRS
from server.access import Actor
from server.db.change_log import SyncConflict
from server.db.change_store import RecordHead, document_at, document_of, heads_of
from server.db.record_reading import read_heads
from server.errors import (
    CONFLICT_RESOLVED,
    READ_ONLY_COLLECTION,
    RECORD_NOT_FOUND,
    VALIDATION_FAILED,
    VERSION_MISMATCH,
    Problem,
    Text,
)
from server.http.paging import Page, keyset_page
from server.http.problem import field_errors
from server.identity.models import User
from server.offline.collection import Collection
from server.sync_api import review
from server.sync_api.registry import COLLECTIONS
from sync.merge import impose, join_path
from sync.values import MISSING, differing_fields

_WORDS = {
    KEEP_CURRENT: Text("保留现有内容", "what stood was kept"),
    TAKE_THEIRS: Text("采用冲突的一方", "the losing side was taken"),
    PUT_TOGETHER: Text("采用合并后的内容", "a document put together was taken"),
}


# -- seeing --------------------------------------------------------------------------------------


def list_conflicts(
    session: Session, actor: Actor, *, limit: int, cursor: str | None, state: str, **equal: Any
) -> Page[SyncConflict]:
    """Conflicts the actor may review, the newest first; *equal* narrows by columns."""
    statement: Select[Any] = select(SyncConflict).where(review.may_review(actor, SyncConflict))
    if state != "all":
        is_open = SyncConflict.resolved_at.is_(None)
        statement = statement.where(is_open if state == "open" else ~is_open)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(SyncConflict, name) == value)
    columns = [SyncConflict.received_at, SyncConflict.mutation_id]
    return keyset_page(session, statement, columns, limit=limit, cursor=cursor, descending=True)


def find_conflict(
    session: Session, actor: Actor, mutation_id: str, *, lock: bool = False
) -> SyncConflict:
    statement = select(SyncConflict).where(
        SyncConflict.mutation_id == mutation_id, review.may_review(actor, SyncConflict)
    )
    if lock:
        statement = statement.with_for_update()
    conflict = session.scalar(statement, execution_options={"populate_existing": True})
    if conflict is None:
        raise Problem(RECORD_NOT_FOUND)
    return conflict


def conflict_document(row: SyncConflict, directory: review.Directory) -> dict[str, Any]:
    return {
        **review.common_document(row, directory),
        "fields_": orjson.loads(row.fields),
        "reason": row.reason,
        "current_version": row.current_version,
        "resolution": row.resolution,
        "resolved_version": row.resolved_version,
    }


def conflict_detail(session: Session, conflict: SyncConflict, language: str) -> dict[str, Any]:
    """Both sides and the base they parted from, as wholes and field by field."""
    wanted = (conflict.organisation_id, conflict.collection, [conflict.record_id])
    head = next(iter(read_heads(session, *wanted)), None)
    steps = review.steps_of(session, conflict.mutation_id, conflict.organisation_id)
    directory = review.directory_of(session, [conflict], steps)
    sides = _sides(session, conflict, head)
    return {
        **conflict_document(conflict, directory),
        "operation": sides.mutation["operation"],
        "captured_at": sides.mutation["captured_at"],
        "payload": conflict.payload,
        "base": sides.base,
        "theirs": sides.theirs,
        "current": sides.current,
        "comparison": list(_comparison(sides, orjson.loads(conflict.fields))),
        "steps": [review.step_document(step, directory, language) for step in steps],
    }


Side = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Sides:
    mutation: Mapping[str, Any]
    base: Side | None
    """None where there was none, or the version is not kept any more."""
    theirs: Side
    current: Side


def _sides(session: Session, conflict: SyncConflict, head: RecordHead | None) -> _Sides:
    mutation: dict[str, Any] = orjson.loads(conflict.payload)
    version = mutation["base_version"]
    theirs = _side(version, mutation["document"])
    if head is None:
        return _Sides(mutation, None, theirs, _side(None, None))
    current = _side(head.version, None if head.deleted else document_of(head))
    if version == head.version:
        return _Sides(mutation, current, theirs, current)
    document = version and document_at(
        session, head.organisation_id, head.collection, head.id, version
    )
    base = _side(version, document) if document else None
    return _Sides(mutation, base, theirs, current)


def _side(version: int | None, document: Mapping[str, Any] | None) -> Side:
    return {"version": version, "deleted": document is None, "document": document}


def _comparison(sides: _Sides, clashing: list[str]) -> Iterator[dict[str, Any]]:
    """First the fields that clash, then what else the two sides have differently."""
    theirs, current = sides.theirs["document"], sides.current["document"]
    if theirs is not None and current is not None:
        # As it would be written: what is the server's to fill is no difference.
        policy = COLLECTIONS[sides.mutation["collection"]].policy
        theirs = impose(policy, theirs, current)
    base = (sides.base or {}).get("document")
    documents = {"base": base, "theirs": theirs, "current": current}
    for path in clashing:
        yield {"field": path, "clashes": True, **_values(documents, path)}
    differing = differing_fields(theirs or {}, current or {})
    named = {path.partition("/")[0] for path in clashing}
    for name in differing:
        path = join_path("", name)
        if path not in named:
            yield {"field": path, "clashes": False, **_values(documents, path)}


def _values(documents: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {side: value_at(document, path) for side, document in documents.items()}


def value_at(document: Any, path: str) -> Any:
    """What stands at *path* (``lines/<id>/unit``), or None."""
    for step in path.split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping):
            document = document.get(name)
        elif isinstance(document, list):
            items = (item for item in document if isinstance(item, dict))
            document = next((item for item in items if item.get("id") == name), None)
        else:
            return None
    return document


# -- deciding ------------------------------------------------------------------------------------


def resolve_conflict(
    session: Session, actor: Actor, mutation_id: str, decision: Mapping[str, Any], now: datetime
) -> SyncConflict:
    """Decide between the sides, once.

    *decision* is validated: ``resolution``, ``reason``, the ``current_version`` that was looked
    at, and a ``document`` if one was put together.

    Raises
    ------
    Problem
        409 if it was resolved before, naming by whom; 412 if the record has moved on since; and
        whatever the record's own rules have against the document.
    """
    conflict = find_conflict(session, actor, mutation_id, lock=True)
    _require_open(session, conflict)
    key, resolution = (conflict.collection, conflict.record_id), decision["resolution"]
    head = heads_of(session, conflict.organisation_id, [key]).get(key)
    version = None if head is None else head.version
    if decision["current_version"] != version:
        seen = decision["current_version"]
        raise Problem(VERSION_MISMATCH, given=_shown(seen), current=_shown(version))
    if resolution != KEEP_CURRENT:
        document = decision["document"]
        if resolution == TAKE_THEIRS:
            document = orjson.loads(conflict.payload)["document"]
        head = _write(session, actor, conflict, head, resolution, document, now)
    conflict.resolved_at, conflict.resolved_by = now, actor.user_id
    conflict.resolution = resolution
    conflict.resolved_version = None if head is None else head.version
    review.record_step(
        session,
        actor,
        conflict.mutation_id,
        "resolve",
        decision["reason"],
        now,
        site_id=conflict.site_id,
        content=decision["document"],
        outcome=resolution,
        version=conflict.resolved_version,
    )
    return conflict


def _shown(version: int | None) -> str:
    return "—" if version is None else str(version)


def _require_open(session: Session, conflict: SyncConflict) -> None:
    if conflict.resolved_at is not None and conflict.resolution is not None:
        by = session.get(User, conflict.resolved_by)
        raise Problem(
            CONFLICT_RESOLVED,
            name="—" if by is None else by.display_name,
            at=time_text(conflict.resolved_at),
            resolution=_WORDS[conflict.resolution],
        )


def _write(
    session: Session,
    actor: Actor,
    conflict: SyncConflict,
    head: RecordHead | None,
    resolution: str,
    document: Mapping[str, Any] | None,
    now: datetime,
) -> RecordHead:
    """Make the decision the record's next version, by the service that all writers use.

    The losing side is its author's work; what was put together is the reviewer's. In both cases
    the version is another device's for the phone that lost: were it the phone's own, an edit made
    there meanwhile would pass over the decision.
    """
    collection = COLLECTIONS[conflict.collection]
    writer = actor
    if resolution == TAKE_THEIRS:
        author = review.author_of(session, actor, conflict)
        writer = replace(author, device_id=actor.device_id)
    if document is None:
        if collection.delete is None:
            raise Problem(READ_ONLY_COLLECTION, collection=collection.name)
        return collection.delete(session, writer, conflict.record_id, now)
    if collection.save is None:
        raise Problem(READ_ONLY_COLLECTION, collection=collection.name)
    return collection.save(session, writer, _loaded(collection, conflict, head, document), now)


def _loaded(
    collection: Collection,
    conflict: SyncConflict,
    head: RecordHead | None,
    document: Mapping[str, Any],
) -> dict[str, Any]:
    stands = MISSING if head is None else document_of(head)
    whole = {**impose(collection.policy, document, stands), "id": conflict.record_id}
    assert collection.schema is not None
    try:
        loaded: dict[str, Any] = collection.schema.load(whole)
    except ValidationError as error:
        errors = tuple(field_errors(error.messages, "/document"))
        raise Problem(VALIDATION_FAILED, errors) from error
    return loaded
