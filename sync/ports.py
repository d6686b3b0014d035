"""What the engine needs from outside: a store inside one transaction, handlers, the caller.

A store object belongs to one organisation and one transaction. Nothing in it commits: beginning
and ending the transaction is the business of whoever calls the engine. ``sync.memory`` is the
executable specification; ``tests/conformance`` holds every store to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from sync.policy import MergePolicy
from sync.records import (
    Document,
    Head,
    KeptConflict,
    KnownResult,
    LogBounds,
    LogQuery,
    LogRow,
    Mutation,
    PastVersion,
    Publication,
    Quarantined,
    RecordKey,
    Written,
)


class Context(Protocol):
    """Who pushes. The server's own context carries more, for its handlers."""

    @property
    def device_id(self) -> str:
        """The pushing device: its own earlier versions never conflict with its mutations."""

    def may_see(self, collection: str, site_id: str | None) -> bool:
        """Whether a record of this collection and site exists for the caller."""


ContextT = TypeVar("ContextT", bound=Context)
ContextT_contra = TypeVar("ContextT_contra", bound=Context, contravariant=True)


class Handler(Protocol[ContextT_contra]):
    """The thin adapter between the engine and one collection's service."""

    @property
    def policy(self) -> MergePolicy:
        """How documents of the collection merge."""

    def admit(self, context: ContextT_contra, mutation: Mutation, head: Head | None) -> None:
        """Refuse at once, before contents are compared, what the caller may never do.

        Raises :class:`Rejected` (a read-only collection, a role that only reads).
        """

    def apply(
        self,
        context: ContextT_contra,
        mutation: Mutation,
        document: Document | None,
        head: Head | None,
    ) -> Written:
        """Validate *document* and write it through the service, which publishes to the store.

        *document* is the mutation's own or the merged one; ``None`` deletes. Runs inside a
        savepoint; may be run on trial and rolled back, so it has no effect outside the
        transaction. Raises :class:`Rejected` when the service refuses.
        """


class PushStore(Protocol):
    """What a push needs of the store."""

    def known_results(self, mutation_ids: Collection[str]) -> Mapping[str, KnownResult]:
        """The first answers to those of these mutations that were seen before: one query.

        Mutation ids are unique within the organisation.
        """

    def heads(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, Head]:
        """Read many current versions (tombstones too) with one query, and remember them.

        Must take or be followed by whatever makes two transactions that write the same record
        take turns or fail with :class:`RetryTransaction`: no version may be written twice.
        """

    def head(self, key: RecordKey) -> Head | None:
        """One current version as this transaction sees it.

        Costs no query for what :meth:`heads` has read; shows what this transaction published
        since, by whichever handler; what a savepoint undid is forgotten.
        """

    def versions(self, key: RecordKey, first: int, last: int) -> Sequence[PastVersion]:
        """Superseded versions ``first <= version <= last`` that are still kept, oldest first."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo everything done in the block if it raises, and let the exception through.

        Troubles of the transaction as a whole (deadlock, serialisation, a lost race for a
        unique key) leave it as :class:`RetryTransaction`.
        """

    def publish(self, publication: Publication) -> Head:
        """Make the next version of a record, for services of every kind; returns it.

        Version 1 for a new record, else the present one plus 1 (a tombstone counts). The
        superseded version is kept. If ``site_id`` differs from the present head's, the place it
        left gets a departure row and a departure row of the place it enters is dropped.
        Deleting keeps the document and the site of the present head, whatever is passed.
        The sequence numbers are given at the transaction's very end, one to each record.
        """

    def keep_result(self, result: KnownResult) -> None:
        """Remember an answer; replaces an earlier ``rejected`` one of the same mutation.

        A row of another transaction for the same mutation raises :class:`RetryTransaction`
        (here or when the transaction ends).
        """

    def keep_conflict(self, conflict: KeptConflict) -> None:
        """Keep the losing state for review by a person."""

    def quarantine(self, quarantined: Quarantined) -> None:
        """Keep a refused mutation; the same id and content again only renews the reason."""

    def release(self, mutation_id: str, content_hash: str) -> None:
        """Close the quarantine entry, if there is one: the mutation was accepted after all."""

    def report_failure(self, mutation: Mutation, error: Exception) -> Mapping[str, Any]:
        """Tell the operators of an unexpected exception of a handler (a log line).

        Returns what the problem ``internal-error`` shall tell the reader, such as the id under
        which the operators find it.
        """


class PullStore(Protocol):
    """What a pull needs of the store."""

    def epoch(self) -> str:
        """Changes whenever sequence numbers lose their meaning (restore, rebuilt log)."""

    def position(self) -> int:
        """A sequence number at or below which no later commit will ever place a row [≥ 0]."""

    def oldest_position(self) -> int:
        """The highest sequence number whose tombstone or departure was compacted away [≥ 0]."""

    def bounds(self) -> LogBounds:
        """The three of them at one moment."""

    def log(self, query: LogQuery) -> Sequence[LogRow]:
        """Rows of the log in order of sequence; documents as stored text.

        A record has one head row (its sequence moves up with each write) and at most one
        departure row for each place it has left. A departure carries the sequence of the write
        that moved the record and the version of its present head.
        """


class Store(PushStore, PullStore, Protocol):
    """Both sides."""
