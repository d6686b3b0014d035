"""Register entries of a period, read in parts, for the lists and the printed tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.completeness import PhotoCount, count_photos
from server.checklists.measurement import MeasurementError, parse_measurement
from server.checklists.queries import COLLECTION as CHECKLISTS
from server.db.documents import StoredDocument, read_documents
from server.premises.service import PLACES
from server.registers.models import RegisterEntry
from server.registers.rules import said
from server.registers.service import COLLECTION
from server.registers.vocabulary import Register, register_of
from server.reports.receipt_rows import Period
from server.reports.wording import Wording
from server.staff.service import COLLECTION as STAFF

_AT_ONCE = 100
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntryOfPeriod:
    """One entry as it stands now, with what its cells name by id."""

    document: Document
    checklist: Document
    place: str
    staff_member: str
    photos: PhotoCount

    @property
    def register(self) -> Register:
        return register_of(self.document["checklist"]["code"])

    def said(self, name: str) -> str | None:
        return said(self.document["now"]["answers"], self.register.items[name])

    def number(self, name: str, unit: str) -> Decimal | str | None:
        """A measured value as a number; what cannot be read as it was written."""
        value = self.said(name)
        try:
            return None if value is None else parse_measurement(value, unit)
        except MeasurementError:
            return value

    def chosen(self, name: str, words: Wording) -> str:
        """The option that was chosen, in the reader's language."""
        value, item_id = self.said(name), self.register.items[name]
        item = next(item for item in self.checklist["items"] if item["id"] == item_id)
        option = next((one for one in item["options"] if one["value"] == value), None)
        return value or "" if option is None else words.either(option)

    def photo_count(self) -> str:
        """``3/5``; nothing where no photo belongs to it."""
        count = self.photos
        return f"{count.stored}/{count.announced}" if count.announced else ""

    def mark(self, item_id: str, words: Wording) -> str:
        """How a ticked item came out."""
        outcome = self.document["result"]["outcomes"].get(item_id, {}).get("outcome")
        return "" if outcome is None else words.word("outcome", outcome)


def narrowed(statement: Select[Any], period: Period, register: str) -> Select[Any]:
    """Struck entries stand in the record and in no table."""
    statement = statement.where(
        RegisterEntry.register == register,
        RegisterEntry.business_on.between(period.first, period.last),
        RegisterEntry.status != "void",
    )
    if period.site_id is not None:
        statement = statement.where(RegisterEntry.site_id == period.site_id)
    return statement


def count_entries(session: Session, period: Period, register: str) -> int:
    statement = select(func.count()).select_from(RegisterEntry)
    return session.scalar(narrowed(statement, period, register)) or 0


def entries_of(
    session: Session, actor: Actor, period: Period, register: str
) -> Iterator[EntryOfPeriod]:
    """The oldest first, a part in memory at a time."""
    statement = narrowed(select(RegisterEntry), period, register)
    statement = statement.order_by(RegisterEntry.captured_at, RegisterEntry.id)
    last: RegisterEntry | None = None
    while True:
        part = statement if last is None else statement.where(_after(last))
        rows = list(session.scalars(part.limit(_AT_ONCE)))
        yield from whole_entries(session, actor, [row.id for row in rows])
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]
        session.expunge_all()


def _after(last: RegisterEntry) -> Any:
    same = (RegisterEntry.captured_at == last.captured_at) & (RegisterEntry.id > last.id)
    return or_(RegisterEntry.captured_at > last.captured_at, same)


def whole_entries(session: Session, actor: Actor, ids: list[str]) -> Iterator[EntryOfPeriod]:
    """Entries with the names of what they point to."""

    def named(collection: str, wanted: set[str | None]) -> dict[str, StoredDocument]:
        there = [id_ for id_ in wanted if id_ is not None]
        return read_documents(session, actor.organisation_id, collection, there)

    stored = read_documents(session, actor.organisation_id, COLLECTION, ids)
    documents = [stored[id_].document for id_ in ids]
    photos = count_photos(session, COLLECTION, documents)
    checklists = named(CHECKLISTS, {one["checklist_id"] for one in documents})
    places = named(PLACES, {one["place_id"] for one in documents})
    staff = named(STAFF, {one["staff_member_id"] for one in documents})
    for document in documents:
        place, member = places.get(document["place_id"]), staff.get(document["staff_member_id"])
        yield EntryOfPeriod(
            document,
            checklists[document["checklist_id"]].shared_document,
            document["place_text"] if place is None else place.document["name"],
            "" if member is None else member.document["name"],
            photos[document["id"]],
        )
