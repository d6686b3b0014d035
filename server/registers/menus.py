"""Menus: what must have been sampled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text
from server.http.conditional import ExpectedVersion
from server.registers.models import Menu

COLLECTION = "menus"


def menu_id(site_id: str, served_on: str, meal: str) -> str:
    """There is one menu for each meal, so two phones that write it write the same one."""
    return str(uuid5(UUID(site_id), f"menu:{served_on}:{meal}"))


def save_menu(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Say what is served at a meal; *document* is a loaded ``MenuSchema``.

    Raises
    ------
    Problem
        ``validation-failed`` for an id that is not this meal's; ``forbidden``; what *expected* says
        about versions.
    """
    site_id = document["site_id"]
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    _require_own_id(document)
    key = (COLLECTION, document["id"])
    head = heads_of(session, actor.organisation_id, [key]).get(key)
    if head is not None and document_of(head) == document:
        return head
    if expected is not None:
        expected.require(None if head is None else head.version)
    row = session.get(Menu, document["id"])
    if row is None:
        row = Menu(
            id=document["id"],
            organisation_id=actor.organisation_id,
            site_id=site_id,
            served_on=date.fromisoformat(document["served_on"]),
            meal=document["meal"],
        )
        session.add(row)
    row.updated_at = now
    session.flush()
    return publish(session, actor, COLLECTION, document["id"], site_id, document, now)


def _require_own_id(document: Mapping[str, Any]) -> None:
    own = menu_id(document["site_id"], document["served_on"], document["meal"])
    if document["id"] != own:
        text = Text(
            "编号须由站点、日期和餐次得出：{own}", "The id follows from site, day and meal: {own}."
        )
        raise Problem(VALIDATION_FAILED, [FieldError("/id", text, {"own": own})])
