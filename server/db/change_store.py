"""Writing to the change log: every synced record gets its versions here and nowhere else.

Services call :func:`publish`. What is published waits in memory until the transaction's tail, where
:func:`append_to_log` takes the organisation's log head, gives out sequences and writes everything
in a few statements. Two properties hang on that order: sequences become visible in their order, so
a reader never skips a change; and no row lock is taken after the log head is held, so writers
cannot block each other in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.audit_log import DELETED, WRITTEN, AuditEvent, append_entries, sha256_of
from server.db.change_log import (
    ChangeLogHead,
    SyncDeparture,
    SyncRecord,
    SyncRecordVersion,
)
from server.db.holds import open_holds, parent_of
from server.db.json_text import as_written
from server.db.prepared import Prepared, PreparedForMany, prepared_insert
from server.db.staging import unstage, write_staged
from server.db.transaction import PENDING_CHANGES, before_commit
from server.db.types import UuidText
from server.errors import RECORD_IS_HELD, Problem

Key = tuple[str, str]
"""(collection, record id)"""

WHOLE_ORGANISATION = ""
"""How a departure from "every site" is written."""


@dataclass(frozen=True, slots=True)
class RecordHead:
    """The newest version of one record; *document* is its JSON text."""

    organisation_id: str
    collection: str
    id: str
    site_id: str | None
    version: int
    deleted: bool
    document: str
    user_id: str | None
    device_id: str | None
    written_at: datetime
    sequence: int = 0
    """Its place in the log; 0 until the transaction's tail gives it one."""

    @property
    def key(self) -> Key:
        return (self.collection, self.id)


def document_of(head: RecordHead) -> dict[str, Any]:
    """The head's document, parsed."""
    document: dict[str, Any] = orjson.loads(head.document)
    return document


Place = tuple[str, Key]
"""(organisation id, key)"""


class Mark(NamedTuple):
    """How far a transaction had come, for :func:`take_back`."""

    steps: int
    superseded: int
    departures: int
    events: int


@dataclass(slots=True)
class _Pending:
    """What one transaction has read and published so far."""

    heads: dict[Place, RecordHead] = field(default_factory=dict)
    stored: dict[Place, RecordHead | None] = field(default_factory=dict)
    superseded: list[RecordHead] = field(default_factory=list)
    departures: list[tuple[RecordHead, str | None]] = field(default_factory=list)
    events: list[tuple[str, AuditEvent]] = field(default_factory=list)
    steps: list[tuple[Place, RecordHead | None, bool]] = field(default_factory=list)
    """How to take each step back: the place, what was published there before, whether it was only
    read."""

    def mark(self) -> Mark:
        return Mark(len(self.steps), len(self.superseded), len(self.departures), len(self.events))

    def take_back(self, mark: Mark) -> None:
        for place, before, was_read in reversed(self.steps[mark.steps :]):
            if was_read:
                del self.stored[place]
            elif before is None:
                del self.heads[place]
            else:
                self.heads[place] = before
        del self.steps[mark.steps :]
        del self.superseded[mark.superseded :]
        del self.departures[mark.departures :]
        del self.events[mark.events :]


def _pending(session: Session) -> _Pending:
    pending: _Pending | None = session.info.get(PENDING_CHANGES)
    if pending is None:
        pending = session.info[PENDING_CHANGES] = _Pending()
    return pending


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """A savepoint that also takes back what was published and staged inside it."""
    write_staged(session)
    mark = mark_published(session)
    try:
        with session.begin_nested():
            yield
            session.flush()
            write_staged(session)
    except BaseException:
        take_back(session, mark)
        unstage(session, {})
        raise


def mark_published(session: Session) -> Mark:
    """How much is published now, for :func:`take_back`."""
    return _pending(session).mark()


def take_back(session: Session, mark: Mark) -> None:
    """Forget what was read and published since *mark*."""
    _pending(session).take_back(mark)


def heads_of(session: Session, organisation_id: str, keys: Iterable[Key]) -> dict[Key, RecordHead]:
    """The heads of *keys* as this transaction sees them, locked for its duration."""
    pending = _pending(session)
    wanted = list(dict.fromkeys(keys))
    unread = sorted(key for key in wanted if (organisation_id, key) not in pending.stored)
    for start in range(0, len(unread), 200):
        part = unread[start : start + 200]
        for key in part:
            pending.stored[organisation_id, key] = None
            pending.steps.append(((organisation_id, key), None, True))
        for head in _read_heads(session, organisation_id, part):
            pending.stored[organisation_id, head.key] = head
    seen = ((key, _seen(pending, organisation_id, key)) for key in wanted)
    return {key: head for key, head in seen if head is not None}


def _seen(pending: _Pending, organisation_id: str, key: Key) -> RecordHead | None:
    at = (organisation_id, key)
    return pending.heads.get(at) or pending.stored[at]


_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_HEADS = PreparedForMany(
    UuidText,
    lambda among: (
        select(*(_records.c[name] for name in RecordHead.__dataclass_fields__))
        .where(
            _records.c.organisation_id == bindparam("organisation_id"),
            _records.c.collection == bindparam("collection"),
            _records.c.id.in_(among),
        )
        .order_by(_records.c.id)
        .with_for_update()
    ),
)


def _read_heads(session: Session, organisation_id: str, keys: list[Key]) -> Iterator[RecordHead]:
    by_collection: defaultdict[str, list[str]] = defaultdict(list)
    for collection, record_id in keys:
        by_collection[collection].append(record_id)
    # In one order for everybody: two pushes of the same records do not lock each other out.
    for collection in sorted(by_collection):
        asked = {"organisation_id": organisation_id, "collection": collection}
        for row in _HEADS.all(session, by_collection[collection], asked):
            yield RecordHead(*row)


def publish(
    session: Session,
    actor: Actor,
    collection: str,
    record_id: str,
    site_id: str | None,
    document: Mapping[str, Any],
    now: datetime,
    *,
    deleted: bool = False,
    device_id: str | None = None,
) -> RecordHead:
    """Make *document* the record's next version. Returns the new head.

    A record without a site belongs to the whole organisation. A deleted record keeps its last
    document and its site here; those who pull get a tombstone without content.
    """
    current = heads_of(session, actor.organisation_id, [(collection, record_id)]).get(
        (collection, record_id)
    )
    text = orjson.dumps(document, default=as_written).decode()
    if deleted and current is not None:
        site_id, text = current.site_id, current.document
        _refuse_held(session, current)
    head = RecordHead(
        organisation_id=actor.organisation_id,
        collection=collection,
        id=record_id,
        site_id=site_id,
        version=1 if current is None else current.version + 1,
        deleted=deleted,
        document=text,
        user_id=actor.user_id,
        device_id=device_id or actor.device_id,
        written_at=now,
    )
    _supersede(_pending(session), current, head)
    return head


def _refuse_held(session: Session, head: RecordHead) -> None:
    holds = open_holds(session, head.organisation_id)
    if not holds:
        return
    document = document_of(head)
    records = [head.key]
    suppliers = {document.get("supplier_id")}
    parent = parent_of(head.collection, document)
    if parent is not None:
        records.append(parent)
        above = heads_of(session, head.organisation_id, [parent]).get(parent)
        suppliers |= set() if above is None else {document_of(above).get("supplier_id")}
    if holds.cover(head.site_id, records, suppliers):
        raise Problem(RECORD_IS_HELD)


def _supersede(pending: _Pending, current: RecordHead | None, head: RecordHead) -> None:
    if current is not None:
        pending.superseded.append(current)
        if current.site_id != head.site_id:
            pending.departures.append((head, current.site_id))
    place = (head.organisation_id, head.key)
    pending.steps.append((place, pending.heads.get(place), False))
    pending.heads[place] = head


def superseded_now(session: Session, organisation_id: str, key: Key) -> list[RecordHead]:
    """The versions of *key* that this transaction has superseded but not yet written, in order."""
    return [
        head
        for head in _pending(session).superseded
        if head.organisation_id == organisation_id and head.key == key
    ]


def note_event(session: Session, organisation_id: str, event: AuditEvent) -> None:
    """Add *event* to the organisation's audit log at this transaction's tail."""
    _pending(session).events.append((organisation_id, event))


@before_commit
def append_to_log(session: Session) -> None:
    """Write what was published. The very last step before the commit."""
    session.flush()
    write_staged(session)
    pending: _Pending | None = session.info.pop(PENDING_CHANGES, None)
    if pending is None:
        return
    by_organisation: defaultdict[str, list[RecordHead]] = defaultdict(list)
    for (organisation_id, _), head in pending.heads.items():
        by_organisation[organisation_id].append(head)
    noted: defaultdict[str, list[AuditEvent]] = defaultdict(list)
    for organisation_id, event in pending.events:
        noted[organisation_id].append(event)
    for organisation_id in sorted(by_organisation.keys() | noted.keys()):
        heads = by_organisation[organisation_id]
        sequences = _take_sequences(session, organisation_id, len(heads))
        numbered = dict(zip((head.key for head in heads), sequences, strict=True))
        _write_heads(session, heads, numbered, pending.stored)
        superseded = [h for h in pending.superseded if h.organisation_id == organisation_id]
        _write_superseded(session, superseded, numbered)
        for head, left in pending.departures:
            if head.organisation_id == organisation_id:
                _write_departure(session, head, left, numbered[head.key])
        # A version that this transaction itself has superseded has no place in the log yet.
        published = [*(head for head in superseded if head.sequence == 0), *heads]
        events = [*map(_entry_of, published), *noted[organisation_id]]
        append_entries(session, organisation_id, events)


def _entry_of(head: RecordHead) -> AuditEvent:
    return AuditEvent(
        at=head.written_at,
        action=DELETED if head.deleted else WRITTEN,
        user_id=head.user_id,
        device_id=head.device_id,
        site_id=head.site_id,
        collection=head.collection,
        record_id=head.id,
        version=head.version,
        content_sha256=sha256_of(head.document),
    )


_log_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_TAKE = Prepared(
    update(_log_heads)
    .where(_log_heads.c.organisation_id == bindparam("of"))
    .values(sequence=_log_heads.c.sequence + bindparam("taken"))
    .returning(_log_heads.c.sequence)
)


def _take_sequences(session: Session, organisation_id: str, count: int) -> range:
    ((last,),) = _TAKE.all(session, {"of": organisation_id, "taken": count})
    return range(last - count + 1, last + 1)


_INSERT_HEADS = prepared_insert(_records)


def _write_heads(
    session: Session,
    heads: list[RecordHead],
    numbered: Mapping[Key, int],
    stored: Mapping[tuple[str, Key], RecordHead | None],
) -> None:
    rows = [(head, {**_row(head), "sequence": numbered[head.key]}) for head in heads]
    fresh = [row for head, row in rows if stored[head.organisation_id, head.key] is None]
    known = [row for head, row in rows if stored[head.organisation_id, head.key] is not None]
    _INSERT_HEADS.run_each(session, fresh)
    _UPDATE_HEADS.run_each(
        session, ({**row, **{f"its_{name}": row[name] for name in _KEY_COLUMNS}} for row in known)
    )


_KEY_COLUMNS = frozenset({"organisation_id", "collection", "id"})
_OTHER_COLUMNS = [n for n in RecordHead.__dataclass_fields__ if n not in _KEY_COLUMNS]
_UPDATE_HEADS = Prepared(
    update(_records)
    .where(*(_records.c[name] == bindparam(f"its_{name}") for name in sorted(_KEY_COLUMNS)))
    .values(
        {
            name: bindparam(name)
            for name in RecordHead.__dataclass_fields__
            if name not in _KEY_COLUMNS
        }
    )
)


def _row(head: RecordHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in RecordHead.__dataclass_fields__}


_versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]
_INSERT_VERSIONS = prepared_insert(_versions)


def _write_superseded(
    session: Session, superseded: list[RecordHead], numbered: Mapping[Key, int]
) -> None:
    rows = ({**_row(head), "superseded_sequence": numbered[head.key]} for head in superseded)
    _INSERT_VERSIONS.run_each(session, rows)


def _write_departure(session: Session, head: RecordHead, left: str | None, sequence: int) -> None:
    """Remember that *head* left a place, and forget that it ever left the place it entered."""
    departures: Table = SyncDeparture.__table__  # type: ignore[assignment]

    def at(place: str | None) -> dict[str, str]:
        return {
            "organisation_id": head.organisation_id,
            "place": place or WHOLE_ORGANISATION,
            "collection": head.collection,
            "id": head.id,
        }

    for place in (left, head.site_id):
        session.execute(
            delete(departures).where(
                *(departures.c[name] == value for name, value in at(place).items())
            )
        )
    session.execute(
        insert(departures), [{**at(left), "version": head.version, "sequence": sequence}]
    )


def document_at(
    session: Session, organisation_id: str, collection: str, record_id: str, version: int
) -> dict[str, Any] | None:
    """A superseded version's document, or None if there never was one or it is no longer kept."""
    versions: Table = SyncRecordVersion.__table__  # type: ignore[assignment]
    text = session.execute(
        select(versions.c.document).where(
            versions.c.organisation_id == organisation_id,
            versions.c.collection == collection,
            versions.c.id == record_id,
            versions.c.version == version,
        )
    ).scalar_one_or_none()
    return None if text is None else orjson.loads(text)
