"""Reading attachments. Selects are narrowed to the actor's sites by the session's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.attachments.models import Attachment, Blob, BlobPossession
from server.db.documents import StoredDocument, read_documents
from server.db.scope import unscoped
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.paging import Page, keyset_page

_AT_ONCE = 500
_MISSING_MOST = 1000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class AttachmentSummary:
    """An attachment as lists show it."""

    id: str
    site_id: str
    owner_collection: str | None
    owner_id: str | None
    role: str
    caption: str
    media_type: str
    size: int
    status: str
    width: int | None
    height: int | None
    captured_at: str | None
    open_flags: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class OwnedAttachments:
    """The attachments of one record, the oldest announcement first."""

    items: tuple[AttachmentSummary, ...] = ()

    @property
    def announced(self) -> int:
        return len(self.items)

    @property
    def stored(self) -> int:
        return sum(item.status == "stored" for item in self.items)

    @property
    def is_complete(self) -> bool:
        return self.stored == self.announced


@dataclass(frozen=True, slots=True)
class Missing:
    """An announced attachment without its bytes; *arrived_size* if other bytes than announced."""

    attachment: Attachment
    arrived_size: int | None


def attachments_of(
    session: Session, owner_collection: str, owner_ids: Iterable[str]
) -> dict[str, OwnedAttachments]:
    """The attachments of each owner, in every one of *owner_ids*.

    One announced at another site than its owner turned out to be at is not the owner's.
    """
    wanted = list(dict.fromkeys(owner_ids))
    rows: list[Attachment] = []
    for part in _parts(wanted):
        statement = select(Attachment).where(
            Attachment.owner_collection == owner_collection, Attachment.owner_id.in_(part)
        )
        rows += session.scalars(statement.order_by(Attachment.received_at, Attachment.id))
    found: defaultdict[str, list[AttachmentSummary]] = defaultdict(list)
    for row in _at_the_owners_site(session, owner_collection, rows):
        found[str(row.owner_id)].append(_summary(row))
    return {owner_id: OwnedAttachments(tuple(found[owner_id])) for owner_id in wanted}


def _at_the_owners_site(
    session: Session, owner_collection: str, rows: Sequence[Attachment]
) -> Iterator[Attachment]:
    if not rows:
        return
    owner_ids = {str(row.owner_id) for row in rows}
    owners = read_documents(session, rows[0].organisation_id, owner_collection, owner_ids)
    for row in rows:
        owner = owners.get(str(row.owner_id))
        if owner is None or owner.site_id in {None, row.site_id}:
            yield row


def attachments_by_id(session: Session, ids: Iterable[str]) -> dict[str, AttachmentSummary]:
    """Those of *ids* that there are and that the actor may see."""
    found: dict[str, AttachmentSummary] = {}
    for part in _parts(list(dict.fromkeys(ids))):
        for row in session.scalars(select(Attachment).where(Attachment.id.in_(part))):
            found[row.id] = _summary(row)
    return found


def attachment_record(session: Session, actor: Actor, attachment_id: str) -> StoredDocument:
    """One attachment's newest document; 404 for whoever may not see it."""
    records = read_documents(session, actor.organisation_id, "attachments", [attachment_id])
    record = records.get(attachment_id)
    if record is None or record.deleted or record.site_id is None:
        raise Problem(RECORD_NOT_FOUND)
    if not actor.may(Permission.READ_RECORDS, record.site_id):
        raise Problem(RECORD_NOT_FOUND)
    return record


def missing_attachments(session: Session, actor: Actor) -> list[Missing]:
    """What the actor's device has announced and the server lacks, the oldest first.

    What the actor announced themselves is told even if they work elsewhere by now.
    """
    has_uploaded = and_(
        BlobPossession.organisation_id == Attachment.organisation_id,
        BlobPossession.sha256 == Attachment.sha256,
        BlobPossession.user_id == actor.user_id,
    )
    statement = (
        select(Attachment, Blob.size)
        .outerjoin(BlobPossession, has_uploaded)
        .outerjoin(Blob, Blob.sha256 == BlobPossession.sha256)
        .where(
            Attachment.organisation_id == actor.organisation_id,
            Attachment.device_id == actor.device_id,
            Attachment.status == "expected",
            announced_within_reach(actor),
        )
        .order_by(Attachment.received_at, Attachment.id)
        .limit(_MISSING_MOST)
    )
    with unscoped(session):
        return [Missing(row, arrived_size) for row, arrived_size in session.execute(statement)]


def page_of_flagged(
    session: Session, actor: Actor, site_id: str | None, limit: int, cursor: str | None
) -> Page[dict[str, Any]]:
    """Photos with flags that nobody has accepted, at the sites where the actor may do so, the
    oldest first; each with those flags."""
    sites = actor.sites_with(Permission.ACCEPT_PHOTO_FLAG)
    if site_id is not None:
        sites &= {site_id}
    statement = select(Attachment).where(
        Attachment.organisation_id == actor.organisation_id,
        Attachment.site_id.in_(sorted(sites)),
        Attachment.open_flags > 0,
    )
    columns = [Attachment.received_at, Attachment.id]
    page = keyset_page(session, statement, columns, limit=limit, cursor=cursor)
    ids = [row.id for row in page.rows]
    records = read_documents(session, actor.organisation_id, "attachments", ids)
    rows = [_flagged(row, records[row.id]) for row in page.rows if row.id in records]
    return Page(rows, page.next_cursor)


def _flagged(row: Attachment, record: StoredDocument) -> dict[str, Any]:
    flags = record.document["flags"] or ()
    open_ = [flag for flag in flags if flag["accepted"] is None]
    return {**_summary(row).to_dict(), "version": record.version, "flags": open_}


def announced_within_reach(actor: Actor) -> ColumnElement[bool]:
    """Attachments whose bytes the actor may bring: those of their sites, and their own."""
    return or_(
        Attachment.site_id.in_(sorted(actor.sites_with(Permission.CAPTURE_RECORDS))),
        Attachment.user_id == actor.user_id,
    )


def blob_within_reach(session: Session, actor: Actor, sha256: str, site_id: str) -> Blob | None:
    """The content, if the actor uploaded it once or the site has it in a stored attachment."""
    uploaded = exists().where(
        BlobPossession.organisation_id == actor.organisation_id,
        BlobPossession.sha256 == sha256,
        BlobPossession.user_id == actor.user_id,
    )
    at_this_site = exists().where(
        Attachment.organisation_id == actor.organisation_id,
        Attachment.site_id == site_id,
        Attachment.sha256 == sha256,
        Attachment.status == "stored",
        Attachment.removed_at.is_(None),
    )
    is_here = and_(Blob.sha256 == sha256, Blob.lost_at.is_(None), Blob.removed_at.is_(None))
    # Locked against being removed until the attachment that counts on it is on record.
    return session.scalar(
        select(Blob).where(is_here, or_(uploaded, at_this_site)).with_for_update(read=True, of=Blob)
    )


def announced_as(session: Session, attachment_id: str) -> tuple[str, int] | None:
    """SHA-256 and size that the attachment announces, if there is one that the actor may see."""
    row = session.scalar(select(Attachment).where(Attachment.id == attachment_id))
    return None if row is None else (row.sha256, row.size)


def blob_is_known(session: Session, sha256: str) -> bool:
    """Whether anybody's upload has put this content into the store: for uploads only, which have
    the content themselves. To anybody else this would tell what others have."""
    blob = session.get(Blob, sha256)
    return blob is not None and blob.lost_at is None and blob.removed_at is None


def _summary(row: Attachment) -> AttachmentSummary:
    return AttachmentSummary(
        id=row.id,
        site_id=row.site_id,
        owner_collection=row.owner_collection,
        owner_id=row.owner_id,
        role=row.role,
        caption=row.caption,
        media_type=row.media_type,
        size=row.size,
        status=row.status,
        width=row.width,
        height=row.height,
        captured_at=_time(row.captured_at),
        open_flags=row.open_flags,
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def _parts(items: list[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
