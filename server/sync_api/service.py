"""Push and pull over the SQL store."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from schemas.compiled import compiled
from schemas.fields import uuid_text
from schemas.messages import shown
from schemas.sync import MutationIn
from server.access import Actor, Permission
from server.db.sync_log import SqlLog
from server.db.sync_store import SqlStore, push_transaction, rejection
from server.errors import (
    CURSOR_EXPIRED,
    CURSOR_INVALID,
    DEVICE_MISMATCH,
    PUSH_LOST_RACES,
    TOO_LARGE,
    UNKNOWN_COLLECTION,
    VALIDATION_FAILED,
    Problem,
    Text,
)
from server.http.problem import field_errors
from server.offline.collection import PushContext, Validated
from server.sync_api.registry import COLLECTIONS, readable_by
from sync.canonical import ascii_json, content_hash_of
from sync.cursor import encode_cursor, fresh_cursor
from sync.errors import CursorExpired, CursorInvalid, RetryTransaction
from sync.pull import pull
from sync.push import push
from sync.records import (
    Mutation,
    MutationResult,
    Operation,
    Page,
    Quarantined,
    RecordKey,
    Scope,
    Status,
)

ATTEMPTS = 6
"""How often a push is run again; each race that it loses means that another one won."""

_envelope = compiled(MutationIn())


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mutation whose envelope does not validate: kept as it came, and answered by itself."""

    raw: Any
    problem: Problem


def read_mutation(raw: Any) -> Mutation | Unreadable:
    """One entry of a push, judged by itself so that it cannot spoil the others."""
    try:
        loaded = _envelope.load(raw)
    except ValidationError as error:
        return Unreadable(raw, Problem(VALIDATION_FAILED, tuple(field_errors(error.messages))))
    return Mutation(
        mutation_id=loaded["mutation_id"],
        collection=loaded["collection"],
        record_id=loaded["id"],
        operation=Operation(loaded["operation"]),
        base_version=loaded["base_version"] or None,
        document=_canonical(loaded["collection"], loaded["document"]),
        captured_at=loaded["captured_at"],
    )


def _canonical(name: str, document: Any) -> Any:
    """*document* in the spelling in which the server keeps it.

    Merging compares what a phone sends with what it once got: "08:00:00Z" and "08:00:00.000Z" must
    not look like an edit. What does not validate stays as it came and is refused with its reason.
    """
    collection = COLLECTIONS.get(name)
    if collection is None or collection.schema is None or not isinstance(document, dict):
        return document
    try:
        return Validated(compiled(collection.schema).load(document))
    except ValidationError:
        return document


def check_device(actor: Actor, device_id: str | None) -> None:
    """Refuse a push for another device than the one that signed in."""
    if device_id != actor.device_id:
        raise Problem(DEVICE_MISMATCH)


def check_size(mutations: int, limit: int) -> None:
    if mutations > limit:
        raise Problem(TOO_LARGE, limit=Text(f"{limit} 条改动", f"{limit} changes"))


Check = Callable[[Sequence[MutationResult]], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a push reached us, besides what it holds."""

    refusal: Problem | None = None
    """Why nothing of it may be carried out: it is kept in quarantine, each piece with this."""
    clock_offset_ms: int | None = None
    """By how much the device's clock is ahead of ours, if it told."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Counts how the mutations ended, once that is committed."""


def push_mutations(
    session: Session,
    actor: Actor,
    entries: Sequence[Mutation | Unreadable],
    now: datetime,
    check: Check | None = None,
    delivery: Delivery | None = None,
) -> list[MutationResult]:
    """Carry out *entries* in one transaction, again from the start if it lost a race.

    *check* looks at the results before they are committed; what it raises undoes everything.
    """
    delivery = delivery or Delivery()
    for attempt in range(ATTEMPTS + 1):
        with suppress(RetryTransaction):
            results = _push_once(
                session,
                actor,
                entries,
                now,
                check,
                delivery,
                is_last_attempt=attempt == ATTEMPTS,
                is_careful=attempt > 0,
            )
            delivery.outcomes.update(result.status.value for result in results)
            return results
    raise Problem(PUSH_LOST_RACES, headers={"Retry-After": "2"})


def _push_once(
    session: Session,
    actor: Actor,
    entries: Sequence[Mutation | Unreadable],
    now: datetime,
    check: Check | None,
    delivery: Delivery,
    *,
    is_last_attempt: bool,
    is_careful: bool,
) -> list[MutationResult]:
    mutations = [entry for entry in entries if isinstance(entry, Mutation)]
    captured_at = {mutation.mutation_id: mutation.captured_at for mutation in mutations}
    refusal = None if delivery.refusal is None else rejection(delivery.refusal).problem
    context = PushContext(session, actor, actor.device_id or "", now, refusal is not None)
    with push_transaction(
        session,
        actor,
        now,
        captured_at,
        is_last_attempt=is_last_attempt,
        is_careful=is_careful,
        clock_offset_ms=delivery.clock_offset_ms,
    ) as store:
        _read_ahead(context, mutations)
        answers = iter(push(store, COLLECTIONS, context, mutations, refusal=refusal))
        results = [
            next(answers) if isinstance(entry, Mutation) else _refuse(store, entry)
            for entry in entries
        ]
        if check is not None:
            check(results)
        return results


def _read_ahead(context: PushContext, mutations: Sequence[Mutation]) -> None:
    """Let each collection read at once what its records will ask for one by one."""
    documents: defaultdict[str, list[Validated]] = defaultdict(list)
    for mutation in mutations:
        if isinstance(mutation.document, Validated):
            documents[mutation.collection].append(mutation.document)
    for name, of_collection in documents.items():
        read_ahead = COLLECTIONS[name].read_ahead
        if read_ahead is not None:
            read_ahead(context.session, context.actor, of_collection)


def _refuse(store: SqlStore, entry: Unreadable) -> MutationResult:
    """Keep what could not even be read. The same thing again finds its own entry."""
    payload = ascii_json(entry.raw)
    given = entry.raw if isinstance(entry.raw, dict) else {}
    mutation_id = uuid_text(given.get("mutation_id"))
    refused = rejection(entry.problem).problem
    store.quarantine(
        Quarantined(
            mutation_id=mutation_id or str(uuid.uuid5(uuid.NAMESPACE_OID, payload)),
            content_hash=content_hash_of(payload),
            # The payload has them as they came; here they are only to be found by.
            key=RecordKey(shown(given.get("collection")), shown(given.get("id"))),
            device_id=store.actor.device_id or "",
            problem=refused,
            payload=payload,
        )
    )
    echoed = given.get("mutation_id")
    if not isinstance(echoed, str) or not echoed.isprintable():
        echoed = ""
    return MutationResult(echoed, Status.REJECTED, problem=refused)


def scope_of(actor: Actor, wanted: Sequence[str] | None) -> Scope:
    """What *actor* may pull of the *wanted* collections (None: all)."""
    readable = readable_by(actor)
    for name in wanted or ():
        if name not in COLLECTIONS:
            raise Problem(UNKNOWN_COLLECTION, collection=name)
    return Scope(
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        # What is meant for one person lies at a place of its own, which bears their id.
        site_ids=actor.sites_with(Permission.READ_RECORDS) | {actor.user_id},
        collections=readable if wanted is None else readable & frozenset(wanted),
    )


@contextmanager
def cursor_problems() -> Iterator[None]:
    """The engine's words about a cursor as problems."""
    try:
        yield
    except CursorInvalid as error:
        raise Problem(CURSOR_INVALID) from error
    except CursorExpired as error:
        raise Problem(CURSOR_EXPIRED) from error


def beginning_with_tombstones(
    session: Session, actor: Actor, wanted: Sequence[str], secret_key: str
) -> str:
    """A cursor from which everything comes, the tombstones that are still kept included.

    For clients that may push before their first pull, and cannot tell what a pull did not bring.
    """
    scope, log = scope_of(actor, wanted), SqlLog(session, actor)
    cursor = fresh_cursor(scope, log.epoch(), log.oldest_position())
    return encode_cursor(cursor, secret_key.encode())


def pull_changes(
    session: Session,
    actor: Actor,
    cursor: str | None,
    limit: int,
    wanted: Sequence[str] | None,
    secret_key: str,
) -> Page:
    """The next page of what *actor* may see of the *wanted* collections (None: all)."""
    scope = scope_of(actor, wanted)
    with cursor_problems():
        return pull(SqlLog(session, actor), scope, cursor, limit, key=secret_key.encode())
