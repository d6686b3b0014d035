"""A desk and phones that talk to the engine directly, as the endpoint would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sync.canonical import canonical_json
from sync.errors import Problem, RetryTransaction
from sync.pull import pull
from sync.push import push
from sync.records import (
    Change,
    Head,
    Mutation,
    MutationResult,
    Operation,
    Page,
    Publication,
    RecordKey,
    Scope,
    Status,
)
from tests.conformance.notes import HANDLERS, Pusher
from tests.conformance.worlds import World, uid

KEY = b"a key for tests"
ALL_COLLECTIONS = frozenset({"notes", "catalogue"})


def upsert(name: str, record: str, base_version: int | None = None, **document: Any) -> Mutation:
    """A mutation called *name* of the note called *record*."""
    return Mutation(
        uid("mutation", name),
        "notes",
        uid(record),
        Operation.UPSERT,
        base_version,
        {"id": uid(record), **document},
        "2026-05-04T03:02:01Z",
    )


def delete(name: str, record: str, base_version: int | None = None) -> Mutation:
    return Mutation(uid("mutation", name), "notes", uid(record), Operation.DELETE, base_version)


class Desk:
    """Pushes and pulls as any device, and writes without one, as a desk or a job does."""

    def __init__(self, world: World) -> None:
        self.world = world

    def push(
        self,
        device: str,
        *mutations: Mutation,
        sites: Iterable[str] = ("north",),
        only_reads: bool = False,
        refusal: Problem | None = None,
    ) -> list[MutationResult]:
        """One push in one transaction, run again for as long as it loses races."""
        while True:
            try:
                with self.world.transaction() as store:
                    site_ids = frozenset(map(self.world.site, sites))
                    pusher = Pusher(self.world.device(device), site_ids, store, only_reads)
                    return push(store, HANDLERS, pusher, mutations, refusal=refusal)
            except RetryTransaction:
                continue

    def scope(
        self,
        user: str = "anna",
        sites: Iterable[str] = ("north",),
        collections: frozenset[str] = ALL_COLLECTIONS,
    ) -> Scope:
        return Scope(
            self.world.organisation_id,
            self.world.user(user),
            frozenset(map(self.world.site, sites)),
            collections,
        )

    def pull(self, scope: Scope, cursor: str | None = None, limit: int = 100) -> Page:
        with self.world.transaction() as store:
            return pull(store, scope, cursor, limit, key=KEY)

    def pull_all(
        self, scope: Scope, cursor: str | None = None, limit: int = 100
    ) -> tuple[list[Change], str]:
        """Pages until there are no more."""
        changes: list[Change] = []
        while True:
            page = self.pull(scope, cursor, limit)
            changes += page.changes
            cursor = page.cursor
            if not page.has_more:
                return changes, cursor

    def write(
        self, record: str, site: str | None = "north", *, collection: str = "notes", **fields: Any
    ) -> Head:
        """Publish a record's next version without a device."""
        site_id = self.world.site(site) if site is not None else None
        with self.world.transaction() as store:
            return store.publish(
                Publication(collection, uid(record), {"id": uid(record), **fields}, site_id)
            )

    def erase(self, record: str, *, collection: str = "notes") -> Head:
        with self.world.transaction() as store:
            return store.publish(Publication(collection, uid(record), None))

    def head(self, record: str, collection: str = "notes") -> Head | None:
        key = RecordKey(collection, uid(record))
        with self.world.transaction() as store:
            return store.heads([key]).get(key)

    def title(self, record: str) -> Any:
        head = self.head(record)
        assert head is not None
        return head.document.get("title")

    def position(self) -> int:
        with self.world.transaction() as store:
            return store.position()


class Phone:
    """Edits offline, pushes what it has, may lose any answer, and pulls.

    Follows the rules of docs/SYNC-PROTOCOL.md for clients, and nothing beyond them.
    """

    def __init__(self, desk: Desk, name: str, sites: Iterable[str]) -> None:
        self.desk = desk
        self.name = name
        self.sites = tuple(sites)
        self.held: dict[str, tuple[int | None, dict[str, Any]]] = {}
        self.pulled: set[str] = set()
        self.outbox: list[Mutation] = []
        self.cursor: str | None = None
        self.conflicts: list[Mutation] = []
        self.rejected: list[Mutation] = []
        self._made = 0

    def edit(self, record: str, change: Callable[[dict[str, Any]], None]) -> Mutation:
        """Change a record as this phone sees it, its unpushed edits included."""
        version: int | None
        version, document = self.held.get(record, (None, {"id": record}))
        pending = [m for m in self.outbox if m.record_id == record and m.document is not None]
        if pending:
            # The base is what the document was made from, whatever a pull brought since.
            version, document = pending[-1].base_version, dict(pending[-1].document or {})
        document = json.loads(json.dumps(document))
        change(document)
        return self._enqueue(Operation.UPSERT, record, version, document)

    def erase(self, record: str) -> Mutation:
        version, _ = self.held[record]
        return self._enqueue(Operation.DELETE, record, version, None)

    def _enqueue(
        self, operation: Operation, record: str, version: int | None, document: Any
    ) -> Mutation:
        self._made += 1
        mutation = Mutation(
            uid("mutation", self.name, str(self._made)),
            "notes",
            record,
            operation,
            version,
            document,
        )
        self.outbox.append(mutation)
        return mutation

    def push(self, *, answer_is_lost: bool = False) -> list[MutationResult]:
        results = self.desk.push(self.name, *self.outbox, sites=self.sites)
        if answer_is_lost:
            return []
        for mutation, result in zip(list(self.outbox), results, strict=True):
            self._hear(mutation, result)
        return results

    def _hear(self, mutation: Mutation, result: MutationResult) -> None:
        self.outbox.remove(mutation)
        if result.status is Status.REJECTED:
            self.rejected.append(mutation)
            return
        if result.status is Status.CONFLICT:
            self.conflicts.append(mutation)
        held_version, _ = self.held.get(mutation.record_id, (None, {}))
        if held_version is not None and (result.version or 0) <= held_version:
            return  # a pull has already brought this or something newer
        document = result.conflict.current if result.conflict else result.document
        if document is not None:
            self.held[mutation.record_id] = (result.version, dict(document))
        elif result.status is Status.CONFLICT:
            return  # what stands is deleted or not ours to see: the next pull knows
        elif mutation.document is None:
            self.held.pop(mutation.record_id, None)
        else:
            # Written, but not shown (any more): what was sent, on the base it was sent with. The
            # answer's version may hold changes of others that this document lacks.
            self.held[mutation.record_id] = (mutation.base_version, dict(mutation.document))

    def pull(self, limit: int = 100, pages: int | None = None) -> None:
        while pages is None or pages > 0:
            scope = self.desk.scope(self.name, self.sites, frozenset({"notes"}))
            page = self.desk.pull(scope, self.cursor, limit)
            self._take(page.changes)
            self.cursor = page.cursor
            if not page.has_more:
                self._forget_what_no_pull_brought()
                return
            pages = pages - 1 if pages is not None else None

    def start_over(self) -> None:
        """What a client does on 410: a new pull, with the outbox as it is."""
        self.cursor = None
        self.pulled.clear()

    def _take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.deleted:
                self.held.pop(change.record_id, None)
                self.pulled.discard(change.record_id)
            else:
                self.pulled.add(change.record_id)
                assert change.document is not None
                self.held[change.record_id] = (change.version, json.loads(change.document))

    def _forget_what_no_pull_brought(self) -> None:
        """A record known from a push answer alone is out of scope if a whole pull lacks it."""
        for record in self.held.keys() - self.pulled:
            del self.held[record]

    def holdings(self) -> dict[str, tuple[int | None, str]]:
        return {
            record: (version, canonical_json(document))
            for record, (version, document) in self.held.items()
        }
