"""Reading organisations, sites and people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.access import Actor, Role
from server.db.scope import unscoped
from server.identity.models import Membership, Organisation, Site, User


@dataclass(frozen=True, slots=True)
class Place:
    organisation_name: str
    sites: list[tuple[str, str]]


def place_of(session: Session, actor: Actor) -> Place:
    """The organisation's name, and id and name of each site the actor works at."""
    with unscoped(session):
        organisation = session.get_one(Organisation, actor.organisation_id)
        sites = session.execute(
            select(Site.id, Site.name).where(Site.id.in_(actor.site_ids)).order_by(Site.code)
        ).all()
    return Place(organisation.name, [(site_id, name) for site_id, name in sites])


def works_at(session: Session, user_id: str, site_id: str) -> bool:
    """Whether *user_id* is an active user on the organisation's side, at the site or everywhere.

    A supplier's contact is the other side: they witness nothing of their own delivery.
    """
    found = session.scalar(
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.id == user_id,
            User.is_active,
            Membership.role != Role.SUPPLIER_CONTACT.value,
            or_(Membership.site_id == site_id, Membership.site_id.is_(None)),
        )
        .limit(1)
    )
    return found is not None


def people_at(session: Session, site_id: str) -> list[dict[str, str]]:
    """Active people of the organisation's side at the site or everywhere, by name: those for whom
    :func:`works_at` is true."""
    rows = session.execute(
        select(User.id, User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.is_active,
            Membership.role != Role.SUPPLIER_CONTACT.value,
            or_(Membership.site_id == site_id, Membership.site_id.is_(None)),
        )
        .distinct()
        .order_by(User.display_name, User.id)
    )
    return [{"user_id": id_, "name": name} for id_, name in rows]


def display_name(session: Session, user_id: str) -> str:
    """The name of one of the organisation's people, also of one who has left; "" if unknown."""
    return session.scalar(select(User.display_name).where(User.id == user_id)) or ""


def has_account(session: Session, user_id: str) -> bool:
    """Whether there is, or was, such a person in the organisation."""
    return session.scalar(select(User.id).where(User.id == user_id)) is not None


def people_holding(session: Session, site_id: str, roles: Iterable[Role]) -> list[str]:
    """Active people who hold one of *roles* at the site or everywhere, by their ids."""
    organisation = select(Site.organisation_id).where(Site.id == site_id).scalar_subquery()
    rows = session.scalars(
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id == organisation,
            Membership.role.in_([role.value for role in roles]),
            or_(Membership.site_id == site_id, Membership.site_id.is_(None)),
            User.is_active,
        )
        .distinct()
        .order_by(Membership.user_id)
    )
    return list(rows)


def all_site_ids(session: Session, organisation_id: str) -> frozenset[str]:
    """Every site of the organisation, the reader's own or not."""
    with unscoped(session):
        found = session.scalars(select(Site.id).where(Site.organisation_id == organisation_id))
        return frozenset(found)
