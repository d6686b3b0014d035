"""The demo organisation of a fresh installation: believable data, random passwords, once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.master_data import ProductSchema, SupplierSchema
from server.access import Actor, Role
from server.calendars.deadlines import KITCHEN_TIME
from server.calendars.service import publish_default_calendars
from server.checklists.service import publish_default_checklists
from server.config import Settings
from server.data_files import read_yaml
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.db.types import new_id
from server.demo.first_days import FirstDays, enter_first_days
from server.http.context import current_time
from server.identity.models import Organisation, User
from server.identity.passwords import generated_password
from server.identity.service import make_actor
from server.identity.setup import create_organisation, create_site, create_user, wait_for_others
from server.master_data.service import save_product, save_supplier

ACCOUNTS_FILE = "demo-accounts.json"
_DATA = Path(__file__).with_name("organisation.yaml")
_LIMITS_BASIS = "餐饮服务食品安全操作规范（2018）进货查验"


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    password: str
    role: str
    site: str | None


def seed_if_empty(settings: Settings) -> bool:
    """Make the demo organisation unless there is an organisation. Returns whether it did.

    All or nothing. The accounts file is complete on the disk before anything is committed: accounts
    whose passwords nobody knows cannot come about. After a failure the file may stay behind; the
    next start writes it anew. It is not removed, because a commit whose answer was lost may stand.
    """
    session, now = current_session(), current_time()
    with transaction(session, write=True), unscoped(session):
        wait_for_others(session)
        if session.scalar(select(Organisation.id).limit(1)) is not None:
            return False
        data = read_yaml(_DATA)
        accounts = _make_organisation(session, settings, data, now)
        write_accounts(settings.data_dir / ACCOUNTS_FILE, accounts)
    return True


def _make_organisation(
    session: Session, settings: Settings, data: Mapping[str, Any], now: datetime
) -> list[Account]:
    organisation = create_organisation(session, data["organisation"], now)
    sites = {
        site["code"]: create_site(
            session, organisation.id, site["code"], site["name"], now, site["address"]
        ).id
        for site in data["sites"]
    }
    accounts: list[Account] = []
    people: list[User] = []
    for person in data["people"]:
        site_code = person.get("site")
        account = Account(person["username"], generated_password(), person["role"], site_code)
        accounts.append(account)
        people.append(
            create_user(
                session,
                settings,
                organisation.id,
                account.username,
                person["name"],
                account.password,
                [(Role(account.role), sites[site_code] if site_code else None)],
                now,
            )
        )
    actors = {user.username: make_actor(session, user) for user in people}
    _enter_master_data(session, actors[people[0].username], data, now)
    if settings.demo_records:
        enter_first_days(FirstDays(session, settings, actors, sites, now))
    return accounts


def _enter_master_data(
    session: Session, actor: Actor, data: Mapping[str, Any], now: datetime
) -> None:
    publish_default_checklists(session, actor, now)
    publish_default_calendars(session, actor, now)
    today = now.astimezone(KITCHEN_TIME).date()
    suppliers, products = SupplierSchema(), ProductSchema()
    for supplier in data["suppliers"]:
        document = suppliers.load(_supplier(supplier, today, now))
        save_supplier(session, actor, document, now)
    for product in data["products"]:
        save_product(session, actor, products.load(_product(product, now)), now)


def _supplier(supplier: Mapping[str, Any], today: date, now: datetime) -> dict[str, Any]:
    licences = [
        {
            "id": new_id(now),
            "kind": licence["kind"],
            "number": licence["number"],
            **dict(
                zip(
                    ("valid_from", "valid_until"),
                    ((today + timedelta(days=days)).isoformat() for days in licence["valid"]),
                    strict=False,  # a licence without an end has one day only
                )
            ),
        }
        for licence in supplier["licences"]
    ]
    return {**supplier, "id": new_id(now), "licences": licences}


def _product(product: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    document = {"id": new_id(now), **product}
    limits = document.pop("temperature", None)
    if limits is not None:
        document["temperature_limits"] = {**limits, "basis": _LIMITS_BASIS, "is_confirmed": False}
    return document


def write_accounts(path: Path, accounts: list[Account]) -> None:
    """Put the accounts where the person who installs this finds them; readable by them alone."""
    body = {
        "accounts": [
            {"username": a.username, "password": a.password, "role": a.role, "site": a.site}
            for a in accounts
        ]
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(
        draft, "x", encoding="utf-8", opener=lambda p, flags: os.open(p, flags, 0o600)
    ) as file:
        json.dump(body, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
