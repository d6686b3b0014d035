"""Claiming a fresh server: organisation, sites, people, checklists and calendars at once, or not
at all. It works once; afterwards there is an organisation, and the way in is closed for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor, Role
from server.calendars.service import publish_default_calendars
from server.checklists.defaults import default_checklists
from server.checklists.service import publish_checklist
from server.config import Settings
from server.db.audit import record_audit
from server.errors import SETUP_CLOSED, VALIDATION_FAILED, FieldError, Problem, Text
from server.identity.models import Organisation, User
from server.identity.passwords import is_right_password
from server.identity.service import make_actor
from server.identity.setup import create_organisation, create_site, create_user, wait_for_others

_NO_SUCH_SITE = Text("没有编号为 {code} 的站点", "No site has the code {code}.")
_NO_SUCH_CHECKLIST = Text(
    "产品不带编号为 {code} 的检查表", "The product comes with no checklist {code}."
)
_CODE_TWICE = Text("编号 {code} 出现多次", "The code {code} stands there twice.")
_NAME_TWICE = Text("用户名 {name} 出现多次", "The user name {name} stands there twice.")


class Claimed(NamedTuple):
    """The organisation as it is now; *is_new* is false for a request that was repeated."""

    organisation: Organisation
    is_new: bool


def is_claimed(session: Session) -> bool:
    return session.scalar(select(Organisation.id).limit(1)) is not None


def claim_server(
    session: Session, settings: Settings, given: Mapping[str, Any], now: datetime
) -> Claimed:
    """Make everything that *given* (a loaded ``SetupIn``) names. Its code was right.

    Raises
    ------
    Problem
        ``setup-closed`` once there is an organisation; ``validation-failed`` naming a site or a
        checklist that is not there, or a code or a name that stands there twice.
    """
    wait_for_others(session)
    if is_claimed(session):
        raise Problem(SETUP_CLOSED)
    faults = list(_faults(given))
    if faults:
        raise Problem(VALIDATION_FAILED, faults)
    organisation = create_organisation(session, given["organisation"], now, given["id"])
    sites = {
        site["code"]: create_site(
            session, organisation.id, site["code"], site["name"], now, site["address"]
        ).id
        for site in given["sites"]
    }
    administrator = _create_people(session, settings, organisation.id, given, sites, now)
    _publish_defaults(session, administrator, given["checklist_codes"], now)
    details = {"sites": len(sites), "people": 1 + len(given["people"])}
    record_audit(session, administrator, "organisation_made", now, details=details)
    return Claimed(organisation, is_new=True)


def claimed_by(session: Session, settings: Settings, given: Mapping[str, Any]) -> Claimed | None:
    """What the very same request made before its answer was lost; None for anybody else's."""
    organisation = session.get(Organisation, given["id"])
    administrator = given["administrator"]
    user = session.scalar(select(User).where(User.username == administrator["username"]))
    known = None if organisation is None or user is None else user.password_hash
    if not is_right_password(settings, known, administrator["password"]):
        return None
    assert organisation is not None
    assert user is not None
    return Claimed(organisation, False) if user.organisation_id == organisation.id else None


def _create_people(
    session: Session,
    settings: Settings,
    organisation_id: str,
    given: Mapping[str, Any],
    sites: Mapping[str, str],
    now: datetime,
) -> Actor:
    """Everybody who is named; the administrator works at every site. Returns that one."""
    first = {**given["administrator"], "role": Role.ADMIN.value, "site_code": None}
    users = [
        create_user(
            session,
            settings,
            organisation_id,
            person["username"],
            person["display_name"],
            person["password"],
            [(Role(person["role"]), sites[person["site_code"]] if person["site_code"] else None)],
            now,
        )
        for person in (first, *given["people"])
    ]
    return make_actor(session, users[0])


def _publish_defaults(
    session: Session, actor: Actor, codes: Sequence[str] | None, now: datetime
) -> None:
    for template in default_checklists():
        if codes is None or template["code"] in codes:
            publish_checklist(session, actor, template, now)
    publish_default_calendars(session, actor, now)


def _faults(given: Mapping[str, Any]) -> Iterator[FieldError]:
    codes = [site["code"] for site in given["sites"]]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            yield FieldError(f"/sites/{at}/code", _CODE_TWICE, {"code": code})
    names = [given["administrator"]["username"]]
    for at, person in enumerate(given["people"]):
        if person["username"] in names:
            pointer = f"/people/{at}/username"
            yield FieldError(pointer, _NAME_TWICE, {"name": person["username"]})
        names.append(person["username"])
        if person["site_code"] is not None and person["site_code"] not in codes:
            pointer = f"/people/{at}/site_code"
            yield FieldError(pointer, _NO_SUCH_SITE, {"code": person["site_code"]})
    known = {template["code"] for template in default_checklists()}
    for at, code in enumerate(given["checklist_codes"] or ()):
        if code not in known:
            yield FieldError(f"/checklist_codes/{at}", _NO_SUCH_CHECKLIST, {"code": code})
