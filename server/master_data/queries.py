"""Reading suppliers and products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.documents import StoredDocument, read_documents
from server.http.paging import Page, keyset_page
from server.master_data.models import Product, Supplier

SUPPLIERS = "suppliers"
PRODUCTS = "products"


def supplier_record(session: Session, actor: Actor, supplier_id: str) -> StoredDocument | None:
    found = read_documents(session, actor.organisation_id, SUPPLIERS, [supplier_id])
    return found.get(supplier_id)


def supplier_document(session: Session, actor: Actor, supplier_id: str) -> dict[str, Any] | None:
    record = supplier_record(session, actor, supplier_id)
    return None if record is None else record.document


def product_record(session: Session, actor: Actor, product_id: str) -> StoredDocument | None:
    return product_records(session, actor, [product_id]).get(product_id)


def product_records(
    session: Session, actor: Actor, product_ids: Iterable[str]
) -> dict[str, StoredDocument]:
    return read_documents(session, actor.organisation_id, PRODUCTS, product_ids)


def product_document(session: Session, actor: Actor, product_id: str) -> dict[str, Any] | None:
    record = product_record(session, actor, product_id)
    return None if record is None else record.document


def product_documents(
    session: Session, actor: Actor, product_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    records = product_records(session, actor, product_ids)
    return {id_: record.document for id_, record in records.items()}


def page_of_suppliers(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> Page[StoredDocument]:
    """Suppliers by their code."""
    page = keyset_page(
        session, select(Supplier), [Supplier.code, Supplier.id], limit=limit, cursor=cursor
    )
    ids = [row.id for row in page.rows]
    return _with_documents(session, actor, SUPPLIERS, ids, page.next_cursor)


def page_of_products(
    session: Session, actor: Actor, limit: int, cursor: str | None, category: str | None
) -> Page[StoredDocument]:
    """Products by their code, of one category or of all."""
    statement = select(Product)
    if category is not None:
        statement = statement.where(Product.category == category)
    page = keyset_page(session, statement, [Product.code, Product.id], limit=limit, cursor=cursor)
    ids = [row.id for row in page.rows]
    return _with_documents(session, actor, PRODUCTS, ids, page.next_cursor)


def _with_documents(
    session: Session, actor: Actor, collection: str, ids: list[str], next_cursor: str | None
) -> Page[StoredDocument]:
    records = read_documents(session, actor.organisation_id, collection, ids)
    return Page([records[id_] for id_ in ids], next_cursor)
