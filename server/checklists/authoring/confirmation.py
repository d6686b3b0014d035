"""待核对: figures that nobody has checked against their source yet, and the checking of them.

A published version never changes, so a confirmation is a record of its own beside it. The next
version takes it over wherever the figure is still the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.checklists.models import ChecklistConfirmation
from server.checklists.queries import checklists_in_force, required_checklist, whole_document
from server.db.change_store import RecordHead, publish
from server.db.documents import read_documents
from server.errors import (
    ALREADY_CONFIRMED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)

COLLECTION = "checklist_confirmations"
_RULES = ("acceptance", "grading", "sampling_scheme")
_FIGURES_OF_ITEM = ("type", "unit", "limits", "basis")
_NOTHING_THERE = Text(
    "检查表的这一部分没有可核对的内容", "There is nothing to be confirmed at this place."
)


class Figure(NamedTuple):
    """One thing that can be confirmed: where it stands, what it says, and its mark."""

    part: str
    item_id: str
    says: Mapping[str, Any]
    is_confirmed: bool


def figures(template: Mapping[str, Any]) -> Iterator[Figure]:
    """Everything in *template* that has a limit, a source, or a number to judge by."""
    for item in (*template.get("head_items", ()), *template["items"]):
        says = {name: item.get(name) for name in _FIGURES_OF_ITEM}
        if says["limits"] is not None or says["basis"] is not None or not item["is_confirmed"]:
            yield Figure("item", item["id"], says, item["is_confirmed"])
    for part in _RULES:
        rule = template.get(part)
        if rule is not None:
            says = {name: value for name, value in rule.items() if name != "is_confirmed"}
            yield Figure(part, "", says, rule["is_confirmed"])


def confirm_figure(
    session: Session, actor: Actor, checklist_id: str, given: Mapping[str, Any], now: datetime
) -> RecordHead:
    """Record that the actor checked one figure of a published version; the same again is the same.

    Raises
    ------
    Problem
        404 for a version that is not there; ``validation-failed`` where there is no such figure;
        ``already-confirmed``.
    """
    actor.require(Permission.WRITE_MASTER_DATA)
    template = required_checklist(session, actor, checklist_id)
    figure = _figure(template, given["part"], given["item_id"])
    confirmed = _confirmations(session, actor, checklist_id)
    if figure.is_confirmed or (figure.part, figure.item_id) in confirmed:
        raise Problem(ALREADY_CONFIRMED)
    session.add(
        ChecklistConfirmation(
            organisation_id=actor.organisation_id,
            id=given["id"],
            checklist_id=checklist_id,
            part=figure.part,
            item_id=figure.item_id,
            confirmed_at=now,
            confirmed_by=actor.user_id,
        )
    )
    document = {
        "id": given["id"],
        "checklist_id": checklist_id,
        "checklist_code": template["code"],
        "checklist_version": template["version"],
        "part": figure.part,
        "item_id": figure.item_id,
        "figure": figure.says,
        "source": given["source"],
        "confirmed_by": actor.user_id,
        "confirmed_by_name": actor.display_name,
        "confirmed_at": time_text(now),
    }
    return publish(session, actor, COLLECTION, given["id"], None, document, now)


def _figure(template: Mapping[str, Any], part: str, item_id: str) -> Figure:
    for figure in figures(template):
        if (figure.part, figure.item_id) == (part, item_id):
            return figure
    raise Problem(VALIDATION_FAILED, [FieldError("/item_id", _NOTHING_THERE)])


def _confirmations(session: Session, actor: Actor, checklist_id: str) -> dict[tuple[str, str], str]:
    """The ids of the confirmations of one version, by what they confirm."""
    rows = session.execute(
        select(
            ChecklistConfirmation.part, ChecklistConfirmation.item_id, ChecklistConfirmation.id
        ).where(
            ChecklistConfirmation.organisation_id == actor.organisation_id,
            ChecklistConfirmation.checklist_id == checklist_id,
        )
    )
    return {(row.part, row.item_id): row.id for row in rows}


def confirmations_of(session: Session, actor: Actor, checklist_id: str) -> list[dict[str, Any]]:
    """Who confirmed what in one version, oldest first."""
    ids = _confirmations(session, actor, checklist_id).values()
    found = read_documents(session, actor.organisation_id, COLLECTION, ids).values()
    return sorted((one.document for one in found), key=lambda one: (one["confirmed_at"], one["id"]))


def with_confirmations(
    session: Session, actor: Actor, template: dict[str, Any], older: Mapping[str, Any] | None
) -> dict[str, Any]:
    """*template* with its marks as the record has them, whatever its author wrote.

    A figure counts as confirmed only if the *older* version says the very same and it was
    confirmed there, by the text it came from or by a person.
    """
    trusted: dict[tuple[str, str], Mapping[str, Any]] = {}
    if older is not None:
        by_people = _confirmations(session, actor, older["id"])
        trusted = {
            (figure.part, figure.item_id): figure.says
            for figure in figures(older)
            if figure.is_confirmed or (figure.part, figure.item_id) in by_people
        }
    marks = {
        (figure.part, figure.item_id): trusted.get((figure.part, figure.item_id)) == figure.says
        for figure in figures(template)
    }
    marked = {
        name: [{**item, "is_confirmed": marks.get(("item", item["id"]), True)} for item in items]
        for name, items in ((name, template[name]) for name in ("head_items", "items"))
    }
    rules = {
        part: {**template[part], "is_confirmed": marks[part, ""]}
        for part in _RULES
        if template[part] is not None
    }
    return {**template, **marked, **rules}


def figures_to_confirm(session: Session, actor: Actor, on: date) -> list[dict[str, Any]]:
    """Of every checklist in force on a day the figures that shipped as 待核对: what each says, and
    who confirmed it since, or None."""
    templates = [
        whole_document(stored.document) for stored in checklists_in_force(session, actor, on)
    ]
    confirmed = _confirmed_in(session, actor, [template["id"] for template in templates])
    return [
        {
            "checklist_id": template["id"],
            "code": template["code"],
            "version": template["version"],
            "checklist_zh": template["zh"],
            "checklist_en": template["en"],
            "part": figure.part,
            "item_id": figure.item_id,
            **_names(template, figure.item_id),
            "figure": figure.says,
            "options": _options(template, figure.says),
            "confirmation": confirmed.get((template["id"], figure.part, figure.item_id)),
        }
        for template in templates
        for figure in figures(template)
        if not figure.is_confirmed
    ]


def _options(template: Mapping[str, Any], says: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What can be chosen where the figure has a limit for each choice."""
    by_choice = (says.get("limits") or {}).get("by_choice") or {}
    for item in (*template["head_items"], *template["items"]):
        if item["id"] == by_choice.get("item"):
            return list(item["options"])
    return []


def _names(template: Mapping[str, Any], item_id: str) -> dict[str, str]:
    for item in (*template["head_items"], *template["items"]):
        if item["id"] == item_id:
            return {"zh": item["zh"], "en": item["en"]}
    return {"zh": "", "en": ""}


def _confirmed_in(
    session: Session, actor: Actor, checklist_ids: list[str]
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The confirmations of these versions, by what they confirm."""
    ids = session.scalars(
        select(ChecklistConfirmation.id).where(
            ChecklistConfirmation.organisation_id == actor.organisation_id,
            ChecklistConfirmation.checklist_id.in_(checklist_ids),
        )
    ).all()
    found = read_documents(session, actor.organisation_id, COLLECTION, ids).values()
    documents = (one.document for one in found)
    return {(one["checklist_id"], one["part"], one["item_id"]): one for one in documents}
