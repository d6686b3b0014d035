"""WatermelonDB's sync over the engine.

Pull answers everything at once, and the place in the log is a bare number: one more than the
position, because the library takes 0 for "never". For which sites a device pulled by then is kept
by ``server.db.served_scopes``.

Push is all or nothing, as the library wants it. Where a change clashes, its next pull lets the
library put its own columns over what the server has, with the server's ``version``, and the push
after that stands: nothing has to be kept for review here. A refused change is kept in the
quarantine even so, since the device may never be able to send it in another form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import uuid_text
from server.access import Actor
from server.db.change_store import RecordHead, document_at, document_of
from server.db.record_reading import read_heads, versions_at
from server.db.served_scopes import cursor_at, is_of, note_scope, served_scopes
from server.db.sync_log import SqlLog
from server.db.transaction import transaction
from server.errors import (
    CURSOR_INVALID,
    PUSH_NOT_APPLIED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.offline.collection import PushContext
from server.sync_api import service
from server.sync_api.rendering import problem_document
from server.sync_api.rows import content_of, mutation_id_for, row_text, version_in
from sync.cursor import Cursor
from sync.errors import CursorExpired
from sync.pull import pull_from
from sync.records import Change, Mutation, MutationResult, Scope, Status

_AT_ONCE = 1000
_ATTEMPTS = 4
_DIGITS = 15
"""No log gets that far; a longer number would not fit into the database's."""
_NEVER = frozenset({"", "0", "null", "undefined"})
"""How clients write that they have never pulled."""
_CLASH = Text(
    "与服务器上的修改冲突：{fields}",
    "It clashes with a change on the server: {fields}",
)
_SHAPE = Text(
    "应为 {数据集: {created: [行], updated: [行], deleted: [id]}}",
    "Expected: {collection: {created: [rows], updated: [rows], deleted: [ids]}}",
)


def position_in(last_pulled_at: str | None) -> int | None:
    """The place in the log that a client's number stands for, None for a first pull."""
    if last_pulled_at is None or last_pulled_at in _NEVER:
        return None
    is_number = last_pulled_at.isascii() and last_pulled_at.isdigit()
    if not is_number or len(last_pulled_at) > _DIGITS:
        raise Problem(CURSOR_INVALID)
    return int(last_pulled_at) - 1


def pull_json(
    session: Session, actor: Actor, position: int | None, now: datetime
) -> tuple[bytes, int]:
    """Everything that changed for *actor* since *position*, and how many changes that is."""
    scope = service.scope_of(actor, None)
    for _ in range(_ATTEMPTS):
        with transaction(session, write=False), service.cursor_problems():
            log = SqlLog(session, actor)
            rows, epoch = served_scopes(session, actor), log.epoch()
            if rows and is_of(rows[-1], scope, epoch):
                cursor = _cursor_of(rows, position)
                changes, reached = _everything(log, scope, cursor)
                answer = _pull_json(scope, changes, reached + 1, is_first=position is None)
                return answer, len(changes)
        # The scope differs from what this device was served last.
        with transaction(session, write=True):
            note_scope(session, actor, scope, epoch, now)
    raise RuntimeError("the device's scope changes faster than it can be written down")


def _cursor_of(rows: Sequence[Any], position: int | None) -> Cursor | None:
    if position is None:
        return None
    held = [row for row in rows if row.from_sequence <= position]
    if not held:
        raise CursorExpired("what this device was served by then is not known")
    return cursor_at(held[-1], position)


def _everything(
    log: SqlLog, scope: Scope, cursor: Cursor | None
) -> tuple[Mapping[tuple[str, str], Change], int]:
    """The last word on each record, and the position reached."""
    changes: dict[tuple[str, str], Change] = {}
    has_more = True
    while has_more:
        page, cursor, has_more = pull_from(log, scope, cursor, _AT_ONCE)
        changes.update(((change.collection, change.record_id), change) for change in page)
    assert cursor is not None
    return changes, cursor.position


def _pull_json(
    scope: Scope,
    changes: Mapping[tuple[str, str], Change],
    timestamp: int,
    *,
    is_first: bool,
) -> bytes:
    standing: dict[str, list[str]] = {name: [] for name in sorted(scope.collections)}
    deleted: dict[str, list[str]] = {name: [] for name in standing}
    for change in changes.values():
        if change.deleted or change.document is None:
            deleted[change.collection].append(f'"{change.record_id}"')
        else:
            standing[change.collection].append(row_text(change.document, change.version))
    members = ",".join(
        f'"{name}":{{"created":[{",".join(rows) if is_first else ""}],'
        f'"updated":[{"" if is_first else ",".join(rows)}],'
        f'"deleted":[{",".join(deleted[name])}]}}'
        for name, rows in standing.items()
    )
    return f'{{"changes":{{{members}}},"timestamp":{timestamp}}}'.encode()


@dataclass(frozen=True, slots=True)
class Sent:
    """One change of a push and where in the body it stands."""

    pointer: str
    collection: str
    kind: str
    row: Any

    @property
    def id(self) -> str:
        given = self.row.get("id") if isinstance(self.row, dict) else self.row
        return uuid_text(given) or ""


def changes_in(body: Any) -> list[Sent]:
    """The changes of a push one by one, deletions last."""
    return sorted(_changes_in(body), key=lambda sent: sent.kind == "deleted")


def _changes_in(body: Any) -> Iterator[Sent]:
    if not isinstance(body, dict):
        raise _bad_shape("/changes")
    for collection, kinds in body.items():
        if not isinstance(kinds, dict):
            raise _bad_shape(f"/changes/{collection}")
        for kind in ("created", "updated", "deleted"):
            rows = kinds.get(kind, [])
            if not isinstance(rows, list):
                raise _bad_shape(f"/changes/{collection}/{kind}")
            for index, row in enumerate(rows):
                if not isinstance(row, str if kind == "deleted" else dict):
                    raise _bad_shape(f"/changes/{collection}/{kind}/{index}")
                yield Sent(f"/changes/{collection}/{kind}/{index}", collection, kind, row)


def _bad_shape(pointer: str) -> Problem:
    return Problem(VALIDATION_FAILED, [FieldError(pointer, _SHAPE)])


def push_changes(
    session: Session,
    actor: Actor,
    sent: Sequence[Sent],
    position: int | None,
    now: datetime,
    delivery: service.Delivery,
) -> int:
    """Carry out all of *sent*, or nothing. Returns how many.

    Raises
    ------
    Problem
        409 naming every change that cannot stand.
    """
    with transaction(session, write=False):
        entries = list(_entries(session, actor, sent, position, now))
    try:
        service.push_mutations(session, actor, entries, now, _all_or_nothing, delivery)
    except _NotAll as not_all:
        refused = list(_refused(not_all.results, entries))
        with suppress(_NotAll):
            service.push_mutations(session, actor, refused, now, _nothing_but_refusals, delivery)
        raise Problem(
            PUSH_NOT_APPLIED,
            list(_errors(sent, not_all.results)),
            count=sum(map(_cannot_stand, not_all.results)),
        ) from None
    return len(sent)


class _NotAll(Exception):
    def __init__(self, results: Sequence[MutationResult]) -> None:
        super().__init__()
        self.results = results


def _cannot_stand(result: MutationResult) -> bool:
    return result.status in (Status.CONFLICT, Status.REJECTED)


def _all_or_nothing(results: Sequence[MutationResult]) -> None:
    if any(map(_cannot_stand, results)):
        raise _NotAll(results)


def _nothing_but_refusals(results: Sequence[MutationResult]) -> None:
    """What was refused together with others may stand alone: it must not slip in that way."""
    if any(result.status is not Status.REJECTED for result in results):
        raise _NotAll(results)


def _refused(
    results: Sequence[MutationResult], entries: Sequence[Mutation | service.Unreadable]
) -> Iterator[Mutation | service.Unreadable]:
    for result, entry in zip(results, entries, strict=True):
        if result.status is Status.REJECTED:
            yield entry


def _errors(sent: Sequence[Sent], results: Sequence[MutationResult]) -> Iterator[FieldError]:
    for change, result in zip(sent, results, strict=True):
        if result.conflict is not None:
            fields = ", ".join(result.conflict.fields)
            yield FieldError(change.pointer, _CLASH, {"fields": fields})
        elif result.problem is not None:
            told = {
                name: _in_one_line(problem_document(result.problem, language))
                for name, language in (("zh", "zh-CN"), ("en", "en"))
            }
            yield FieldError(change.pointer, Text("{zh}", "{en}"), told)


def _in_one_line(problem: Mapping[str, Any]) -> str:
    errors = [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", ())]
    return " ".join([problem["title"], *(errors or [problem.get("detail", "")])]).strip()


def _entries(
    session: Session,
    actor: Actor,
    sent: Sequence[Sent],
    position: int | None,
    now: datetime,
) -> Iterator[Mutation | service.Unreadable]:
    """*sent* as mutations. The caller has a transaction open: what stands is looked up."""
    context = PushContext(session, actor, actor.device_id or "", now)
    found: dict[str, _Known] = {}
    for collection in dict.fromkeys(change.collection for change in sent):
        ids = {change.id for change in sent if change.collection == collection and change.id}
        found[collection] = _Known(
            {
                head.id: head
                for head in read_heads(session, actor.organisation_id, collection, ids)
                if context.may_see(collection, head.site_id)
            },
            versions_at(session, actor.organisation_id, collection, ids, position or 0),
            position,
        )
    for change in sent:
        yield _entry(session, actor, change, found[change.collection])


@dataclass(frozen=True, slots=True)
class _Known:
    """What the server knows of a collection's records in a push."""

    heads: Mapping[str, RecordHead]
    versions_at_position: Mapping[str, int]
    position: int | None

    def base_version(self, change: Sent) -> int | None:
        """The version a change was made on: the row's, else what stood at the client's last pull
        (a deletion is only an id, and a client's table may have no column ``version``)."""
        given = version_in(change.row)
        head = self.heads.get(change.id)
        if given is not None or change.kind == "created" or head is None or self.position is None:
            return given
        if head.sequence <= self.position:
            return head.version
        return self.versions_at_position.get(change.id)


def _entry(
    session: Session, actor: Actor, change: Sent, known: _Known
) -> Mutation | service.Unreadable:
    base_version, is_deletion = known.base_version(change), change.kind == "deleted"
    document = None
    if not is_deletion:
        document = _whole_document(session, change, known.heads.get(change.id), base_version)
    return service.read_mutation(
        {
            "mutation_id": mutation_id_for(
                actor.device_id, change.collection, change.id, base_version, document
            ),
            "collection": change.collection,
            "id": change.row if is_deletion else change.row.get("id"),
            "operation": "delete" if is_deletion else "upsert",
            "base_version": base_version,
            "document": document,
        }
    )


def _whole_document(
    session: Session, change: Sent, head: RecordHead | None, base_version: int | None
) -> Any:
    """The row as a document. A column that the client's table does not have is left as it was."""
    content = content_of(change.row)
    if head is None or base_version is None:
        return content
    if base_version == head.version:
        return {**document_of(head), **content}
    base = document_at(session, head.organisation_id, change.collection, head.id, base_version)
    return {**(base or {}), **content}
