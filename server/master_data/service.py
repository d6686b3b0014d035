"""Saving suppliers and products: the one place where they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.checklists import checklist_record_id
from server.access import Actor, Permission
from server.db.change_store import RecordHead, heads_of, publish
from server.db.documents import look_up_documents
from server.db.staging import stage_rows
from server.errors import CHECKLIST_UNKNOWN, CODE_IS_TAKEN, FieldError, Problem, ProblemType
from server.http.conditional import ExpectedVersion
from server.master_data.models import Product, Supplier, SupplierLicence
from server.master_data.vocabulary import CATEGORIES, UNITS

SUPPLIERS = "suppliers"
PRODUCTS = "products"
Document = Mapping[str, Any]


def save_supplier(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a supplier; *document* is a loaded ``SupplierSchema``.

    Raises
    ------
    Problem
        ``code-is-taken``; ``version-mismatch`` or ``precondition-required`` where *expected* is
        given and the record stands at another version.
    """
    current = _begin(session, actor, SUPPLIERS, document["id"], expected)
    if current is not None and orjson.loads(current.document) == document:
        return current
    _refuse_taken_code(session, actor, Supplier, document)
    # A record without a head has no rows yet: what is new need not be looked for.
    key = (actor.organisation_id, document["id"])
    row = None if current is None else session.get(Supplier, key)
    if row is None:
        row = Supplier(organisation_id=actor.organisation_id, id=document["id"])
        session.add(row)
    row.code, row.name = document["code"], document["name"]
    row.is_suspended, row.updated_at = document["is_suspended"], now
    session.flush()
    before = [] if current is None else orjson.loads(current.document)["licences"]
    _write_licences(session, actor, document, before)
    return publish(session, actor, SUPPLIERS, document["id"], None, document, now)


def _write_licences(
    session: Session, actor: Actor, document: Document, before: list[dict[str, Any]]
) -> None:
    if document["licences"] == before:
        return
    if before:
        session.execute(
            delete(SupplierLicence).where(
                SupplierLicence.organisation_id == actor.organisation_id,
                SupplierLicence.supplier_id == document["id"],
            )
        )
    rows = (
        {
            "organisation_id": actor.organisation_id,
            "supplier_id": document["id"],
            "id": licence["id"],
            "kind": licence["kind"],
            "number": licence["number"],
            "valid_from": _day(licence["valid_from"]),
            "valid_until": _day(licence["valid_until"]),
        }
        for licence in document["licences"]
    )
    stage_rows(session, SupplierLicence, rows)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def save_product(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a product; *document* is a loaded ``ProductSchema``.

    Where it names no checklist or no sampling scheme, the category's take their place, written out,
    so that a later change of the defaults changes no product.

    Raises
    ------
    Problem
        as for suppliers; ``checklist-unknown`` for a checklist that was never published.
    """
    current = _begin(session, actor, PRODUCTS, document["id"], expected)
    whole = _completed(document)
    if current is not None and orjson.loads(current.document) == whole:
        return current
    _refuse_taken_code(session, actor, Product, whole)
    _refuse_unknown_checklist(session, actor, whole["checklist_code"])
    key = (actor.organisation_id, whole["id"])
    row = None if current is None else session.get(Product, key)
    if row is None:
        row = Product(organisation_id=actor.organisation_id, id=whole["id"])
        session.add(row)
    for name in ("code", "name", "category", "unit", "storage_class", "checklist_code"):
        setattr(row, name, whole[name])
    row.is_active, row.updated_at = whole["is_active"], now
    session.flush()
    return publish(session, actor, PRODUCTS, whole["id"], None, whole, now)


def _completed(document: Document) -> dict[str, Any]:
    category, unit = CATEGORIES[document["category"]], UNITS[document["unit"]]
    return {
        **document,
        "checklist_code": document["checklist_code"] or category.checklist_code,
        "sampling_scheme": document["sampling_scheme"] or category.sampling_scheme(),
        "category_name": {"zh": category.name.zh, "en": category.name.en},
        "unit_name": {"zh": unit.zh, "en": unit.en},
    }


# -- what both share -----------------------------------------------------------------------------


def _begin(
    session: Session,
    actor: Actor,
    collection: str,
    record_id: str,
    expected: ExpectedVersion | None,
) -> RecordHead | None:
    """The record's head, locked, after permission and version were looked at."""
    actor.require(Permission.WRITE_MASTER_DATA)
    key = (collection, record_id)
    current = heads_of(session, actor.organisation_id, [key]).get(key)
    if expected is not None:
        expected.require(None if current is None else current.version)
    return current


def _refuse_taken_code(
    session: Session, actor: Actor, model: type[Supplier] | type[Product], document: Document
) -> None:
    taken_by = session.scalar(
        select(model.name).where(
            model.organisation_id == actor.organisation_id,
            model.code == document["code"],
            model.id != document["id"],
        )
    )
    if taken_by is not None:
        raise _refusal(CODE_IS_TAKEN, "/code", code=document["code"], name=taken_by)


def _refuse_unknown_checklist(session: Session, actor: Actor, code: str) -> None:
    first = checklist_record_id(actor.organisation_id, code, 1)
    if first not in look_up_documents(session, actor.organisation_id, "checklists", [first]):
        raise _refusal(CHECKLIST_UNKNOWN, "/checklist_code", code=code)


def _refusal(type_: ProblemType, pointer: str, **params: Any) -> Problem:
    """A problem that also names the place of the document it is about."""
    return Problem(type_, [FieldError(pointer, type_.detail or type_.title, params)], **params)
