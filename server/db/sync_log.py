"""The change log as those who pull read it: ``sync.ports.PullStore`` over SQL."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, Table, and_, or_, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.change_log import ChangeLogHead, SyncDeparture, SyncRecord
from server.db.change_store import WHOLE_ORGANISATION
from sync.records import LogQuery, LogRow

# Declarative classes type __table__ as FromClause; these are tables.
_records: Table = SyncRecord.__table__  # type: ignore[assignment]
_departures: Table = SyncDeparture.__table__  # type: ignore[assignment]
_log_heads: Table = ChangeLogHead.__table__  # type: ignore[assignment]
_AT_ONCE = 100
_ONE_BY_ONE = 8
"""Up to so many places are read one by one; who has more has most of the log anyway."""


@dataclass(frozen=True, slots=True)
class SqlLog:
    """One organisation's change log inside the session's transaction."""

    session: Session
    actor: Actor

    def epoch(self) -> str:
        return str(self._log_head(_log_heads.c.epoch))

    def position(self) -> int:
        return int(self._log_head(_log_heads.c.sequence))

    def oldest_position(self) -> int:
        return int(self._log_head(_log_heads.c.oldest_sequence))

    def _log_head(self, column: Any) -> Any:
        return self.session.execute(
            select(column).where(_log_heads.c.organisation_id == self.actor.organisation_id)
        ).scalar_one()

    def log(self, query: LogQuery) -> Sequence[LogRow]:
        rows = self._heads_in_log(query) if query.places else []
        if query.departed_from:
            rows = sorted([*rows, *self._departures_in_log(query)], key=lambda row: row.sequence)
        return rows[: query.limit]

    def _heads_in_log(self, query: LogQuery) -> list[LogRow]:
        if len(query.places) == 1 or len(query.places) > _ONE_BY_ONE:
            in_one_go = self._heads_where(query, _in_places(_records.c.site_id, query.places))
            return [LogRow(*row) for row in self.session.execute(in_one_go)]
        return self._heads_place_by_place(query)

    def _heads_place_by_place(self, query: LogQuery) -> list[LogRow]:
        """Each place's rows by the index that has them in order, merged as they come.

        In one go the database would walk through what every other site has written as well.
        """
        places = sorted(query.places, key=lambda place: place or WHOLE_ORGANISATION)
        with ExitStack() as open_results:
            pages = [
                open_results.enter_context(
                    self.session.execute(
                        self._heads_where(query, _in_place(place)),
                        execution_options={"yield_per": _AT_ONCE},
                    )
                )
                for place in places
            ]
            merged = heapq.merge(*pages, key=itemgetter(0))
            return [LogRow(*row) for row in islice(merged, query.limit)]

    def _heads_where(self, query: LogQuery, is_there: Any) -> Select[Any]:
        statement = select(*_ROW).where(
            _records.c.organisation_id == self.actor.organisation_id,
            _records.c.collection.in_(sorted(query.collections)),
            _records.c.sequence > query.after,
            is_there,
        )
        if query.until is not None:
            statement = statement.where(_records.c.sequence <= query.until)
        if not query.include_deleted:
            statement = statement.where(_records.c.deleted.is_(False))
        return statement.order_by(_records.c.sequence).limit(query.limit)

    def _departures_in_log(self, query: LogQuery) -> list[LogRow]:
        places = sorted(place or WHOLE_ORGANISATION for place in query.departed_from)
        statement = (
            select(
                _departures.c.sequence,
                _departures.c.collection,
                _departures.c.id,
                _records.c.version,
                _records.c.deleted,
            )
            .join(
                _records,
                and_(
                    _records.c.organisation_id == _departures.c.organisation_id,
                    _records.c.collection == _departures.c.collection,
                    _records.c.id == _departures.c.id,
                ),
            )
            .where(
                _departures.c.organisation_id == self.actor.organisation_id,
                _departures.c.collection.in_(sorted(query.collections)),
                _departures.c.place.in_(places),
                _departures.c.sequence > query.after,
                ~_in_places(_records.c.site_id, query.visible),
            )
        )
        if query.until is not None:
            statement = statement.where(_departures.c.sequence <= query.until)
        rows = self.session.execute(statement.order_by(_departures.c.sequence).limit(query.limit))
        return [LogRow(*row, document=None, departed=True) for row in rows]


_ROW = (
    _records.c.sequence,
    _records.c.collection,
    _records.c.id,
    _records.c.version,
    _records.c.deleted,
    _records.c.document,
)


def _in_place(place: str | None) -> Any:
    column = _records.c.site_id
    return column.is_(None) if place is None else column == place


def _in_places(column: Any, places: Collection[str | None]) -> Any:
    """Whether *column* (a site, or NULL for everybody's) is one of *places*; never NULL itself."""
    sites = sorted(place for place in places if place is not None)
    in_sites = and_(column.is_not(None), column.in_(sites))
    return or_(column.is_(None), in_sites) if None in places else in_sites
