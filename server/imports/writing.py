"""One row of each kind: put over what stands there, checked by the API's own schema, and saved by
the service that everybody else uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.identity import UserChangeIn, UserCreateIn
from schemas.master_data import ProductSchema, SupplierSchema
from schemas.messages import both
from server.access import Actor
from server.config import Settings
from server.db.change_store import heads_of
from server.db.documents import read_documents
from server.db.types import new_id
from server.identity import users
from server.identity.models import Site
from server.identity.passwords import hash_password
from server.imports.columns import LICENCES
from server.imports.report import Effect
from server.master_data import service
from server.master_data.models import Product, Supplier
from server.master_data.vocabulary import CATEGORIES

Values = Mapping[str, Any]
Outcome = tuple[Effect, list[str]]
NEW_USERS_MOST = 50
"""Hashing a password is slow on purpose, and whoever imports waits for it."""
_TOO_MANY = both(
    f"一个文件最多新建 {NEW_USERS_MOST} 个用户", f"A file makes {NEW_USERS_MOST} users at most."
)
_NEEDED = both("必须填写", "This must be filled in.")
EVERYWHERE = frozenset({"全部", "所有", "*", "all"})
_supplier, _product = SupplierSchema(), ProductSchema()
_new_user, _changed_user = UserCreateIn(), UserChangeIn()


@dataclass(slots=True)
class Desk:
    """What the rows of one file are written with, and what stands there before."""

    session: Session
    settings: Settings
    actor: Actor
    now: datetime
    standing: dict[str, Any] = field(default_factory=dict)
    site_ids: dict[str, str] = field(default_factory=dict)
    new_users: int = 0
    password_hashes: Mapping[str, str] | None = None
    """Made before the transaction, by user name; None where nothing is kept."""
    made_passwords: Mapping[str, str] = field(default_factory=dict)
    """Those made for people whose row names none, by user name."""


Write = Callable[[Desk, Values], Outcome]


def find_suppliers(desk: Desk) -> None:
    _find(desk, Supplier, service.SUPPLIERS)


def find_products(desk: Desk) -> None:
    _find(desk, Product, service.PRODUCTS)


def _find(desk: Desk, model: type[Supplier] | type[Product], collection: str) -> None:
    ids = desk.session.scalars(select(model.id)).all()
    stored = read_documents(desk.session, desk.actor.organisation_id, collection, ids)
    desk.standing = {each.document["code"]: each.document for each in stored.values()}
    # At once, and locked: row by row it would be a question each.
    heads_of(desk.session, desk.actor.organisation_id, [(collection, id_) for id_ in ids])


def find_users(desk: Desk) -> None:
    accounts = users.list_accounts(desk.session, desk.actor)
    desk.standing = {account.user.username: account for account in accounts}
    sites = desk.session.execute(select(Site.code, Site.id)).all()
    desk.site_ids = {code.lower(): id_ for code, id_ in sites}


def write_supplier(desk: Desk, values: Values) -> Outcome:
    before = desk.standing.get(values["code"])
    wanted = {name: value for name, value in values.items() if not _is_of_licence(name)}
    wanted["licences"] = _licences(desk, values, (before or {}).get("licences", []))
    document = _put_over(_supplier, before, wanted, desk.now)
    return _save(desk, service.save_supplier, before, document)


def _is_of_licence(name: str) -> bool:
    return name.endswith(("_number", "_valid_until"))


def _licences(desk: Desk, values: Values, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The papers on file, each found again by its kind and number, with those of the row."""
    licences = [dict(each) for each in held]
    for kind in LICENCES:
        number = values.get(f"{kind}_number")
        if number is None:
            continue
        same = [each for each in licences if (each["kind"], each["number"]) == (kind, number)]
        if not same:
            same = [{"id": new_id(desk.now), "kind": kind, "number": number}]
            licences += same
        if f"{kind}_valid_until" in values:
            same[0]["valid_until"] = values[f"{kind}_valid_until"]
    return licences


def write_product(desk: Desk, values: Values) -> Outcome:
    before = desk.standing.get(values["code"])
    sampling = ("aql_b", "aql_c", "inspection_level")
    wanted = {name: value for name, value in values.items() if name not in sampling}
    if any(name in values for name in sampling):
        wanted["sampling_scheme"] = _scheme(before, values)
    document = _put_over(_product, before, wanted, desk.now)
    return _save(desk, service.save_product, before, document)


def _scheme(before: Values | None, values: Values) -> dict[str, Any]:
    """The scheme with the row's AQLs and level. Other figures than before are not confirmed yet."""
    scheme = dict((before or {}).get("sampling_scheme") or {})
    if not scheme:
        scheme = CATEGORIES[values["category"]].sampling_scheme()
    classes = dict(scheme["classes"])
    level = values.get("inspection_level")
    for name in ("B", "C"):
        aql = values.get(f"aql_{name.lower()}")
        if aql is not None:
            now_held = classes[name].get("inspection_level", "II")
            classes[name] = {"aql": aql, "inspection_level": now_held}
        if level is not None and "aql" in classes[name]:
            classes[name] = {**classes[name], "inspection_level": level}
    is_same = classes == scheme["classes"]
    return {**scheme, "classes": classes, "is_confirmed": scheme["is_confirmed"] and is_same}


def write_user(desk: Desk, values: Values) -> Outcome:
    account = desk.standing.get(values["username"])
    places = [_site(desk, code) for code in values["sites"]]
    roles = [{"role": role, "site_id": place} for role in values["roles"] for place in places]
    if account is None:
        given = {
            name: values[name]
            for name in ("username", "display_name", "password")
            if name in values
        }
        given.setdefault("password", desk.made_passwords.get(values["username"], _NOT_KEPT))
        body = _new_user.load({**given, "id": new_id(desk.now), "roles": roles})
        if desk.new_users == NEW_USERS_MOST:
            raise ValidationError({"username": [_TOO_MANY]})
        made = users.create_account(desk.session, _cheap(desk), desk.actor, body, desk.now)
        if desk.password_hashes is not None:
            name, password = body["username"], body["password"]
            if password == _NOT_KEPT:
                raise ValidationError({"password": [_NEEDED]})
            found = desk.password_hashes.get(name)
            made.user.password_hash = found or hash_password(desk.settings, password)
        desk.new_users += 1
        return "created", ["display_name", "roles"]
    change: dict[str, Any] = {}
    if account.user.display_name != values["display_name"]:
        change["display_name"] = values["display_name"]
    if {(each["role"], each["site_id"]) for each in roles} != {
        (each.role, each.site_id) for each in account.held
    }:
        change["roles"] = roles
    if change:
        body = _changed_user.load(change)
        users.change_user(desk.session, desk.actor, account.user.id, body, desk.now)
    return ("changed" if change else "unchanged"), sorted(change)


_NOT_KEPT = "tried, and never kept"
"""Stands for the password that a dry run does not make. No account ever has it."""


def _cheap(desk: Desk) -> Settings:
    """The transaction holds everybody else up, so the hash that counts is made before it and put
    in place of this one."""
    return replace(desk.settings, argon2_time_cost=1, argon2_memory_kib=8)


def _site(desk: Desk, code: str) -> str | None:
    """The site of that code; one that is not known stays a word, which the service refuses."""
    if code.lower() in EVERYWHERE:
        return None
    return desk.site_ids.get(code.lower(), _NO_SITE)


_NO_SITE = "00000000-0000-0000-0000-000000000000"


def _put_over(schema: Schema, before: Values | None, wanted: Values, now: datetime) -> Any:
    """*before* with what the row says; cells that are empty leave what is there."""
    base = {"id": new_id(now)} if before is None else before
    return schema.load({**base, **wanted})


def _save(desk: Desk, save: Callable[..., Any], before: Values | None, document: Any) -> Outcome:
    names = [name for name in document if name != "id" and document[name] != _held(before, name)]
    if before is not None and not names:
        return "unchanged", []
    save(desk.session, desk.actor, document, desk.now)
    return ("created" if before is None else "changed"), sorted(names)


def _held(before: Values | None, name: str) -> Any:
    return None if before is None else before.get(name)
