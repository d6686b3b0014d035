"""The quarantine: seeing refused mutations, correcting them, carrying them out after all, or
deciding that they shall not be. Nothing is ever deleted.

What is carried out counts as the work of its author, with the capture time and the receipt time it
always had; the step beside it names the reviewer. It keeps its mutation id, so that the author's
phone, should it send the same once more, hears that it was applied.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson
from marshmallow import ValidationError
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from schemas.fields import time_text, uuid_text
from server.access import Actor
from server.db.change_log import QuarantinedMutation, SyncMutation
from server.db.sync_store import push_transaction, rejection
from server.db.transaction import transaction
from server.errors import (
    MUTATION_DISCARDED,
    PUSH_LOST_RACES,
    QUARANTINE_ENTRY_SETTLED,
    READ_ONLY_COLLECTION,
    RECORD_NOT_FOUND,
    SIGNED_CONTENT_CHANGED,
    UNKNOWN_COLLECTION,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.paging import Page, keyset_page
from server.http.problem import field_errors
from server.offline.collection import PushContext
from server.sync_api import review
from server.sync_api.registry import COLLECTIONS
from server.sync_api.rendering import problem_document
from server.sync_api.service import ATTEMPTS, Unreadable, read_mutation
from sync.canonical import ascii_json
from sync.errors import RetryTransaction
from sync.push import payload_of, push
from sync.records import Mutation, MutationResult, Operation, Status

APPLIED, REAPPLIED, CONFLICT, DISCARDED = "applied", "reapplied", "conflict", "discarded"
"""How an entry ends: the phone's own repeat was accepted; a reviewer carried it out; carrying it
out met another's change and waits among the conflicts; it shall not be."""
DISCARDED_AT_ONCE = 500
_OTHER_ID = Text("与这条改动的 id 不同", "This is not the id of the change.")


# -- seeing --------------------------------------------------------------------------------------


def list_entries(
    session: Session, actor: Actor, *, limit: int, cursor: str | None, state: str, **equal: Any
) -> Page[QuarantinedMutation]:
    """Refused mutations the actor may review, the newest first; *equal* narrows by columns."""
    entries = QuarantinedMutation
    statement: Select[Any] = select(entries).where(review.may_review(actor, entries))
    if state != "all":
        is_open = entries.settled_at.is_(None)
        statement = statement.where(is_open if state == "open" else ~is_open)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(entries, name) == value)
    columns = [entries.received_at, entries.id]
    return keyset_page(session, statement, columns, limit=limit, cursor=cursor, descending=True)


def find_entry(
    session: Session, actor: Actor, entry_id: str, *, lock: bool = False
) -> QuarantinedMutation:
    statement = select(QuarantinedMutation).where(
        QuarantinedMutation.id == entry_id, review.may_review(actor, QuarantinedMutation)
    )
    if lock:
        statement = statement.with_for_update()
    entry = session.scalar(statement, execution_options={"populate_existing": True})
    if entry is None:
        raise Problem(RECORD_NOT_FOUND)
    return entry


def entry_document(
    entry: QuarantinedMutation, directory: review.Directory, language: str
) -> dict[str, Any]:
    return {
        **review.common_document(entry, directory),
        "id": entry.id,
        "problem": problem_document(orjson.loads(entry.problem), language),
        "last_received_at": time_text(entry.last_received_at),
        "outcome": entry.outcome,
        "is_repaired": entry.repaired is not None,
    }


def entry_detail(session: Session, entry: QuarantinedMutation, language: str) -> dict[str, Any]:
    """The entry with what arrived, the correction, and everything that was done about it."""
    steps = review.steps_of(session, entry.id, entry.organisation_id)
    directory = review.directory_of(session, [entry], steps)
    arrived = _arrived(entry)
    captured_at = arrived.get("captured_at")
    return {
        **entry_document(entry, directory, language),
        "captured_at": captured_at if isinstance(captured_at, str) else None,
        "payload": entry.payload,
        "repaired": None if entry.repaired is None else orjson.loads(entry.repaired),
        "steps": [review.step_document(step, directory, language) for step in steps],
    }


def _arrived(entry: QuarantinedMutation) -> dict[str, Any]:
    """What arrived, as far as it is a mutation at all."""
    try:
        given = json.loads(entry.payload)
    except RecursionError:
        return {}
    return given if isinstance(given, dict) else {}


# -- correcting ----------------------------------------------------------------------------------


def repair_entry(
    session: Session,
    actor: Actor,
    entry_id: str,
    correction: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> QuarantinedMutation:
    """Put a corrected mutation beside what arrived. Carrying it out is a step of its own."""
    entry = find_entry(session, actor, entry_id, lock=True)
    _require_open(entry)
    arrived = _arrived(entry)
    mutation = _read(entry, {**arrived, **correction})
    _check_document(mutation)
    _check_signatures(arrived.get("document"), mutation.document)
    content = payload_of(mutation)
    entry.repaired = orjson.dumps(content).decode()
    review.record_step(
        session, actor, entry.id, "repair", reason, now, site_id=entry.site_id, content=content
    )
    return entry


def _require_open(entry: QuarantinedMutation) -> None:
    if entry.settled_at is not None:
        at = time_text(entry.settled_at)
        raise Problem(QUARANTINE_ENTRY_SETTLED, at=at, outcome=entry.outcome)


def _read(entry: QuarantinedMutation, raw: Mapping[str, Any]) -> Mutation:
    read = read_mutation({**raw, "mutation_id": entry.mutation_id})
    if isinstance(read, Unreadable):
        raise read.problem
    return replace(read, document=None) if read.operation is Operation.DELETE else read


def _check_document(mutation: Mutation) -> None:
    collection = COLLECTIONS.get(mutation.collection)
    if collection is None:
        raise Problem(UNKNOWN_COLLECTION, collection=mutation.collection)
    if collection.schema is None:
        raise Problem(READ_ONLY_COLLECTION, collection=mutation.collection)
    if mutation.operation is Operation.DELETE:
        return
    try:
        loaded = collection.schema.load(mutation.document or {})
    except ValidationError as error:
        errors = tuple(field_errors(error.messages, "/document"))
        raise Problem(VALIDATION_FAILED, errors) from error
    if loaded["id"] != mutation.record_id:
        raise Problem(VALIDATION_FAILED, [FieldError("/document/id", _OTHER_ID)])


def _check_signatures(arrived: Any, repaired: Any) -> None:
    """A signature stands on what its signer saw: whoever corrects the rest takes it off, and
    nobody adds one in another's name."""
    before = dict(arrived) if isinstance(arrived, dict) else {}
    after = dict(repaired) if isinstance(repaired, Mapping) else {}
    had, has = before.pop("signatures", None) or [], after.pop("signatures", None) or []
    if has and (any(signature not in had for signature in has) or before != after):
        raise Problem(SIGNED_CONTENT_CHANGED)


# -- carrying out --------------------------------------------------------------------------------


class _Refused(Exception):
    """Undoes the attempt: a refusal leaves nothing but the step that tells of it."""

    def __init__(self, result: MutationResult) -> None:
        super().__init__()
        self.result = result


def reapply_entry(
    session: Session, actor: Actor, entry_id: str, reason: str, now: datetime
) -> MutationResult:
    """Carry the mutation out as its author's. Doing it again repeats the first answer.

    Begins and ends its transactions itself, as a push does.
    """
    try:
        for attempt in range(1, ATTEMPTS + 1):
            with suppress(RetryTransaction):
                is_last_attempt = attempt == ATTEMPTS
                return _carry_out(
                    session, actor, entry_id, reason, now, is_last_attempt=is_last_attempt
                )
    except _Refused as refused:
        with transaction(session, write=True):
            _note_refusal(session, actor, entry_id, reason, refused.result, now)
        return refused.result
    raise Problem(PUSH_LOST_RACES, headers={"Retry-After": "2"})


def _carry_out(
    session: Session,
    actor: Actor,
    entry_id: str,
    reason: str,
    now: datetime,
    *,
    is_last_attempt: bool,
) -> MutationResult:
    with transaction(session, write=False):
        entry = find_entry(session, actor, entry_id)
        mutation = _mutation_of(session, entry)
        named = uuid_text(mutation.document.get("site_id")) if mutation.document else None
        author = review.author_of(session, actor, entry, named)
    with push_transaction(
        session,
        author,
        now,
        {mutation.mutation_id: mutation.captured_at},
        is_last_attempt=is_last_attempt,
        clock_offset_ms=entry.clock_offset_ms,
        received_at=entry.received_at,
    ) as store:
        before = entry.repaired
        entry = find_entry(session, actor, entry_id, lock=True)
        if entry.repaired != before:
            raise RetryTransaction("it was corrected in this very moment")
        if entry.outcome == DISCARDED:
            _require_open(entry)
        # A corrected document was not the phone's: its next edit must meet it as another's.
        writer = author if entry.repaired is None else replace(author, device_id=actor.device_id)
        context = PushContext(session, writer, writer.device_id or "", now)
        [result] = push(store, COLLECTIONS, context, [mutation])
        if result.status is Status.REJECTED:
            raise _Refused(result)
        if entry.settled_at is None:
            _settle(session, actor, entry, result, reason, now)
        return result


def _mutation_of(session: Session, entry: QuarantinedMutation) -> Mutation:
    raw = _arrived(entry) if entry.repaired is None else orjson.loads(entry.repaired)
    mutation = _read(entry, raw)
    answered = session.scalar(
        select(SyncMutation.content_hash).where(*_answer_to(entry.organisation_id, entry))
    )
    if answered in (None, entry.content_hash):
        return replace(mutation, sent_content_hash=entry.content_hash)
    # The id stands for other content already; an id made from both makes this repeatable, too.
    own_id = str(uuid5(NAMESPACE_OID, f"{entry.mutation_id}:{entry.content_hash}"))
    return replace(mutation, mutation_id=own_id)


def _answer_to(organisation_id: str, entry: QuarantinedMutation) -> tuple[Any, ...]:
    return (
        SyncMutation.organisation_id == organisation_id,
        SyncMutation.mutation_id == entry.mutation_id,
    )


def _settle(
    session: Session,
    actor: Actor,
    entry: QuarantinedMutation,
    result: MutationResult,
    reason: str,
    now: datetime,
) -> None:
    is_conflict = result.status is Status.CONFLICT
    entry.settled_at, entry.settled_by = now, actor.user_id
    entry.outcome = CONFLICT if is_conflict else REAPPLIED
    outcome, version = result.status.value, result.version
    review.record_step(
        session,
        actor,
        entry.id,
        "reapply",
        reason,
        now,
        site_id=entry.site_id,
        outcome=outcome,
        version=version,
    )


def _note_refusal(
    session: Session,
    actor: Actor,
    entry_id: str,
    reason: str,
    result: MutationResult,
    now: datetime,
) -> None:
    entry = find_entry(session, actor, entry_id, lock=True)
    assert result.problem is not None
    if entry.settled_at is None:
        entry.problem, entry.slug = ascii_json(result.problem), result.problem["slug"]
    outcome = result.status.value
    review.record_step(
        session,
        actor,
        entry.id,
        "reapply",
        reason,
        now,
        site_id=entry.site_id,
        outcome=outcome,
        refusal=result.problem,
    )


# -- discarding ----------------------------------------------------------------------------------


def discard_entry(
    session: Session, actor: Actor, entry_id: str, reason: str, now: datetime
) -> QuarantinedMutation:
    """Decide that the mutation shall not be carried out. It stays where it is, and a phone that
    sends it again is told who decided what."""
    entry = find_entry(session, actor, entry_id, lock=True)
    _require_open(entry)
    _discard(session, actor, entry, reason, now)
    return entry


def discard_device(
    session: Session, actor: Actor, device_id: str, reason: str, now: datetime
) -> tuple[int, int]:
    """Discard what waits from one device, the oldest first and at most 500 at a time: a stolen
    phone may have sent more than anybody wants to look at one by one.

    Returns how many were discarded, and how many are left.
    """
    waiting = (
        review.may_review(actor, QuarantinedMutation),
        QuarantinedMutation.device_id == device_id,
        QuarantinedMutation.settled_at.is_(None),
    )
    oldest_first = (QuarantinedMutation.received_at, QuarantinedMutation.id)
    entries = session.scalars(
        select(QuarantinedMutation)
        .where(*waiting)
        .order_by(*oldest_first)
        .limit(DISCARDED_AT_ONCE)
        .with_for_update()
    ).all()
    for entry in entries:
        _discard(session, actor, entry, reason, now)
    left = session.scalar(select(func.count(QuarantinedMutation.id)).where(*waiting))
    return len(entries), left or 0


def _discard(
    session: Session, actor: Actor, entry: QuarantinedMutation, reason: str, now: datetime
) -> None:
    entry.settled_at, entry.settled_by, entry.outcome = now, actor.user_id, DISCARDED
    refusal = rejection(Problem(MUTATION_DISCARDED, reason=reason)).problem
    _change_answer(session, entry, is_final=True, problem=ascii_json(refusal))
    review.record_step(session, actor, entry.id, "discard", reason, now, site_id=entry.site_id)


def reopen_entry(
    session: Session, actor: Actor, entry_id: str, reason: str, now: datetime
) -> QuarantinedMutation:
    """Take a discarded mutation up again; one that was carried out stays as it is."""
    entry = find_entry(session, actor, entry_id, lock=True)
    if entry.outcome != DISCARDED:
        if entry.settled_at is None:
            return entry
        _require_open(entry)
    entry.settled_at = entry.settled_by = entry.outcome = None
    _change_answer(session, entry, is_final=False, problem=entry.problem)
    review.record_step(session, actor, entry.id, "reopen", reason, now, site_id=entry.site_id)
    return entry


def _change_answer(session: Session, entry: QuarantinedMutation, **values: Any) -> None:
    """Change what a phone is told that sends the mutation again."""
    session.execute(
        update(SyncMutation)
        .where(
            *_answer_to(entry.organisation_id, entry),
            SyncMutation.content_hash == entry.content_hash,
            SyncMutation.status == Status.REJECTED.value,
        )
        .values(**values)
    )
