"""Saving staff and their certificates: the one place where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import StoredDocument, read_documents
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text
from server.http.conditional import ExpectedVersion
from server.identity.queries import works_at
from server.premises.service import unit_at
from server.staff.models import HealthCertificate, StaffMember

COLLECTION = "staff_members"
Document = Mapping[str, Any]


def save_staff_member(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Enter or change somebody; *document* is a loaded ``StaffMemberSchema``.

    Raises
    ------
    Problem
        ``validation-failed`` for an account or a unit that is not the site's, and for a move to
        another site; ``forbidden``; what *expected* says about versions.
    """
    actor.require(Permission.WRITE_MASTER_DATA, document["site_id"])
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None and head.site_id != document["site_id"]:
        actor.require(Permission.WRITE_MASTER_DATA, head.site_id)
        text = Text("不能移到别的站点", "It cannot move to another site.")
        raise Problem(VALIDATION_FAILED, [FieldError("/site_id", text)])
    if head is not None and document_of(head) == document:
        return head
    if expected is not None:
        expected.require(None if head is None else head.version)
    errors = list(_strangers(session, document))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    _write_rows(session, actor, document, now)
    return publish(session, actor, COLLECTION, document["id"], document["site_id"], document, now)


def _strangers(session: Session, document: Document) -> Iterator[FieldError]:
    user_id, unit_id, site_id = document["user_id"], document["unit_id"], document["site_id"]
    if user_id is not None and not works_at(session, user_id, site_id):
        yield FieldError(
            "/user_id", Text("此账号不属于本站点", "This account does not belong to the site.")
        )
    if unit_id is not None and unit_at(session, unit_id, site_id) is None:
        yield FieldError("/unit_id", Text("本站点没有这个单位", "The site has no such unit."))


def _write_rows(session: Session, actor: Actor, document: Document, now: datetime) -> None:
    row = session.get(StaffMember, document["id"])
    if row is None:
        row = StaffMember(
            id=document["id"], organisation_id=actor.organisation_id, site_id=document["site_id"]
        )
        session.add(row)
    for name in ("name", "user_id", "unit_id", "is_active"):
        setattr(row, name, document[name])
    row.updated_at = now
    session.flush()
    session.execute(
        delete(HealthCertificate).where(HealthCertificate.staff_member_id == document["id"])
    )
    session.add_all(
        HealthCertificate(
            staff_member_id=document["id"],
            id=certificate["id"],
            organisation_id=actor.organisation_id,
            site_id=document["site_id"],
            number=certificate["number"],
            issued_on=_day(certificate["issued_on"]),
            valid_until=_day(certificate["valid_until"]),
        )
        for certificate in document["health_certificates"]
    )
    session.flush()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def staff_member_at(
    session: Session, actor: Actor, staff_member_id: str, site_id: str
) -> StoredDocument | None:
    """Somebody who works, or worked, at the site."""
    found = read_documents(session, actor.organisation_id, COLLECTION, [staff_member_id])
    stored = found.get(staff_member_id)
    return stored if stored is not None and stored.site_id == site_id else None


def active_staff(session: Session, site_id: str) -> list[StaffMember]:
    """Who works at the site now, by name."""
    return list(
        session.scalars(
            select(StaffMember)
            .where(StaffMember.site_id == site_id, StaffMember.is_active)
            .order_by(StaffMember.name, StaffMember.id)
        )
    )
