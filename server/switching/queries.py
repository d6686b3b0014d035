"""Reading switching states, and the severity a lot is due at a given time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from sampling.switching import LotResult
from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.documents import StoredDocument, read_documents
from server.db.prepared import PreparedForMany
from server.db.staging import statements_written
from server.db.transaction import STATES_READ
from server.db.types import UuidText
from server.http.paging import Page, keyset_page
from server.master_data.models import Product, Supplier
from server.switching.history import (
    BEGINNING,
    DECLARATIONS,
    ActionEvent,
    LotEvent,
    Standing,
    fold,
)
from server.switching.models import SwitchingAction, SwitchingLot, SwitchingStateRow

STATES = "switching_states"
GLIMPSES = 12
"""Lots shown beside a state in a list."""
FOLDS_OWN = ("due_severity", "mark_zh", "mark_en", "marked_at", "standing")
"""The columns of a lot that folding again may change."""


class State(NamedTuple):
    """What one switching state says now."""

    id: str
    product_id: str
    nonconformity_class: str
    severity: str
    last_event_at: datetime


_states = SwitchingStateRow.__table__
_STATES = PreparedForMany(
    UuidText,
    lambda among: select(*(_states.c[name] for name in State._fields)).where(
        _states.c.organisation_id == bindparam("organisation_id"),
        _states.c.supplier_id == bindparam("supplier_id"),
        _states.c.product_id.in_(among),
    ),
)


def states_of(
    session: Session, actor: Actor, supplier_id: str, product_ids: Collection[str]
) -> list[State]:
    """The states of a supplier's products; what has none is at the beginning, normal.

    Read once for many receipts of one push, as long as nothing is written between them.
    """
    written, kept = session.info.get(STATES_READ, (-1, {}))
    if written != statements_written(session):
        kept = {}
    unread = sorted({id_ for id_ in product_ids if (supplier_id, id_) not in kept})
    if unread:
        session.flush()
        for id_ in unread:
            kept[supplier_id, id_] = []
        asked = {"organisation_id": actor.organisation_id, "supplier_id": supplier_id}
        for state in map(State._make, _STATES.all(session, unread, asked)):
            kept[supplier_id, state.product_id].append(state)
    # What the session held back, it has written by now.
    session.info[STATES_READ] = (statements_written(session), kept)
    return [state for id_ in sorted(set(product_ids)) for state in kept[supplier_id, id_]]


def due_at(
    session: Session, states: Iterable[State], product_id: str, at: datetime
) -> dict[str, str]:
    """The severity of each class in force at *at*, as far as lots are known today."""
    return {
        state.nonconformity_class: (
            state.severity if state.last_event_at <= at else _severity_at(session, state.id, at)
        )
        for state in states
        if state.product_id == product_id
    }


def _severity_at(session: Session, state_id: str, at: datetime) -> str:
    """For a lot inspected before others that arrived already."""
    since, standing = _standing_until(session, state_id, SwitchingLot.inspected_at <= at)
    actions = [a for a in actions_after(session, state_id, since) if a.recorded_at <= at]
    return fold(standing, [], actions)[1].severity


def standing_before(
    session: Session, state_id: str, at: datetime
) -> tuple[datetime | None, Standing]:
    """The standing after the last lot inspected before *at*, and the time of that lot."""
    return _standing_until(session, state_id, SwitchingLot.inspected_at < at)


def _standing_until(
    session: Session, state_id: str, condition: Any
) -> tuple[datetime | None, Standing]:
    lot = session.execute(
        select(SwitchingLot.inspected_at, SwitchingLot.standing)
        .where(SwitchingLot.switching_state_id == state_id, condition)
        .order_by(SwitchingLot.inspected_at.desc(), SwitchingLot.number.desc())
        .limit(1)
    ).first()
    if lot is None:
        return None, BEGINNING
    return lot.inspected_at, Standing.from_text(lot.standing)


def actions_after(session: Session, state_id: str, at: datetime | None) -> list[ActionEvent]:
    """What was declared after *at* (None: everything), as the fold takes it."""
    statement = select(
        SwitchingAction.recorded_at, SwitchingAction.number, SwitchingAction.kind
    ).where(SwitchingAction.switching_state_id == state_id)
    if at is not None:
        statement = statement.where(SwitchingAction.recorded_at > at)
    return [
        ActionEvent(recorded_at, number, DECLARATIONS[kind])
        for recorded_at, number, kind in session.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class KeptLot:
    """A lot of the history, and what the last fold said of it."""

    event: LotEvent
    own: Mapping[str, Any]


def kept_lots(session: Session, state_id: str, since: datetime) -> dict[int, KeptLot]:
    """The lots inspected at *since* or later, by their number. Columns only: it may be many."""
    names = ("number", "inspected_at", *LotResult._fields, *FOLDS_OWN)
    rows = session.execute(
        select(*(getattr(SwitchingLot, name) for name in names)).where(
            SwitchingLot.switching_state_id == state_id, SwitchingLot.inspected_at >= since
        )
    )
    results = 2 + len(LotResult._fields)
    return {
        row[0]: KeptLot(
            LotEvent(row[1], row[0], LotResult(*row[2:results])),
            dict(zip(FOLDS_OWN, row[results:], strict=True)),
        )
        for row in rows
    }


def count_of(
    session: Session, model: type[SwitchingLot] | type[SwitchingAction], state_id: str
) -> int:
    counted = session.scalar(
        select(func.count()).select_from(model).where(model.switching_state_id == state_id)
    )
    return counted or 0


# -- for people ------------------------------------------------------------------------------------


def state_record(session: Session, actor: Actor, state_id: str) -> StoredDocument | None:
    return read_documents(session, actor.organisation_id, STATES, [state_id]).get(state_id)


def page_of_states(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    supplier_id: str | None = None,
    product_id: str | None = None,
    nonconformity_class: str | None = None,
    severity: str | None = None,
    search: str | None = None,
) -> Page[StoredDocument]:
    """States by their last change, the newest first."""
    statement = select(SwitchingStateRow)
    for column, value in (
        (SwitchingStateRow.supplier_id, supplier_id),
        (SwitchingStateRow.product_id, product_id),
        (SwitchingStateRow.nonconformity_class, nonconformity_class),
        (SwitchingStateRow.severity, severity),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if search:
        statement = statement.where(_is_called(search))
    order = [SwitchingStateRow.updated_at, SwitchingStateRow.id]
    page = keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)
    ids = [row.id for row in page.rows]
    records = read_documents(session, actor.organisation_id, STATES, ids)
    return Page([records[id_] for id_ in ids], page.next_cursor)


def _is_called(search: str) -> ColumnElement[bool]:
    """The supplier or the product has *search* in its name."""
    suppliers = select(Supplier.id).where(Supplier.name.icontains(search, autoescape=True))
    products = select(Product.id).where(Product.name.icontains(search, autoescape=True))
    return or_(
        SwitchingStateRow.supplier_id.in_(suppliers), SwitchingStateRow.product_id.in_(products)
    )


def names_of(session: Session, documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the suppliers and products of *documents*, by their ids."""
    told = list(documents)
    return {
        id_: name
        for model, column in ((Supplier, "supplier_id"), (Product, "product_id"))
        for id_, name in session.execute(
            select(model.id, model.name).where(model.id.in_({state[column] for state in told}))
        )
    }


class Glimpse(NamedTuple):
    """One lot in a word, for the strip beside a state."""

    inspected_at: str
    decision: str
    inspected_under: str
    is_resubmitted: bool
    is_marked: bool


def recent_lots(
    session: Session, actor: Actor, state_ids: Collection[str]
) -> dict[str, list[Glimpse]]:
    """The last lots of each state that came to the reader's sites, the latest first."""
    sites = sorted(actor.sites_with(Permission.READ_RECORDS))
    found: dict[str, list[Glimpse]] = {id_: [] for id_ in state_ids}
    if not found or not sites:
        return found
    # One short walk down the index for each state: a window over all their lots would read the
    # whole of every history.
    walks = union_all(*(_latest_of(id_, sites) for id_ in found)).subquery()
    latest_first = walks.c.inspected_at.desc(), walks.c.number.desc()
    for row in session.execute(select(walks).order_by(*latest_first)):
        glimpse = Glimpse(
            inspected_at=time_text(row.inspected_at),
            decision=row.decision,
            inspected_under=row.inspected_under,
            is_resubmitted=row.is_resubmitted,
            is_marked=row.mark_zh is not None,
        )
        found[row.switching_state_id].append(glimpse)
    return found


def _latest_of(state_id: str, sites: Collection[str]) -> Select[Any]:
    lot = SwitchingLot
    latest = (
        select(
            lot.switching_state_id,
            lot.inspected_at,
            lot.number,
            lot.decision,
            lot.inspected_under,
            lot.is_resubmitted,
            lot.mark_zh,
        )
        .where(lot.switching_state_id == state_id, lot.site_id.in_(sites))
        .order_by(lot.inspected_at.desc(), lot.number.desc())
        .limit(GLIMPSES)
        .subquery()
    )
    return select(latest)


def page_of_lots(
    session: Session,
    actor: Actor,
    state_id: str,
    limit: int,
    cursor: str | None,
    is_marked: bool | None = None,
) -> Page[SwitchingLot]:
    """The lots of a history that came to the reader's own sites, the latest inspection first."""
    statement = select(SwitchingLot).where(
        SwitchingLot.switching_state_id == state_id,
        SwitchingLot.site_id.in_(sorted(actor.sites_with(Permission.READ_RECORDS))),
    )
    if is_marked is not None:
        is_bare = SwitchingLot.mark_zh.is_(None)
        statement = statement.where(~is_bare if is_marked else is_bare)
    order = [SwitchingLot.inspected_at, SwitchingLot.number]
    return keyset_page(session, statement, order, limit=limit, cursor=cursor, descending=True)


def actions_of(session: Session, state_id: str) -> list[SwitchingAction]:
    """Everything declared or approved, in its order."""
    statement = select(SwitchingAction).where(SwitchingAction.switching_state_id == state_id)
    return list(session.scalars(statement.order_by(SwitchingAction.number)))
