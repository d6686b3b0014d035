"""Which photos have to do with each other: the same file, or one that looks like it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from server.attachments.likeness import (
    ALIKE_BITS,
    QUARTERS,
    differing_bits,
    joined,
    near_quarters,
    quarters,
)
from server.attachments.models import Attachment, PhotoLikeness

_ALIKE_MOST = 500
Record = tuple[str, str]
"""What a photo belongs to; one without an owner is a record of its own."""


@dataclass(frozen=True, slots=True)
class Related:
    attachment: Attachment
    bits: int


def record_of(row: Attachment) -> Record:
    if row.owner_collection is None or row.owner_id is None:
        return ("", row.id)
    return (row.owner_collection, row.owner_id)


def same_content(session: Session, row: Attachment) -> list[Attachment]:
    """The stored attachments of other records that have this very file."""
    statement = select(Attachment).where(
        Attachment.organisation_id == row.organisation_id,
        Attachment.sha256 == row.sha256,
        Attachment.status == "stored",
        Attachment.id != row.id,
    )
    own = record_of(row)
    rows = session.scalars(statement.order_by(Attachment.received_at, Attachment.id))
    return [other for other in rows if record_of(other) != own]


def older_alike(session: Session, row: Attachment) -> list[Related]:
    """The stored attachments of other records that arrived earlier and look like this one."""
    alike = alike_content(session, row.organisation_id, row.sha256)
    if not alike:
        return []
    arrived = Attachment.received_at
    is_older = or_(
        arrived < row.received_at, and_(arrived == row.received_at, Attachment.id < row.id)
    )
    statement = select(Attachment).where(
        Attachment.organisation_id == row.organisation_id,
        Attachment.sha256.in_(sorted(alike)),
        Attachment.status == "stored",
        is_older,
    )
    own = record_of(row)
    rows = session.scalars(statement.order_by(Attachment.received_at, Attachment.id))
    return [Related(other, alike[other.sha256]) for other in rows if record_of(other) != own]


def related(session: Session, attachment_id: str) -> list[Related]:
    """Photos of other records with the same content or older and alike, the same first; only what
    the session's scope shows."""
    row = session.scalar(select(Attachment).where(Attachment.id == attachment_id))
    if row is None or row.status != "stored":
        return []
    same = [Related(other, 0) for other in same_content(session, row)]
    return same + sorted(older_alike(session, row), key=lambda found: found.bits)


def alike_content(session: Session, organisation_id: str, sha256: str) -> dict[str, int]:
    """Other contents of the organisation that look like this one, with the bits that differ: the
    nearest, at most 500. Found by index, however many photos there are."""
    row = session.get(PhotoLikeness, (organisation_id, sha256))
    if row is None:
        return {}
    own = hash_of(row)
    found: dict[str, int] = {}
    for other, *parts in _candidates(session, row):
        bits = differing_bits(own, joined(parts))
        if bits <= ALIKE_BITS and other != sha256:
            found[other] = bits
    nearest = sorted(found, key=lambda other: (found[other], other))[:_ALIKE_MOST]
    return {other: found[other] for other in nearest}


def _candidates(session: Session, row: PhotoLikeness) -> Iterator[tuple[Any, ...]]:
    """(sha256, the four quarters) of every hash that has one quarter within reach."""
    for column, quarter in zip(_QUARTER_COLUMNS, quarters(hash_of(row)), strict=True):
        # Columns, not objects: of 300,000 photos some 2,500 are looked at here.
        statement = select(PhotoLikeness.sha256, *_QUARTER_COLUMNS).where(
            PhotoLikeness.organisation_id == row.organisation_id,
            column.in_(near_quarters(quarter)),
        )
        for candidate in session.execute(statement):
            yield tuple(candidate)


_QUARTER_COLUMNS = (
    PhotoLikeness.quarter_0,
    PhotoLikeness.quarter_1,
    PhotoLikeness.quarter_2,
    PhotoLikeness.quarter_3,
)


def hash_of(row: PhotoLikeness) -> int:
    return joined([row.quarter_0, row.quarter_1, row.quarter_2, row.quarter_3])


def new_likeness(organisation_id: str, sha256: str, hash_: int) -> PhotoLikeness:
    parts = {f"quarter_{place}": part for place, part in enumerate(quarters(hash_))}
    assert len(parts) == QUARTERS
    return PhotoLikeness(organisation_id=organisation_id, sha256=sha256, **parts)
