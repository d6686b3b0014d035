"""Push: every mutation on its own, each answered exactly once, none able to harm another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sync.canonical import ascii_json, content_hash_of
from sync.decide import (
    DELETED_BY_OTHER,
    MERGED_INVALID,
    Apply,
    Conflict,
    Decision,
    decide,
)
from sync.errors import (
    INTERNAL_ERROR,
    MALFORMED_DOCUMENT,
    MUTATION_ID_REUSED,
    RECORD_NOT_FOUND,
    UNKNOWN_COLLECTION,
    NotCanonical,
    Problem,
    Rejected,
    RetryTransaction,
    problem,
)
from sync.merge import impose
from sync.ports import ContextT, Handler, PushStore
from sync.records import (
    ConflictAnswer,
    Head,
    KeptConflict,
    KnownResult,
    Mutation,
    MutationResult,
    Operation,
    PastVersion,
    Quarantined,
    Status,
)


def push(
    store: PushStore,
    handlers: Mapping[str, Handler[ContextT]],
    context: ContextT,
    mutations: Sequence[Mutation],
    *,
    refusal: Problem | None = None,
) -> list[MutationResult]:
    """Carry out *mutations* in their order and answer each.

    Parameters
    ----------
    store
        One organisation's store inside a transaction; the caller commits it.
    handlers
        The collections that can be written, by name.
    refusal
        If given, nothing new is carried out: what was not answered before is quarantined with
        this problem (work of a user or device that was revoked meanwhile).

    Raises
    ------
    RetryTransaction
        The store lost a race: roll back, begin again, push again.
    """
    run = _Push(store, handlers, context, refusal)
    run.read_ahead(mutations)
    return [run.answer(mutation) for mutation in mutations]


@dataclass(slots=True)
class _Attempt:
    """How far a mutation got inside its savepoint."""

    decision: Decision | None = None
    head: Head | None = None


class _TrialOver(Exception):
    """Ends a trial application, so that the savepoint undoes it."""


class _Push(Generic[ContextT]):
    def __init__(
        self,
        store: PushStore,
        handlers: Mapping[str, Handler[ContextT]],
        context: ContextT,
        refusal: Problem | None,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._context = context
        self._refusal = refusal
        self._known: dict[str, KnownResult] = {}

    def read_ahead(self, mutations: Sequence[Mutation]) -> None:
        """Ask the store once for everything, not once for each mutation."""
        self._known.update(self._store.known_results({m.mutation_id for m in mutations}))
        self._store.heads({m.key for m in mutations})

    def answer(self, mutation: Mutation) -> MutationResult:
        content_hash, malformed = _fingerprint(mutation)
        earlier = self._known.get(mutation.mutation_id)
        if earlier is not None and earlier.content_hash != content_hash:
            reused = problem(MUTATION_ID_REUSED, mutation_id=mutation.mutation_id)
            return self._refuse(mutation, content_hash, reused)
        # A rejection is no last word: what the record lacked may have arrived since.
        if earlier is not None and (earlier.is_final or earlier.status is not Status.REJECTED):
            return self._repeat(earlier)
        refusal = self._refusal or malformed
        result = (
            self._reject(mutation, content_hash, refusal)
            if refusal is not None
            else self._carry_out(mutation, content_hash)
        )
        if earlier is not None and result.status is not Status.REJECTED:
            self._store.release(mutation.mutation_id, content_hash)
        return result

    def _repeat(self, earlier: KnownResult) -> MutationResult:
        """The first answer again, without the document if the record left the caller's scope."""
        if earlier.status is Status.REJECTED:
            return MutationResult(earlier.mutation_id, Status.REJECTED, problem=earlier.problem)
        is_visible = self._context.may_see(earlier.key.collection, earlier.site_id)
        document = earlier.document if is_visible else None
        if earlier.status is Status.CONFLICT:
            return MutationResult(
                earlier.mutation_id,
                Status.CONFLICT,
                version=earlier.version,
                conflict=ConflictAnswer(earlier.fields, document),
            )
        return MutationResult(earlier.mutation_id, Status.DUPLICATE, earlier.version, document)

    def _carry_out(self, mutation: Mutation, content_hash: str) -> MutationResult:
        attempt = _Attempt()
        try:
            return self._try(mutation, content_hash, attempt)
        except RetryTransaction:
            raise
        except Rejected as rejected:
            return self._reject(mutation, content_hash, rejected.problem)
        except Exception as error:
            params = self._store.report_failure(mutation, error)
            return self._reject(mutation, content_hash, problem(INTERNAL_ERROR, **params))

    def _try(self, mutation: Mutation, content_hash: str, attempt: _Attempt) -> MutationResult:
        handler = self._handlers.get(mutation.collection)
        if handler is None:
            raise Rejected(problem(UNKNOWN_COLLECTION, collection=mutation.collection))
        try:
            with self._store.savepoint():
                result = self._apply(handler, mutation, attempt)
        except Rejected:
            # Two sides that each stand alone but break a rule together are a conflict.
            if not (isinstance(attempt.decision, Apply) and attempt.decision.merged):
                raise
            attempt.decision = Conflict(attempt.decision.changed_fields, MERGED_INVALID)
        if isinstance(attempt.decision, Conflict):
            return self._clash(handler, mutation, content_hash, attempt.decision, attempt.head)
        return self._keep(mutation, content_hash, result)

    def _apply(
        self, handler: Handler[ContextT], mutation: Mutation, attempt: _Attempt
    ) -> MutationResult:
        head = attempt.head = self._store.head(mutation.key)
        if head is not None and not self._context.may_see(head.collection, head.site_id):
            raise Rejected(problem(RECORD_NOT_FOUND))
        handler.admit(self._context, mutation, head)
        decision = attempt.decision = decide(
            handler.policy, head, self._history(mutation, head), mutation, self._context.device_id
        )
        if isinstance(decision, Conflict):
            return MutationResult(mutation.mutation_id, Status.CONFLICT)
        status = Status.MERGED if decision.merged else Status.APPLIED
        if not isinstance(decision, Apply):
            version = head.version if head is not None else None
            return MutationResult(mutation.mutation_id, status, version, _standing(head))
        written = handler.apply(self._context, mutation, decision.document, head)
        return MutationResult(mutation.mutation_id, status, written.version, written.document)

    def _history(self, mutation: Mutation, head: Head | None) -> Sequence[PastVersion]:
        """The versions from the mutation's base to the current one, as far as they are kept."""
        first = mutation.base_version if mutation.base_version is not None else 1
        if head is None or first > head.version:
            return ()
        # Merging tells objects by their type, and a store may hand over any mapping.
        current = PastVersion(head.version, head.deleted, dict(head.document), head.device_id)
        if first == head.version:
            return (current,)
        return (*self._store.versions(mutation.key, first, head.version - 1), current)

    def _clash(
        self,
        handler: Handler[ContextT],
        mutation: Mutation,
        content_hash: str,
        conflict: Conflict,
        head: Head | None,
    ) -> MutationResult:
        """Keep both sides, unless mine could not be accepted even if nobody else had written."""
        if conflict.reason != DELETED_BY_OTHER:
            self._try_alone(handler, mutation, head)
        self._store.keep_conflict(
            KeptConflict(
                mutation,
                content_hash,
                self._context.device_id,
                conflict.fields,
                conflict.reason,
                head.version if head is not None else None,
            )
        )
        version = head.version if head is not None else None
        answer = ConflictAnswer(conflict.fields, _standing(head))
        result = MutationResult(
            mutation.mutation_id, Status.CONFLICT, version=version, conflict=answer
        )
        return self._keep(mutation, content_hash, result)

    def _try_alone(self, handler: Handler[ContextT], mutation: Mutation, head: Head | None) -> None:
        """Raise what the handler has against the mutation by itself; leave no trace."""
        document = None
        if mutation.operation is Operation.UPSERT:
            document = impose(handler.policy, mutation.document or {}, _standing(head))
        try:
            with self._store.savepoint():
                handler.apply(self._context, mutation, document, head)
                raise _TrialOver
        except _TrialOver:
            return

    def _keep(
        self, mutation: Mutation, content_hash: str, result: MutationResult
    ) -> MutationResult:
        head = self._store.head(mutation.key)
        known = KnownResult(
            mutation_id=mutation.mutation_id,
            content_hash=content_hash,
            key=mutation.key,
            status=result.status,
            version=result.version,
            document=result.conflict.current if result.conflict else result.document,
            fields=result.conflict.fields if result.conflict else (),
            problem=result.problem,
            site_id=head.site_id if head is not None else None,
        )
        self._store.keep_result(known)
        self._known[mutation.mutation_id] = known
        return result

    def _reject(self, mutation: Mutation, content_hash: str, refused: Problem) -> MutationResult:
        return self._keep(mutation, content_hash, self._refuse(mutation, content_hash, refused))

    def _refuse(self, mutation: Mutation, content_hash: str, refused: Problem) -> MutationResult:
        """Quarantine and answer, without remembering the answer under the mutation's id."""
        self._store.quarantine(
            Quarantined(
                mutation_id=mutation.mutation_id,
                content_hash=content_hash,
                key=mutation.key,
                device_id=self._context.device_id,
                problem=refused,
                payload=ascii_json(payload_of(mutation)),
            )
        )
        return MutationResult(mutation.mutation_id, Status.REJECTED, problem=refused)


def payload_of(mutation: Mutation) -> dict[str, Any]:
    """The mutation in the wire's shape."""
    return {
        "mutation_id": mutation.mutation_id,
        "collection": mutation.collection,
        "id": mutation.record_id,
        "operation": mutation.operation.value,
        "base_version": mutation.base_version,
        "document": mutation.document,
        "captured_at": mutation.captured_at,
    }


def _standing(head: Head | None) -> Mapping[str, Any] | None:
    return None if head is None or head.deleted else head.document


def _fingerprint(mutation: Mutation) -> tuple[str, Problem | None]:
    """The content hash, and what is wrong with a document that cannot have a proper one."""
    is_upsert = mutation.operation is Operation.UPSERT
    if not is_upsert or isinstance(mutation.document, dict):
        try:
            return mutation.content_hash, None
        except NotCanonical:
            pass
    return content_hash_of(ascii_json(payload_of(mutation))), problem(MALFORMED_DOCUMENT)
