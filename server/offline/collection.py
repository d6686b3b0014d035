"""Between the engine and the services: one small adapter for all collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from schemas.compiled import compiled
from server.access import Actor, Permission
from server.db.change_store import RecordHead
from server.db.json_text import JsonText
from server.db.sync_store import rejection
from server.errors import (
    FORBIDDEN,
    READ_ONLY_COLLECTION,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.problem import field_errors
from sync.policy import MergePolicy, Rule
from sync.records import Document, Head, Mutation, Written

Save = Callable[[Session, Actor, dict[str, Any], datetime], RecordHead]
Delete = Callable[[Session, Actor, str, datetime], RecordHead]
ReadAhead = Callable[[Session, Actor, Sequence[Mapping[str, Any]]], None]


class Validated(dict[str, Any]):
    """A document that its collection's schema has loaded already."""


@dataclass(frozen=True, slots=True)
class PushContext:
    """Who pushes, for the engine and for the services."""

    session: Session
    actor: Actor
    device_id: str
    now: datetime
    is_refused: bool = False
    """Nothing is carried out and nothing shown: the device was revoked, or the account disabled."""

    def may_see(self, collection: str, site_id: str | None) -> bool:
        if self.is_refused:
            return False
        is_own = site_id in (None, self.actor.user_id)
        return is_own or self.actor.may(Permission.READ_RECORDS, site_id)


@dataclass(frozen=True, slots=True)
class Collection:
    """A synced collection: who may read and write it, how it merges, and the service behind it.

    ``save`` is the service function that online routes call as well. A collection without one is
    changed on the server only.
    """

    name: str
    policy: MergePolicy
    read_permission: Permission
    write_permission: Permission | None = None
    schema: Schema | None = None
    save: Save | None = None
    delete: Delete | None = None
    read_ahead: ReadAhead | None = None
    """Told of all documents of a push before the first is saved, so that what they refer to can be
    read with a few statements."""

    def admit(self, context: PushContext, mutation: Mutation, head: Head | None) -> None:
        if self.write_permission is None or self.save is None:
            raise rejection(Problem(READ_ONLY_COLLECTION, collection=self.name))
        if not context.actor.may(self.write_permission):
            raise rejection(Problem(FORBIDDEN, permission=self.write_permission.value))
        if mutation.operation == "delete" and self.delete is None:
            raise rejection(Problem(READ_ONLY_COLLECTION, collection=self.name))

    def apply(
        self,
        context: PushContext,
        mutation: Mutation,
        document: Document | None,
        head: Head | None,
    ) -> Written:
        session, actor, now = context.session, context.actor, context.now
        try:
            if document is None:
                assert self.delete is not None
                return _written(self.delete(session, actor, mutation.record_id, now))
            assert self.save is not None
            loaded = self._load(mutation, document)
            return _written(self.save(session, actor, loaded, now))
        except Problem as problem:
            raise rejection(problem) from problem

    def _load(self, mutation: Mutation, document: Document) -> dict[str, Any]:
        loaded = dict(document)
        if not self._is_validated(mutation, document):
            assert self.schema is not None
            try:
                loaded = compiled(self.schema).load(loaded)
            except ValidationError as error:
                errors = tuple(field_errors(error.messages))
                raise Problem(VALIDATION_FAILED, errors) from error
        if loaded["id"] != mutation.record_id:
            raise Problem(VALIDATION_FAILED, [_OTHER_ID])
        return loaded

    def _is_validated(self, mutation: Mutation, document: Document) -> bool:
        """Whether *document* is the validated one, but for fields that are the server's to fill.

        Loading a receipt costs more than storing it, so it is not done twice; what was merged is
        a new document and is loaded anew.
        """
        known = mutation.document
        if not isinstance(known, Validated) or known.keys() - document.keys():
            return False
        return all(
            name in known and value == known[name]
            for name, value in document.items()
            if self._rule(name) not in (Rule.SERVER, Rule.FIXED)
        )

    def _rule(self, name: str) -> Rule | None:
        field = self.policy.fields.get(name)
        return None if field is None else field.rule


_OTHER_ID = FieldError(
    "/id",
    Text("document.id 与 mutation 的 id 不一致", "document.id is not the mutation's id."),
)


def _written(head: RecordHead) -> Written:
    return Written(head.version, None if head.deleted else JsonText(head.document))
