"""Pull: what a client must hear to hold exactly what its user may see.

Three steps, each resumable at any row: tombstones for places that left the scope, records of
places that entered it, then the log. A first pull is nothing but "everything has just entered".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sync.cursor import (
    NOWHERE,
    Cursor,
    Phase,
    adjust_to_scope,
    check_cursor,
    decode_cursor,
    encode_cursor,
    fresh_cursor,
)
from sync.ports import PullStore
from sync.records import Change, ChangeReason, LogQuery, LogRow, Page, Scope


def pull(store: PullStore, scope: Scope, cursor: str | None, limit: int, *, key: bytes) -> Page:
    """Answer one page of a pull.

    Parameters
    ----------
    scope
        What the caller may see now. It may differ from that of the page before.
    cursor
        The text of the page before, ``None`` to start.
    limit
        Most changes in the page [≥ 1].
    key
        The secret that signs cursors.

    Raises
    ------
    CursorInvalid, CursorExpired
        See :func:`sync.cursor.check_cursor`.
    """
    place = decode_cursor(cursor, key) if cursor is not None else None
    changes, place, has_more = pull_from(store, scope, place, limit)
    return Page(tuple(changes), encode_cursor(place, key), has_more)


def pull_from(
    store: PullStore, scope: Scope, cursor: Cursor | None, limit: int
) -> tuple[list[Change], Cursor, bool]:
    """The same with the cursor as a value, for doors that carry it in a form of their own."""
    if limit < 1:
        raise ValueError("limit must be at least 1")
    # Read before any row: what commits later lies above it and belongs to the next pull.
    position, epoch, oldest_position = store.bounds()
    if cursor is None:
        cursor = fresh_cursor(scope, epoch, position)
    else:
        check_cursor(cursor, scope, epoch, position, oldest_position)
        cursor = adjust_to_scope(cursor, scope.places)
    changes: list[Change] = []
    for step in (_leave, _enter, _go_on):
        more, cursor, is_done = step(store, scope, cursor, position, limit - len(changes))
        changes += more
        if not is_done:
            return changes, cursor, True
    return changes, cursor, False


_Step = tuple[list[Change], Cursor, bool]


def _leave(store: PullStore, scope: Scope, cursor: Cursor, _position: int, room: int) -> _Step:
    """Tombstones for every record the client may hold of the places it lost.

    Without an upper bound: a record of such a place that was written meanwhile has moved up in
    the log, where this client will never look for it again. For the same reason departures count:
    the record may by now lie in a third place.
    """
    lost = cursor.leaving.places
    if not lost:
        return [], cursor, True
    query = LogQuery(
        scope.collections,
        places=lost,
        after=cursor.leaving.after,
        until=None,
        limit=room + 1,
        departed_from=lost,
        visible=scope.places | lost,
    )
    rows, is_done = _cut(store.log(query), room)
    changes = [_gone(row) for row in rows]
    if is_done:
        return changes, replace(cursor, leaving=Phase()), True
    after = rows[-1].sequence if rows else cursor.leaving.after
    return changes, replace(cursor, leaving=Phase(lost, after)), False


def _enter(store: PullStore, scope: Scope, cursor: Cursor, _position: int, room: int) -> _Step:
    """The records of new places, as far as the log will not bring them anyway."""
    gained = cursor.entering.places
    if not gained:
        return [], cursor, True
    query = LogQuery(
        scope.collections,
        places=gained,
        after=cursor.entering.after,
        until=cursor.position,
        limit=room + 1,
        include_deleted=False,
    )
    rows, is_done = _cut(store.log(query), room)
    changes = [_present(row) for row in rows]
    if is_done:
        served = cursor.served | gained
        return changes, replace(cursor, served=served, entering=Phase()), True
    after = rows[-1].sequence if rows else cursor.entering.after
    return changes, replace(cursor, entering=Phase(gained, after)), False


def _go_on(store: PullStore, scope: Scope, cursor: Cursor, position: int, room: int) -> _Step:
    """The log after the client's position."""
    if position == cursor.position or cursor.served == NOWHERE:
        return [], replace(cursor, position=position), True  # most polls: nothing to read
    query = LogQuery(
        scope.collections,
        places=cursor.served,
        after=cursor.position,
        until=position,
        limit=room + 1,
        departed_from=cursor.served,
        visible=scope.places,
    )
    rows, is_done = _cut(store.log(query), room)
    changes = [_gone(row) if row.departed else _present(row) for row in rows]
    if not is_done:
        position = rows[-1].sequence if rows else cursor.position
    return changes, replace(cursor, position=position), is_done


def _cut(rows: Sequence[LogRow], room: int) -> tuple[list[LogRow], bool]:
    """The rows there is room for, and whether these are all."""
    return list(rows[:room]), len(rows) <= room


def _present(row: LogRow) -> Change:
    document = None if row.deleted else row.document
    return Change(row.collection, row.record_id, row.version, row.deleted, document)


def _gone(row: LogRow) -> Change:
    return Change(
        row.collection,
        row.record_id,
        row.version,
        deleted=True,
        reason=ChangeReason.OUT_OF_SCOPE,
    )
