"""The SQL store as the conformance tests see it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import server.db.all_models  # noqa: F401 (every table a foreign key may name)
from server.access import Actor
from server.db import compaction
from server.db.change_log import ChangeLogHead, QuarantinedMutation, SyncConflict
from server.db.scope import unscoped
from server.db.sync_store import push_transaction
from server.db.transaction import transaction
from server.identity.models import Organisation
from sync.ports import Store
from sync.records import KeptConflict, Mutation, Operation, Quarantined, RecordKey
from tests.conformance.worlds import uid

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


class SqlWorld:
    """One organisation, new in a migrated database that may hold others."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.interleaves = engine.dialect.name != "sqlite"
        self.organisation_id = str(uuid.uuid4())
        self._work(self._found)

    def _found(self, session: Session) -> None:
        session.add(Organisation(id=self.organisation_id, name="验收", created_at=NOW))
        session.flush()
        session.add(ChangeLogHead(organisation_id=self.organisation_id, epoch=str(uuid.uuid4())))

    def site(self, name: str) -> str:
        return uid("site", name)

    def device(self, name: str) -> str:
        return uid("device", name)

    def user(self, name: str) -> str:
        return uid("user", name)

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        actor = Actor(uid("user"), "user", "User", self.organisation_id)
        with Session(self._engine) as session, push_transaction(session, actor, NOW, {}) as store:
            yield store

    def conflicts(self) -> Sequence[KeptConflict]:
        return [_conflict(row) for row in self._rows(SyncConflict, SyncConflict.resolved_at)]

    def quarantined(self) -> Sequence[Quarantined]:
        settled_at = QuarantinedMutation.settled_at
        return [_quarantined(row) for row in self._rows(QuarantinedMutation, settled_at)]

    def _rows(self, model: Any, done_at: Any) -> list[Any]:
        with Session(self._engine) as session, transaction(session, write=False):
            with unscoped(session):
                mine = model.organisation_id == self.organisation_id
                rows = list(session.scalars(select(model).where(mine, done_at.is_(None))))
            session.expunge_all()
            return rows

    def compact(self, up_to: int) -> None:
        self._work(lambda session: compaction.compact(session, self.organisation_id, up_to))

    def new_epoch(self) -> None:
        self._work(lambda session: compaction.new_epoch(session, self.organisation_id))

    def _work(self, work: Callable[[Session], None]) -> None:
        with Session(self._engine) as session, transaction(session, write=True):
            work(session)


def _conflict(row: SyncConflict) -> KeptConflict:
    sent = json.loads(row.payload)
    return KeptConflict(
        mutation=Mutation(
            sent["mutation_id"],
            sent["collection"],
            sent["id"],
            Operation(sent["operation"]),
            sent["base_version"],
            sent["document"],
            sent["captured_at"],
        ),
        content_hash=row.content_hash,
        device_id=row.device_id or "",
        fields=tuple(json.loads(row.fields)),
        reason=row.reason,
        current_version=row.current_version,
    )


def _quarantined(row: QuarantinedMutation) -> Quarantined:
    return Quarantined(
        row.mutation_id,
        row.content_hash,
        RecordKey(row.collection, row.record_id),
        row.device_id or "",
        json.loads(row.problem),
        row.payload,
    )
