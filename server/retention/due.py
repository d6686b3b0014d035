"""Whose time is over: as conditions on attachments, the same for the list and for the deletion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, and_, exists, false, or_, true, tuple_
from sqlalchemy.orm import Session, aliased

from server.attachments.models import Attachment
from server.config import Settings
from server.db.change_log import SyncRecord
from server.db.holds import OpenHolds, open_holds
from server.retention.models import RetentionTerm, RetentionUse
from server.retention.rules import NO_RECORD, add_months, rules

_Condition = Callable[[type[RetentionTerm]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand in one organisation on one day.

    Days are counted in UTC, which is behind China: nothing goes a moment early.
    """

    organisation_id: str
    today: date
    holds: OpenHolds
    months_least: int

    # -- conditions ----------------------------------------------------------------------------

    def is_over(self) -> ColumnElement[bool]:
        """No record needs it any more. One without a known record counts from its arrival."""
        needs = self._some_record(
            lambda term: or_(term.keep_until.is_(None), term.keep_until >= self.today)
        )
        known = self._some_record(lambda _: true(), with_parents=False)
        alone = and_(
            Attachment.received_at < self._no_record_before(), ~self._has_record_of_unread_term()
        )
        return and_(~needs, or_(known, alone))

    def _has_record_of_unread_term(self) -> ColumnElement[bool]:
        """Its record is there, and the next daily run reads until when it needs its photos."""
        return exists().where(
            SyncRecord.organisation_id == self.organisation_id,
            SyncRecord.collection == Attachment.owner_collection,
            SyncRecord.id == Attachment.owner_id,
            SyncRecord.collection.in_(sorted(rules().keys() - {NO_RECORD})),
            SyncRecord.deleted.is_(False),
        )

    def is_held(self) -> ColumnElement[bool]:
        """A hold covers the site, the photo itself, one of its records, or their supplier."""
        if not self.holds:
            return false()
        held: list[ColumnElement[bool]] = [Attachment.site_id.in_(sorted(self.holds.sites))]
        records = sorted(self.holds.records)
        if records:
            held.append(
                tuple_(Attachment.owner_collection, Attachment.owner_id).in_(records),
            )
            held.append(Attachment.id.in_([id_ for name, id_ in records if name == NO_RECORD]))
        held.append(self._some_record(self._holds_record))
        return or_(*held)

    def _holds_record(self, term: type[RetentionTerm]) -> ColumnElement[bool]:
        by_supplier = term.supplier_id.in_(sorted(self.holds.suppliers))
        records = sorted(self.holds.records)
        if not records:
            return by_supplier
        return or_(by_supplier, tuple_(term.collection, term.record_id).in_(records))

    def _no_record_before(self) -> datetime:
        months = max(rules()[NO_RECORD].months, self.months_least)
        return datetime.combine(add_months(self.today, -months), time(), UTC)

    def _some_record(self, meets: _Condition, *, with_parents: bool = True) -> ColumnElement[bool]:
        """Some record that the photo belongs to, or that names it, or that such a record is a part
        of, meets a condition."""
        owner, user = aliased(RetentionTerm), aliased(RetentionTerm)
        use = aliased(RetentionUse)
        of_owner = exists().where(
            owner.organisation_id == self.organisation_id,
            owner.collection == Attachment.owner_collection,
            owner.record_id == Attachment.owner_id,
            self._itself_or_parent(owner, meets, with_parents),
        )
        of_user = exists().where(
            use.organisation_id == self.organisation_id,
            use.attachment_id == Attachment.id,
            user.organisation_id == self.organisation_id,
            user.collection == use.collection,
            user.record_id == use.record_id,
            self._itself_or_parent(user, meets, with_parents),
        )
        return or_(of_owner, of_user)

    def _itself_or_parent(
        self, term: type[RetentionTerm], meets: _Condition, with_parents: bool
    ) -> ColumnElement[bool]:
        if not with_parents:
            return meets(term)
        parent = aliased(RetentionTerm)
        of_parent = exists().where(
            parent.organisation_id == self.organisation_id,
            parent.collection == term.parent_collection,
            parent.record_id == term.parent_id,
            meets(parent),
        )
        return or_(meets(term), of_parent)


def standing(session: Session, organisation_id: str, settings: Settings, now: datetime) -> Standing:
    return Standing(
        organisation_id=organisation_id,
        today=now.astimezone(UTC).date(),
        holds=open_holds(session, organisation_id),
        months_least=settings.retention_months_least,
    )
