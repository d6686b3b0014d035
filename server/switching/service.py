"""Keeping switching states: decided lots and approvals in, the severity of the next lot out.

One row and one published document for each supplier, product and nonconformity class of an
organisation, whichever site the goods came to.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from sampling.vocabulary import word
from server.access import Actor, Permission
from server.db.change_store import RecordHead, publish
from server.db.types import new_id
from server.errors import (
    INSPECTION_NOT_DISCONTINUED,
    RECORD_NOT_FOUND,
    SWITCHING_ACTION_IS_FINAL,
    Problem,
)
from server.switching.documents import state_document
from server.switching.history import (
    BEGINNING,
    DecidedLot,
    FoldedEvent,
    Standing,
    decided_lots,
    fold,
)
from server.switching.models import SwitchingAction, SwitchingLot, SwitchingStateRow
from server.switching.queries import (
    FOLDS_OWN,
    actions_after,
    count_of,
    kept_lots,
    standing_before,
)

COLLECTION = "switching_states"
_LOTS: Table = SwitchingLot.__table__  # type: ignore[assignment]
# A result is written once; nothing but this statement touches a lot afterwards.
_WRITE_FOLD = (
    update(_LOTS)
    .where(
        _LOTS.c.switching_state_id == bindparam("at_state"),
        _LOTS.c.number == bindparam("at_number"),
    )
    .values({name: bindparam(name) for name in FOLDS_OWN})
)


def state_id(organisation_id: str, supplier_id: str, product_id: str, class_: str) -> str:
    """The same on every server and phone, so that nobody need look one up."""
    name = f"yanshou:switching:{supplier_id}:{product_id}:{class_}"
    return str(uuid.uuid5(uuid.UUID(organisation_id), name))


# -- lots ------------------------------------------------------------------------------------------


def record_lots(session: Session, actor: Actor, receipt: Mapping[str, Any], now: datetime) -> None:
    """Take the lots of a receipt that was just signed into their histories.

    *receipt* is the final document with its basis and verdict. A lot inspected before others that
    arrived earlier is folded in at its place: what was decided stays, and lots that ought to have
    met another severity are marked with the reason.
    """
    by_state: defaultdict[tuple[str, str], list[DecidedLot]] = defaultdict(list)
    for lot in decided_lots(receipt, now):
        by_state[lot.product_id, lot.nonconformity_class].append(lot)
    # In one order for everybody: two receipts with the same products do not lock each other out.
    for product_id, class_ in sorted(by_state):
        row = _locked(session, actor, receipt["supplier_id"], product_id, class_, now)
        lots = by_state[product_id, class_]
        _append(session, row, receipt, lots, now)
        _refold(session, actor, row, min(lot.inspected_at for lot in lots), now)


def _locked(
    session: Session, actor: Actor, supplier_id: str, product_id: str, class_: str, now: datetime
) -> SwitchingStateRow:
    """The row of a history, made when there is none, locked until the transaction ends."""
    id_ = state_id(actor.organisation_id, supplier_id, product_id, class_)
    row = _lock(session, id_)
    if row is None:
        table: Table = SwitchingStateRow.__table__  # type: ignore[assignment]
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert_row = sqlite_insert(table) if is_sqlite else postgresql_insert(table)
        values = {
            "id": id_,
            "organisation_id": actor.organisation_id,
            "supplier_id": supplier_id,
            "product_id": product_id,
            "nonconformity_class": class_,
            "severity": BEGINNING.severity,
            "standing": BEGINNING.to_text(),
            "last_event_at": now,
            "updated_at": now,
        }
        # Two first lots may arrive at once: the second waits here and then finds the row.
        session.execute(insert_row.values(values).on_conflict_do_nothing())
        row = _lock(session, id_)
        assert row is not None
    return row


def _lock(session: Session, id_: str) -> SwitchingStateRow | None:
    return session.scalar(
        select(SwitchingStateRow)
        .where(SwitchingStateRow.id == id_)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _append(
    session: Session,
    row: SwitchingStateRow,
    receipt: Mapping[str, Any],
    lots: Iterable[DecidedLot],
    now: datetime,
) -> None:
    """Write down what was decided. The standings are filled in by the fold that follows."""
    first = count_of(session, SwitchingLot, row.id) + 1
    written = [
        {
            "switching_state_id": row.id,
            "goods_receipt_id": receipt["id"],
            "line_id": lot.line_id,
            "organisation_id": row.organisation_id,
            "site_id": receipt["site_id"],
            "number": number,
            "inspected_at": lot.inspected_at,
            "received_at": now,
            **lot.result._asdict(),
            "due_severity": lot.result.inspected_under,
            "standing": "",
        }
        for number, lot in enumerate(lots, start=first)
    ]
    session.execute(insert(_LOTS), written)


# -- the fold --------------------------------------------------------------------------------------


def _refold(
    session: Session, actor: Actor, row: SwitchingStateRow, since: datetime, now: datetime
) -> RecordHead:
    """Fold what happened from *since* on, on top of what stood before it, and publish the state."""
    before_at, standing = standing_before(session, row.id, since)
    lots = kept_lots(session, row.id, since)
    actions = actions_after(session, row.id, before_at)
    folded, standing = fold(standing, [lot.event for lot in lots.values()], actions)
    changed = [
        {"at_state": row.id, "at_number": event.lot.number, **own}
        for event in folded
        if (own := _folds_own(event, lots[event.lot.number].own, now)) is not None
    ]
    if changed:
        session.connection().execute(_WRITE_FOLD, changed)
    times = [event.lot.inspected_at for event in folded] + [a.recorded_at for a in actions]
    row.last_event_at = max(times)
    return _publish(session, actor, row, standing, now)


def _folds_own(event: FoldedEvent, kept: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What the fold says of a lot: the severity due, the mark, the standing. None: it stands."""
    zh, en = event.mark or (None, None)
    own = {
        "due_severity": event.due_severity,
        "mark_zh": zh,
        "mark_en": en,
        "standing": event.standing.to_text(),
    }
    if own == {name: kept[name] for name in own}:
        return None
    marked_at = kept["marked_at"] if zh == kept["mark_zh"] else now
    return {**own, "marked_at": None if zh is None else marked_at}


def _publish(
    session: Session, actor: Actor, row: SwitchingStateRow, standing: Standing, now: datetime
) -> RecordHead:
    row.severity, row.standing, row.updated_at = standing.severity, standing.to_text(), now
    session.flush()
    lots, marked, last = session.execute(
        select(
            func.count(), func.count(SwitchingLot.mark_zh), func.max(SwitchingLot.inspected_at)
        ).where(SwitchingLot.switching_state_id == row.id)
    ).one()
    document = state_document(row, standing, lots, marked, last)
    return publish(session, actor, COLLECTION, row.id, None, document, now)


# -- actions ---------------------------------------------------------------------------------------


def record_action(
    session: Session, actor: Actor, state_id: str, action: Mapping[str, Any], now: datetime
) -> SwitchingAction:
    """Declare or approve something about a history, in the actor's name, from *now* on.

    The same action sent again under its id changes nothing.

    Raises
    ------
    Problem
        ``forbidden``, ``record-not-found``, ``inspection-not-discontinued`` for a restart that
        nothing calls for, ``switching-action-is-final`` for an id that was used otherwise.
    """
    actor.require(Permission.GRANT_CONCESSION)
    row = _lock(session, state_id)
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    id_ = action["id"] or new_id(now)
    earlier = session.scalar(select(SwitchingAction).where(SwitchingAction.id == id_))
    if earlier is not None:
        return _same(earlier, row, actor, action)
    if action["kind"] == "restart_approved" and row.severity != "discontinued":
        zh, en = word(row.severity, "zh-CN"), word(row.severity, "en")
        raise Problem(INSPECTION_NOT_DISCONTINUED, zh=zh, en=en)
    recorded = SwitchingAction(
        id=id_,
        organisation_id=actor.organisation_id,
        switching_state_id=row.id,
        number=count_of(session, SwitchingAction, row.id) + 1,
        kind=action["kind"],
        reason=action["reason"],
        user_id=actor.user_id,
        user_name=actor.display_name,
        recorded_at=now,
    )
    session.add(recorded)
    session.flush()
    _refold(session, actor, row, now, now)
    return recorded


def _same(
    earlier: SwitchingAction, row: SwitchingStateRow, actor: Actor, action: Mapping[str, Any]
) -> SwitchingAction:
    kept = (earlier.switching_state_id, earlier.kind, earlier.reason, earlier.user_id)
    if kept != (row.id, action["kind"], action["reason"], actor.user_id):
        raise Problem(SWITCHING_ACTION_IS_FINAL, id=earlier.id)
    return earlier
