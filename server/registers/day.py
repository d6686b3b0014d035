"""Which registers of a day are done at a site, and what is missing in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.registers import REGISTERS
from server.access import Actor, Permission
from server.calendars.deadlines import KITCHEN_TIME, KitchenCalendar
from server.calendars.service import kitchen_calendar
from server.checklists.queries import checklists_in_force
from server.db.documents import read_documents
from server.identity.models import Site
from server.registers.menus import COLLECTION as MENUS
from server.registers.models import Menu, RegisterEntry
from server.registers.rules import dishes_without_sample
from server.registers.vocabulary import Register, register_of
from server.staff.service import active_staff

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Day:
    """One site's day, as far as it has been recorded."""

    entries: list[RegisterEntry]
    menus: list[Document]
    staff: list[tuple[str, str]]
    meals: list[str]


def registers_of_day(
    session: Session, actor: Actor, on: date, site_id: str | None, now: datetime
) -> list[dict[str, Any]]:
    """The registers in force, site by site, with what each still lacks on the day *on*."""
    if site_id is not None:
        actor.require(Permission.READ_RECORDS, site_id)
    wanted = [site_id] if site_id else sorted(actor.sites_with(Permission.READ_RECORDS))
    sites = session.scalars(select(Site).where(Site.id.in_(wanted)).order_by(Site.code)).all()
    checklists = [
        document
        for record in checklists_in_force(session, actor, on)
        if (document := record.document)["kind"] == "record"
    ]
    return [
        {
            "site_id": site.id,
            "site_name": site.name,
            "registers": list(_registers(checklists, _day(session, actor, site.id, on, now))),
        }
        for site in sites
        if site.is_active
    ]


def _day(session: Session, actor: Actor, site_id: str, on: date, now: datetime) -> _Day:
    entries = session.scalars(
        select(RegisterEntry).where(
            RegisterEntry.site_id == site_id,
            # All there are: the index goes by site, register and day.
            RegisterEntry.register.in_(REGISTERS),
            RegisterEntry.business_on == on,
            RegisterEntry.status != "void",
        )
    ).all()
    ids = session.scalars(
        select(Menu.id).where(Menu.site_id == site_id, Menu.served_on == on).order_by(Menu.id)
    ).all()
    menus = read_documents(session, actor.organisation_id, MENUS, ids)
    staff = [(member.id, member.name) for member in active_staff(session, site_id)]
    calendar = kitchen_calendar(session, actor, site_id, now)
    return _Day(
        list(entries), [menus[id_].document for id_ in ids], staff, _begun(calendar, on, now)
    )


def _begun(calendar: KitchenCalendar, on: date, now: datetime) -> list[str]:
    """The meals of a day that have begun: of the others nobody asks yet."""
    starts = [
        (datetime.combine(on, meal.starts_at, KITCHEN_TIME), meal.code) for meal in calendar.meals
    ]
    return [code for start, code in sorted(starts) if start <= now]


def _registers(checklists: Iterable[Document], day: _Day) -> Iterable[dict[str, Any]]:
    for checklist in checklists:
        register = register_of(checklist["code"])
        entries = [entry for entry in day.entries if entry.checklist_code == checklist["code"]]
        missing = _missing(register, entries, day)
        yield {
            "checklist_id": checklist["id"],
            "code": checklist["code"],
            "zh": checklist["zh"],
            "en": checklist["en"],
            "register": register.kind,
            "entries": len(entries),
            "failed": sum(not entry.is_ok for entry in entries),
            "is_done": bool(entries or not register.is_daily) and not any(missing.values()),
            **missing,
        }


def _missing(register: Register, entries: list[RegisterEntry], day: _Day) -> dict[str, list[Any]]:
    dishes: list[Any] = []
    meals: list[Any] = []
    people: list[Any] = []
    if register.kind == "sample_retention":
        for menu in day.menus:
            sampled = [e.dish or "" for e in entries if e.meal in (None, menu["meal"])]
            dishes += [
                {"dish_id": dish["id"], "name": dish["name"], "meal": menu["meal"]}
                for dish in dishes_without_sample(menu["dishes"], sampled)
            ]
    if register.is_per_meal:
        done = {entry.meal for entry in entries}
        meals = [meal for meal in day.meals if meal not in done]
    if register.needs_staff_member:
        checked = {entry.staff_member_id for entry in entries}
        people = [
            {"staff_member_id": id_, "name": name} for id_, name in day.staff if id_ not in checked
        ]
    return {"missing_dishes": dishes, "missing_meals": meals, "missing_staff": people}
