"""The change log as those who pull read it: ``sync.ports.PullStore`` over SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import starmap
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, and_, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.change_log import ChangeLogHead, SyncDeparture, SyncRecord
from server.db.change_store import WHOLE_ORGANISATION
from server.db.prepared import Prepared
from server.db.transaction import connection_of
from server.db.types import UuidText
from sync.records import LogBounds, LogQuery, LogRow

# Declarative classes type __table__ as FromClause; these are tables.
_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_departures: Table = SyncDeparture.__table__  # type: ignore[assignment]
_log_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_ONE_BY_ONE = 8
"""Up to so many places are read one by one; who has more has most of the log anyway."""
_BY_PLACE = "ix_sync_records_organisation_id_site_id_sequence"
_NO_SITE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class SqlLog:
    """One organisation's change log inside the session's transaction."""

    session: Session
    actor: Actor

    def bounds(self) -> LogBounds:
        (bounds,) = _BOUNDS.all(self.session, {"of": self.actor.organisation_id})
        return LogBounds._make(bounds)

    def epoch(self) -> str:
        return self.bounds().epoch

    def position(self) -> int:
        return self.bounds().position

    def oldest_position(self) -> int:
        return self.bounds().oldest_position

    def log(self, query: LogQuery) -> Sequence[LogRow]:
        rows = self._heads_in_log(query) if query.places and query.collections else []
        if query.departed_from and query.collections:
            rows = sorted([*rows, *self._departures_in_log(query)], key=itemgetter(0))
        return rows[: query.limit]

    def _heads_in_log(self, query: LogQuery) -> list[LogRow]:
        sites = sorted(place for place in query.places if place is not None)
        shape = _Shape(
            connection_of(self.session).dialect.name,
            len(sites),
            has_common=None in query.places,
            collections=_size(len(query.collections)),
            has_end=query.until is not None,
            has_deleted=query.include_deleted,
        )
        asked: dict[str, Any] = {
            "of": self.actor.organisation_id,
            "after": query.after,
            "until": query.until,
            "most": query.limit,
        }
        asked |= {f"site_{place}": site for place, site in enumerate(sites)}
        asked |= _numbered("collection", query.collections)
        return list(starmap(LogRow, _log_statement(shape).all(self.session, asked)))

    def _departures_in_log(self, query: LogQuery) -> list[LogRow]:
        visible = [place for place in query.visible if place is not None]
        shape = _DeparturesShape(
            _size(len(query.departed_from)),
            _size(len(visible)),
            sees_common=None in query.visible,
            collections=_size(len(query.collections)),
            has_end=query.until is not None,
        )
        asked = {
            "of": self.actor.organisation_id,
            "after": query.after,
            "until": query.until,
            "most": query.limit,
            **_numbered("place", [place or WHOLE_ORGANISATION for place in query.departed_from]),
            **_numbered("site", visible or [_NO_SITE]),
            **_numbered("collection", query.collections),
        }
        rows = _departures_statement(shape).all(self.session, asked)
        return [LogRow._make((*row, None, True)) for row in rows]


_BOUNDS = Prepared(
    select(_log_heads.c.sequence, _log_heads.c.epoch, _log_heads.c.oldest_sequence).where(
        _log_heads.c.organisation_id == bindparam("of")
    )
)
_ROW = (
    _records.c.sequence,
    _records.c.collection,
    _records.c.id,
    _records.c.version,
    _records.c.deleted,
    _records.c.document,
)


class _Shape(NamedTuple):
    """What distinguishes the statements that read a page: each is made once."""

    dialect: str
    sites: int
    has_common: bool
    collections: int
    has_end: bool
    has_deleted: bool


@lru_cache(1024)
def _log_statement(shape: _Shape) -> Prepared:
    """Each place's rows by the index that has them in order, merged by the database as they come.

    Asked for in one go it would walk through what every other site has written as well. Who has
    more than a few places has most of the log anyway.
    """
    sites = _parameters("site", shape.sites, UuidText)
    at = _records.c.site_id
    if len(sites) <= _ONE_BY_ONE:
        places = [at == site for site in sites]
    else:
        places = [and_(at.is_not(None), at.in_(sites))]
    if shape.has_common:
        places.append(at.is_(None))
    if len(sites) > _ONE_BY_ONE:
        places = [or_(*places)]
    conditions = _conditions(shape)
    pages = [select(*_ROW).where(*conditions, is_there) for is_there in places]
    if len(sites) <= _ONE_BY_ONE:
        pages = [_by_its_index(page, shape.dialect) for page in pages]
    page = pages[0] if len(pages) == 1 else union_all(*pages)
    return Prepared(page.order_by("sequence").limit(bindparam("most")))


def _by_its_index(page: Select[Any], dialect: str) -> Select[Any]:
    """One place's rows, from the index and no other way, whatever the statistics say."""
    if dialect == "sqlite":
        return page.with_hint(_records, f"INDEXED BY {_BY_PLACE}", "sqlite")
    # PostgreSQL would read and sort all there is. Ordered as the index is, it need not.
    ordered = page.order_by(_records.c.site_id, _records.c.sequence).limit(bindparam("most"))
    return select(ordered.subquery())


def _conditions(shape: _Shape) -> list[Any]:
    conditions = [
        _records.c.organisation_id == bindparam("of"),
        _records.c.sequence > bindparam("after"),
        _records.c.collection.in_(_parameters("collection", shape.collections)),
    ]
    if shape.has_end:
        conditions.append(_records.c.sequence <= bindparam("until"))
    if not shape.has_deleted:
        conditions.append(_records.c.deleted.is_(False))
    return conditions


class _DeparturesShape(NamedTuple):
    places: int
    visible: int
    sees_common: bool
    collections: int
    has_end: bool


@lru_cache(1024)
def _departures_statement(shape: _DeparturesShape) -> Prepared:
    """What left the places and lies in none of the visible ones by now."""
    at = _records.c.site_id
    is_visible = and_(at.is_not(None), at.in_(_parameters("site", shape.visible, UuidText)))
    if shape.sees_common:
        is_visible = or_(at.is_(None), is_visible)
    names = ("organisation_id", "collection", "id")
    is_its_head = and_(*(_records.c[name] == _departures.c[name] for name in names))
    statement = (
        select(
            _departures.c.sequence,
            _departures.c.collection,
            _departures.c.id,
            _records.c.version,
            _records.c.deleted,
        )
        .join(_records, is_its_head)
        .where(
            _departures.c.organisation_id == bindparam("of"),
            _departures.c.collection.in_(_parameters("collection", shape.collections)),
            _departures.c.place.in_(_parameters("place", shape.places)),
            _departures.c.sequence > bindparam("after"),
            ~is_visible,
        )
    )
    if shape.has_end:
        statement = statement.where(_departures.c.sequence <= bindparam("until"))
    return Prepared(statement.order_by(_departures.c.sequence).limit(bindparam("most")))


def _size(count: int) -> int:
    """The next power of two: few sizes, few statements."""
    return 1 << max(count - 1, 0).bit_length()


def _parameters(name: str, count: int, type_: Any = None) -> list[Any]:
    return [bindparam(f"{name}_{place}", type_=type_) for place in range(count)]


def _numbered(name: str, values: Collection[str]) -> dict[str, str]:
    """*values* for :func:`_parameters`, the last one again up to the size."""
    ordered = sorted(values)
    ordered += ordered[-1:] * (_size(len(ordered)) - len(ordered))
    return {f"{name}_{place}": value for place, value in enumerate(ordered)}
