"""A store in memory: what the ports mean, in as few lines as they can be said.

Transactions see a snapshot, write into their own copy, and take turns at the commit: there, and
only there, sequence numbers are given, so that nothing ever commits at or below a position that
somebody has already read. Losing a race for a version or a mutation id ends in
:class:`RetryTransaction`.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sync.canonical import canonical_json
from sync.errors import RetryTransaction
from sync.records import (
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
    Status,
)

Place = str | None


@dataclass(slots=True)
class Tables:
    """Everything one organisation's store holds."""

    heads: dict[RecordKey, Head] = field(default_factory=dict)
    sequences: dict[RecordKey, int] = field(default_factory=dict)
    versions: dict[tuple[RecordKey, int], PastVersion] = field(default_factory=dict)
    version_sequences: dict[tuple[RecordKey, int], int] = field(default_factory=dict)
    departures: dict[tuple[Place, RecordKey], int] = field(default_factory=dict)
    results: dict[str, KnownResult] = field(default_factory=dict)
    purged: dict[str, None] = field(default_factory=dict)
    """Mutations whose record was compacted away: its numbering may have begun anew since."""
    conflicts: dict[str, KeptConflict] = field(default_factory=dict)
    quarantine: dict[tuple[str, str], Quarantined] = field(default_factory=dict)
    position: int = 0
    oldest_position: int = 0
    epoch: str = "1"

    def copy(self) -> Tables:
        """A copy that can be written to; the values in it never change."""
        copied = Tables()
        for column in fields(self):
            value = getattr(self, column.name)
            setattr(copied, column.name, dict(value) if isinstance(value, dict) else value)
        return copied


class MemoryStore:
    """The committed state of one organisation; :meth:`transaction` gives the store to work with."""

    def __init__(self) -> None:
        self.committed = Tables()
        self._commit_lock = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        """Commit what the block did at its end, or nothing if it raises."""
        transaction = MemoryTransaction(self.committed.copy())
        yield transaction
        with self._commit_lock:
            self.committed = transaction.committed_onto(self.committed)

    def compact(self, up_to: int) -> None:
        """Forget tombstones, departures and superseded versions of sequence ≤ *up_to*."""
        tables = self.committed
        for key in [key for key, head in tables.heads.items() if head.deleted]:
            if tables.sequences[key] <= up_to:
                del tables.heads[key], tables.sequences[key]
                tables.purged.update(
                    {id_: None for id_, result in tables.results.items() if result.key == key}
                )
        for trace in [key for key, at in tables.departures.items() if at <= up_to]:
            del tables.departures[trace]
        for old in [key for key, at in tables.version_sequences.items() if at <= up_to]:
            del tables.versions[old], tables.version_sequences[old]
        tables.oldest_position = max(tables.oldest_position, up_to)

    def new_epoch(self, epoch: str) -> None:
        """Say that sequence numbers mean something else from now on."""
        self.committed.epoch = epoch


class MemoryTransaction:
    """The store within one transaction; implements :class:`sync.ports.Store`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._snapshot = tables.copy()
        self._written: dict[RecordKey, None] = {}
        self._left: dict[tuple[Place, RecordKey], None] = {}
        self.failures: list[tuple[Mutation, Exception]] = []

    # -- push ------------------------------------------------------------------------------------

    def known_results(self, mutation_ids: Collection[str]) -> Mapping[str, KnownResult]:
        results = self._tables.results
        return {id_: self._filled(results[id_]) for id_ in mutation_ids if id_ in results}

    def _filled(self, result: KnownResult) -> KnownResult:
        """The row joined with what the record's versions say."""
        head = self._tables.heads.get(result.key)
        if result.mutation_id in self._tables.purged:
            return replace(result, site_id=head.site_id if head else None)
        past = self._tables.versions.get((result.key, result.version or 0))
        document = past.document if past is not None and not past.deleted else None
        if head is not None and head.version == result.version and not head.deleted:
            document = head.document
        return replace(result, document=document, site_id=head.site_id if head else None)

    def heads(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, Head]:
        return {key: self._tables.heads[key] for key in keys if key in self._tables.heads}

    def head(self, key: RecordKey) -> Head | None:
        return self._tables.heads.get(key)

    def versions(self, key: RecordKey, first: int, last: int) -> Sequence[PastVersion]:
        wanted = [(key, version) for version in range(first, last + 1)]
        return [self._tables.versions[row] for row in wanted if row in self._tables.versions]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        tables, written, left = self._tables.copy(), dict(self._written), dict(self._left)
        try:
            yield
        except BaseException:
            self._tables, self._written, self._left = tables, written, left
            raise

    def publish(self, publication: Publication) -> Head:
        key, before = publication.key, self._tables.heads.get(publication.key)
        head = Head(
            collection=key.collection,
            record_id=key.record_id,
            version=before.version + 1 if before else 1,
            deleted=publication.document is None,
            document=publication.document or {},
            site_id=publication.site_id,
            device_id=publication.device_id,
        )
        if before is not None:
            if publication.document is None:
                head = replace(head, document=before.document, site_id=before.site_id)
            self._supersede(before)
            if before.site_id != head.site_id:
                self._left[(before.site_id, key)] = None
                self._left.pop((head.site_id, key), None)
        self._tables.heads[key] = head
        self._written.pop(key, None)
        self._written[key] = None
        return head

    def _supersede(self, head: Head) -> None:
        past = PastVersion(head.version, head.deleted, head.document, head.device_id)
        self._tables.versions[(head.key, head.version)] = past

    def keep_result(self, result: KnownResult) -> None:
        earlier = self._tables.results.get(result.mutation_id)
        if earlier is not None and earlier.status is not Status.REJECTED:
            raise RetryTransaction(result.mutation_id)
        # The version history holds the document; a second copy could only come to differ from it.
        self._tables.results[result.mutation_id] = replace(result, document=None)

    def keep_conflict(self, conflict: KeptConflict) -> None:
        self._tables.conflicts[conflict.mutation.mutation_id] = conflict

    def quarantine(self, quarantined: Quarantined) -> None:
        self._tables.quarantine[(quarantined.mutation_id, quarantined.content_hash)] = quarantined

    def release(self, mutation_id: str, content_hash: str) -> None:
        self._tables.quarantine.pop((mutation_id, content_hash), None)

    def report_failure(self, mutation: Mutation, error: Exception) -> Mapping[str, Any]:
        self.failures.append((mutation, error))
        return {"mutation_id": mutation.mutation_id}

    # -- pull ------------------------------------------------------------------------------------

    def epoch(self) -> str:
        return self._tables.epoch

    def position(self) -> int:
        return self._tables.position

    def oldest_position(self) -> int:
        return self._tables.oldest_position

    def bounds(self) -> LogBounds:
        return LogBounds(self.position(), self.epoch(), self.oldest_position())

    def log(self, query: LogQuery) -> Sequence[LogRow]:
        rows = [row for row in self._rows(query) if self._is_in_range(row, query)]
        return sorted(rows, key=lambda row: row.sequence)[: query.limit]

    def _rows(self, query: LogQuery) -> Iterator[LogRow]:
        for key, sequence in self._tables.sequences.items():
            head = self._tables.heads[key]
            if head.site_id in query.places and (query.include_deleted or not head.deleted):
                yield _row(sequence, head)
        for (place, key), sequence in self._tables.departures.items():
            left = self._tables.heads.get(key)
            if left and place in query.departed_from and left.site_id not in query.visible:
                yield _row(sequence, left)._replace(document=None, departed=True)

    @staticmethod
    def _is_in_range(row: LogRow, query: LogQuery) -> bool:
        until = row.sequence if query.until is None else query.until
        return row.collection in query.collections and query.after < row.sequence <= until

    # -- the end of the transaction --------------------------------------------------------------

    def committed_onto(self, committed: Tables) -> Tables:
        """The state after the commit, with sequence numbers given; or the race is lost."""
        if self._tables == self._snapshot:
            return committed
        for key in self._written:
            if committed.heads.get(key) != self._snapshot.heads.get(key):
                raise RetryTransaction(f"{key} was written by another transaction")
        mine, seen = self._tables.results, self._snapshot.results
        for mutation_id in [id_ for id_ in mine if mine[id_] != seen.get(id_)]:
            if committed.results.get(mutation_id) != seen.get(mutation_id):
                raise RetryTransaction(f"{mutation_id} was answered by another transaction")
        return self._merged_into(committed)

    def _merged_into(self, committed: Tables) -> Tables:
        result = committed.copy()
        for name in ("versions", "results", "conflicts", "quarantine"):
            mine, seen = getattr(self._tables, name), getattr(self._snapshot, name)
            theirs = getattr(result, name)
            theirs.update({key: row for key, row in mine.items() if seen.get(key) != row})
            for key in seen.keys() - mine.keys():
                theirs.pop(key, None)
        for key in self._written:
            result.position += 1
            result.heads[key] = self._tables.heads[key]
            for row in self._tables.versions:
                if row[0] == key and row not in result.version_sequences:
                    result.version_sequences[row] = result.position
            result.sequences[key] = result.position
            result.departures.pop((self._tables.heads[key].site_id, key), None)
        for place, key in self._left:
            result.departures[(place, key)] = result.sequences[key]
        return result


def _row(sequence: int, head: Head) -> LogRow:
    return LogRow(
        sequence,
        head.collection,
        head.record_id,
        head.version,
        head.deleted,
        canonical_json(head.document),
    )
