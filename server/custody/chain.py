"""Whether each entry of the log is as it was written, and follows the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from server.custody.findings import Break, Tally
from server.db.audit_heads import HeadLine
from server.db.audit_log import BEGINNING, entries, entry_hash_of

AT_ONCE = 1000


def check_chain(
    session: Session, organisation_id: str, heads: Iterable[HeadLine], tally: Tally
) -> Iterator[Break]:
    """Go through the organisation's chain from its first entry, past each of *heads*.

    Names the first break only: whatever follows a changed entry hangs on it.
    """
    noted: dict[int, list[HeadLine]] = {}
    for head in heads:
        noted.setdefault(head.number, []).append(head)
    number, previous = 0, BEGINNING
    for entry in _entries(session, organisation_id):
        found = _entry_break(entry, organisation_id, number + 1, previous)
        if found is not None:
            yield found
            return
        number, previous = entry.number, entry.entry_hash
        tally.count("entries")
        for head in noted.pop(number, ()):
            if head.entry_hash != previous:
                yield _head_break(head, previous)
                return
    for heads_beyond in noted.values():
        yield _head_break(heads_beyond[0], f"{number} 条 / entries")
        return


def _entries(session: Session, organisation_id: str) -> Iterator[Row[tuple[object, ...]]]:
    last = -(2**62)
    while True:
        part = session.execute(
            select(entries)
            .where(entries.c.organisation_id == organisation_id, entries.c.number > last)
            .order_by(entries.c.number)
            .limit(AT_ONCE)
        ).all()
        yield from part
        if len(part) < AT_ONCE:
            return
        last = part[-1].number


def _entry_break(
    entry: Row[tuple[object, ...]], organisation_id: str, number: int, previous: str
) -> Break | None:
    where = f"audit_entries {organisation_id} #{number}"
    if entry.number != number:
        return Break("numbers", where, number, entry.number)
    if entry.previous_hash != previous:
        return Break("link", f"{where} previous_hash", previous, entry.previous_hash)
    computed = entry_hash_of(entry._asdict())
    if entry.entry_hash != computed:
        return Break("entry", f"{where} entry_hash", computed, entry.entry_hash)
    return None


def _head_break(head: HeadLine, found: str) -> Break:
    where = f"audit_entries {head.organisation_id} #{head.number} ({head.noted_on})"
    return Break("head", where, head.entry_hash, found)
