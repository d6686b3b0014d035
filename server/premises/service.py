"""Saving units and places: the one place where they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.db.documents import read_documents
from server.errors import (
    CODE_IS_TAKEN,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.conditional import ExpectedVersion
from server.identity.queries import works_at
from server.master_data.queries import supplier_record
from server.premises.models import Place, Unit, UnitMember

UNITS = "units"
PLACES = "places"
Document = Mapping[str, Any]

_NOT_HERE = Text("此人不在本站点工作", "This person does not work at the site.")
_OTHER_SITE = Text("不能移到别的站点", "It cannot move to another site.")


def save_unit(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a unit; *document* is a loaded ``UnitSchema``.

    Raises
    ------
    Problem
        ``code-is-taken``; ``validation-failed`` for people who do not work at the site or an
        unknown contractor; what *expected* says about versions.
    """
    head = _begin(session, actor, UNITS, document, expected)
    if head is not None and document_of(head) == document:
        return head
    _refuse_taken_code(session, Unit, document)
    errors = [*_strangers(session, head, document), *_unknown_contractor(session, actor, document)]
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    row = session.get(Unit, document["id"]) or _new(session, Unit, actor, document)
    for name in ("code", "name", "head_user_id", "contractor_supplier_id", "is_active"):
        setattr(row, name, document[name])
    row.updated_at = now
    session.flush()
    _write_members(session, actor, document)
    return publish(session, actor, UNITS, document["id"], document["site_id"], document, now)


def save_place(
    session: Session,
    actor: Actor,
    document: Document,
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create or change a place; *document* is a loaded ``PlaceSchema``. Raises as for units."""
    head = _begin(session, actor, PLACES, document, expected)
    if head is not None and document_of(head) == document:
        return head
    _refuse_taken_code(session, Place, document)
    unit = session.scalar(select(Unit).where(Unit.id == document["unit_id"]))
    if unit is None or unit.site_id != document["site_id"]:
        text = Text("本站点没有这个单位", "The site has no such unit.")
        raise Problem(VALIDATION_FAILED, [FieldError("/unit_id", text)])
    row = session.get(Place, document["id"]) or _new(session, Place, actor, document)
    for name in ("unit_id", "code", "name", "is_active"):
        setattr(row, name, document[name])
    row.updated_at = now
    session.flush()
    return publish(session, actor, PLACES, document["id"], document["site_id"], document, now)


def _begin(
    session: Session,
    actor: Actor,
    collection: str,
    document: Document,
    expected: ExpectedVersion | None,
) -> RecordHead | None:
    actor.require(Permission.WRITE_MASTER_DATA, document["site_id"])
    key = (collection, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None and head.site_id != document["site_id"]:
        actor.require(Permission.WRITE_MASTER_DATA, head.site_id)
        raise Problem(VALIDATION_FAILED, [FieldError("/site_id", _OTHER_SITE)])
    if expected is not None:
        expected.require(None if head is None else head.version)
    return head


Row = TypeVar("Row", Unit, Place)


def _new(session: Session, model: type[Row], actor: Actor, document: Document) -> Row:
    row = model(
        id=document["id"], organisation_id=actor.organisation_id, site_id=document["site_id"]
    )
    session.add(row)
    return row


def _refuse_taken_code(
    session: Session, model: type[Unit] | type[Place], document: Document
) -> None:
    taken_by = session.scalar(
        select(model.name).where(
            model.site_id == document["site_id"],
            model.code == document["code"],
            model.id != document["id"],
        )
    )
    if taken_by is not None:
        params = {"code": document["code"], "name": taken_by}
        assert CODE_IS_TAKEN.detail is not None
        raise Problem(CODE_IS_TAKEN, [FieldError("/code", CODE_IS_TAKEN.detail, params)], **params)


def _strangers(
    session: Session, head: RecordHead | None, document: Document
) -> Iterator[FieldError]:
    """People named anew who do not work at the site; who has left may stay on record."""
    known = set() if head is None else set(_people(document_of(head)))
    named = {"/head_user_id": document["head_user_id"]} | {
        f"/member_user_ids/{position}": user_id
        for position, user_id in enumerate(document["member_user_ids"])
    }
    for pointer, user_id in named.items():
        if user_id is None or user_id in known:
            continue
        if not works_at(session, user_id, document["site_id"]):
            yield FieldError(pointer, _NOT_HERE)


def _unknown_contractor(session: Session, actor: Actor, document: Document) -> Iterator[FieldError]:
    supplier_id = document["contractor_supplier_id"]
    if supplier_id is not None and supplier_record(session, actor, supplier_id) is None:
        text = Text("没有这个供应商", "There is no such supplier.")
        yield FieldError("/contractor_supplier_id", text)


def _people(document: Document) -> list[str]:
    named = [document["head_user_id"], *document["member_user_ids"]]
    return list(dict.fromkeys(user_id for user_id in named if user_id is not None))


def _write_members(session: Session, actor: Actor, document: Document) -> None:
    session.execute(delete(UnitMember).where(UnitMember.unit_id == document["id"]))
    session.add_all(
        UnitMember(
            unit_id=document["id"],
            user_id=user_id,
            organisation_id=actor.organisation_id,
            site_id=document["site_id"],
        )
        for user_id in _people(document)
    )
    session.flush()


# -- what others ask -------------------------------------------------------------------------------


def unit_at(session: Session, unit_id: str, site_id: str) -> Unit | None:
    """The unit, if it is one of the site's."""
    return session.scalar(select(Unit).where(Unit.id == unit_id, Unit.site_id == site_id))


def place_at(session: Session, place_id: str, site_id: str) -> Place | None:
    """The place, if it is one of the site's."""
    return session.scalar(select(Place).where(Place.id == place_id, Place.site_id == site_id))


def units_of(session: Session, user_id: str) -> frozenset[str]:
    """The units that *user_id* belongs to."""
    found = session.scalars(select(UnitMember.unit_id).where(UnitMember.user_id == user_id))
    return frozenset(found)


def unit_documents(
    session: Session, actor: Actor, unit_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    found = read_documents(session, actor.organisation_id, UNITS, unit_ids)
    return {id_: record.document for id_, record in found.items()}
