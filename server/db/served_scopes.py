"""What clients hold that keep nothing but a number: the scope they were served, by number.

WatermelonDB remembers one number, which cannot say for which sites its records were pulled. So the
server remembers it: a row says "from this number on this device holds these places". A row is
written only when the scope differs from the row before, and gets a number of the log of its own.
Where the answer to that pull is lost, the device asks again with a smaller number, and the row
before tells what it really holds.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import BigInteger, ForeignKey, PrimaryKeyConstraint, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.access import Actor
from server.db.base import Base
from server.db.change_log import ChangeLogHead
from server.db.types import UuidText
from sync.cursor import Cursor, digest_of
from sync.records import Scope


class ServedScope(Base):
    __tablename__ = "sync_served_scopes"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "user_id", "device_id", "from_sequence"),
    )

    organisation_id: Mapped[str] = mapped_column(UuidText, ForeignKey("organisations.id"))
    user_id: Mapped[str] = mapped_column(UuidText)
    device_id: Mapped[str] = mapped_column(String(64))
    from_sequence: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(UuidText)
    collections: Mapped[str] = mapped_column(String(32))
    places: Mapped[str] = mapped_column(Text)
    served_at: Mapped[datetime]


def served_scopes(session: Session, actor: Actor) -> list[ServedScope]:
    """What this person's device was served, the oldest first."""
    rows = session.scalars(
        select(ServedScope)
        .where(
            ServedScope.organisation_id == actor.organisation_id,
            ServedScope.user_id == actor.user_id,
            ServedScope.device_id == (actor.device_id or ""),
        )
        .order_by(ServedScope.from_sequence)
    )
    return list(rows)


def is_of(row: ServedScope, scope: Scope, epoch: str) -> bool:
    """Whether *row* is about just this scope."""
    return (row.epoch, row.collections, row.places) == (
        epoch,
        digest_of(scope.collections),
        _written(scope),
    )


def cursor_at(row: ServedScope, position: int) -> Cursor:
    """The place in the log of a client that holds what *row* says, as of *position*."""
    return Cursor(
        epoch=row.epoch,
        organisation_id=row.organisation_id,
        user_id=row.user_id,
        collections=row.collections,
        position=position,
        served=frozenset(orjson.loads(row.places)),
    )


def note_scope(session: Session, actor: Actor, scope: Scope, epoch: str, now: datetime) -> None:
    """Write down that *scope* is served from the next number on. Ends its transaction: the log's
    head stays locked until the commit."""
    number = session.execute(
        update(ChangeLogHead)
        .where(ChangeLogHead.organisation_id == actor.organisation_id)
        .values(sequence=ChangeLogHead.sequence + 1)
        .returning(ChangeLogHead.sequence)
    ).scalar_one()
    session.add(
        ServedScope(
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            device_id=actor.device_id or "",
            from_sequence=number,
            epoch=epoch,
            collections=digest_of(scope.collections),
            places=_written(scope),
            served_at=now,
        )
    )
    session.flush()


def _written(scope: Scope) -> str:
    return orjson.dumps([None, *sorted(scope.site_ids)]).decode()
