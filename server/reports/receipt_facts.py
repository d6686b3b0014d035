"""What a receipt's documents are made of, read in one short transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.models import Attachment
from server.checklists.queries import checklist_document
from server.db.record_reading import read_heads
from server.identity.models import Organisation, Site
from server.receiving import content, index, queries

SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo, paper or signature that belongs to the record."""

    id: str
    sha256: str
    size: int
    media_type: str
    role: str
    caption: str
    captured_at: str | None
    is_stored: bool
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A receipt as it was signed, and what is true of it now."""

    organisation_name: str
    site_name: str
    version: int
    text: str
    document: Mapping[str, Any]
    written_at: datetime
    decision_now: str | None
    lines_now: tuple[Mapping[str, Any], ...]
    amendments: tuple[Mapping[str, Any], ...]
    checklists: Mapping[str, Mapping[str, Any]]
    """By their ids."""
    pictures: tuple[Picture, ...]
    announced: int
    stored: int

    @property
    def number(self) -> str:
        """The final number, or the provisional one while there is no other."""
        return str(self.document["number"] or self.document["provisional_number"])

    @property
    def sha256(self) -> str:
        """The hash of the stored text, as in the audit log and the evidence pack."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def by_attachment(self) -> Mapping[str, Picture]:
        return {picture.id: picture for picture in self.pictures}


def read_receipt(session: Session, actor: Actor, receipt_id: str) -> ReceiptFacts:
    """Everything a document about the receipt needs.

    Raises
    ------
    Problem
        ``record-not-found`` for whoever may not see it.
    """
    row = index.receipt_row(session, receipt_id)
    detail = queries.receipt_detail(session, actor, receipt_id)
    head = read_heads(session, actor.organisation_id, content.COLLECTION, [row.id])[0]
    document = orjson.loads(detail.document_text)
    photos = queries.photos_of(session, [row.id])[row.id]
    site = session.get(Site, row.site_id)
    organisation = session.get(Organisation, actor.organisation_id)
    lines = (document.get("basis") or {"lines": {}})["lines"].values()
    checklist_ids = dict.fromkeys(line["checklist"]["id"] for line in lines)
    return ReceiptFacts(
        organisation_name="" if organisation is None else organisation.name,
        site_name="" if site is None else site.name,
        version=detail.version,
        text=detail.document_text,
        document=document,
        written_at=head.written_at,
        decision_now=detail.rest["decision_now"],
        lines_now=tuple(detail.rest["lines_now"]),
        amendments=tuple(detail.rest["amendments"]),
        checklists={id_: checklist_document(session, actor, id_) or {} for id_ in checklist_ids},
        pictures=pictures_of(session, [item.id for item in photos.items]),
        announced=photos.announced,
        stored=photos.stored,
    )


def pictures_of(session: Session, ids: Iterable[str]) -> tuple[Picture, ...]:
    """In the order they were taken; those without a time last. The same each time."""
    wanted, rows = list(ids), list[Attachment]()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows += session.scalars(select(Attachment).where(Attachment.id.in_(part))).all()
    rows.sort(key=lambda r: (r.captured_at is None, r.captured_at or r.received_at, r.id))
    return tuple(_picture(row) for row in rows)


def _picture(row: Attachment) -> Picture:
    return Picture(
        id=row.id,
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        role=row.role,
        caption=row.caption,
        captured_at=None if row.captured_at is None else row.captured_at.isoformat(),
        is_stored=row.status == "stored",
        is_removed=row.removed_at is not None,
    )
