"""The values that travel between client, engine and store. All of them are immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sync.canonical import content_hash_of
from sync.errors import Problem

Document = Mapping[str, Any]
"""A record's whole state as parsed JSON. Nobody changes one after it was handed over."""


class RecordKey(NamedTuple):
    """A record's identity within an organisation."""

    collection: str
    record_id: str


class Operation(StrEnum):
    UPSERT = "upsert"
    DELETE = "delete"


class Status(StrEnum):
    """How a push answers one mutation."""

    APPLIED = "applied"
    MERGED = "merged"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change made on a device.

    Parameters
    ----------
    mutation_id
        The idempotency key, made by the device.
    base_version
        The version [1, 2, 3 …] the change was made on; ``None`` for a record the device made.
    document
        The whole new state for an upsert, ``None`` for a delete.
    captured_at
        When the device says it happened, as the device wrote it. Kept, never used for order.
    sent_content_hash
        The hash of what the device sent, where a person has corrected the document since: the
        device's own copy is then still known as this mutation.
    """

    mutation_id: str
    collection: str
    record_id: str
    operation: Operation
    base_version: int | None = None
    document: Document | None = None
    captured_at: str | None = None
    sent_content_hash: str | None = None

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.collection, self.record_id)

    @property
    def content_hash(self) -> str:
        """SHA-256 [64 hex digits] of what the mutation wants. Computed anew at each call.

        ``base_version`` is left out: a device that pulled before it sends a mutation again may
        have moved its base on, and still means the same change.
        """
        if self.sent_content_hash is not None:
            return self.sent_content_hash
        return content_hash_of(
            [self.collection, self.record_id, self.operation.value, self.document]
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The current version of a record, deleted or not.

    ``document`` of a deleted record is its last state before the deletion. ``device_id`` is the
    device that wrote this version, ``None`` when no device did (a desk, a job).
    """

    collection: str
    record_id: str
    version: int
    deleted: bool
    document: Document
    site_id: str | None = None
    device_id: str | None = None

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.collection, self.record_id)


@dataclass(frozen=True, slots=True)
class PastVersion:
    """One version of a record: its state, and who wrote it."""

    version: int
    deleted: bool
    document: Document
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What a service tells the store to make the newest version of a record."""

    collection: str
    record_id: str
    document: Document | None
    """The new state; ``None`` deletes the record (its last state is kept with the tombstone)."""
    site_id: str | None = None
    """Whose record it is; ``None`` is everybody's in the organisation (master data)."""
    device_id: str | None = None

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.collection, self.record_id)


@dataclass(frozen=True, slots=True)
class Written:
    """What a handler did: the version it published, and the document as published."""

    version: int
    document: Document | None


@dataclass(frozen=True, slots=True)
class KnownResult:
    """How a mutation was answered the first time.

    ``version`` is the version written (applied, merged) or met (conflict). ``document`` is that
    version's document, ``None`` if it was a deletion or has been compacted away (a later record of
    the same id counts its versions anew and is not meant); a store need not keep a second copy of
    what its version history holds. ``site_id`` is that of the record's
    present head: whoever may not see it any more gets no document.
    """

    mutation_id: str
    content_hash: str
    key: RecordKey
    status: Status
    version: int | None = None
    document: Document | None = None
    fields: tuple[str, ...] = ()
    problem: Problem | None = None
    site_id: str | None = None
    is_final: bool = False
    """A person discarded the rejected mutation: it is not judged again."""


@dataclass(frozen=True, slots=True)
class KeptConflict:
    """The losing side of a conflict, kept for a person to review."""

    mutation: Mutation
    content_hash: str
    device_id: str
    fields: tuple[str, ...]
    reason: str
    current_version: int | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A mutation that was refused, kept for an administrator.

    ``payload`` is ASCII JSON of the mutation: everything that arrived can be stored, even what no
    document may contain (lone surrogates, NaN).
    """

    mutation_id: str
    content_hash: str
    key: RecordKey
    device_id: str
    problem: Problem
    payload: str


@dataclass(frozen=True, slots=True)
class ConflictAnswer:
    """What the device is told: the paths that clash, and the state that stands.

    ``current`` is ``None`` if the record is deleted (then ``"deleted"`` is among the fields).
    """

    fields: tuple[str, ...]
    current: Document | None


@dataclass(frozen=True, slots=True)
class MutationResult:
    """The answer to one mutation. ``version`` of a conflict is the version that stands."""

    mutation_id: str
    status: Status
    version: int | None = None
    document: Document | None = None
    conflict: ConflictAnswer | None = None
    problem: Problem | None = None


class ChangeReason(StrEnum):
    OUT_OF_SCOPE = "out_of_scope"


class Change(NamedTuple):
    """One row of a pull. ``document`` is the stored JSON text, served as it is; ``None`` if gone.

    ``version`` of a record that left the caller's scope is the last one, which says nothing else.
    """

    collection: str
    record_id: str
    version: int
    deleted: bool
    document: str | None = None
    reason: ChangeReason | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a pull; ``cursor`` is the opaque text to continue from, on every page."""

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a pull is made: the sites and collections the caller may see at this moment."""

    organisation_id: str
    user_id: str
    site_ids: frozenset[str]
    collections: frozenset[str]

    @property
    def places(self) -> frozenset[str | None]:
        """The sites, and ``None`` for what belongs to the whole organisation."""
        return frozenset({*self.site_ids, None})


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which rows of the log to read, always in order of sequence.

    Heads whose ``site_id`` is in ``places``, and, if ``departed_from`` is given, departures from
    those places of records whose present head lies in none of ``visible``.
    ``after < sequence <= until`` (``until=None``: to the end), at most ``limit`` rows.
    """

    collections: frozenset[str]
    places: frozenset[str | None]
    after: int
    until: int | None
    limit: int
    include_deleted: bool = True
    departed_from: frozenset[str | None] = frozenset()
    visible: frozenset[str | None] = frozenset()


class LogBounds(NamedTuple):
    """Where a log begins and ends, see :class:`sync.ports.PullStore`."""

    position: int
    epoch: str
    oldest_position: int


class LogRow(NamedTuple):
    """One row of the log: a record's head, or the trace of its leaving a place (``departed``)."""

    sequence: int
    collection: str
    record_id: str
    version: int
    deleted: bool
    document: str | None
    departed: bool = False
