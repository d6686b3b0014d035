"""Everything that can be verified, in the order in which one thing rests on the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from server.attachments.models import Blob
from server.blobs.store import BlobStore
from server.custody.chain import check_chain
from server.custody.findings import Break, Tally
from server.custody.heads import noted_heads
from server.custody.photos import check_photo_entries, check_photos
from server.custody.projections import check_projections
from server.custody.records import (
    check_records,
    check_sequences,
    collections_of,
    count_not_kept,
)
from server.db.audit_heads import HeadLine
from server.db.audit_log import entries
from server.db.change_log import ChangeLogHead, SyncRecord, SyncRecordVersion


def verify_evidence(
    session: Session,
    store: BlobStore,
    tally: Tally,
    *,
    organisation_id: str | None = None,
    against: Iterable[HeadLine] = (),
    quick: bool = False,
) -> Iterator[Break]:
    """Every break there is, one by one. Reads only, in one state of the database.

    Parameters
    ----------
    organisation_id : str or None
        Only this organisation, and all photos.
    against : Iterable of HeadLine
        Heads that were printed or sent away.
    quick : bool
        Do not read the photos' bytes, only their sizes.

    Raises
    ------
    OSError
        if the photo store cannot be read.
    """
    given = list(against)
    ids = organisations(session)
    if organisation_id is not None:
        ids = [id_ for id_ in ids if id_ == organisation_id]
    for id_ in ids:
        heads = [*noted_heads(session, id_), *(h for h in given if h.organisation_id == id_)]
        yield from check_chain(session, id_, heads, tally)
        yield from _check_organisation(session, id_, tally)
    for head in given:
        if head.organisation_id not in ids:
            yield Break("head", f"organisation {head.organisation_id}", "1", "0")
    yield from check_photos(session, store, tally, quick=quick)


def _check_organisation(session: Session, organisation_id: str, tally: Tally) -> Iterator[Break]:
    before = tally.read["records"] + tally.read["versions"]
    yield from check_sequences(session, organisation_id)
    for collection in collections_of(session, organisation_id):
        yield from check_records(session, organisation_id, collection, tally)
        yield from check_projections(session, organisation_id, collection, tally)
    yield from check_photo_entries(session, organisation_id)
    kept = tally.read["records"] + tally.read["versions"] - before
    tally.count("not_kept", count_not_kept(session, organisation_id, kept))


def organisations(session: Session) -> list[str]:
    return sorted(session.scalars(select(ChangeLogHead.organisation_id)))


def amount(session: Session) -> int:
    """About how many things :func:`verify_evidence` will count, for showing how far it is."""
    tables: list[Table] = [entries]
    tables += [model.__table__ for model in (SyncRecord, SyncRecordVersion, Blob)]  # type: ignore[misc]
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
