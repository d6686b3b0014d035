"""Papers that end within some days, the renewed ones left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from server.errors import Text
from server.expiry.stages import days_left
from server.master_data.models import Supplier, SupplierLicence
from server.master_data.service import SUPPLIERS
from server.master_data.vocabulary import LICENCE_KINDS
from server.staff.models import HealthCertificate, StaffMember
from server.staff.service import COLLECTION as STAFF

PaperKind = Literal["supplier_licence", "health_certificate"]
_HEALTH_CERTIFICATE = Text("健康证", "health certificate")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper and whose it is. A supplier's concerns every site: it has none."""

    kind: PaperKind
    id: str
    organisation_id: str
    site_id: str | None
    owner_collection: str
    owner_id: str
    owner_name: str
    title: Text
    number: str
    valid_until: date
    user_id: str | None = None
    unit_id: str | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it stands in the order of papers."""
        return self.valid_until.isoformat(), self.owner_name, self.id

    def to_dict(self, today: date) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "site_id": self.site_id,
            "owner_collection": self.owner_collection,
            "owner_id": self.owner_id,
            "owner_name": self.owner_name,
            "zh": self.title.zh,
            "en": self.title.en,
            "number": self.number,
            "valid_until": self.valid_until.isoformat(),
            "days_left": days_left(self.valid_until, today),
        }


def papers_ending(session: Session, today: date, within_days: int) -> list[Paper]:
    """What ends within so many days or has ended, of suppliers that deliver and of staff that work;
    by day. Narrowed to what the session may see.

    A paper that was renewed says nothing any more: a longer one of the same kind stands on file.
    """
    until = today + timedelta(days=within_days)
    found = [*_licences(session, until), *_certificates(session, until)]
    return sorted(found, key=lambda paper: paper.place)


def _licences(session: Session, until: date) -> Iterator[Paper]:
    longer = aliased(SupplierLicence)
    # Several contracts or papers of no stated kind stand beside each other.
    is_renewed = exists().where(
        longer.organisation_id == SupplierLicence.organisation_id,
        longer.supplier_id == SupplierLicence.supplier_id,
        longer.kind == SupplierLicence.kind,
        longer.kind != "other",
        or_(longer.valid_until.is_(None), longer.valid_until > SupplierLicence.valid_until),
    )
    owner = and_(
        Supplier.organisation_id == SupplierLicence.organisation_id,
        Supplier.id == SupplierLicence.supplier_id,
    )
    rows = session.execute(
        select(SupplierLicence, Supplier.name)
        .join(Supplier, owner)
        .where(SupplierLicence.valid_until <= until, ~is_renewed, Supplier.is_suspended.is_(False))
    )
    for licence, name in rows:
        assert licence.valid_until is not None
        yield Paper(
            "supplier_licence",
            licence.id,
            licence.organisation_id,
            None,
            SUPPLIERS,
            licence.supplier_id,
            name,
            LICENCE_KINDS[licence.kind],
            licence.number,
            licence.valid_until,
        )


def _certificates(session: Session, until: date) -> Iterator[Paper]:
    longer = aliased(HealthCertificate)
    is_renewed = exists().where(
        longer.staff_member_id == HealthCertificate.staff_member_id,
        longer.valid_until > HealthCertificate.valid_until,
    )
    rows = session.execute(
        select(HealthCertificate, StaffMember)
        .join(StaffMember, StaffMember.id == HealthCertificate.staff_member_id)
        .where(HealthCertificate.valid_until <= until, ~is_renewed, StaffMember.is_active)
    )
    for certificate, member in rows:
        yield Paper(
            "health_certificate",
            certificate.id,
            certificate.organisation_id,
            certificate.site_id,
            STAFF,
            member.id,
            member.name,
            _HEALTH_CERTIFICATE,
            certificate.number,
            certificate.valid_until,
            member.user_id,
            member.unit_id,
        )
