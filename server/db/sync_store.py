"""The sync engine's store over SQL: ``sync.ports.PushStore``, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import orjson
import structlog
from sqlalchemy import Row, Select, Table, bindparam, column, delete, insert, select, table, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from schemas.fields import uuid_text
from server.access import Actor
from server.db import change_store
from server.db.change_log import (
    QuarantinedMutation,
    SyncConflict,
    SyncMutation,
    SyncRecordVersion,
)
from server.db.change_store import RecordHead
from server.db.integrity import problem_from_integrity
from server.db.json_text import JsonText
from server.db.prepared import PreparedForMany, prepared_insert
from server.db.staging import mark_staged, statements_written, unstage
from server.db.sync_log import SqlLog
from server.db.transaction import is_passing_trouble, transaction
from server.db.types import UuidText
from server.errors import Problem, Text
from sync.canonical import ascii_json
from sync.errors import Rejected, RetryTransaction
from sync.push import payload_of
from sync.records import (
    Head,
    KeptConflict,
    KnownResult,
    Mutation,
    PastVersion,
    Publication,
    Quarantined,
    RecordKey,
    Status,
)

_log = structlog.get_logger("yanshou.sync")

# Declarative classes type __table__ as FromClause; these are tables.
_versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]
_mutations: Table = SyncMutation.__table__  # type: ignore[assignment]
_conflicts: Table = SyncConflict.__table__  # type: ignore[assignment]
_quarantined: Table = QuarantinedMutation.__table__  # type: ignore[assignment]
_sites = table("sites", column("id", UuidText), column("organisation_id", UuidText))


_INSERT_ANSWERS = prepared_insert(_mutations)


def rejection(problem: Problem) -> Rejected:
    """A service's refusal in the engine's terms; ``server.sync_api`` renders it back."""
    return Rejected(
        {
            "slug": problem.type.slug,
            "params": {name: _param(value) for name, value in problem.params.items()},
            "errors": [
                {
                    "pointer": e.pointer,
                    "zh": e.to_dict("zh-CN")["detail"],
                    "en": e.to_dict("en")["detail"],
                }
                for e in problem.errors
            ],
        }
    )


def _param(value: object) -> str | dict[str, str]:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Text) else str(value)


@contextmanager
def push_transaction(
    session: Session,
    actor: Actor,
    now: datetime,
    captured_at: Mapping[str, str | None],
    *,
    is_last_attempt: bool = True,
    clock_offset_ms: int | None = None,
    received_at: datetime | None = None,
    is_careful: bool = True,
) -> Iterator[SqlStore]:
    """A writing transaction with the store inside it; a lost race is :class:`RetryTransaction`.

    *captured_at* says for each mutation when its device made it, *clock_offset_ms* by how much the
    device's clock is ahead of ours [ms], if it told, *received_at* when they arrived, if that was
    not *now*: what waited for a person. ``is_last_attempt`` says whether
    a broken constraint is to be told the device, instead of trying the transaction again: a
    constraint may break only because two phones raced. ``is_careful=False`` does without
    savepoints as long as nothing has to be undone: see :class:`SavepointsNeeded`.
    """
    try:
        with transaction(session, write=True):
            store = SqlStore(
                session,
                actor,
                now,
                captured_at,
                is_last_attempt,
                clock_offset_ms,
                received_at,
                is_careful,
            )
            yield store
            store.write_answers()
    except DBAPIError as error:
        if _may_pass(error):
            raise RetryTransaction(str(error.orig)) from error
        raise


class SavepointsNeeded(RetryTransaction):
    """Something must be undone that only a savepoint can undo: again from the start, with them.

    Savepoints cost more than most mutations, and hardly any is ever rolled back. So a push begins
    without. What was refused before it wrote anything needs none; for the rest the push is run
    again, which is the same, only slower.
    """


@dataclass(frozen=True, slots=True)
class SqlStore(SqlLog):
    """One organisation's store inside the session's transaction; see :func:`push_transaction`."""

    now: datetime
    captured_at: Mapping[str, str | None]
    is_last_attempt: bool
    clock_offset_ms: int | None = None
    received_at: datetime | None = None
    is_careful: bool = True
    _rejected_before: set[str] = field(default_factory=set)
    _answers: list[dict[str, Any]] = field(default_factory=list)

    def known_results(self, mutation_ids: Collection[str]) -> Mapping[str, KnownResult]:
        rows = self._rows_in(_mutations, _mutations.c.mutation_id, mutation_ids)
        keys = [RecordKey(row.collection, row.record_id) for row in rows]
        heads = change_store.heads_of(self.session, self.actor.organisation_id, keys)
        self._rejected_before.update(
            row.mutation_id for row in rows if row.status == Status.REJECTED
        )
        wanted = {
            (row.collection, row.record_id, row.version)
            for row in rows
            if row.version is not None and not row.is_purged
        }
        documents = self._documents(wanted, heads)
        return {row.mutation_id: _known(row, heads, documents) for row in rows}

    def _documents(
        self, wanted: set[tuple[str, str, int]], heads: Mapping[tuple[str, str], RecordHead]
    ) -> dict[tuple[str, str, int], str]:
        found = {
            (head.collection, head.id, head.version): head.document
            for head in heads.values()
            if not head.deleted
        }
        older = wanted - {(head.collection, head.id, head.version) for head in heads.values()}
        ids = {record_id for _, record_id, _ in older}
        for row in self._rows_in(_versions, _versions.c.id, ids):
            if not row.deleted:
                found[row.collection, row.id, row.version] = row.document
        return found

    def heads(self, keys: Collection[RecordKey]) -> Mapping[RecordKey, Head]:
        heads = change_store.heads_of(self.session, self.actor.organisation_id, keys)
        return {RecordKey(*key): _head(head) for key, head in heads.items()}

    def head(self, key: RecordKey) -> Head | None:
        return self.heads([key]).get(key)

    def versions(self, key: RecordKey, first: int, last: int) -> Sequence[PastVersion]:
        written_now = change_store.superseded_now(self.session, self.actor.organisation_id, key)
        rows = self.session.execute(
            select(_versions)
            .where(
                _versions.c.organisation_id == self.actor.organisation_id,
                _versions.c.collection == key.collection,
                _versions.c.id == key.record_id,
                _versions.c.version.between(first, last),
            )
            .order_by(_versions.c.version)
        ).all()
        past: list[Row[Any] | RecordHead] = [*rows, *written_now]
        return [
            PastVersion(row.version, row.deleted, orjson.loads(row.document), row.device_id)
            for row in past
            if first <= row.version <= last
        ]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        answered = len(self._answers)
        try:
            with self._careful_savepoint() if self.is_careful else self._light_savepoint():
                yield
        except BaseException:
            del self._answers[answered:]
            raise

    @contextmanager
    def _careful_savepoint(self) -> Iterator[None]:
        try:
            with change_store.savepoint(self.session):
                yield
        except DBAPIError as error:
            if isinstance(error, IntegrityError) and self.is_last_attempt:
                raise rejection(problem_from_integrity(error)) from error
            if _may_pass(error):
                raise RetryTransaction(str(error.orig)) from error
            raise

    @contextmanager
    def _light_savepoint(self) -> Iterator[None]:
        session = self.session
        published, staged = change_store.mark_published(session), mark_staged(session)
        written = statements_written(session)
        try:
            yield
            session.flush()
        except DBAPIError as error:
            raise SavepointsNeeded(str(error.orig)) from error
        except BaseException as error:
            if statements_written(session) != written or _has_unwritten(session):
                raise SavepointsNeeded("something was written") from error
            change_store.take_back(session, published)
            unstage(session, staged)
            raise

    def publish(self, publication: Publication) -> Head:
        head = change_store.publish(
            self.session,
            self.actor,
            publication.collection,
            publication.record_id,
            publication.site_id,
            publication.document or {},
            self.now,
            deleted=publication.document is None,
            device_id=publication.device_id,
        )
        return _head(head)

    def keep_result(self, result: KnownResult) -> None:
        """Waits for the transaction's end, so that many answers cost one statement."""
        self._answers.append(
            {
                **self._by_whom(),
                "mutation_id": result.mutation_id,
                "collection": result.key.collection,
                "record_id": result.key.record_id,
                "content_hash": result.content_hash,
                "status": result.status.value,
                "version": result.version,
                "fields": ascii_json(list(result.fields)),
                "problem": None if result.problem is None else ascii_json(result.problem),
                "captured_at": self.captured_at.get(result.mutation_id),
            }
        )

    def write_answers(self) -> None:
        """Write what :meth:`keep_result` was given, in an order in which no two pushes can wait
        for each other, and before the log's head is taken: an insert may have to wait."""
        latest = {row["mutation_id"]: row for row in self._answers}
        if replaced := self._rejected_before & latest.keys():
            self.session.execute(
                delete(_mutations).where(
                    _mutations.c.organisation_id == self.actor.organisation_id,
                    _mutations.c.mutation_id.in_(sorted(replaced)),
                    _mutations.c.status == Status.REJECTED.value,
                )
            )
        _INSERT_ANSWERS.run_each(self.session, (latest[id_] for id_ in sorted(latest)))
        self._answers.clear()

    def keep_conflict(self, conflict: KeptConflict) -> None:
        mutation = conflict.mutation
        head = self.head(mutation.key)
        self._insert(
            _conflicts,
            device_id=conflict.device_id,
            mutation_id=mutation.mutation_id,
            collection=mutation.collection,
            record_id=mutation.record_id,
            site_id=self.actor.only_site if head is None else head.site_id,
            current_version=conflict.current_version,
            fields=ascii_json(list(conflict.fields)),
            reason=conflict.reason,
            payload=ascii_json(payload_of(mutation)),
            content_hash=conflict.content_hash,
        )

    def quarantine(self, quarantined: Quarantined) -> None:
        """What arrived first stays as it is: a repeat renews the reason, and reopens nothing that
        a person has settled."""
        renewed = {
            "problem": ascii_json(quarantined.problem),
            "slug": quarantined.problem["slug"],
            "last_received_at": self.now,
        }
        entry = self._entry(quarantined.mutation_id, quarantined.content_hash)
        known = self.session.execute(
            update(_quarantined).where(*entry).values(**renewed).returning(_quarantined.c.id)
        ).all()
        if not known:
            self._insert(
                _quarantined,
                device_id=quarantined.device_id,
                mutation_id=quarantined.mutation_id,
                content_hash=quarantined.content_hash,
                collection=quarantined.key.collection,
                record_id=quarantined.key.record_id,
                site_id=self._site_concerned(quarantined),
                payload=quarantined.payload,
                **renewed,
            )

    def _site_concerned(self, quarantined: Quarantined) -> str | None:
        """Whose people shall look at it: those of the record's site, else of the site it names (its
        author may have been moved since), else of the author's."""
        if uuid_text(quarantined.key.record_id) is not None:
            head = self.head(quarantined.key)
            if head is not None:
                return head.site_id or self.actor.only_site
        named = _site_named_in(quarantined.payload)
        if named is None or named == self.actor.only_site:
            return self.actor.only_site
        is_ours = select(_sites.c.id).where(
            _sites.c.organisation_id == self.actor.organisation_id, _sites.c.id == named
        )
        return self.session.execute(is_ours).scalar_one_or_none() or self.actor.only_site

    def release(self, mutation_id: str, content_hash: str) -> None:
        self.session.execute(
            update(_quarantined)
            .where(*self._entry(mutation_id, content_hash))
            .values(settled_at=self.now, outcome="applied")
        )

    def _entry(self, mutation_id: str, content_hash: str) -> tuple[Any, ...]:
        return (
            _quarantined.c.organisation_id == self.actor.organisation_id,
            _quarantined.c.mutation_id == mutation_id,
            _quarantined.c.content_hash == content_hash,
        )

    def report_failure(self, mutation: Mutation, error: Exception) -> Mapping[str, str]:
        _log.error(
            "mutation failed",
            mutation_id=mutation.mutation_id,
            collection=mutation.collection,
            exc_info=error,
        )
        return {"request_id": mutation.mutation_id}

    def _insert(self, table: Table, **values: Any) -> None:
        """Outside every savepoint: if somebody else has just kept the same, the transaction is over
        and is run again, and then finds what they kept."""
        try:
            self.session.execute(insert(table), [{**self._by_whom(), **values}])
        except DBAPIError as error:
            if _may_pass(error):
                raise RetryTransaction(str(error.orig)) from error
            raise

    def _by_whom(self) -> dict[str, Any]:
        return {
            "organisation_id": self.actor.organisation_id,
            "user_id": self.actor.user_id,
            "device_id": self.actor.device_id,
            "clock_offset_ms": self.clock_offset_ms,
            "received_at": self.received_at or self.now,
        }

    def _rows_in(self, table: Table, column: Any, values: Collection[str]) -> list[Any]:
        statement, make_row = _rows_with(table, column)
        asked = {"organisation_id": self.actor.organisation_id}
        ordered = sorted(values)
        rows: list[Any] = []
        for start in range(0, len(ordered), 512):
            part = ordered[start : start + 512]
            rows += map(make_row, statement.all(self.session, part, asked))
        return rows


def _site_named_in(payload: str) -> str | None:
    """The site that a refused mutation says it belongs to."""
    try:
        mutation = json.loads(payload)
    except RecursionError:
        return None
    document = mutation.get("document") if isinstance(mutation, dict) else None
    return uuid_text(document.get("site_id")) if isinstance(document, dict) else None


@cache
def _rows_with(table: Table, column: Any) -> tuple[PreparedForMany, Callable[[Any], Any]]:
    """A statement for whole rows of *table*, and what gives their columns names."""

    def make(among: Sequence[Any]) -> Select[Any]:
        of_organisation = table.c.organisation_id == bindparam("organisation_id")
        return select(table).where(of_organisation, column.in_(among))

    row = namedtuple(table.name, table.columns.keys())  # type: ignore[misc]
    return PreparedForMany(UuidText, make), row._make


def _has_unwritten(session: Session) -> bool:
    return bool(session.new or session.deleted or session.dirty)


def _may_pass(error: DBAPIError) -> bool:
    """Whether the transaction may succeed when it is run again: it may only have lost a race."""
    return isinstance(error, IntegrityError) or is_passing_trouble(error)


def _head(head: RecordHead) -> Head:
    return Head(
        collection=head.collection,
        record_id=head.id,
        version=head.version,
        deleted=head.deleted,
        document=JsonText(head.document),
        site_id=head.site_id,
        device_id=head.device_id,
    )


def _known(
    row: Row[Any],
    heads: Mapping[tuple[str, str], RecordHead],
    documents: Mapping[tuple[str, str, int], str],
) -> KnownResult:
    head = heads.get((row.collection, row.record_id))
    at = (row.collection, row.record_id, row.version)
    text = None if row.is_purged else documents.get(at)
    return KnownResult(
        mutation_id=row.mutation_id,
        content_hash=row.content_hash,
        key=RecordKey(row.collection, row.record_id),
        status=Status(row.status),
        version=row.version,
        document=None if text is None else JsonText(text),
        fields=tuple(orjson.loads(row.fields)),
        problem=None if row.problem is None else orjson.loads(row.problem),
        site_id=None if head is None else head.site_id,
        is_final=row.is_final,
    )
